import type { Policy } from '@penumbra/core/policy-schema';
import type { ArmDay, ArmEvidence, SampleRatio } from '@penumbra/core/rollout-events';
import { type DatedSliceDay, finite, type Levels, verdictOf } from './evidence.ts';
import { momentsOfSums, withinDayDifference } from './inference/arm-difference.ts';
import { asymptoticConfidenceSequence } from './inference/asymptotic-confidence-sequence.ts';
import { weighRatio } from './unit-ratio.ts';

/** Days' worth of rows at which the bound is narrowest: harm is to be found within days, not months. */
const NARROWEST_AT_DAYS = 3;

const armsOf = ({ challenger, control }: ArmDay) => ({
  challenger: momentsOfSums({ n: challenger.rows, ...challenger.value }),
  control: momentsOfSums({ n: control.rows, ...control.value }),
});

/**
 * The challenger's arm against the concurrent control arm on the days that were served whole at `percent`, money per
 * record: a one-sided asymptotic confidence sequence on differences within the day, so that common shocks cancel.
 *
 * Units keep their arm from day to day, so two groups that differed already in shadow would differ for ever. What
 * the same groups differed by while the incumbent decided both is therefore taken off (a difference in differences),
 * and its own uncertainty is added.
 */
export function weighArms(
  days: readonly DatedSliceDay[],
  stageDays: readonly DatedSliceDay[],
  percent: number,
  { margin }: Pick<Policy, 'margin'>,
  { alpha, harmAlpha }: Levels,
): ArmEvidence | undefined {
  const served = armDays(stageDays, percent, true);
  if (served.length === 0) return undefined;
  const now = withinDayDifference(served.map(armsOf));
  const before = withinDayDifference(armDays(days, percent, false).map(armsOf));
  const known = Number.isFinite(before.estimate) && Number.isFinite(before.standardError);
  const baseline = known ? before.estimate : 0;
  const estimate = {
    n: now.n,
    estimate: now.estimate - baseline,
    standardError: known ? Math.hypot(now.standardError, before.standardError) : now.standardError,
  };
  const rows = (arm: 'challenger' | 'control') => served.reduce((sum, day) => sum + day[arm].rows, 0);
  const [first] = served;
  const firstDay = first ? first.challenger.rows + first.control.rows : 0;
  const narrowestAt = Math.max(1, NARROWEST_AT_DAYS * firstDay);
  const bounds = (level: number) =>
    asymptoticConfidenceSequence(estimate, { alpha: level, sides: 'one', narrowestAt });
  const found = {
    lowerBound: finite(bounds(alpha).lowerBound),
    upperBound: finite(bounds(harmAlpha).upperBound),
  };
  return {
    days: now.days,
    challengerRows: rows('challenger'),
    controlRows: rows('control'),
    difference: finite(estimate.estimate),
    baseline,
    ...found,
    verdict: verdictOf(found, margin, now.days),
  };
}

/** Whether each arm has its share of the units of the records. */
export function checkSampleRatio(
  stageDays: readonly DatedSliceDay[],
  percent: number,
): SampleRatio | undefined {
  const served = armDays(stageDays, percent, true);
  if (served.length === 0 || percent <= 0 || percent >= 100) return undefined;
  return weighRatio(
    served.map(({ challenger, control }) => ({
      challengerUnits: challenger.units,
      controlUnits: control.units,
    })),
    percent,
  );
}

function armDays(days: readonly DatedSliceDay[], percent: number, served: boolean): ArmDay[] {
  return days.flatMap(({ arms = [] }) =>
    arms.filter((day) => day.served === served && day.percent === percent),
  );
}
