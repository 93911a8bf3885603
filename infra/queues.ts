import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { MAX_RECEIVE_COUNT, visibilityTimeoutOf } from './limits.ts';
import { deadLettersOf, logicalName, queueNameOf } from './names.ts';
import type { Settings } from './settings.ts';
import { CONSUMERS, shapesOf } from './shape.ts';

export interface PipelineQueue {
  readonly queue: sst.aws.Queue;
  readonly deadLetters: sst.aws.Queue;
}

/** Encrypted, and kept for as long as SQS keeps a message: time for a person to look. */
const kept = { sqsManagedSseEnabled: true, messageRetentionSeconds: 14 * 86_400 };

/** A queue for what failed again and again; `of` is what it failed in. */
export const deadLetterQueue = (prefix: string, of: string): sst.aws.Queue =>
  new sst.aws.Queue(logicalName(deadLettersOf(of)), {
    transform: { queue: { name: queueNameOf(prefix, deadLettersOf(of)), ...kept } },
  });

/** The four queues, each with its dead letters. */
export function queues(prefix: string, settings: Settings): Record<QueueName, PipelineQueue> {
  const shapes = shapesOf(settings);
  const make = (name: QueueName): PipelineQueue => {
    const deadLetters = deadLetterQueue(prefix, name);
    const seconds = visibilityTimeoutOf(shapes[CONSUMERS[name]].timeoutSeconds);
    const queue = new sst.aws.Queue(logicalName(name), {
      visibilityTimeout: `${seconds} seconds`,
      dlq: { queue: deadLetters.arn, retry: MAX_RECEIVE_COUNT },
      transform: { queue: { name: queueNameOf(prefix, name), ...kept } },
    });
    return { queue, deadLetters };
  };
  return Object.fromEntries(QUEUE_NAMES.map((name) => [name, make(name)])) as Record<
    QueueName,
    PipelineQueue
  >;
}

/** Nobody sends without TLS, and beside our functions only the rules of EventBridge that are named. */
export function queuePolicies(
  all: Readonly<Record<QueueName, PipelineQueue>>,
  rules: readonly { readonly target: QueueName; readonly arn: $util.Output<string> }[],
): void {
  for (const name of QUEUE_NAMES) {
    const { queue } = all[name];
    const sources = rules.filter(({ target }) => target === name).map((rule) => rule.arn);
    const fromRules = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue.arn,
      Condition: { ArnEquals: { 'aws:SourceArn': sources } },
    };
    const tlsOnly = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Resource: queue.arn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    new aws.sqs.QueuePolicy(`${logicalName(name)}Policy`, {
      queueUrl: queue.url,
      policy: $jsonStringify({
        Version: '2012-10-17',
        Statement: sources.length > 0 ? [fromRules, tlsOnly] : [tlsOnly],
      }),
    });
  }
}
