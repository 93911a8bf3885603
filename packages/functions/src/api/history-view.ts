import { z } from '@hono/zod-openapi';
import { definitionSchema } from '@penumbra/core/definition';
import { type History, RECENT_DAYS } from '@penumbra/core/history';
import { sliceReviewSchema, verdictSchema } from '@penumbra/core/rollout-events';
import { rolloutDocumentSchema } from './rollout-schemas.ts';
import type { Resources } from './settings.ts';

const count = z.number().int().min(0);
const date = z.string().describe('YYYY-MM-DD');
const share = z.number().min(0).max(1);
const bound = z.number().nullable().describe('Money per record; null where there are too few days for one.');
const arms = <Arm extends z.ZodType>(arm: Arm) => z.strictObject({ challenger: arm, incumbent: arm });
const evidence = {
  matureDays: count,
  rows: count.describe('With an outcome.'),
  meanDifference: z.number().nullable().describe('Money per record, challenger minus incumbent.'),
  lowerBound: bound,
  upperBound: bound,
  verdict: verdictSchema,
};

const standingSchema = z.strictObject({
  slice: z.string(),
  percent: z.number(),
  stage: count.describe('0 is shadow; 1 the first stage of the policy.'),
  reasons: z.array(z.string()).readonly(),
  ...evidence,
});

const cumulativeSchema = z
  .strictObject({
    days: count,
    rows: count,
    labelled: count,
    auc: z.number().nullable().describe('Always null here: /metrics has it, from the metric states.'),
    brier: z.number().nullable(),
    logLoss: z.number().nullable(),
    confusion: arms(
      z.strictObject({
        truePositive: count,
        falsePositive: count,
        falseNegative: count,
        trueNegative: count,
      }),
    ).nullable(),
    error: arms(z.strictObject({ meanAbsolute: z.number(), rootMeanSquared: z.number() })).nullable(),
    valuePerRecord: arms(z.number()).nullable(),
  })
  .describe('All mature days together.');

const daySchema = z.strictObject({
  date,
  status: z.enum(['mature', 'waiting', 'held']),
  reason: z.string().describe('Why it is no evidence; empty for a mature day.'),
  rows: count,
  labelled: count,
  meanDifference: z.number().nullable().describe('Money per labelled record.'),
  slices: z.record(z.string(), z.strictObject({ rows: count, meanDifference: z.number().nullable() })),
  steps: z
    .strictObject({
      ready: z.string().nullable(),
      submitted: z.string().nullable(),
      complete: z.string().nullable(),
      landed: z.string().nullable(),
      mature: z.string().nullable(),
    })
    .describe('When it reached each step; null where it has not.'),
  transform: z.strictObject({ attempt: count, jobName: z.string() }).nullable(),
  looks: z
    .array(
      z.strictObject({
        asOf: date,
        age: count.describe('Days.'),
        coverage: share.describe('Share of the records that had an outcome.'),
        meanDifference: z.number().nullable(),
      }),
    )
    .readonly(),
  served: z
    .strictObject({ records: count, money: z.number() })
    .nullable()
    .describe(
      'Records that the challenger decided, and what it earned more on them; null on a day of change.',
    ),
  drift: z
    .number()
    .nullable()
    .describe('Population stability index of the scores against the days in shadow.'),
  restated: z.string().nullable().describe('As-of date of a correction after maturity.'),
});

const decisionSchema = sliceReviewSchema.extend({ evidence: z.strictObject(evidence) });

const scoresSchema = z.strictObject({
  all: z.strictObject({
    rows: z.array(count),
    scores: z.array(z.number()).describe('Sum of the scores in each bin.'),
    positives: z.array(count),
  }),
  baseline: z.array(count).readonly().describe('Rows of the days in shadow, by score.'),
  recent: z.array(count).readonly().describe(`Rows of the last ${RECENT_DAYS} mature days, by score.`),
  drift: z.number().nullable(),
});

export const historySchema = z
  .strictObject({
    deployment: z.string(),
    definition: definitionSchema,
    definitionVersion: count,
    currency: z.string(),
    from: date,
    to: date,
    asOf: date.describe('Date of the last review that is told.'),
    paused: z.string().nullable(),
    overridden: z.string().nullable(),
    slices: z.array(standingSchema).readonly(),
    cumulative: cumulativeSchema,
    days: z.array(daySchema).readonly(),
    reviews: z
      .array(z.strictObject({ asOf: date, slices: z.array(decisionSchema).readonly() }))
      .readonly()
      .describe('Every review: what was decided, and the numbers that it is told with.'),
    rollout: rolloutDocumentSchema,
    ahead: z
      .array(
        z.strictObject({
          slice: z.string(),
          stage: count.nullable(),
          percent: z.number().nullable(),
          missing: z.array(z.string()).readonly().describe('What the next step still takes.'),
          projected: z
            .boolean()
            .describe('Whether that still needs proof, and so the effect to stay as it is.'),
          reviews: count
            .nullable()
            .describe('Daily reviews until it can come; null where days alone never do.'),
        }),
      )
      .readonly(),
    interventions: z
      .array(
        z.strictObject({
          version: count,
          type: z.enum([
            'StageApproved',
            'RolloutPaused',
            'RolloutResumed',
            'RolloutOverridden',
            'DefinitionRevised',
          ]),
          at: z.string(),
          after: z.string().nullable().describe('Date of the review before it.'),
          by: z.string(),
          slice: z.string().nullable(),
          reason: z.string(),
        }),
      )
      .readonly()
      .describe('What people did.'),
    reviewDates: z.array(date).readonly().describe('Of all reviews in the log, also of later ones.'),
    scores: scoresSchema.nullable().describe('Labelled rows by score, in equal bins over [0, 1].'),
  })
  .extend({
    simulated: z.boolean().describe('Whether it is of a trial: then nobody was served.'),
    resources: z
      .strictObject({ region: z.string(), bucket: z.string() })
      .optional()
      .describe('Where its jobs and files are on AWS; left out for a trial, which has none there.'),
  })
  .openapi('History') satisfies z.ZodType<
  History & { readonly simulated: boolean; readonly resources?: Resources | undefined }
>;
