import { z } from 'zod';
import { calendarDate } from './day-events.ts';
import { definitionSchema } from './definition.ts';

const count = z.number().int().min(0);
const percent = z.number().min(0).max(100);

/** MEETS: within the margin. EXCEEDS: better. HARMS: worse than the margin allows. */
export const verdictSchema = z.enum(['MEETS', 'EXCEEDS', 'HARMS', 'INCONCLUSIVE', 'NOT_ASSESSABLE']);
export type Verdict = z.infer<typeof verdictSchema>;

const sumsSchema = z.strictObject({ sum: z.number(), sumOfSquares: z.number() });
const armSchema = z.strictObject({
  /** Units with a record that day. */
  units: count,
  /** Records with an outcome. */
  rows: count,
  /** Of the value of a record, in the currency. */
  value: sumsSchema,
});

/**
 * One mature day of one slice: labelled rows, and the mean difference per row, in the currency. The rest is there
 * where the policy needs it.
 */
const dailyMeanSchema = z.strictObject({
  rows: count,
  mean: z.number(),
  /** Least and greatest mean difference that the outcomes nobody saw allow. */
  worstCase: z.strictObject({ lowest: z.number(), highest: z.number() }).optional(),
  /**
   * Records by arm: in a stage, those that each arm decided. In shadow the incumbent decided all; then the units
   * that the first stages would give to the challenger stand at `challenger`, as the baseline of a later comparison.
   */
  arms: z
    .array(z.strictObject({ percent, served: z.boolean(), challenger: armSchema, control: armSchema }))
    .optional(),
  /** Guardrail metrics of the day, by name. */
  metrics: z.record(z.string(), z.number()).optional(),
  /** Labelled rows by score, equal bins over [0, 1]; for drift. */
  scores: z.array(count).optional(),
});

export const dayEvidenceSchema = z.strictObject({
  date: calendarDate,
  slices: z.record(z.string(), dailyMeanSchema),
});
export type DayEvidence = z.infer<typeof dayEvidenceSchema>;
export type SliceDay = DayEvidence['slices'][string];
export type ArmDay = NonNullable<SliceDay['arms']>[number];

/** What days say about a mean; bounds hold at every look together, null where there are too few days for one. */
const finding = {
  lowerBound: z.number().nullable(),
  upperBound: z.number().nullable(),
  verdict: verdictSchema,
};

/** The pairing of the days since the stage began; money per record. */
const stageEvidenceSchema = z.strictObject({
  matureDays: count,
  rows: count,
  meanDifference: z.number().nullable(),
  ...finding,
});

/** Challenger arm against the concurrent control arm, whole days of this stage; money per record. */
const armEvidenceSchema = z.strictObject({
  days: count,
  challengerRows: count,
  controlRows: count,
  difference: z.number().nullable(),
  /** How much the same two groups of units differed in shadow; it is taken off the difference. */
  baseline: z.number(),
  ...finding,
});

/**
 * The sharpest of the looks that began anew in a week of the stage: what turned bad lately is not hidden behind the
 * good weeks before it. Money per record.
 */
const watchSchema = z.strictObject({
  by: z.enum(['pairs', 'arms']),
  since: calendarDate,
  days: count,
  difference: z.number().nullable(),
  upperBound: z.number().nullable(),
  verdict: verdictSchema,
});
export type WatchEvidence = z.infer<typeof watchSchema>;

const sampleRatioSchema = z.strictObject({
  challengerUnits: count,
  controlUnits: count,
  /** Of the units of both arms. */
  expectedShare: z.number(),
  /** Against the expected share; at 1000 the rollout holds. */
  eValue: z.number(),
  mismatch: z.boolean(),
});

/** One slice at one percentage; units, each counted once an arm. */
const reportedSliceSchema = z.strictObject({
  slice: z.string(),
  /** As the log has it. */
  percent,
  challengerUnits: count,
  controlUnits: count,
  /** Units that were told another arm than the log gives them. */
  mismatches: count,
});

/** What production applications reported on one date of the arms that they were told, beside what the log gives. */
export const reportedDaySchema = z.strictObject({
  /** On which the reports arrived. */
  date: calendarDate,
  exposures: count,
  /** By a rollout document, or in a slice, that the log does not have. */
  unknown: count,
  /** Lost before they arrived, as the clients counted, each for all deployments that it asks about. */
  dropped: count,
  slices: z.array(reportedSliceSchema),
});
export type ReportedDay = z.infer<typeof reportedDaySchema>;

/** The last date that production reported, as far as it says something of this slice. */
const reportedEvidenceSchema = z.strictObject({
  date: calendarDate,
  units: count,
  mismatches: count,
  /** Of all slices together. */
  exposures: count,
  unknown: count,
  /** At the percentage that the slice has. */
  challengerUnits: count,
  controlUnits: count,
  expectedShare: z.number(),
  /** Against the expected share, as that of the records; 1 where there is only one arm. */
  eValue: z.number(),
  /** Production does something else than the log says: the rollout holds. */
  mismatch: z.boolean(),
});
export type ReportedEvidence = z.infer<typeof reportedEvidenceSchema>;

/** A metric whose daily mean must stay within the margin; bounds are of that mean, on all days. */
const guardrailEvidenceSchema = z.strictObject({
  metric: z.string(),
  margin: z.number(),
  matureDays: count,
  mean: z.number().nullable(),
  ...finding,
});
export type GuardrailEvidence = z.infer<typeof guardrailEvidenceSchema>;

/** What the days say about one slice; money per record, bounds at every look together. */
export const sliceEvidenceSchema = z.strictObject({
  matureDays: count,
  rows: count,
  meanDifference: z.number().nullable(),
  lowerBound: z.number().nullable(),
  upperBound: z.number().nullable(),
  standardDeviation: z.number().nullable(),
  /** Lag-1 autocorrelation that the bounds allow for. */
  autocorrelation: z.number().nullable(),
  /** Days that the autocorrelated ones are worth. */
  effectiveDays: z.number().nullable(),
  verdict: verdictSchema,
  /** Level of the lower bounds, and of each bound that could roll back. */
  alpha: z.number().optional(),
  harmAlpha: z.number().optional(),
  /** Mean differences in the worst and the best case of the outcomes that nobody saw; the bounds are of these. */
  worstCase: z.strictObject({ lowest: z.number(), highest: z.number() }).optional(),
  stage: stageEvidenceSchema.optional(),
  arms: armEvidenceSchema.optional(),
  watch: z.array(watchSchema).optional(),
  sampleRatio: sampleRatioSchema.optional(),
  reported: reportedEvidenceSchema.optional(),
  guardrails: z.array(guardrailEvidenceSchema).optional(),
});
export type SliceEvidence = z.infer<typeof sliceEvidenceSchema>;
export type StageEvidence = NonNullable<SliceEvidence['stage']>;
export type ArmEvidence = NonNullable<SliceEvidence['arms']>;
export type SampleRatio = NonNullable<SliceEvidence['sampleRatio']>;

const exposureSchema = z.strictObject({
  /** 0 is shadow; 1 the first stage of the policy. */
  stage: count,
  percent,
});
export type Exposure = z.infer<typeof exposureSchema>;

export const sliceReviewSchema = z.strictObject({
  slice: z.string(),
  from: exposureSchema,
  to: exposureSchema,
  action: z.enum(['promote', 'hold', 'roll-back']),
  /** The rule of the policy that decided. */
  rule: z.string(),
  reasons: z.array(z.string()),
  evidence: sliceEvidenceSchema,
  daysInStage: count,
});
export type SliceReview = z.infer<typeof sliceReviewSchema>;

export const rolloutReviewSchema = z.strictObject({
  asOf: calendarDate,
  definitionVersion: count,
  /** Days that became evidence in this review. */
  entered: z.array(dayEvidenceSchema),
  /** Days that are old enough and are no evidence, and why. */
  held: z.array(z.strictObject({ date: calendarDate, reason: z.string() })),
  /** Dates on which production reported and that no review had compared before; absent where there were none. */
  reported: z.array(reportedDaySchema).optional(),
  slices: z.array(sliceReviewSchema),
});
export type RolloutReview = z.infer<typeof rolloutReviewSchema>;

/** Stored names and shapes: never edited. A new shape is a new schema version with an upcaster. */
export const rolloutEventSchemas = {
  DeploymentRegistered: z.strictObject({
    definition: definitionSchema,
    definitionVersion: count,
    /** First date of records that belongs to the deployment. */
    startDate: calendarDate,
  }),
  DefinitionRevised: z.strictObject({ definition: definitionSchema, definitionVersion: count }),
  RolloutReviewed: rolloutReviewSchema,
  StageApproved: z.strictObject({ slice: z.string(), stage: count, reason: z.string() }),
  RolloutPaused: z.strictObject({ reason: z.string() }),
  RolloutResumed: z.strictObject({ reason: z.string() }),
  RolloutOverridden: z.strictObject({ slice: z.string().nullable(), reason: z.string() }),
} as const;

export type RolloutEventType = keyof typeof rolloutEventSchemas;
export type RolloutEvent = {
  [Type in RolloutEventType]: {
    readonly type: Type;
    readonly data: z.infer<(typeof rolloutEventSchemas)[Type]>;
  };
}[RolloutEventType];
export type RolloutEventData<Type extends RolloutEventType> = z.infer<(typeof rolloutEventSchemas)[Type]>;
