import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Announcements } from '../announcements.ts';

const SOURCE = 'penumbra';
/** Entries that EventBridge takes in one request. */
const BATCH = 10;

/** Announcements on a bus of EventBridge. Throws where it did not take one of them, so that the caller tries again. */
export function eventBridgeAnnouncements(client: EventBridgeClient, busName: string): Announcements {
  return {
    async publish(announcements) {
      for (let at = 0; at < announcements.length; at += BATCH) {
        const Entries = announcements.slice(at, at + BATCH).map(({ type, detail }) => ({
          EventBusName: busName,
          Source: SOURCE,
          DetailType: type,
          Detail: JSON.stringify(detail),
        }));
        const answer = await client.send(new PutEventsCommand({ Entries }));
        const failed = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
        if (failed) {
          throw new Error(
            `EventBridge did not take ${answer.FailedEntryCount} of ${Entries.length} announcements: ${failed.ErrorCode} ${failed.ErrorMessage ?? ''}`,
          );
        }
      }
    },
  };
}
