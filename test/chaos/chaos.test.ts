import { beforeAll, describe, expect, it } from 'vitest';
import { type FaultFreeRun, runFaultFree } from './fault-free-run.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';
import { runRound } from './round.ts';
import { SHORT } from './scenario.ts';

/*
 * The small size of `npm run chaos`: the same harness on fewer and shorter trials. The second part shows that the
 * harness would notice: each of its mutations takes out one rule of the design.
 */

const LIMIT = 240_000;
const DEPLOYMENTS = 3;

describe('trials with faults at every seam', () => {
  let expected: FaultFreeRun;
  beforeAll(async () => {
    expected = await runFaultFree(DEPLOYMENTS, SHORT);
  }, LIMIT);

  it(
    'end as the run without faults does',
    async () => {
      const seams = new Map<string, number>();
      const onFault = (seam: string) => seams.set(seam, (seams.get(seam) ?? 0) + 1);
      const round = {
        faults: { seed: 11 },
        deployments: DEPLOYMENTS,
        days: SHORT,
        expected,
        kills: 0.04,
        onFault,
      };
      expect((await runRound(round)).failures).toEqual([]);
      expect([...seams.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(200);
    },
    LIMIT,
  );

  const aimed = (...mutations: Mutation[]) => ({
    faults: { aims: mutations.map((mutation) => MUTATIONS[mutation]) },
    deployments: DEPLOYMENTS,
    days: SHORT,
    expected,
    kills: 0,
    onFault: () => {},
  });
  const mutations = Object.keys(MUTATIONS) as Mutation[];

  it(
    'end so too where the faults that the mutations are about happen every time',
    async () => {
      expect((await runRound(aimed(...mutations))).failures).toEqual([]);
    },
    LIMIT,
  );

  it.each(mutations)(
    'are noticed to go wrong: %s',
    async (mutation) => {
      expect((await runRound({ ...aimed(mutation), mutation })).failures).not.toEqual([]);
    },
    LIMIT,
  );
});
