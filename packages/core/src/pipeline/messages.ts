import { z } from 'zod';
import { calendarDate } from '../day-events.ts';

const deployment = z.string().min(1).max(63);
const causationId = z.string();
const queryExecutionId = z.string().min(1).max(128);

/** The four queues, and what a message on each of them says. */
export const messageSchemas = {
  /** The records of a date are closed, or a new attempt at its transform is due. */
  'partition-ready': z.strictObject({ deployment, date: calendarDate, causationId }),
  /** A transform runs, or with `queryExecutionId` a query: look whether it has ended. */
  'transform-submitted': z.union([
    z.strictObject({ deployment, date: calendarDate, attempt: z.number().int().min(1), causationId }),
    z.strictObject({ deployment, date: calendarDate, queryExecutionId, causationId }),
  ]),
  /** A transform has ended, well or badly. */
  'transform-complete': z.strictObject({
    deployment,
    date: calendarDate,
    attempt: z.number().int().min(1),
    causationId,
  }),
  /**
   * Outcomes of a landing date are closed; with `date`, one date is to be evaluated as far as it is due; with
   * `queryExecutionId`, a query has ended, and Athena knows whose it is.
   */
  'outcomes-landed': z.union([
    z.strictObject({ deployment, date: calendarDate, causationId }),
    z.strictObject({ deployment, landed: calendarDate, causationId }),
    z.strictObject({ queryExecutionId, causationId }),
  ]),
} as const;

export type QueueName = keyof typeof messageSchemas;
export const QUEUE_NAMES = Object.keys(messageSchemas) as QueueName[];
export type MessageBody<Queue extends QueueName> = z.infer<(typeof messageSchemas)[Queue]>;
export type Message = {
  [Queue in QueueName]: { readonly queue: Queue; readonly body: MessageBody<Queue> };
}[QueueName];
