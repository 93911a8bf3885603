import { addDays } from '@penumbra/core/calendar';
import type { SliceNumbers, Stratum } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import { type SeededRandom, seededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { definitionWith } from '@penumbra/evaluator/testing/virtual-rollout';
import { matureDay, sliceOf, virtualRollout } from '@penumbra/evaluator/virtual-rollout';
import { dateOf } from './days.ts';

/** Days in shadow, days watched afterwards, days until outcomes are mature. */
const SHADOW_DAYS = 21;
export const WATCHED_DAYS = 28;
const MATURITY_DAYS = 3;

export interface CanaryCell {
  readonly kind: 'canary';
  readonly name: string;
  /** Share of the units, in percent, and records a day. */
  readonly percent: number;
  readonly recordsPerDay: number;
  /** Share of records that go bad under either decision. A bad record costs 1. */
  readonly incumbentBad: number;
  readonly challengerBad: number;
  /** Whole days in the stage before the challenger becomes as bad as that. */
  readonly goodDays?: number;
  /** Units that come back every day, each with a share of its own: standard deviation of those shares. */
  readonly returningUnits?: { readonly units: number; readonly deviation: number };
}

export interface CanaryRun {
  /** Mature days on which the harm was served, at the rollback; undefined where there was none. */
  readonly rolledBack: number | undefined;
}

/** One challenger in its first stage, harmful or not, reviewed daily by the shipped policy. */
export function runCanary(cell: CanaryCell, seed: number): CanaryRun {
  const random = seededRandom(seed);
  let lived = liveInShadow(cell, random);
  // One in some hundred is taken for harmful by chance while in shadow, and never becomes a canary.
  while (lived.rollout.state().slices.all?.stage !== 1) lived = liveInShadow(cell, random);
  const { rollout, day } = lived;
  // Days that came of age while the stage was opened, and the one on which the percentage changed, were not served whole.
  const opened = SHADOW_DAYS + MATURITY_DAYS + 1;
  for (let index = SHADOW_DAYS; index < opened + (cell.goodDays ?? 0) + WATCHED_DAYS; index += 1) {
    const served = index - opened - (cell.goodDays ?? 0);
    const reviewed = rollout.review(addDays(dateOf(index), MATURITY_DAYS), [day(index, served >= 0)]);
    if (reviewed.slices[0]?.action === 'roll-back') return { rolledBack: served + 1 };
  }
  return { rolledBack: undefined };
}

function liveInShadow(cell: CanaryCell, random: SeededRandom) {
  const rollout = virtualRollout(definitionOf(cell));
  const [here, there] = compositionOf(cell, random);
  const day = (index: number, harmful: boolean) =>
    matureDay(dateOf(index), { all: numbersOf(cell, random, here, there, harmful) });
  const shadow = Array.from({ length: SHADOW_DAYS }, (_, index) => day(index, false));
  rollout.review(addDays(dateOf(SHADOW_DAYS - 1), MATURITY_DAYS), shadow);
  return { rollout, day };
}

const definitions = new Map<string, Definition>();

function definitionOf({ name, percent }: CanaryCell): Definition {
  const known = definitions.get(name);
  if (known) return known;
  const definition = definitionWith(
    { shadowDays: SHADOW_DAYS, stages: [{ percent, minDays: 365, needs: 'no-harm' }, { percent: 100 }] },
    {
      slices: [{ slice: 'all', when: [{ field: 'id', atLeast: 0 }] }],
      outcomes: { format: 'csv', id: 'id', label: 'bad', maturityDays: MATURITY_DAYS },
    },
  );
  definitions.set(name, definition);
  return definition;
}

/** Share of bad records, under the incumbent, of the units that the draw gave to each arm. */
function compositionOf(
  { percent, incumbentBad, returningUnits }: CanaryCell,
  random: SeededRandom,
): [number, number] {
  if (!returningUnits) return [incumbentBad, incumbentBad];
  const { units, deviation } = returningUnits;
  const challengers = Math.round((units * percent) / 100);
  const mean = (count: number) =>
    Math.max(0, incumbentBad + (deviation / Math.sqrt(count)) * random.normal());
  return [mean(challengers), mean(units - challengers)];
}

function numbersOf(
  { percent, recordsPerDay, incumbentBad, challengerBad, returningUnits }: CanaryCell,
  random: SeededRandom,
  here: number,
  there: number,
  harmful: boolean,
): SliceNumbers {
  const first = Math.round((recordsPerDay * percent) / 100);
  const rest = recordsPerDay - first;
  const lost = (count: number) => ({ sum: -count, sumOfSquares: count });
  const bad = random.binomial(first, here + (harmful ? challengerBad - incumbentBad : 0));
  const units = (rows: number) =>
    Math.round(returningUnits ? (rows * returningUnits.units) / recordsPerDay : rows);
  const strata: Stratum[] = [
    { upTo: percent, units: units(first), rows: first, challenger: lost(bad), incumbent: lost(bad) },
    {
      upTo: 100,
      units: units(rest),
      rows: rest,
      challenger: lost(0),
      incumbent: lost(random.binomial(rest, there)),
    },
  ];
  // The outcome depends on who decided, so that the pairing of records sees nothing but noise.
  return sliceOf(recordsPerDay, 0.001 * random.normal(), { strata });
}
