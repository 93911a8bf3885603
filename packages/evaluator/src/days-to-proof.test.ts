import { describe, expect, it } from 'vitest';
import { chancesOf, daysUntilPromoted, normalDays, resampledDays } from './days-to-proof.ts';
import { seededRandom } from './inference/seeded-random.ts';
import { definitionWith } from './testing/virtual-rollout.ts';

const RUNS = Array.from({ length: 60 }, (_, run) => run + 1);
const definition = definitionWith({
  shadowDays: 10,
  stages: [{ percent: 10, approval: 'manual', needs: 'no-harm' }, { percent: 100 }],
  guardrails: [{ metric: 'falsePositives', margin: 0.01 }],
});

const simulated = (effect: number, days = normalDays(1000, 2, 0.2), of = definition) =>
  chancesOf(
    effect,
    RUNS.map((seed) =>
      daysUntilPromoted({ definition: of, slice: 'hub', days, effect, horizon: 60 }, seededRandom(seed)),
    ),
  );

describe('days until an effect is proven', () => {
  it('are fewer for a larger effect, in units of the spread, and never fewer than shadow', () => {
    const [none, half, whole] = [simulated(0), simulated(1), simulated(2)];
    expect(none.share).toBeLessThanOrEqual(0.1);
    expect(half.share).toBeGreaterThan(0.5);
    expect(half.share).toBeLessThan(1);
    expect(whole.share).toBe(1);
    expect(whole.median).toBeLessThan(half.median ?? 0);
    expect(whole.median).toBeGreaterThanOrEqual(10);
  });

  it('are the same for the same seeds, and of one slice whatever stands before it', () => {
    expect(simulated(1)).toEqual(simulated(1));
  });

  it('are later where slices share the alpha', () => {
    const policy = { ...definition.policy, onUnproven: 'skip' as const };
    expect(simulated(1, undefined, { ...definition, policy }).share).toBeLessThan(simulated(1).share);
  });

  it('say that a day with too few rows proves nothing', () => {
    expect(simulated(5, normalDays(50, 0.01, 0)).share).toBe(0);
  });

  it('are counted with those runs that were never promoted as later', () => {
    expect(chancesOf(1, [12, undefined, 10, 30])).toEqual({
      effect: 1,
      runs: 4,
      share: 0.75,
      median: 12,
      nineInTen: null,
    });
  });
});

describe('days like the ones that were', () => {
  const history = Array.from({ length: 28 }, (_, day) => ({
    rows: day % 7 === 6 ? 300 : 1000,
    mean: 3 + (day % 7),
  }));

  it('have their rows and their spread, and a mean of nothing', () => {
    const draw = resampledDays(history)(seededRandom(3));
    const drawn = Array.from({ length: 20_000 }, draw);
    const rows = drawn.reduce((sum, day) => sum + day.rows, 0);
    const mean = drawn.reduce((sum, day) => sum + day.rows * day.mean, 0) / rows;
    expect(rows / drawn.length).toBeCloseTo(900, -1);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    const means = drawn.map((day) => day.mean);
    expect(Math.max(...means) - Math.min(...means)).toBeCloseTo(6, 10);
  });

  it('follow each other as they did, six times in seven', () => {
    const draw = resampledDays(history)(seededRandom(4));
    const drawn = Array.from({ length: 5000 }, draw);
    const steps = drawn.slice(1).map((day, index) => day.mean - (drawn[index]?.mean ?? 0));
    const regular = steps.filter((step) => Math.abs(step - 1) < 1e-9 || Math.abs(step + 6) < 1e-9);
    expect(regular.length / steps.length).toBeGreaterThan(0.8);
    expect(regular.length / steps.length).toBeLessThan(0.95);
  });
});
