import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import type { Functions } from './functions.ts';
import type { PipelineQueue } from './queues.ts';
import type { Settings } from './settings.ts';
import { CONSUMERS, shapesOf } from './shape.ts';

/** Feeds each queue's function. Only the messages that failed come back. */
export function mappings(
  settings: Settings,
  queues: Readonly<Record<QueueName, PipelineQueue>>,
  functions: Functions,
): void {
  const shapes = shapesOf(settings);
  for (const name of QUEUE_NAMES) {
    const consumer = CONSUMERS[name];
    const { batchSize = 1, reserved } = shapes[consumer];
    queues[name].queue.subscribe(functions[consumer].arn, {
      batch: { size: batchSize, partialResponses: true },
      // The poller stops at what the function may run at once: what is throttled counts as received, and would die.
      transform: {
        eventSourceMapping: reserved === undefined ? {} : { scalingConfig: { maximumConcurrency: reserved } },
      },
    });
  }
}
