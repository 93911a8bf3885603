import { z } from 'zod';

const days = z.number().int().min(0).max(1000);

/** Bucketing counts in thousandths of a percent; a finer percentage would not be what is served. */
const FINEST_PERCENT = 1000;

const percentSchema = z
  .number()
  .gt(0)
  .max(100)
  .refine((percent) => Number.isInteger(Number((percent * FINEST_PERCENT).toFixed(6))), {
    message: 'use at most three decimals',
  });

const stageSchema = z.strictObject({
  percent: percentSchema.describe("Share of the slice's units that the challenger decides."),
  minDays: days.default(7).describe('Mature days in this stage before the next one.'),
  minRows: z
    .number()
    .int()
    .min(0)
    .default(1000)
    .describe('Records of the slice with an outcome, of the days in this stage, before the next one.'),
  approval: z
    .enum(['automatic', 'manual'])
    .default('automatic')
    .describe('manual: a person must approve entering this stage.'),
  needs: z
    .enum(['proof', 'no-harm'])
    .default('proof')
    .describe(
      'What entering this stage needs: proof that the challenger is not worse, or only that no harm is found (a classic canary).',
    ),
});

/** What can be watched beside the value, for each slice and day; every one of them is less when it is better. */
export const GUARDRAIL_METRICS = [
  'falsePositiveCost',
  'falsePositives',
  'falseNegatives',
  'absoluteError',
  'squaredError',
  'brier',
  'logLoss',
  'calibration',
  'coverage',
  'drift',
  'transformFailures',
] as const;
export type GuardrailMetric = (typeof GUARDRAIL_METRICS)[number];

const guardrailSchema = z.strictObject({
  metric: z
    .enum(GUARDRAIL_METRICS)
    .describe(
      'falsePositiveCost (money), falsePositives, falseNegatives (share of the records), absoluteError, squaredError: per record, challenger minus incumbent. ' +
        'brier, logLoss, calibration (expected calibration error), drift (PSI of the scores against the days in shadow): the challenger alone. ' +
        'coverage (share of records without an outcome), transformFailures (share of the transforms of a day that failed).',
    ),
  margin: z
    .number()
    .min(0)
    .describe(
      'The most that the daily mean of the metric, or of its difference, may be; in the unit of the metric.',
    ),
});

export const policySchema = z.strictObject({
  alpha: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('Chance, over all looks together, of promoting a model that is worse than the margin allows.'),
  margin: z
    .number()
    .min(0)
    .default(0)
    .describe('Money per record that the challenger may earn less than the incumbent and still meet it.'),
  require: z.enum(['MEETS', 'EXCEEDS']).default('MEETS').describe('Verdict that a promotion needs.'),
  shadowDays: days.default(21).describe('Mature days in shadow before the first stage.'),
  minRowsPerDay: z
    .number()
    .int()
    .min(1)
    .default(100)
    .describe('A date with fewer rows of a slice is shown, and is no evidence.'),
  evidenceBy: z
    .enum(['day', 'week'])
    .default('day')
    .describe(
      'day: one number a day, its autocorrelation estimated. week: means of whole weeks, the strict mode; slower, and safe under longer dependence.',
    ),
  proof: z
    .enum(['pairs', 'arms'])
    .default('pairs')
    .describe(
      'What proves a stage that is served: pairs, both decisions valued on the same records; arms, the records that the challenger decided against those that the incumbent decided (an A/B test). Shadow is always proven by pairs.',
    ),
  onUnproven: z
    .enum(['wait', 'skip'])
    .default('wait')
    .describe(
      'What a slice without proof means for the later ones. wait: they wait, each is judged at the full alpha. skip: they may open on their own evidence, each at alpha / number of slices.',
    ),
  holdoutPercent: z
    .number()
    .min(0)
    .lt(100)
    .default(0)
    .describe(
      'Share of the units that stays with the incumbent even in a stage of 100 %, so that its arm goes on.',
    ),
  cooldownDays: days.default(14).describe('Days after a rollback in which the slice is not promoted.'),
  guardrails: z
    .array(guardrailSchema)
    .max(20)
    .default([])
    .describe(
      'Metrics that must stay within a margin: a promotion needs all of them, harm in one rolls back.',
    ),
  stages: z
    .array(stageSchema)
    .min(1)
    .default(
      [1, 5, 25, 50, 100].map((percent) => ({
        percent,
        minDays: 7,
        minRows: 1000,
        approval: 'automatic' as const,
        needs: 'proof' as const,
      })),
    )
    .describe('Exposure of a slice, step by step, growing.'),
});

export type Policy = z.infer<typeof policySchema>;
export type Stage = Policy['stages'][number];
export type Guardrail = Policy['guardrails'][number];

/** Percent of a slice's units that the challenger decides in a stage; stage 0 is shadow. The holdout stays out. */
export function percentOf({ stages, holdoutPercent }: Policy, stage: number): number {
  return Math.min(stages[stage - 1]?.percent ?? 0, 100 - holdoutPercent);
}

/** Every percentage below 100 that the policy can set, growing: where the units of a day are cut into strata. */
export function cutsOf(policy: Policy): number[] {
  const percents = policy.stages.map((_, index) => percentOf(policy, index + 1));
  return [...new Set(percents)].filter((percent) => percent < 100).sort((a, b) => a - b);
}

/** What is wrong with a policy beyond its fields: path, and what. */
export function policyProblems({
  stages,
  guardrails,
  holdoutPercent,
}: Policy): [(string | number)[], string][] {
  const problems: [(string | number)[], string][] = [];
  stages.forEach(({ percent }, index) => {
    const before = stages[index - 1];
    const last = index === stages.length - 1;
    if (before && percent <= before.percent) {
      problems.push([['stages', index, 'percent'], `${percent} % does not grow after ${before.percent} %`]);
    } else if (!last && percent >= 100 - holdoutPercent) {
      problems.push([
        ['stages', index, 'percent'],
        `${percent} % leaves no room for a later stage under a holdout of ${holdoutPercent} %`,
      ]);
    }
  });
  const metrics = guardrails.map(({ metric }) => metric);
  metrics.forEach((metric, index) => {
    if (metrics.indexOf(metric) !== index) {
      problems.push([['guardrails', index, 'metric'], `${metric} is there twice`]);
    }
  });
  return problems;
}

/** Metrics that only one kind of task has. */
export const CLASSIFICATION_METRICS: readonly GuardrailMetric[] = [
  'falsePositiveCost',
  'falsePositives',
  'falseNegatives',
  'brier',
  'logLoss',
  'calibration',
  'drift',
];
export const REGRESSION_METRICS: readonly GuardrailMetric[] = ['absoluteError', 'squaredError'];
