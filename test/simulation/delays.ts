import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import { type DayCommand, type DayState, day } from '@penumbra/core/day';
import type { DaySummary } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import { type SeededRandom, seededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { definitionWith } from '@penumbra/evaluator/testing/virtual-rollout';
import { sliceOf, virtualRollout } from '@penumbra/evaluator/virtual-rollout';
import { dateOf } from './days.ts';

const RECORDS = 1000;
const POSITIVE = 0.25;
/** Records on which the challenger acts and the incumbent does not: it is right on the positive ones only. */
const ACTS_ALONE = 0.3;
const DAYS = 60;

/** Judged as soon as something landed, or once old enough and covered enough. */
const RULES = {
  landed: { maturityDays: 3, minCoverage: 0 },
  covered: { maturityDays: 3, minCoverage: 0.95 },
  mature: { maturityDays: 45, minCoverage: 0.95 },
} as const;

export interface DelayCell {
  readonly kind: 'delays';
  readonly name: string;
  readonly rule: keyof typeof RULES;
}

export interface DelayRun {
  /** Mature days at the promotion of the losing challenger. */
  readonly promoted: number | undefined;
  /** Mean difference per record as the evidence saw it at the end; null without evidence. */
  readonly seen: number | null;
}

/** What the challenger truly earns per record, more than the incumbent: less. */
export const TRUE_DIFFERENCE = ACTS_ALONE * (POSITIVE - (1 - POSITIVE));

/**
 * A challenger that loses, where the positive class lands within days (cancellations, chargebacks) and the negative
 * one is known only after weeks (stays, clean months).
 */
export function runDelays({ rule }: DelayCell, seed: number): DelayRun {
  const random = seededRandom(seed);
  const definition = definitionOf(rule);
  const rollout = virtualRollout(definition);
  const { maturityDays } = definition.outcomes;
  let promoted: number | undefined;
  let seen: number | null = null;
  for (let index = 0; index < DAYS; index += 1) {
    const date = dateOf(index);
    const reviewed = rollout.review(addDays(date, maturityDays), [lived(definition, date, random)]);
    const [slice] = reviewed.slices;
    seen = slice?.evidence.meanDifference ?? null;
    if (slice?.action === 'promote') {
      promoted = slice.evidence.matureDays;
      break;
    }
  }
  return { promoted, seen };
}

const definitions = new Map<string, Definition>();

function definitionOf(rule: DelayCell['rule']): Definition {
  const known = definitions.get(rule);
  if (known) return known;
  const definition = definitionWith(
    {},
    {
      slices: [{ slice: 'all', when: [{ field: 'id', atLeast: 0 }] }],
      outcomes: { format: 'csv', id: 'id', label: 'late', watchDays: 0, ...RULES[rule] },
    },
  );
  definitions.set(rule, definition);
  return definition;
}

/** A day from its records to maturity, by the shipped decider. */
function lived(
  { outcomes: { maturityDays, minCoverage } }: Definition,
  date: CalendarDate,
  random: SeededRandom,
): DatedDay {
  const asOf = addDays(date, maturityDays);
  const summary = summaryAt(maturityDays, random);
  const look = { asOf, age: maturityDays };
  const metrics = { key: 'metrics', sha256: 'none' };
  const commands: DayCommand[] = [
    { type: 'ReadyPartition', data: { files: [], rows: RECORDS, definitionVersion: 1 } },
    { type: 'LandPredictions', data: { files: [] } },
    { type: 'LandOutcomes', data: { ...look, files: [] } },
    { type: 'Evaluate', data: { ...look, summary, metrics, definitionVersion: 1 } },
    { type: 'Mature', maturityDays, minCoverage },
  ];
  const state = commands.reduce<DayState>((before, command) => {
    const decision = day.decide(before, command);
    return 'event' in decision ? day.evolve(before, decision.event) : before;
  }, day.initial);
  return { date, state };
}

/** Of a day's records, those with an outcome at this age, and what both decisions made of them. */
function summaryAt(age: number, random: SeededRandom): DaySummary {
  const positives = random.binomial(RECORDS, POSITIVE);
  const landed = {
    positives: random.binomial(positives, age >= 3 ? 0.95 : 0.5),
    // Clean months end between the 25th and the 40th day.
    negatives: random.binomial(RECORDS - positives, Math.min(0.99, Math.max(0.02, (age - 25) / 15))),
  };
  const right = random.binomial(landed.positives, ACTS_ALONE);
  const wrong = random.binomial(landed.negatives, ACTS_ALONE);
  const labelled = landed.positives + landed.negatives;
  const all = sliceOf(labelled, (right - wrong) / labelled, { rows: RECORDS });
  return { overall: all, slices: { all }, duplicateOutcomes: 0, unmatchedOutcomes: 0 };
}
