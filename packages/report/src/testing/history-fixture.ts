import { addDays } from '@penumbra/core/calendar';
import type { History, HistoryDay, NextStep } from '@penumbra/core/history';
import { type FixtureOptions, trialFixture } from './trial-fixture.ts';

const BINS = 16;
const WAITING = { missing: ['6 more mature days in this stage'], reviews: 6, projected: false };
const DONE: NextStep = { stage: null, percent: null, missing: [], reviews: null, projected: false };

/** A plausible history around the trial of the same options, the same on every call. */
export function historyFixture(options: FixtureOptions = {}, overrides: Partial<History> = {}): History {
  const { unknownOutcomes: _, dataDir: __, ...course } = trialFixture(options);
  const { maturityDays } = course.definition.outcomes;
  const scores = Array.from({ length: BINS }, (_value, bin) => 40 * (BINS - bin));
  return {
    ...course,
    definitionVersion: 1,
    paused: null,
    overridden: null,
    days: course.days.map((day): HistoryDay => {
      const mature = day.status === 'mature';
      const morning = `${addDays(day.date, 1)}T06:00:00.000Z`;
      return {
        ...day,
        steps: {
          ready: morning,
          submitted: morning,
          complete: morning,
          landed: addDays(day.date, 1),
          mature: mature ? addDays(day.date, maturityDays) : null,
        },
        transform: { attempt: 1, jobName: `penumbra-${course.deployment}-${day.date}-1` },
        looks: [1, 2, 3].map((age) => ({
          asOf: addDays(day.date, age),
          age,
          coverage: 0.8 + age / 20,
          meanDifference: day.meanDifference,
        })),
        served: mature ? { records: 0, money: 0 } : null,
        drift: mature ? 0.05 : null,
        restated: null,
      };
    }),
    ahead: course.slices.map(({ slice, stage }) => {
      const next = course.definition.policy.stages[stage];
      return { slice, ...(next ? { stage: stage + 1, percent: next.percent, ...WAITING } : DONE) };
    }),
    interventions: [],
    reviewDates: course.reviews.map(({ asOf }) => asOf),
    scores:
      course.definition.task.type === 'regression'
        ? null
        : {
            all: {
              rows: scores,
              scores: scores.map((rows, bin) => (rows * (bin + 0.5)) / BINS),
              positives: scores.map((rows, bin) => Math.round((rows * (bin + 0.5)) / BINS)),
            },
            baseline: scores,
            recent: scores,
            drift: 0,
          },
    ...overrides,
  };
}
