import { createHash } from 'node:crypto';
import { type CalendarDate, isCalendarDate } from '@penumbra/core/calendar';

interface Partition {
  readonly deployment: string;
  readonly date: CalendarDate;
}

const LINE = /\n-- (\S+) (\S+) (\S+)$/;

/**
 * A statement that says whose it is, in a comment at its end. Athena's events name a query by an id that Athena gave
 * it, and its statement is all of ours that Athena keeps.
 */
export const signed = (statement: string, prefix: string, { deployment, date }: Partition): string =>
  `${statement}\n-- ${prefix} ${deployment} ${date}`;

/** Whose statement it is; undefined where it is none of ours. */
export function signerOf(prefix: string, statement: string): Partition | undefined {
  const [, signature, deployment = '', date = ''] = LINE.exec(statement) ?? [];
  return signature === prefix && isCalendarDate(date) ? { deployment, date } : undefined;
}

/**
 * The SHA-256 of texts, in hexadecimal: as a ClientRequestToken (32 to 128 characters) it makes the same request in
 * the same place one query, and another request another one.
 */
export const tokenOf = (...texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex');
