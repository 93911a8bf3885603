import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { ReportedDay, RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './inference/seeded-random.ts';
import { definitionWith } from './testing/virtual-rollout.ts';
import { matureDay, START, sliceOf, virtualRollout } from './virtual-rollout.ts';

const policy = {
  shadowDays: 8,
  stages: [10, 50, 100].map((percent) => ({ percent, minDays: 2, minRows: 0 })),
};

type Group = ReportedDay['slices'][number];
/** A day of a thousand units, all as the log has it. */
const groupOf = (percent: number, more: Partial<Group> = {}): Group => ({
  slice: 'regional',
  percent,
  challengerUnits: 10 * percent,
  controlUnits: 1000 - 10 * percent,
  mismatches: 0,
  ...more,
});
const dayOf = (date: CalendarDate, group: Group, more: Partial<ReportedDay> = {}): ReportedDay => ({
  date,
  exposures: 5000,
  unknown: 0,
  dropped: 0,
  slices: [group],
  ...more,
});

/**
 * Forty days on which the challenger is better, and what production reports of each, given the date and the
 * percentage that regional has.
 */
function played(report: (date: CalendarDate, percent: number, index: number) => ReportedDay | undefined) {
  const rollout = virtualRollout(definitionWith(policy));
  const random = seededRandom(5);
  return Array.from({ length: 40 }, (_, index): RolloutReview => {
    const date = addDays(START, index);
    const asOf = addDays(date, 1);
    const slices = {
      regional: sliceOf(1000, 3 + 0.3 * random.normal()),
      hub: sliceOf(1000, 3 + 0.3 * random.normal()),
    };
    const reported = report(asOf, rollout.state().slices.regional?.percent ?? 0, index);
    return rollout.review(asOf, [matureDay(date, slices)], reported ? [reported] : []);
  });
}

const regional = ({ slices }: RolloutReview) =>
  slices.find(({ slice }) => slice === 'regional') as SliceReview;
const moves = (reviews: readonly RolloutReview[]) =>
  reviews.flatMap((reviewed, index) =>
    regional(reviewed).action === 'hold' ? [] : [`${index}: ${regional(reviewed).to.percent} %`],
  );

describe('an application that reports what it served', () => {
  const silent = played(() => undefined);

  it('changes nothing while it does what the log says', () => {
    const reviews = played((date, percent) => dayOf(date, groupOf(percent)));
    expect(moves(silent).length).toBe(3);
    expect(moves(reviews)).toEqual(moves(silent));
    const words = (of: readonly RolloutReview[]) => of.map((each) => regional(each).reasons);
    expect(words(reviews)).toEqual(words(silent));
    expect(regional(reviews.at(-1) as RolloutReview).evidence.reported).toMatchObject({
      date: reviews.at(-1)?.asOf,
      units: 1000,
      mismatches: 0,
      mismatch: false,
    });
  });

  it.each<[string, (date: CalendarDate, percent: number) => ReportedDay, RegExp]>([
    [
      'tells units another arm',
      (date, percent) => dayOf(date, groupOf(percent, { mismatches: 400 })),
      /^production reports on \S+ that 400 of 1,000 units got another arm than the log gives them$/,
    ],
    [
      'goes by a rollout that the log does not have',
      (date, percent) => dayOf(date, groupOf(percent), { unknown: 500 }),
      /^production reports on \S+ that 500 of 5,000 requests were decided by a rollout that the log does not have$/,
    ],
    [
      'loses the reports of an arm',
      (date, percent) => dayOf(date, groupOf(percent, { challengerUnits: 20 })),
      /^production reports on \S+ that 2\.17 % of the units are in the challenger's arm where 10 % should be: reports of an arm are missing$/,
    ],
  ])('is held where it is while it %s, and the review says so', (_, wrong, reason) => {
    const reviews = played((date, percent) => (percent === 0 ? undefined : wrong(date, percent)));
    expect(moves(reviews)).toEqual(moves(silent).slice(0, 1));
    const { rule, reasons, evidence } = regional(reviews.at(-1) as RolloutReview);
    expect(rule).toBe('sample ratio');
    expect(reasons[0]).toMatch(reason);
    expect(reasons.filter((each) => reason.test(each))).toHaveLength(1);
    expect(evidence.reported?.mismatch).toBe(true);
  });

  it('is held in shadow where it serves the challenger already', () => {
    const reviews = played((date) => dayOf(date, groupOf(0, { challengerUnits: 50, mismatches: 50 })));
    expect(moves(reviews)).toEqual([]);
    expect(regional(reviews.at(-1) as RolloutReview).rule).toBe('sample ratio');
  });

  it('goes on once it is mended', () => {
    const last = 14;
    const reviews = played((date, percent, index) =>
      dayOf(date, groupOf(percent, { mismatches: index <= last ? 400 : 0 })),
    );
    expect(moves(reviews)[0]).toBe(`${last + 1}: 10 %`);
    expect(moves(reviews)).toHaveLength(3);
  });

  it('is held for a week after it ceased to report in the middle of a problem', () => {
    const last = 14;
    const reviews = played((date, percent, index) =>
      index <= last ? dayOf(date, groupOf(percent, { mismatches: 400 })) : undefined,
    );
    expect(moves(reviews)[0]).toBe(`${last + 7}: 10 %`);
  });

  it('may send a few testers to an arm of their choice', () => {
    const reviews = played((date, percent) => dayOf(date, groupOf(percent, { mismatches: 10 })));
    expect(moves(reviews)).toEqual(moves(silent));
  });

  it('is a problem that is told whatever else decides', () => {
    const ofHub = groupOf(0, { slice: 'hub', mismatches: 400 });
    const [first] = played((date) => dayOf(date, ofHub));
    const hub = first?.slices.find(({ slice }) => slice === 'hub');
    expect(hub?.rule).toBe('earlier slice first');
    expect(hub?.reasons.slice(1).join()).toContain('400 of 1,000 units got another arm');
  });
});
