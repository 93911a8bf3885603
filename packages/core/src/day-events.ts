import { z } from 'zod';
import { isCalendarDate } from './calendar.ts';

export const calendarDate = z.string().refine(isCalendarDate, 'not a date that exists, as YYYY-MM-DD');
const count = z.number().int().min(0);

/** An object in S3, pinned by its ETag. */
export const fileSchema = z.strictObject({ key: z.string(), bytes: count, etag: z.string() });
export type FileRef = z.infer<typeof fileSchema>;

export const problemSchema = z.strictObject({
  where: z.string(),
  line: z.number().int().optional(),
  column: z.string().optional(),
  what: z.string(),
  remedy: z.string(),
});

const confusionSchema = z.strictObject({
  truePositive: count,
  falsePositive: count,
  falseNegative: count,
  trueNegative: count,
});
export type Confusion = z.infer<typeof confusionSchema>;

/** Sums over the rows that have both an outcome and a prediction; value is in the currency of the definition. */
const armSchema = z.strictObject({
  value: z.number(),
  confusion: confusionSchema.optional(),
  /** Value of the rows on which the arm acted and the outcome was negative: what false positives cost, negative. */
  falsePositiveValue: z.number().optional(),
  absoluteError: z.number().optional(),
  squaredError: z.number().optional(),
});
export type ArmNumbers = z.infer<typeof armSchema>;

const sumsSchema = z.strictObject({ sum: z.number(), sumOfSquares: z.number() });

/**
 * Units of one range of buckets: from the stratum before (or 0) up to `upTo` percent. Which arm decided them follows
 * from the percentage that was served that day. Sums are of both values over the labelled rows, in the currency.
 */
const stratumSchema = z.strictObject({
  upTo: z.number().gt(0).max(100),
  /** Units with a record in the slice that day, each counted once. */
  units: count,
  rows: count,
  challenger: sumsSchema,
  incumbent: sumsSchema,
});
export type Stratum = z.infer<typeof stratumSchema>;

/** Equal bins of the score over [0, 1]; labelled rows, their scores summed, and how many of them were positive. */
const scoreBinsSchema = z.strictObject({
  rows: z.array(count),
  scores: z.array(z.number()),
  positives: z.array(count),
});
export type ScoreBins = z.infer<typeof scoreBinsSchema>;

/** Where the decision determines whether the outcome is seen; differences are challenger minus incumbent. */
const selectiveSchema = z.strictObject({
  /** Labelled rows on which both decisions show the outcome. */
  identified: z.strictObject({ rows: count, sum: z.number(), sumOfSquares: z.number() }),
  /**
   * All labelled rows and those whose outcome the incumbent hid, with the least and the greatest difference that
   * any outcome of the hidden ones would give. Null where the pay-off depends on money that was never seen.
   */
  worstCase: z.strictObject({ rows: count, lowest: z.number(), highest: z.number() }).nullable(),
});
export type Selective = z.infer<typeof selectiveSchema>;

/**
 * One slice of one day: rows are records, labelled those with an outcome; the rest are sums over the labelled.
 * difference is value(challenger) - value(incumbent) per row.
 */
export const sliceNumbersSchema = z.strictObject({
  rows: count,
  labelled: count,
  challenger: armSchema,
  incumbent: armSchema,
  difference: sumsSchema,
  brier: z.number().optional(),
  logLoss: z.number().optional(),
  strata: z.array(stratumSchema).optional(),
  scoreBins: scoreBinsSchema.optional(),
  selective: selectiveSchema.optional(),
});
export type SliceNumbers = z.infer<typeof sliceNumbersSchema>;

/** The small numbers of a day that the policy needs; histograms stay in the metric state in S3. */
export const daySummarySchema = z.strictObject({
  overall: sliceNumbersSchema,
  slices: z.record(z.string(), sliceNumbersSchema),
  /** Outcomes that repeat a record, the latest landed one won. */
  duplicateOutcomes: count,
  /** Outcomes read in this look that belong to no record of this day; other days' outcomes are among them. */
  unmatchedOutcomes: count,
  /** Rows that could not be read and were left out, as the definition tolerates; absent where there were none. */
  badRows: count.optional(),
});
export type DaySummary = z.infer<typeof daySummarySchema>;

/** Where the metric state of a look lies, and the SHA-256 of its bytes. */
export const metricsRefSchema = z.strictObject({ key: z.string(), sha256: z.string() });
export type MetricsRef = z.infer<typeof metricsRefSchema>;

/** What compared the day, and why that; absent where the definition knows lambda alone. */
const engineSchema = z.strictObject({ engine: z.enum(['lambda', 'athena']), reason: z.string() });

/** What AWS asks for a query. */
const costSchema = z.strictObject({ amount: z.number(), currency: z.literal('USD') });

const look = { asOf: calendarDate, age: count };
const evaluated = {
  ...look,
  summary: daySummarySchema,
  metrics: metricsRefSchema,
  definitionVersion: count,
  engine: engineSchema.optional(),
};
const query = { asOf: calendarDate, attempt: z.number().int().min(1) };
const scanned = { bytesScanned: count, cost: costSchema };
const job = { attempt: z.number().int().min(1), jobName: z.string() };

/** Stored names and shapes: never edited. A new shape is a new schema version with an upcaster. */
export const dayEventSchemas = {
  PartitionReady: z.strictObject({
    files: z.array(fileSchema),
    rows: count,
    input: z.string().optional(),
    definitionVersion: count,
  }),
  PartitionRejected: z.strictObject({
    step: z.enum(['records', 'predictions', 'outcomes']),
    asOf: calendarDate.optional(),
    files: z.array(fileSchema),
    problems: z.array(problemSchema),
  }),
  TransformSubmitted: z.strictObject({
    ...job,
    modelName: z.string(),
    input: z.string(),
    output: z.string(),
    definitionVersion: count,
  }),
  TransformCompleted: z.strictObject({ ...job, files: z.array(fileSchema) }),
  TransformFailed: z.strictObject({
    ...job,
    status: z.enum(['Failed', 'Stopped', 'Rejected', 'Missing']),
    reason: z.string(),
    retry: z.boolean(),
  }),
  PredictionsLanded: z.strictObject({ files: z.array(fileSchema) }),
  OutcomesLanded: z.strictObject({ ...look, files: z.array(fileSchema) }),
  /** A look is compared by Athena. `bytes` are those of its files, `output` is where its result lies. */
  QuerySubmitted: z.strictObject({
    ...query,
    queryExecutionId: z.string(),
    clientRequestToken: z.string(),
    output: z.string(),
    engine: engineSchema,
    bytes: count,
    restates: z.boolean(),
    definitionVersion: count,
  }),
  QuerySucceeded: z.strictObject({ ...query, queryExecutionId: z.string(), ...scanned }),
  QueryFailed: z.strictObject({
    ...query,
    /** Absent where the request was refused, so that no query began. */
    queryExecutionId: z.string().optional(),
    status: z.enum(['FAILED', 'CANCELLED', 'REJECTED', 'MISSING']),
    reason: z.string(),
    retry: z.boolean(),
    restates: z.boolean(),
    definitionVersion: count,
    ...scanned,
  }),
  PartitionEvaluated: z.strictObject(evaluated),
  PartitionMatured: z.strictObject({ ...look, coverage: z.number() }),
  PartitionRestated: z.strictObject(evaluated),
} as const;

export type DayEventType = keyof typeof dayEventSchemas;
export type DayEvent = {
  [Type in DayEventType]: { readonly type: Type; readonly data: z.infer<(typeof dayEventSchemas)[Type]> };
}[DayEventType];
/** The data of one type of event. */
export type DayEventData<Type extends DayEventType> = z.infer<(typeof dayEventSchemas)[Type]>;
