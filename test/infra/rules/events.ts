import { type EventPattern, eventRules } from '@penumbra/functions/event-rules';
import { type Graph, ofType, type Resource, statementsOf, statementsOfRole } from '../graph.ts';
import { functions, shortName } from './functions.ts';
import { pipelineQueue } from './queues.ts';
import { type Rule, unless } from './rule.ts';

const rules = (graph: Graph) => ofType(graph, 'cloudwatch/eventRule:EventRule');
const targetsOf = (graph: Graph, rule: Resource) =>
  ofType(graph, 'cloudwatch/eventTarget:EventTarget').filter(
    ({ inputs }) => inputs.rule === rule.outputs.name,
  );
const ruleNamed = (graph: Graph, name: string) =>
  rules(graph).find(({ outputs }) => outputs.name === `penumbra-${graph.stage}-${name}`);
const announcements = (graph: Graph) => ofType(graph, 'cloudwatch/eventBus:EventBus')[0];

/** What comes by the clock, and how often. */
const SCHEDULES: readonly (readonly [name: string, target: string, expression: RegExp])[] = [
  ['DailyReview', 'review', /^cron\(\d+ \d+ \* \* \? \*\)$/],
  ['PartitionCheck', 'sweep', /^cron\(\d+ 1[2-9] \* \* \? \*\)$/],
  ['HourlySweep', 'sweep', /^cron\(\d+ \* \* \* \? \*\)$/],
];

export const EVENT_RULES: readonly Rule[] = [
  {
    name: 'every event that the pipeline hears has its rule, as it has locally',
    check: (graph) => {
      const bucket = ofType(graph, 's3/bucket:Bucket').find(({ name }) => name.startsWith('Data'))?.outputs
        .bucket;
      return eventRules(bucket, `penumbra-${graph.stage}`).flatMap(({ name, pattern, target }) => {
        const rule = ruleNamed(graph, name);
        if (!rule) return [`there is no rule ${name}`];
        const queue = pipelineQueue(graph, target);
        return [
          ...unless(
            samePattern(rule.inputs.eventPattern, pattern),
            `${name} has another pattern than locally`,
          ),
          ...unless(
            targetsOf(graph, rule).some(({ inputs }) => inputs.arn === queue?.outputs.arn),
            `${name} does not send to ${target}`,
          ),
          ...unless(
            ofType(graph, 'sqs/queuePolicy:QueuePolicy')
              .filter(({ inputs }) => inputs.queueUrl === queue?.outputs.url)
              .flatMap(({ inputs }) => statementsOf(inputs.policy))
              .some(({ conditions }) => conditions.ArnEquals?.['aws:SourceArn']?.includes(rule.outputs.arn)),
            `${target} does not let ${name} send`,
          ),
        ];
      });
    },
  },
  {
    name: 'review, partition check and sweep come by the clock, may do nothing else, and are missed by nobody',
    check: (graph) =>
      SCHEDULES.flatMap(([name, target, expression]) => {
        const schedule = ofType(graph, 'scheduler/schedule:Schedule').find((each) =>
          each.name.startsWith(name),
        );
        if (!schedule) return [`there is no schedule ${name}`];
        const { scheduleExpression, scheduleExpressionTimezone, state, target: to } = schedule.inputs;
        const fn = functions(graph).find((each) => shortName(graph, each) === target);
        const role = ofType(graph, 'iam/role:Role').find(({ outputs }) => outputs.arn === to.roleArn);
        const invoked = (role ? statementsOfRole(role) : []).filter(({ actions }) =>
          actions.includes('lambda:InvokeFunction'),
        );
        return [
          ...unless(expression.test(scheduleExpression), `${name} comes ${scheduleExpression}`),
          ...unless(scheduleExpressionTimezone === 'UTC', `${name} comes in ${scheduleExpressionTimezone}`),
          ...unless(state === 'ENABLED', `${name} is switched off`),
          ...unless(to.arn === fn?.outputs.arn, `${name} starts ${to.arn}`),
          ...unless(to.retryPolicy?.maximumRetryAttempts > 0, `${name} is tried once only`),
          ...unless(to.deadLetterConfig?.arn !== undefined, `${name} is lost without a trace`),
          ...unless(
            invoked.length === 1 && invoked[0]?.resources.join() === fn?.outputs.arn,
            `${name} may start other functions`,
          ),
        ];
      }),
  },
  {
    name: 'the bus hears of reviews, rollbacks, alarms and failed transforms, and people of what needs them',
    check: (graph) => {
      const bus = announcements(graph);
      if (!bus) return ['there is no bus'];
      const topic = ofType(graph, 'sns/topic:Topic')[0];
      const notice = ruleNamed(graph, 'notice');
      const heard = JSON.parse(notice?.inputs.eventPattern ?? '{}')['detail-type'] ?? [];
      return [
        ...['alarm', 'transform-failed', 'query-failed'].flatMap((name) => {
          const rule = ruleNamed(graph, name);
          const forwarded =
            rule && targetsOf(graph, rule).some(({ inputs }) => inputs.arn === bus.outputs.arn);
          return unless(Boolean(forwarded), `${name} does not get to the bus`);
        }),
        ...['RolledBack', 'CloudWatch Alarm State Change'].flatMap((type) =>
          unless(heard.includes(type), `nobody is told of ${type}`),
        ),
        ...unless(
          notice !== undefined &&
            targetsOf(graph, notice).some(({ inputs }) => inputs.arn === topic?.outputs.arn),
          'notices get to no topic',
        ),
        ...['review', 'sweep', 'command'].flatMap((name) => {
          const fn = functions(graph).find((each) => shortName(graph, each) === name);
          return unless(
            fn?.inputs.environment?.variables?.BUS_NAME === bus.outputs.name,
            `${name} does not know the bus`,
          );
        }),
      ];
    },
  },
];

const samePattern = (text: string, pattern: EventPattern) => text === JSON.stringify(pattern);
