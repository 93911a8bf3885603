import { z } from '@hono/zod-openapi';
import { type ArmTotals, confusionOf, type SliceTotals } from '@penumbra/evaluator/finalize';
import { BINS, CALIBRATION_BINS } from '@penumbra/evaluator/metric-layout';
import { areaUnderCurve, averagePrecision, calibrationError } from '@penumbra/evaluator/score-quality';

const count = z.number().int().min(0);
const arms = <Arm extends z.ZodType>(arm: Arm) => z.strictObject({ challenger: arm, incumbent: arm });
const confusionSchema = z.strictObject({
  truePositive: count,
  falsePositive: count,
  falseNegative: count,
  trueNegative: count,
});

const classificationSchema = z.strictObject({
  confusion: arms(confusionSchema),
  auc: z.number().nullable().describe('Area under the ROC curve; null where a class is absent.'),
  averagePrecision: z.number().nullable(),
  brier: z.number(),
  logLoss: z.number(),
  calibrationError: z.number().nullable().describe('Expected calibration error.'),
  calibration: z
    .array(
      z.strictObject({
        rows: count,
        meanScore: z.number().nullable(),
        positiveShare: z.number().nullable(),
      }),
    )
    .describe('By score, in equal bins over [0, 1]; null where a bin has no rows.'),
});

const errorsSchema = z.strictObject({ meanAbsolute: z.number(), rootMeanSquared: z.number() });

export const metricsNumbersSchema = z
  .strictObject({
    rows: count,
    labelled: count.describe('Rows with a prediction and an outcome; everything else is over these.'),
    valuePerRecord: arms(z.number()).nullable().describe('In the currency; null without labelled rows.'),
    meanDifference: z.number().nullable().describe('Challenger minus incumbent, per labelled record.'),
    standardDeviation: z
      .number()
      .nullable()
      .describe('Of the difference, over records; null below two rows.'),
    classification: classificationSchema.nullable(),
    regression: arms(errorsSchema).nullable(),
  })
  .openapi('MetricNumbers');
export type MetricsNumbers = z.infer<typeof metricsNumbersSchema>;

/** What a metric state says of a group of rows, as numbers for people. */
export function viewMetrics(
  task: 'binary-classification' | 'regression',
  totals: SliceTotals,
): MetricsNumbers {
  const { rows, labelled, challenger, incumbent, difference, differenceSquared } = totals;
  const per = (sum: number) => sum / labelled;
  const variance = (differenceSquared - difference ** 2 / labelled) / (labelled - 1);
  const some = labelled > 0;
  const errors = (arm: ArmTotals) => ({
    meanAbsolute: per(arm.absoluteError),
    rootMeanSquared: Math.sqrt(per(arm.squaredError)),
  });
  return {
    rows,
    labelled,
    valuePerRecord: some ? { challenger: per(challenger.value), incumbent: per(incumbent.value) } : null,
    meanDifference: some ? per(difference) : null,
    standardDeviation: labelled > 1 ? Math.sqrt(Math.max(0, variance)) : null,
    classification: some && task === 'binary-classification' ? classification(totals) : null,
    regression:
      some && task === 'regression' ? { challenger: errors(challenger), incumbent: errors(incumbent) } : null,
  };
}

function classification(totals: SliceTotals): z.infer<typeof classificationSchema> {
  const { challenger, incumbent, brier, logLoss, labelled } = totals;
  return {
    confusion: { challenger: confusionOf(challenger), incumbent: confusionOf(incumbent) },
    auc: areaUnderCurve(totals)?.value ?? null,
    averagePrecision: averagePrecision(totals)?.value ?? null,
    brier: brier / labelled,
    logLoss: logLoss / labelled,
    calibrationError: calibrationError(totals)?.value ?? null,
    calibration: calibration(totals),
  };
}

function calibration({ positives, negatives, scoreSums }: SliceTotals) {
  const width = BINS / CALIBRATION_BINS;
  const sum = (counts: Float64Array, bin: number) =>
    counts.subarray(bin * width, (bin + 1) * width).reduce((total, of) => total + of, 0);
  return Array.from(scoreSums, (scores, bin) => {
    const positive = sum(positives, bin);
    const rows = positive + sum(negatives, bin);
    return rows === 0
      ? { rows, meanScore: null, positiveShare: null }
      : { rows, meanScore: scores / rows, positiveShare: positive / rows };
  });
}
