import type { CalendarDate } from '../calendar.ts';
import { type DayState, next } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import { isGivenUp, queryStep } from '../day-query.ts';
import type { Definition } from '../definition.ts';
import type { EngineChoice } from '../engine.ts';
import { eventId } from '../envelope.ts';
import { dayStream } from '../events.ts';
import { decideDay, type PartitionId, watchQueryMessage } from './day-steps.ts';
import type { Loaded } from './execute.ts';
import { foldersAsNamed } from './folders-as-named.ts';
import type { Evaluation, Pipeline, QueryRequest } from './ports.ts';

/** Seconds until a query that met a full quota is asked for again. */
const QUOTA_DELAY_SECONDS = 300;

/** A look that a query compares. */
export interface LookByQuery {
  readonly partition: PartitionId;
  readonly definition: Definition;
  readonly definitionVersion: number;
  readonly asOf: CalendarDate;
  readonly restates: boolean;
  readonly outcomes: readonly FileRef[];
  readonly choice: EngineChoice;
  /** Where its metric state goes. */
  readonly metricsKey: string;
}

/**
 * How far a look by query has come. waits: the query runs, or is asked for again later. given-up: it failed too often
 * under this definition.
 */
export interface QueriedSoFar {
  readonly day: Loaded<DayState>;
  readonly came: Evaluation | 'waits' | 'given-up';
}

/** Submits the query of a look where one is due, and reads what it found where it has succeeded. */
export async function lookByQuery(
  pipeline: Pipeline,
  look: LookByQuery,
  known: Loaded<DayState>,
): Promise<QueriedSoFar> {
  const { definition, partition } = look;
  const held = await foldersAsNamed(pipeline.objects, definition, partition, known.state);
  if (held) return { day: known, came: held };
  let day = known;
  const due = queryStep(day.state.query, look);
  if (due.step === 'read') {
    const { queryExecutionId = '', output, attempt } = due.query;
    const { metricsKey } = look;
    const files = filesOf(look, day);
    const evaluation = await pipeline.queries.results({ ...files, queryExecutionId, output, metricsKey });
    if (evaluation !== 'missing') return { day, came: evaluation };
    // A re-evaluation that changed nothing leaves its query behind, and nobody needs that again.
    if (look.restates) return { day, came: 'given-up' };
    const reason = 'its result is gone: it was kept for a few days only';
    day = await failed(pipeline, look, day, { attempt, queryExecutionId, status: 'MISSING', reason });
  }
  return isGivenUp(day.state.query, look) ? { day, came: 'given-up' } : submitQuery(pipeline, look, day);
}

async function submitQuery(
  pipeline: Pipeline,
  look: LookByQuery,
  known: Loaded<DayState>,
): Promise<QueriedSoFar> {
  const { partition, definition, definitionVersion, asOf, restates, choice } = look;
  const due = queryStep(known.state.query, look);
  if (due.step !== 'submit') return { day: known, came: 'waits' };
  const { attempt } = due;
  const request = requestOf(look, known);
  const bytes = bytesOf(request);
  const submission = withinLimit(definition, bytes) ?? (await pipeline.queries.submit(request));
  switch (submission.status) {
    case 'submitted': {
      const { status: _, ...query } = submission;
      const data = { asOf, attempt, ...query, engine: choice, bytes, restates, definitionVersion };
      const command = { type: 'SubmitQuery' as const, data };
      const day = await decideDay(pipeline, partition, { command }, known);
      await watchQuery(pipeline, partition, day);
      return { day, came: 'waits' };
    }
    case 'rejected': {
      const refused = { attempt, status: 'REJECTED' as const, reason: submission.reason };
      return { day: await failed(pipeline, look, known, refused, attempt), came: 'given-up' };
    }
    case 'held':
      return { day: known, came: submission.held };
    case 'later': {
      const body = { ...partition, causationId: known.lastEventId ?? '' };
      await pipeline.queues.send([{ queue: 'outcomes-landed', body }], QUOTA_DELAY_SECONDS);
      return { day: known, came: 'waits' };
    }
  }
}

/**
 * What has become of the query that runs, if any. The message that led here is only a hint: Athena is asked, because
 * events repeat, get lost, and overtake each other. Undefined while it runs on.
 */
export async function learnOfQuery(
  pipeline: Pipeline,
  partition: PartitionId,
  { evaluation: { athena } }: Definition,
  known: Loaded<DayState>,
): Promise<Loaded<DayState> | undefined> {
  const due = next(known.state);
  if (due.action !== 'watch-query') return known;
  const { asOf, attempt, queryExecutionId = '', restates, definitionVersion } = due.query;
  const status = await pipeline.queries.describe(queryExecutionId);
  const { bytesScanned, cost } = status;
  switch (status.status) {
    case 'running':
      await watchQuery(pipeline, partition, known);
      return undefined;
    case 'succeeded': {
      const data = { asOf, attempt, queryExecutionId, bytesScanned, cost };
      return decideDay(pipeline, partition, { command: { type: 'SucceedQuery', data } }, known);
    }
    case 'failed': {
      const { kind, reason, mayPass } = status;
      const ended = { asOf, attempt, queryExecutionId, status: kind, reason, restates, definitionVersion };
      const data = { ...ended, bytesScanned, cost };
      const maxAttempts = mayPass ? athena.maxAttempts : attempt;
      return decideDay(pipeline, partition, { command: { type: 'FailQuery', data, maxAttempts } }, known);
    }
  }
}

/** Has the query that runs watched, whether or not it began just now: see `sendNext`. */
async function watchQuery(pipeline: Pipeline, partition: PartitionId, day: Loaded<DayState>): Promise<void> {
  const due = next(day.state);
  if (due.action !== 'watch-query') return;
  const message = watchQueryMessage(partition, due.query, { causationId: day.lastEventId ?? '' });
  await pipeline.queues.send([message], pipeline.watchDelaySeconds);
}

const NOTHING_SCANNED = { bytesScanned: 0, cost: { amount: 0, currency: 'USD' } } as const;

/** A query that came to nothing without having run. */
function failed(
  pipeline: Pipeline,
  { partition, definition, definitionVersion, asOf, restates }: LookByQuery,
  known: Loaded<DayState>,
  query: {
    readonly attempt: number;
    readonly queryExecutionId?: string;
    readonly status: 'REJECTED' | 'MISSING';
    readonly reason: string;
  },
  maxAttempts = definition.evaluation.athena.maxAttempts,
): Promise<Loaded<DayState>> {
  const data = { asOf, restates, definitionVersion, ...query, ...NOTHING_SCANNED };
  return decideDay(pipeline, partition, { command: { type: 'FailQuery', data, maxAttempts } }, known);
}

const filesOf = ({ definition, outcomes }: LookByQuery, { state }: Loaded<DayState>) => ({
  definition,
  ...inputsOf(state, outcomes),
});

function requestOf(look: LookByQuery, day: Loaded<DayState>): QueryRequest {
  const { deployment, date } = look.partition;
  const { transform } = day.state;
  return {
    ...filesOf(look, day),
    deployment,
    date,
    asOf: look.asOf,
    jobName: transform?.phase === 'completed' ? transform.jobName : undefined,
    eventId: eventId(deployment, dayStream(date), day.version + 1),
  };
}

/** The files that a look at a day reads. */
export const inputsOf = ({ partition, predictions }: DayState, outcomes: readonly FileRef[]) => ({
  records: partition?.files ?? [],
  predictions: predictions ?? [],
  outcomes,
});

/** Of the files that a look reads. */
export const bytesOf = (files: Pick<QueryRequest, 'records' | 'predictions' | 'outcomes'>): number =>
  [...files.records, ...files.predictions, ...files.outcomes].reduce((sum, { bytes }) => sum + bytes, 0);

/** Most of what a query scans are its files, each once: more than the limit of them need not be tried. */
function withinLimit(
  { evaluation: { athena } }: Pick<Definition, 'evaluation'>,
  bytes: number,
): { readonly status: 'rejected'; readonly reason: string } | undefined {
  if (bytes <= athena.maxBytesScanned) return undefined;
  const reason = `the look's files have ${bytes} bytes, more than the ${athena.maxBytesScanned} of evaluation.athena.maxBytesScanned`;
  return { status: 'rejected', reason };
}
