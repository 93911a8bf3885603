import { runTrial } from '@penumbra/local/trial';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedLog } from './support/recorded-log.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

const LONG = 120_000;
/** More of them by hand: PENUMBRA_SEEDS=1,2,3,4 npx vitest run test/trial.test.ts */
const SEEDS = (process.env.PENUMBRA_SEEDS ?? '1').split(',').map(Number);

describe('a trial over recorded history', () => {
  let trial: SyntheticTrial;
  let quiet: Awaited<ReturnType<typeof runTrial>>;

  beforeAll(async () => {
    trial = await syntheticTrial();
    quiet = await runTrial({ folder: trial.folder, dataDir: trial.dataDir });
  }, LONG);
  afterAll(() => trial.end());

  function result() {
    if (!quiet.ok) throw new Error(JSON.stringify(quiet.problems));
    return quiet.value;
  }

  it('reviews every day once, and promotes no slice before the shadow days are over', () => {
    const { reviews } = result();
    expect(new Set(reviews.map(({ asOf }) => asOf)).size).toBe(reviews.length);
    const early = reviews.filter(({ slices }) => slices.some(({ evidence }) => evidence.matureDays < 3));
    expect(early.length).toBeGreaterThan(2);
    for (const review of early) expect(review.slices.every(({ action }) => action === 'hold')).toBe(true);
  });

  it('opens the slices in order of risk: the second only once the first has everything', () => {
    const promoted = result().reviews.flatMap(({ slices }) =>
      slices.filter(({ action }) => action === 'promote'),
    );
    expect(promoted.map(({ slice, to }) => `${slice} ${to.percent}`).slice(0, 3)).toEqual([
      'small 10',
      'small 100',
      'large 10',
    ]);
  });

  it('tells applications the percentage that the last review set', () => {
    const { rollout, reviews } = result();
    const last = reviews.at(-1)?.slices.map(({ slice, to }) => ({ slice, percent: to.percent }));
    expect(rollout.slices.map(({ slice, percent }) => ({ slice, percent }))).toEqual(last);
  });

  it('counts what the folder holds: rows, outcomes, and the money of both', () => {
    const { cumulative, days } = result();
    expect(days).toHaveLength(10);
    expect(cumulative.rows).toBe(80 * cumulative.days);
    expect(cumulative.labelled / cumulative.rows).toBeGreaterThan(0.9);
    const { challenger } = cumulative.confusion ?? { challenger: undefined };
    expect(Object.values(challenger ?? {}).reduce((sum, count) => sum + count, 0)).toBe(cumulative.labelled);
    // A score that is the probability itself separates the classes with an area of 5/6.
    expect(cumulative.auc).toBeGreaterThan(0.75);
    expect(cumulative.valuePerRecord?.challenger).toBeGreaterThan(cumulative.valuePerRecord?.incumbent ?? 0);
  });

  it(
    'freezes a mature day, and records a later correction as a restatement',
    async () => {
      const log = await recordedLog(trial.dataDir, 'synthetic');
      const day = log.filter(({ stream }) => stream === `day/${trial.from}`).map(({ event }) => event.type);
      expect(day.slice(0, 3)).toEqual(['PartitionReady', 'TransformSubmitted', 'TransformCompleted']);
      const matured = day.indexOf('PartitionMatured');
      expect(matured).toBeGreaterThan(0);
      const restated = log.filter(({ event }) => event.type === 'PartitionRestated');
      expect(restated.length).toBeGreaterThan(0);
      expect(day.filter((type) => type === 'PartitionMatured')).toHaveLength(1);
    },
    LONG,
  );

  it.each(SEEDS)(
    'ends in the same log when every message comes twice, late and in random order (seed %i)',
    async (seed) => {
      const noisy = await syntheticTrial();
      try {
        const random = shuffler(seed);
        const late = new Map<
          string,
          Parameters<NonNullable<Parameters<typeof runTrial>[0]['intercept']>>[1]
        >();
        const again = await runTrial({
          folder: noisy.folder,
          dataDir: noisy.dataDir,
          repeatEvents: 2,
          intercept: (queue, records) => {
            const delayed = late.get(queue) ?? [];
            late.set(queue, records);
            return random([...records, ...records, ...delayed]);
          },
        });
        expect(again.ok).toBe(true);
        if (again.ok) {
          expect(again.value.reviews).toEqual(result().reviews);
          expect(again.value.rollout).toEqual(result().rollout);
        }
        expect(await recordedLog(noisy.dataDir, 'synthetic')).toEqual(
          await recordedLog(trial.dataDir, 'synthetic'),
        );
      } finally {
        await noisy.end();
      }
    },
    LONG,
  );
});

/** Shuffles by Fisher and Yates with a linear congruential generator: the same seed, the same disorder. */
function shuffler(seed: number): <Item>(items: readonly Item[]) => Item[] {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return (items) => {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as never, shuffled[last] as never];
    }
    return shuffled;
  };
}
