import type { CalendarDate } from './calendar.ts';
import type { DayEventData } from './day-events.ts';

/** The newest query for a look at a day. It goes with the look: other outcomes, and it is another query. */
export interface DayQuery {
  readonly asOf: CalendarDate;
  readonly attempt: number;
  readonly phase: 'submitted' | 'failed' | 'succeeded';
  /** Absent where the request was refused. */
  readonly queryExecutionId?: string | undefined;
  /** Where its result lies; empty before one was submitted. */
  readonly output: string;
  /** Whether it is once more of a look that was made already. */
  readonly restates: boolean;
  readonly definitionVersion: number;
  readonly retry: boolean;
  readonly reason?: string;
}

/** A look that a query is for: its date, the definition that it compares by, and whether it was made before. */
export type QueriedLook = Pick<DayQuery, 'asOf' | 'definitionVersion' | 'restates'>;

/**
 * What a look by query needs next. submit: this attempt. read: its result is there. given-up: it failed too often
 * under this definition; another definition begins anew, and so does the next look.
 */
export type QueryStep =
  | { readonly step: 'submit'; readonly attempt: number }
  | { readonly step: 'read'; readonly query: DayQuery }
  | { readonly step: 'wait' | 'given-up'; readonly query: DayQuery };

export function queryStep(query: DayQuery | undefined, look: QueriedLook): QueryStep {
  if (query?.phase === 'submitted') return { step: 'wait', query };
  if (!query || !isFor(query, look)) return { step: 'submit', attempt: 1 };
  if (query.phase === 'succeeded') return { step: 'read', query };
  return query.retry ? { step: 'submit', attempt: query.attempt + 1 } : { step: 'given-up', query };
}

/** Whether a look has no query left to try. */
export const isGivenUp = (query: DayQuery | undefined, look: QueriedLook): boolean =>
  queryStep(query, look).step === 'given-up';

const isFor = (query: DayQuery, { asOf, definitionVersion, restates }: QueriedLook): boolean =>
  query.asOf === asOf && query.definitionVersion === definitionVersion && query.restates === restates;

/** Why no query of a look succeeded, in a sentence. */
export function queryFailure({ attempt, reason }: DayQuery): string {
  const times = attempt === 1 ? 'once' : `${attempt} times`;
  return `query failed ${times}: ${reason ?? 'no reason given'}`;
}

export function submittedQuery(data: DayEventData<'QuerySubmitted'>): DayQuery {
  const { asOf, attempt, queryExecutionId, output, restates, definitionVersion } = data;
  return {
    asOf,
    attempt,
    phase: 'submitted',
    queryExecutionId,
    output,
    restates,
    definitionVersion,
    retry: false,
  };
}

export function failedQuery(before: DayQuery | undefined, data: DayEventData<'QueryFailed'>): DayQuery {
  const { asOf, attempt, queryExecutionId, restates, definitionVersion, retry, reason } = data;
  return {
    asOf,
    attempt,
    phase: 'failed',
    queryExecutionId,
    output: before?.output ?? '',
    restates,
    definitionVersion,
    retry,
    reason,
  };
}
