import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { complete } from '@penumbra/core/pipeline/complete';
import { evaluate } from '@penumbra/core/pipeline/evaluate';
import type { MessageBody, QueueName } from '@penumbra/core/pipeline/messages';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { submit } from '@penumbra/core/pipeline/submit';
import { watch } from '@penumbra/core/pipeline/watch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { decodeMessage } from './decode-message.ts';
import { type FailureNotes, failureKind, reasonOf } from './failure-notes.ts';
import type { Observability } from './observability.ts';

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const useCases: {
  readonly [Queue in QueueName]: (pipeline: Pipeline, body: MessageBody<Queue>) => Promise<void>;
} = {
  'partition-ready': submit,
  'transform-submitted': watch,
  'transform-complete': complete,
  'outcomes-landed': evaluate,
};

/** The Lambda behind one queue: each message on its own, and only the failed ones come back. */
export function queueHandler<Queue extends QueueName>(
  queue: Queue,
  pipeline: Pipeline,
  { logger, metrics }: Observability,
  failures?: FailureNotes,
): QueueHandler {
  const useCase: (pipeline: Pipeline, body: MessageBody<Queue>) => Promise<void> = useCases[queue];
  /** At best: where the table is what fails, the message fails all the same, and its log says why. */
  const noteFailure = async (messageId: string, receiveCount: number, error: unknown): Promise<void> => {
    const reason = { kind: failureKind(error), reason: reasonOf(error) };
    await failures
      ?.write({ queue, messageId, ...reason, at: pipeline.now(), receiveCount })
      .catch((cause: unknown) => logger.warn('the failure could not be noted', { error: cause as Error }));
  };
  const handleRecord = async ({ messageId, body, attributes }: SQSRecord): Promise<void> => {
    const at = { queue, messageId, receiveCount: attributes.ApproximateReceiveCount };
    try {
      const message = decodeMessage(queue, body, pipeline.jobNamePrefix);
      if (message === 'ignore') return;
      await useCase(pipeline, message);
      logger.info('handled', { ...at, handled: message });
      metrics.addMetric('Handled', MetricUnit.Count, 1);
    } catch (error) {
      logger.error('failed; the message comes back after its visibility timeout', {
        ...at,
        body,
        error: error as Error,
      });
      metrics.addMetric(failureKind(error) === 'poison' ? 'Poison' : 'Failed', MetricUnit.Count, 1);
      await noteFailure(messageId, Number(attributes.ApproximateReceiveCount), error);
      throw error;
    }
  };
  return async (event, context) => {
    // A processor keeps the state of one batch, and batches may overlap where one process hosts the function.
    const processor = new BatchProcessor(EventType.SQS);
    try {
      return await processPartialResponse(event, handleRecord, processor, {
        context,
        processInParallel: false,
        throwOnFullBatchFailure: false,
      });
    } finally {
      metrics.publishStoredMetrics();
    }
  };
}
