import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { type Graph, ofType, type Resource, statementsOf } from '../graph.ts';
import { type Rule, unless } from './rule.ts';

const queues = (graph: Graph) => ofType(graph, 'sqs/queue:Queue');
const isDeadLetters = ({ outputs }: Resource) => outputs.name.endsWith('-dead-letters');
export const pipelineQueue = (graph: Graph, name: string): Resource | undefined =>
  queues(graph).find(({ outputs }) => outputs.name === `penumbra-${graph.stage}-${name}`);
export const mappingsOf = (graph: Graph, queue: Resource): Resource[] =>
  ofType(graph, 'lambda/eventSourceMapping:EventSourceMapping').filter(
    ({ inputs }) => inputs.eventSourceArn === queue.outputs.arn,
  );
export const functionByArn = (graph: Graph, arn: string): Resource | undefined =>
  ofType(graph, 'lambda/function:Function').find(({ outputs }) => outputs.arn === arn);

/** SQS takes it in at most. */
const LONGEST_RETENTION = 14 * 86_400;

export const QUEUE_RULES: readonly Rule[] = [
  {
    name: 'the four queues are there, encrypted',
    check: (graph) => [
      ...QUEUE_NAMES.flatMap((name) =>
        unless(pipelineQueue(graph, name) !== undefined, `there is no queue ${name}`),
      ),
      ...queues(graph).flatMap(({ name, inputs }) =>
        unless(
          inputs.sqsManagedSseEnabled === true || inputs.kmsMasterKeyId !== undefined,
          `${name} is not encrypted`,
        ),
      ),
    ],
  },
  {
    name: 'each queue has dead letters of its own, after five deliveries or more',
    check: (graph) => {
      const seen = new Set<string>();
      return queues(graph)
        .filter((queue) => !isDeadLetters(queue))
        .flatMap(({ name, inputs }) => {
          const redrive = JSON.parse(inputs.redrivePolicy ?? '{}');
          const target = queues(graph).find(({ outputs }) => outputs.arn === redrive.deadLetterTargetArn);
          if (!target) return [`${name} has no dead letters`];
          const own = !seen.has(target.name);
          seen.add(target.name);
          return [
            ...unless(own, `${name} shares its dead letters`),
            ...unless(
              redrive.maxReceiveCount >= 5,
              `${name} gives up after ${redrive.maxReceiveCount} deliveries`,
            ),
            ...unless(
              target.inputs.messageRetentionSeconds === LONGEST_RETENTION,
              `${target.name} forgets too soon for a person to look`,
            ),
          ];
        });
    },
  },
  {
    name: 'a queue hides a message for six timeouts of its function',
    check: (graph) =>
      queues(graph).flatMap((queue) =>
        mappingsOf(graph, queue).flatMap(({ inputs: { functionName, maximumBatchingWindowInSeconds } }) => {
          const timeout = functionByArn(graph, functionName)?.inputs.timeout ?? Number.POSITIVE_INFINITY;
          const least = 6 * timeout + (maximumBatchingWindowInSeconds ?? 0);
          const has = queue.inputs.visibilityTimeoutSeconds;
          return unless(
            has >= least,
            `${queue.name} hides a message for ${has} s, its function needs ${least} s`,
          );
        }),
      ),
  },
  {
    name: 'each queue feeds one function, which says which messages failed',
    check: (graph) =>
      QUEUE_NAMES.flatMap((name) => {
        const queue = pipelineQueue(graph, name);
        const mappings = queue ? mappingsOf(graph, queue) : [];
        return [
          ...unless(mappings.length === 1, `${name} feeds ${mappings.length} functions`),
          ...mappings.flatMap(({ inputs }) =>
            unless(
              inputs.functionResponseTypes?.includes('ReportBatchItemFailures'),
              `${name}: one failed message brings its whole batch back`,
            ),
          ),
        ];
      }),
  },
  {
    name: 'the poller starts no more than the function may run',
    check: (graph) =>
      queues(graph).flatMap((queue) =>
        mappingsOf(graph, queue).flatMap(({ inputs }) => {
          const reserved = functionByArn(graph, inputs.functionName)?.inputs.reservedConcurrentExecutions;
          if (reserved === undefined) return [];
          const most = inputs.scalingConfig?.maximumConcurrency;
          return unless(
            most !== undefined && most >= 2 && most <= reserved,
            `${queue.name} starts up to ${most} of ${reserved}: throttled messages end as dead letters`,
          );
        }),
      ),
  },
  {
    name: 'only rules that exist send to a queue, and nobody without TLS',
    check: (graph) =>
      QUEUE_NAMES.flatMap((name) => {
        const queue = pipelineQueue(graph, name);
        if (!queue) return [];
        const statements = ofType(graph, 'sqs/queuePolicy:QueuePolicy')
          .filter(({ inputs }) => inputs.queueUrl === queue.outputs.url)
          .flatMap(({ inputs }) => statementsOf(inputs.policy));
        const rules = ofType(graph, 'cloudwatch/eventRule:EventRule').map(({ outputs }) => outputs.arn);
        const tls = statements.some(
          ({ effect, conditions }) =>
            effect === 'Deny' && conditions.Bool?.['aws:SecureTransport']?.includes('false'),
        );
        return [
          ...unless(tls, `${name} takes messages without TLS`),
          ...statements
            .filter(({ effect }) => effect === 'Allow')
            .flatMap(({ conditions, actions }) => {
              const sources = conditions.ArnEquals?.['aws:SourceArn'] ?? [];
              const narrow = sources.length > 0 && sources.every((source) => rules.includes(source));
              return unless(
                narrow && actions.every((action) => action === 'sqs:SendMessage'),
                `${name} takes messages from anybody`,
              );
            }),
        ];
      }),
  },
];
