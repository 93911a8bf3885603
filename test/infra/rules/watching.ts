import { readFileSync } from 'node:fs';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { type Graph, ofType, type Values } from '../graph.ts';
import { functions } from './functions.ts';
import { type Rule, unless } from './rule.ts';

const alarms = (graph: Graph) => ofType(graph, 'cloudwatch/metricAlarm:MetricAlarm');
const RUNBOOK = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
/** As GitHub makes anchors of headings. */
const SECTIONS = [...RUNBOOK.matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-'),
);

/** Metrics that the functions write, one of which must have an alarm each. */
const OWN_METRICS = [
  'Poison',
  'Failed',
  'TransformOverdue',
  'QueryOverdue',
  'ReadyNotSubmitted',
  'CompleteNotEvaluated',
  'MatureNotReviewed',
  'NeverReady',
  'OutcomesOpen',
  'SweepFailed',
];

const watches = (graph: Graph, namespace: string, metric: string, dimensions: Values) =>
  alarms(graph).some(
    ({ inputs }) =>
      inputs.namespace === namespace &&
      inputs.metricName === metric &&
      Object.entries(dimensions).every(([key, value]) => inputs.dimensions?.[key] === value),
  );

export const WATCHING_RULES: readonly Rule[] = [
  {
    name: 'dead letters and old messages ring',
    check: (graph) => [
      ...ofType(graph, 'sqs/queue:Queue')
        .filter(({ outputs }) => outputs.name.endsWith('-dead-letters'))
        .flatMap(({ outputs: { name } }) =>
          unless(
            watches(graph, 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: name }),
            `nobody hears of messages in ${name}`,
          ),
        ),
      ...QUEUE_NAMES.map((name) => `penumbra-${graph.stage}-${name}`).flatMap((name) =>
        unless(
          watches(graph, 'AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: name }),
          `nobody hears of old messages in ${name}`,
        ),
      ),
    ],
  },
  {
    name: 'errors and throttles of every function ring, and a sweep that stays away',
    check: (graph) => [
      ...functions(graph).flatMap(({ outputs: { name } }) =>
        ['Errors', 'Throttles'].flatMap((metric) =>
          unless(
            watches(graph, 'AWS/Lambda', metric, { FunctionName: name }),
            `nobody hears of ${metric} of ${name}`,
          ),
        ),
      ),
      ...unless(
        alarms(graph).some(
          ({ inputs }) => inputs.metricName === 'Invocations' && inputs.treatMissingData === 'breaching',
        ),
        'nobody hears that the sweep stays away',
      ),
    ],
  },
  {
    name: 'failed transforms and failed queries ring',
    check: (graph) =>
      ['transform-failed', 'query-failed'].flatMap((name) => {
        const rule = `penumbra-${graph.stage}-${name}`;
        const exists = ofType(graph, 'cloudwatch/eventRule:EventRule').some(
          ({ outputs }) => outputs.name === rule,
        );
        return unless(
          exists && watches(graph, 'AWS/Events', 'TriggeredRules', { RuleName: rule }),
          `nobody hears of ${name}`,
        );
      }),
  },
  {
    name: 'missing partitions, overdue reviews and everything else that is stuck ring, of this stage alone',
    check: (graph) => {
      const namespace = `Penumbra/penumbra-${graph.stage}`;
      const queries = alarms(graph).flatMap(({ inputs }) =>
        (inputs.metricQueries ?? []).map(({ expression }: Values) => String(expression)),
      );
      return [
        ...OWN_METRICS.flatMap((metric) =>
          unless(
            queries.some((query) => query.includes(`(${metric}) FROM "${namespace}"`)),
            `nobody hears of ${metric}`,
          ),
        ),
        ...functions(graph).flatMap(({ name, inputs }) =>
          unless(
            inputs.environment?.variables?.POWERTOOLS_METRICS_NAMESPACE === namespace,
            `${name} writes its metrics elsewhere`,
          ),
        ),
      ];
    },
  },
  {
    name: 'every alarm is of this stage, and the runbook says what to do',
    check: (graph) =>
      alarms(graph).flatMap(({ inputs }) => {
        const section = /docs\/runbook\.md#([a-z-]+)/.exec(inputs.alarmDescription ?? '')?.[1] ?? '';
        return [
          ...unless(
            inputs.name.startsWith(`penumbra-${graph.stage}-`),
            `${inputs.name} does not name its stage`,
          ),
          ...unless(SECTIONS.includes(section), `${inputs.name}: the runbook has no section "${section}"`),
        ];
      }),
  },
  {
    name: 'there is a dashboard, and it shows only what exists',
    check: (graph) => {
      const [dashboard] = ofType(graph, 'cloudwatch/dashboard:Dashboard');
      if (!dashboard) return ['there is no dashboard'];
      const body = JSON.parse(dashboard.inputs.dashboardBody) as { widgets: Values[] };
      const shown = body.widgets.flatMap(({ properties }) => properties.metrics as unknown[][]);
      const names = new Set([
        ...functions(graph).map(({ outputs }) => outputs.name),
        ...ofType(graph, 'sqs/queue:Queue').map(({ outputs }) => outputs.name),
      ]);
      return [
        ...unless(shown.length > 20, 'the dashboard is all but empty'),
        ...shown
          .filter((metric) => metric.length === 4)
          .flatMap(([, metric, , name]) =>
            unless(names.has(String(name)), `the dashboard shows ${metric} of ${name}, which is not there`),
          ),
      ];
    },
  },
];
