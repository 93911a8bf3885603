import { addDays } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { Policy } from '@penumbra/core/policy-schema';
import type { SeededRandom } from './inference/seeded-random.ts';
import { levelsOf } from './slice-evidence.ts';
import { matureDay, START, sliceOf, virtualRollout } from './virtual-rollout.ts';

/** One day of a slice: rows with an outcome, and their mean difference, challenger minus incumbent, in money. */
export interface DailyMean {
  readonly rows: number;
  readonly mean: number;
}

/** Draws one day after the other; the mean of `mean` over all rows is 0. */
export type DayProcess = (random: SeededRandom) => () => DailyMean;

/** Expected length of a block of days that stay together, so that a week's pattern stays a week's pattern. */
const BLOCK_DAYS = 7;

/**
 * Days like the ones that were: drawn from them in blocks of random length, so that spread, outliers and dependence
 * from day to day stay as they are, and their mean is taken off. The stationary bootstrap: Politis and Romano, JASA 89
 * (1994) 1303.
 */
export function resampledDays(history: readonly DailyMean[]): DayProcess {
  const rows = history.reduce((sum, day) => sum + day.rows, 0);
  const earned = history.reduce((sum, day) => sum + day.rows * day.mean, 0) / rows;
  return (random) => {
    let at = -1;
    return () => {
      const goesOn = at >= 0 && random.uniform() >= 1 / BLOCK_DAYS;
      at = goesOn ? (at + 1) % history.length : Math.floor(random.uniform() * history.length);
      const day = history[at] as DailyMean;
      return { rows: day.rows, mean: day.mean - earned };
    };
  };
}

/** Days that nobody has seen yet: normal means of a given standard deviation, each like the one before it by so much. */
export const normalDays =
  (rows: number, standardDeviation: number, autocorrelation: number): DayProcess =>
  (random) => {
    let previous: number | undefined;
    return () => {
      const draw = random.normal();
      previous =
        previous === undefined
          ? draw
          : autocorrelation * previous + Math.sqrt(1 - autocorrelation ** 2) * draw;
      return { rows, mean: previous * standardDeviation };
    };
  };

export interface ProofQuestion {
  readonly definition: Definition;
  readonly slice: string;
  readonly days: DayProcess;
  /** What the challenger truly earns more, in money per record. */
  readonly effect: number;
  /** Mature days to wait at most. */
  readonly horizon: number;
}

/**
 * One simulated life in shadow: on which mature day the shipped review, made every day, promotes the slice; undefined
 * where it does not within the horizon.
 */
export function daysUntilPromoted(question: ProofQuestion, random: SeededRandom): number | undefined {
  const { slice, days, effect, horizon } = question;
  const definition = alone(question.definition, slice);
  const rollout = virtualRollout(definition);
  const draw = days(random);
  const { maturityDays } = definition.outcomes;
  const waiting = [];
  for (let day = 1; day <= horizon; day += 1) {
    const { rows, mean } = draw();
    const date = addDays(START, day - 1);
    waiting.push(matureDay(date, { [slice]: sliceOf(rows, mean + effect) }));
    // Nothing is promoted earlier: those days come in one review.
    if (day < definition.policy.shadowDays) continue;
    const [reviewed] = rollout.review(addDays(date, maturityDays), waiting.splice(0)).slices;
    if (reviewed?.action === 'promote') return day;
  }
  return undefined;
}

/** The slice by itself, proven on its value: persons, guardrails and the slices before it take no time here. */
function alone(definition: Definition, slice: string): Definition {
  const { policy, slices } = definition;
  const { outcomeObservableWhen: _hidden, ...rest } = definition;
  const single: Policy = {
    ...policy,
    alpha: levelsOf(policy, slices.length).alpha,
    onUnproven: 'wait',
    guardrails: [],
    stages: policy.stages.map((stage) => ({ ...stage, approval: 'automatic', needs: 'proof' })),
  };
  return { ...rest, slices: slices.filter((each) => each.slice === slice), policy: single };
}

export interface ProofChances {
  /** Money per record. */
  readonly effect: number;
  readonly runs: number;
  /** Of the runs, those that were promoted within the horizon. */
  readonly share: number;
  /** Mature days after which half of the runs were promoted; null where fewer were. */
  readonly median: number | null;
  /** The same for nine in ten runs. */
  readonly nineInTen: number | null;
}

/** What many runs came to; `days` are those of `daysUntilPromoted`. */
export function chancesOf(effect: number, days: readonly (number | undefined)[]): ProofChances {
  const promoted = days.filter((day) => day !== undefined).sort((a, b) => a - b);
  const runs = days.length;
  const quantile = (share: number) => promoted[Math.ceil(share * runs) - 1] ?? null;
  return {
    effect,
    runs,
    share: promoted.length / runs,
    median: quantile(0.5),
    nineInTen: quantile(0.9),
  };
}
