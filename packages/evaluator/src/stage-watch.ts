import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { Policy } from '@penumbra/core/policy-schema';
import type { SliceRollout } from '@penumbra/core/rollout';
import type { WatchEvidence } from '@penumbra/core/rollout-events';
import { weighArms } from './arm-evidence.ts';
import { type DatedSliceDay, type Levels, verdictOf, weighDays } from './evidence.ts';

/** Days from one new look to the next. */
const EVERY_DAYS = 7;
/** Looks that begin in the time for which a level is spent: four weeks. */
const LOOKS_PER_LEVEL = 4;
/** Older looks are given up: what they could find, the evidence of the whole stage finds too. */
const OLDEST_DAYS = 56;
/** A look is to find great harm within days, not small harm within a month. */
const G_OF_A_WEEK = 1;

/**
 * Looks that begin anew every week of a stage. The evidence of a whole stage answers whether it was good on the
 * whole; a challenger that turns bad after good months would take months to show there, because a change of level
 * also looks like autocorrelation. Each look spends a quarter of the level, so that a harmless challenger is rolled
 * back by them with at most that probability in any four weeks: an error that is paid by the week, as watching is.
 *
 * Source: e-detectors by restarts and a union bound; Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework
 * for sequential change detection", arXiv 2203.03532, section 2.
 */
export function watchStage(
  ever: readonly DatedSliceDay[],
  stageDays: readonly DatedSliceDay[],
  { since, percent }: Pick<SliceRollout, 'since' | 'percent'>,
  policy: Policy,
  { alpha, harmAlpha }: Levels,
): WatchEvidence[] {
  const last = stageDays.at(-1)?.date;
  if (since === null || last === undefined) return [];
  const levels = { alpha, harmAlpha: harmAlpha / LOOKS_PER_LEVEL };
  const looks: WatchEvidence[][] = [];
  for (let start = addDays(since, EVERY_DAYS); start <= last; start = addDays(start, EVERY_DAYS)) {
    if (addDays(start, OLDEST_DAYS) < last) continue;
    const days = stageDays.slice(stageDays.findIndex(({ date }) => date > start));
    if (days.at(0)?.date === undefined || (days.at(0)?.date ?? '') <= start) continue;
    looks.push([
      pairsSince(start, days, policy, levels),
      ...armsSince(start, ever, days, percent, policy, levels),
    ]);
  }
  return (['pairs', 'arms'] as const).flatMap((by) =>
    sharpest(looks.flat().filter((look) => look.by === by)),
  );
}

function pairsSince(
  since: CalendarDate,
  days: readonly DatedSliceDay[],
  { margin, evidenceBy }: Policy,
  levels: Levels,
): WatchEvidence {
  const found = weighDays(
    days.map((day) => ({ rows: day.rows, value: (day.worstCase?.highest ?? day.mean) + margin })),
    { ...levels, alpha: levels.harmAlpha },
    evidenceBy,
    G_OF_A_WEEK,
  );
  const back = (value: number | null) => (value === null ? null : value - margin);
  const upperBound = back(found.upperBound);
  const verdict = verdictOf({ lowerBound: null, upperBound }, margin, days.length);
  return { by: 'pairs', since, days: days.length, difference: back(found.mean), upperBound, verdict };
}

function armsSince(
  since: CalendarDate,
  ever: readonly DatedSliceDay[],
  days: readonly DatedSliceDay[],
  percent: number,
  policy: Policy,
  levels: Levels,
): WatchEvidence[] {
  const found = weighArms(ever, days, percent, policy, levels);
  if (!found) return [];
  const { difference, upperBound } = found;
  const verdict = verdictOf({ lowerBound: null, upperBound }, policy.margin, found.days);
  return [{ by: 'arms', since, days: found.days, difference, upperBound, verdict }];
}

function sharpest(looks: readonly WatchEvidence[]): WatchEvidence[] {
  const bounded = looks.filter(({ upperBound }) => upperBound !== null);
  const [first, ...rest] = bounded.length > 0 ? bounded : looks.slice(-1);
  if (!first) return [];
  return [rest.reduce((low, look) => ((look.upperBound ?? 0) < (low.upperBound ?? 0) ? look : low), first)];
}

/** The harm that a look found, as a clause. */
export const turnedBad = ({ by, since }: WatchEvidence): string =>
  by === 'arms'
    ? `after ${since} the records that the challenger decided earn less than those beside them`
    : `after ${since} the challenger loses more than the margin allows`;
