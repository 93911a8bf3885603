import type { CanaryCell } from './canary.ts';
import type { DayProcess } from './days.ts';
import type { DelayCell } from './delays.ts';
import type { PromotionCell } from './promotion.ts';

export type Cell = (PromotionCell | CanaryCell | DelayCell) & {
  readonly group: Group;
  /** Largest share that may happen, smallest share that must, and largest median; undefined: shown only. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly medianAtMost?: number;
};

export type Group = 'false promotion' | 'power' | 'false rollback' | 'true rollback' | 'delays';

const ALPHA = 0.05;

const worthless = (
  name: string,
  process: Omit<DayProcess, 'effect'>,
  more: Partial<PromotionCell> = {},
): Cell => ({
  kind: 'promotion',
  group: 'false promotion',
  name,
  process: { effect: 0, ...process },
  atMost: ALPHA,
  ...more,
});

const better = (effect: number, autocorrelation: number, medianAtMost?: number): Cell => ({
  kind: 'promotion',
  group: 'power',
  name: `effect ${effect} SD${autocorrelation > 0 ? `, AR(1) ${autocorrelation}` : ''}`,
  process: { effect, autocorrelation },
  ...(medianAtMost === undefined ? {} : { medianAtMost, atLeast: 0.5 }),
});

const canary = (percent: number, challengerBad: number, more: Partial<Cell> = {}): Cell =>
  ({
    kind: 'canary',
    group: challengerBad > BAD ? 'true rollback' : 'false rollback',
    name: `${percent} % of 50,000 a day, ${challengerBad > BAD ? `2 → ${100 * challengerBad} % bad` : '2 % bad in both arms'}`,
    percent,
    recordsPerDay: 50_000,
    incumbentBad: BAD,
    challengerBad,
    ...(challengerBad > BAD ? {} : { atMost: 0.02 }),
    ...more,
  }) as Cell;

const BAD = 0.02;

/** Every situation that the shipped policy is put into, with what it must keep to. */
export const CELLS: readonly Cell[] = [
  worthless('independent days', {}),
  worthless('AR(1) 0.2', { autocorrelation: 0.2 }),
  worthless('AR(1) 0.3', { autocorrelation: 0.3 }),
  worthless('AR(1) 0.5', { autocorrelation: 0.5 }),
  worthless('heavy tails (t, 3 degrees)', { heavyTails: true }),
  worthless('weekly cycle, 1 SD', { weeklyCycle: 1 }),
  worthless('intra-day correlation 0.001, 10,000 rows', { intraDayCorrelation: 0.001 }),
  worthless('unequal days', { rows: 'unequal' }),
  worthless('unequal days, AR(1) 0.3, t tails', { rows: 'unequal', autocorrelation: 0.3, heavyTails: true }),
  worthless('strict mode, AR(1) 0.5', { autocorrelation: 0.5 }, { policy: { evidenceBy: 'week' } }),
  worthless('four slices, skip, any of them', {}, { policy: { onUnproven: 'skip' }, slices: 4 }),
  better(0.3, 0),
  better(0.5, 0),
  better(0.8, 0, 28),
  better(0.3, 0.3),
  better(0.5, 0.3),
  better(0.8, 0.3, 28),
  canary(1, BAD),
  canary(5, BAD),
  canary(5, BAD, {
    name: '5 % of 1,000 units that come back daily, unlike each other',
    recordsPerDay: 25_000,
    returningUnits: { units: 1000, deviation: 0.02 },
  } as Partial<Cell>),
  canary(1, 0.03, { atLeast: 0.5 }),
  canary(5, 0.03, { atLeast: 0.95, medianAtMost: 2 }),
  canary(5, 0.03, {
    name: '5 % of 50,000 a day, 2 → 3 % bad after two good weeks',
    goodDays: 14,
    atLeast: 0.9,
  } as Partial<Cell>),
  { kind: 'delays', group: 'delays', name: 'judged by what has landed', rule: 'landed', atLeast: 0.5 },
  { kind: 'delays', group: 'delays', name: 'judged early, if 95 % covered', rule: 'covered', atMost: 0 },
  { kind: 'delays', group: 'delays', name: 'judged when mature', rule: 'mature', atMost: 0 },
];
