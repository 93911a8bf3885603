import type { DayCommand } from '../day.ts';
import type { DayEvent, DayEventData, DaySummary, FileRef, SliceNumbers } from '../day-events.ts';

/** Events and commands of one day as its specification tells them: only what matters in a sentence is named. */

export const file = (key: string, etag = 'e1'): FileRef => ({ key, bytes: 10, etag });

export const numbers = (rows: number, labelled: number, difference = labelled): SliceNumbers => ({
  rows,
  labelled,
  challenger: { value: difference },
  incumbent: { value: 0 },
  difference: { sum: difference, sumOfSquares: difference ** 2 },
});

export const summary = (rows: number, labelled: number, difference = labelled): DaySummary => ({
  overall: numbers(rows, labelled, difference),
  slices: { hubs: numbers(rows, labelled, difference) },
  duplicateOutcomes: 0,
  unmatchedOutcomes: 0,
});

const jobOf = (attempt: number) => ({ attempt, jobName: `penumbra-rebooking-2001-02-03-${attempt}` });
const readyData = (rows: number): DayEventData<'PartitionReady'> => ({
  files: [file('records.csv')],
  rows,
  definitionVersion: 1,
});
const lookData = (
  asOf: string,
  age: number,
  seen: DaySummary = summary(100, 98),
): DayEventData<'PartitionEvaluated'> => ({
  asOf,
  age,
  summary: seen,
  metrics: { key: `metrics/${asOf}`, sha256: 'aa' },
  definitionVersion: 1,
});
const rejectedData = (
  what: string,
  step: DayEventData<'PartitionRejected'>['step'] = 'records',
  asOf?: string,
): DayEventData<'PartitionRejected'> => ({
  step,
  files: [file('records.csv')],
  problems: [{ where: 'records.csv', line: 7, what, remedy: 'Mend it' }],
  ...(asOf === undefined ? {} : { asOf }),
});
const submittedData = (attempt: number): DayEventData<'TransformSubmitted'> => ({
  ...jobOf(attempt),
  modelName: 'rebooking-2001-01',
  input: 'in/',
  output: 'out/',
  definitionVersion: 1,
});
const outcomesData = (asOf: string, age: number, etag?: string) => ({
  asOf,
  age,
  files: [file(`outcomes-${asOf}.csv`, etag)],
});

const scanned = { bytesScanned: 1000, cost: { amount: 0.00005, currency: 'USD' as const } };
interface QueryExample {
  readonly attempt?: number;
  readonly id?: string;
  readonly restates?: boolean;
  readonly definitionVersion?: number;
}
const queryData = (
  asOf: string,
  { attempt = 1, id = `q${attempt}`, restates = false, definitionVersion = 1 }: QueryExample = {},
): DayEventData<'QuerySubmitted'> => ({
  asOf,
  attempt,
  queryExecutionId: id,
  clientRequestToken: 'aa',
  output: '',
  engine: { engine: 'athena', reason: 'the definition says athena' },
  bytes: 100,
  restates,
  definitionVersion,
});
const queryEnd = (asOf: string, attempt = 1, queryExecutionId = `q${attempt}`) => ({
  asOf,
  attempt,
  queryExecutionId,
  ...scanned,
});
const queryFailure = (
  asOf: string,
  { attempt = 1, id, restates = false, definitionVersion = 1 }: QueryExample = {},
): Omit<DayEventData<'QueryFailed'>, 'retry'> => ({
  asOf,
  attempt,
  ...(id === 'none' ? { status: 'REJECTED' } : { status: 'FAILED', queryExecutionId: id ?? `q${attempt}` }),
  reason: 'out of resources',
  restates,
  definitionVersion,
  ...scanned,
});

export const ready = (rows = 100): DayEvent => ({ type: 'PartitionReady', data: readyData(rows) });
export const rejected = (...data: Parameters<typeof rejectedData>): DayEvent => ({
  type: 'PartitionRejected',
  data: rejectedData(...data),
});
export const submitted = (attempt = 1): DayEvent => ({
  type: 'TransformSubmitted',
  data: submittedData(attempt),
});
export const completed = (attempt = 1): DayEvent => ({
  type: 'TransformCompleted',
  data: { ...jobOf(attempt), files: [file('scores.out')] },
});
export const failed = (attempt: number, retry: boolean, reason = 'out of memory'): DayEvent => ({
  type: 'TransformFailed',
  data: { ...jobOf(attempt), status: 'Failed', reason, retry },
});
export const predictionsLanded = (etag?: string): DayEvent => ({
  type: 'PredictionsLanded',
  data: { files: [file('predictions.csv', etag)] },
});
export const landed = (asOf: string, age: number, etag?: string): DayEvent => ({
  type: 'OutcomesLanded',
  data: outcomesData(asOf, age, etag),
});
export const evaluated = (...data: Parameters<typeof lookData>): DayEvent => ({
  type: 'PartitionEvaluated',
  data: lookData(...data),
});
export const matured = (asOf: string, age: number, coverage: number): DayEvent => ({
  type: 'PartitionMatured',
  data: { asOf, age, coverage },
});
export const restated = (...data: Parameters<typeof lookData>): DayEvent => ({
  type: 'PartitionRestated',
  data: lookData(...data),
});

export const queried = (...data: Parameters<typeof queryData>): DayEvent => ({
  type: 'QuerySubmitted',
  data: queryData(...data),
});
export const querySucceeded = (...data: Parameters<typeof queryEnd>): DayEvent => ({
  type: 'QuerySucceeded',
  data: queryEnd(...data),
});
export const queryFailed = (
  asOf: string,
  retry: boolean,
  example?: Parameters<typeof queryFailure>[1],
): DayEvent => ({ type: 'QueryFailed', data: { ...queryFailure(asOf, example), retry } });

export const makeReady = (rows = 100): DayCommand => ({ type: 'ReadyPartition', data: readyData(rows) });
export const reject = (...data: Parameters<typeof rejectedData>): DayCommand => ({
  type: 'RejectPartition',
  data: rejectedData(...data),
});
export const submitTransform = (attempt = 1): DayCommand => ({
  type: 'SubmitTransform',
  data: submittedData(attempt),
});
export const completeTransform = (attempt = 1): DayCommand => ({
  type: 'CompleteTransform',
  data: { ...jobOf(attempt), files: [file('scores.out')] },
});
export const failTransform = (attempt: number, maxAttempts = 3): DayCommand => ({
  type: 'FailTransform',
  data: { ...jobOf(attempt), status: 'Failed', reason: 'out of memory' },
  maxAttempts,
});
export const landPredictions = (etag?: string): DayCommand => ({
  type: 'LandPredictions',
  data: { files: [file('predictions.csv', etag)] },
});
export const landOutcomes = (asOf: string, age: number, etag?: string): DayCommand => ({
  type: 'LandOutcomes',
  data: outcomesData(asOf, age, etag),
});
export const evaluate = (...data: Parameters<typeof lookData>): DayCommand => ({
  type: 'Evaluate',
  data: lookData(...data),
});
export const mature = (maturityDays = 2, minCoverage = 0.95): DayCommand => ({
  type: 'Mature',
  maturityDays,
  minCoverage,
});
export const restate = (...data: Parameters<typeof lookData>): DayCommand => ({
  type: 'Restate',
  data: lookData(...data),
});
export const submitQuery = (...data: Parameters<typeof queryData>): DayCommand => ({
  type: 'SubmitQuery',
  data: queryData(...data),
});
export const succeedQuery = (...data: Parameters<typeof queryEnd>): DayCommand => ({
  type: 'SucceedQuery',
  data: queryEnd(...data),
});
export const failQuery = (
  asOf: string,
  example?: Parameters<typeof queryFailure>[1],
  maxAttempts = 3,
): DayCommand => ({ type: 'FailQuery', data: queryFailure(asOf, example), maxAttempts });
