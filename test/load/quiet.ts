import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import type { LocalPipeline } from '@penumbra/local/local-pipeline';

const POLL_MS = 50;
/** Looks in a row that must find nothing waiting, before that is believed. */
const QUIET_LOOKS = 3;

/** Waits until no message waits or is handled; a delayed look at a transform that has ended does nothing. */
export async function quiet({ sqs, queueUrls, isGone, logFile }: LocalPipeline): Promise<void> {
  for (let looks = 0; looks < QUIET_LOOKS; ) {
    if (isGone()) throw new Error(`the local AWS ended; see ${logFile} and aws.log beside it`);
    const waiting = await Promise.all(
      QUEUE_NAMES.map(async (queue) => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: queueUrls[queue], AttributeNames: ['All'] }),
        );
        const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
          Attributes;
        return Number(visible) + Number(inFlight) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
      }),
    );
    looks = waiting.every((count) => count === 0) ? looks + 1 : 0;
    await sleep(POLL_MS);
  }
}
