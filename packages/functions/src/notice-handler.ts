import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Observability } from './observability.ts';
import type { Notice, Webhook } from './webhook.ts';

const eventOf = <Type extends string, Detail extends z.ZodType>(type: Type, detail: Detail) =>
  z.object({ 'detail-type': z.literal(type), time: z.string(), detail });

/** What the bus brings: our own announcements with their text, and CloudWatch's alarms. */
const eventSchema = z.discriminatedUnion('detail-type', [
  eventOf('RolledBack', z.looseObject({ text: z.string().min(1) })),
  eventOf('DailyDigest', z.looseObject({ text: z.string().min(1) })),
  eventOf(
    'CloudWatch Alarm State Change',
    z.looseObject({
      alarmName: z.string(),
      state: z.looseObject({ value: z.string(), reason: z.string().optional() }),
    }),
  ),
]);
type NoticeEvent = z.infer<typeof eventSchema>;

/**
 * The Lambda that tells people: each event of the bus becomes a message at the webhook. Throws where the receiver did
 * not take it, so that Lambda tries again.
 */
export function noticeHandler(
  webhook: Webhook,
  { logger }: Pick<Observability, 'logger'>,
): (event: unknown) => Promise<void> {
  return async (event) => {
    const notice = noticeOf(eventSchema.parse(event));
    await webhook.send(notice);
    logger.info('told', { type: notice.type, id: notice.id });
  };
}

/** The id is made of what is told and not of the event: an announcement that is published again is the same notice. */
function noticeOf(event: NoticeEvent): Notice {
  const { 'detail-type': type, time: at, detail } = event;
  const text = textOf(event);
  const hash = createHash('sha256')
    .update(JSON.stringify([type, text]))
    .digest('hex');
  return { id: `msg_${hash.slice(0, 32)}`, type, at, text, detail };
}

function textOf(event: NoticeEvent): string {
  if (event['detail-type'] !== 'CloudWatch Alarm State Change') return event.detail.text;
  const { alarmName, state } = event.detail;
  const what = state.value === 'OK' ? 'is over' : `is ${state.value}`;
  const why = state.reason === undefined ? '' : `: ${state.reason}`;
  return `Alarm ${alarmName} ${what} (${event.time})${why}\nWhat to do: docs/runbook.md`;
}
