import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { ReportedDay, ReportedEvidence } from '@penumbra/core/rollout-events';
import { weighRatio } from './unit-ratio.ts';

/** Of the reports of a date: a few units that testers send to an arm of their choice are no problem, one in a hundred is. */
const TOLERATED = 0.01;

/** A report that old says nothing of what production does today. */
const FRESH_DAYS = 7;

/**
 * Whether production does what the log says, by its own reports of one date: the arm of each unit, and the ratio of
 * the arms at the slice's `percent`. The date alone decides, so that a hold ends once production is mended.
 * Undefined where the reports are too old.
 */
export function checkReported(
  slice: string,
  percent: number,
  { date, slices, exposures, unknown }: ReportedDay,
  asOf: CalendarDate,
): ReportedEvidence | undefined {
  if (date <= addDays(asOf, -FRESH_DAYS)) return undefined;
  // On the day after a review production goes over from one percentage to the next.
  const groups = slices.filter((group) => group.slice === slice);
  const total = (of: 'challengerUnits' | 'controlUnits' | 'mismatches') =>
    groups.reduce((sum, group) => sum + group[of], 0);
  const units = total('challengerUnits') + total('controlUnits');
  const mismatches = total('mismatches');
  const current = groups.find((group) => group.percent === percent);
  const ratio = current && percent > 0 && percent < 100 ? weighRatio([current], percent) : undefined;
  return {
    date,
    units,
    mismatches,
    exposures,
    unknown,
    challengerUnits: current?.challengerUnits ?? 0,
    controlUnits: current?.controlUnits ?? 0,
    expectedShare: percent / 100,
    eValue: ratio?.eValue ?? 1,
    mismatch: tooMany(mismatches, units) || tooMany(unknown, exposures) || ratio?.mismatch === true,
  };
}

const tooMany = (some: number, all: number) => some > TOLERATED * all;

/** What a mismatch consists in, as a clause. */
export function mismatchOf(found: ReportedEvidence): string {
  const { date, units, mismatches, exposures, unknown, challengerUnits, controlUnits, expectedShare } = found;
  const says = `production reports on ${date} that`;
  if (tooMany(mismatches, units))
    return `${says} ${count(mismatches)} of ${count(units)} units got another arm than the log gives them`;
  if (tooMany(unknown, exposures))
    return `${says} ${count(unknown)} of ${count(exposures)} requests were decided by a rollout that the log does not have`;
  const share = challengerUnits / Math.max(1, challengerUnits + controlUnits);
  return `${says} ${percentOf(share)} of the units are in the challenger's arm where ${percentOf(expectedShare)} should be: reports of an arm are missing`;
}

const count = (value: number) => value.toLocaleString('en-US');
const percentOf = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
