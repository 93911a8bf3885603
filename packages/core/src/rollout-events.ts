import { z } from 'zod';
import { calendarDate } from './day-events.ts';
import { definitionSchema } from './definition.ts';

const count = z.number().int().min(0);
const percent = z.number().min(0).max(100);

/** MEETS: within the margin. EXCEEDS: better. HARMS: worse than the margin allows. */
export const verdictSchema = z.enum(['MEETS', 'EXCEEDS', 'HARMS', 'INCONCLUSIVE', 'NOT_ASSESSABLE']);
export type Verdict = z.infer<typeof verdictSchema>;

/** One mature day of one slice: labelled rows and the mean difference per row, in the currency. */
const dailyMeanSchema = z.strictObject({ rows: count, mean: z.number() });

export const dayEvidenceSchema = z.strictObject({
  date: calendarDate,
  slices: z.record(z.string(), dailyMeanSchema),
});
export type DayEvidence = z.infer<typeof dayEvidenceSchema>;

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
});
export type SliceEvidence = z.infer<typeof sliceEvidenceSchema>;

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
