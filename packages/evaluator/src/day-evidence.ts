import type { CalendarDate } from '@penumbra/core/calendar';
import type { DayState } from '@penumbra/core/day';
import type { SliceNumbers, Stratum } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import { cutsOf, type GuardrailMetric } from '@penumbra/core/policy-schema';
import { type RolloutState, servedPercent } from '@penumbra/core/rollout';
import type { ArmDay, DayEvidence, SliceDay } from '@penumbra/core/rollout-events';

/** What a mature day becomes as evidence: a few numbers a slice, and only those that the policy asks for. */
export function dayEvidence(
  state: RolloutState,
  definition: Definition,
  { date, state: day }: DatedDay,
): DayEvidence | undefined {
  const summary = day.mature?.summary;
  if (!summary) return undefined;
  const slices = Object.entries(summary.slices).map(([slice, numbers]) => [
    slice,
    sliceDay(definition, day, numbers, servedPercent(state.exposures, slice, date)),
  ]);
  return { date, slices: Object.fromEntries(slices) };
}

function sliceDay(
  definition: Definition,
  day: DayState,
  numbers: SliceNumbers,
  percent: number | undefined,
): SliceDay {
  const { policy, outcomeObservableWhen } = definition;
  const { selective, scoreBins } = numbers;
  const worst = selective?.worstCase;
  const paired =
    outcomeObservableWhen !== undefined && selective
      ? { rows: selective.identified.rows, sum: selective.identified.sum }
      : { rows: numbers.labelled, sum: numbers.difference.sum };
  const metrics = policy.guardrails.flatMap(({ metric }): [GuardrailMetric, number][] => {
    const value = metricOf(metric, numbers, day);
    return value === undefined ? [] : [[metric, value]];
  });
  const arms = armsOf(numbers.strata ?? [], cutsOf(policy), percent);
  const drift = policy.guardrails.some(({ metric }) => metric === 'drift');
  return {
    rows: paired.rows,
    mean: paired.rows === 0 ? 0 : paired.sum / paired.rows,
    ...(outcomeObservableWhen !== undefined && worst && worst.rows > 0
      ? { worstCase: { lowest: worst.lowest / worst.rows, highest: worst.highest / worst.rows } }
      : {}),
    ...(arms.length > 0 ? { arms } : {}),
    ...(metrics.length > 0 ? { metrics: Object.fromEntries(metrics) } : {}),
    ...(drift && scoreBins ? { scores: scoreBins.rows } : {}),
  };
}

/** The arms of a served day; for a day in shadow, the groups of units that the stages would make of it. */
function armsOf(strata: readonly Stratum[], cuts: readonly number[], percent: number | undefined): ArmDay[] {
  if (percent === undefined || strata.length === 0) return [];
  const served = percent > 0;
  const boundaries = new Set(strata.map(({ upTo }) => upTo));
  return (served ? [percent] : cuts)
    .filter((cut) => cut < 100 && boundaries.has(cut))
    .map((cut) => ({
      percent: cut,
      served,
      challenger: together(
        strata.filter(({ upTo }) => upTo <= cut),
        served ? 'challenger' : 'incumbent',
      ),
      control: together(
        strata.filter(({ upTo }) => upTo > cut),
        'incumbent',
      ),
    }));
}

function together(strata: readonly Stratum[], decider: 'challenger' | 'incumbent'): ArmDay['control'] {
  const total = (of: (stratum: Stratum) => number) => strata.reduce((sum, stratum) => sum + of(stratum), 0);
  return {
    units: total(({ units }) => units),
    rows: total(({ rows }) => rows),
    value: {
      sum: total((stratum) => stratum[decider].sum),
      sumOfSquares: total((stratum) => stratum[decider].sumOfSquares),
    },
  };
}

/** A guardrail metric of one day and slice; undefined where the day does not hold it. */
export function metricOf(metric: GuardrailMetric, numbers: SliceNumbers, day: DayState): number | undefined {
  const { rows, labelled, challenger, incumbent } = numbers;
  const perRow = (value: number | undefined) =>
    value === undefined || labelled === 0 ? undefined : value / labelled;
  const less = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : perRow(a - b);
  switch (metric) {
    case 'falsePositiveCost':
      return less(incumbent.falsePositiveValue, challenger.falsePositiveValue);
    case 'falsePositives':
      return less(challenger.confusion?.falsePositive, incumbent.confusion?.falsePositive);
    case 'falseNegatives':
      return less(challenger.confusion?.falseNegative, incumbent.confusion?.falseNegative);
    case 'absoluteError':
      return less(challenger.absoluteError, incumbent.absoluteError);
    case 'squaredError':
      return less(challenger.squaredError, incumbent.squaredError);
    case 'brier':
      return perRow(numbers.brier);
    case 'logLoss':
      return perRow(numbers.logLoss);
    case 'calibration':
      return calibrationError(numbers);
    case 'coverage':
      return rows === 0 ? undefined : 1 - labelled / rows;
    case 'transformFailures':
      return day.transform ? (day.transform.attempt - 1) / day.transform.attempt : undefined;
    case 'drift':
      return undefined;
  }
}

/**
 * Expected calibration error: how far the mean score of a bin is from the share of positives in it, weighted by the
 * bin's rows. Small days make it larger by chance alone.
 */
function calibrationError({ scoreBins, labelled }: SliceNumbers): number | undefined {
  if (!scoreBins || labelled === 0) return undefined;
  const { scores, positives } = scoreBins;
  return scores.reduce((sum, score, bin) => sum + Math.abs(score - (positives[bin] ?? 0)), 0) / labelled;
}

/** Whether a day was scored by the challenger that is judged now. */
export function ofThisChallenger(state: RolloutState, { state: day }: DatedDay): boolean {
  return (day.partition?.definitionVersion ?? state.challengerVersion) >= state.challengerVersion;
}

/** Days of one slice that are large enough to be evidence and came after `after`, in order of date. */
export function daysOfSlice(
  slice: string,
  evidence: readonly DayEvidence[],
  minRows: number,
  after: CalendarDate | null,
): (SliceDay & { readonly date: CalendarDate })[] {
  return evidence.flatMap(({ date, slices }) => {
    const day = Object.hasOwn(slices, slice) ? slices[slice] : undefined;
    return day && day.rows >= minRows && (after === null || date > after) ? [{ date, ...day }] : [];
  });
}
