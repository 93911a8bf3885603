import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backtest } from '@penumbra/evaluator/backtest';
import type { Explanation } from '@penumbra/evaluator/explain';
import { runTrial } from '@penumbra/local/trial';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { penumbra } from './support/penumbra-process.ts';
import { recordedLog } from './support/recorded-log.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

const LONG = 120_000;

describe('on the log of a trial', () => {
  let trial: SyntheticTrial;
  beforeAll(async () => {
    trial = await syntheticTrial();
    const lived = await runTrial({ folder: trial.folder, dataDir: trial.dataDir });
    if (!lived.ok) throw new Error(JSON.stringify(lived.problems));
  }, LONG);
  afterAll(() => trial.end());

  it(
    'explain leads from the decision to the arms, the job and the file; backtest answers and changes nothing',
    async () => {
      const before = await recordedLog(trial.dataDir, 'synthetic');
      const explained = await penumbra('explain', trial.dataDir, '--json').ended;
      expect(explained.code).toBe(0);
      const { slices, simulated }: Explanation & { simulated: boolean } = JSON.parse(explained.stdout);
      expect(simulated).toBe(true);
      const [small] = slices;
      expect(small?.days[0]).toMatchObject({ date: trial.from, job: expect.stringContaining(trial.from) });
      expect(small?.days[0]?.metrics?.key).toContain(`date=${trial.from}`);

      // The units of every stratum, as the evaluator counted them, are those of the slice.
      const matured = before.flatMap(({ event }) =>
        event.type === 'PartitionEvaluated' ? [event.data] : [],
      );
      const [first] = matured.at(0)?.summary.slices.small?.strata ?? [];
      expect(first?.upTo).toBe(10);
      for (const { summary } of matured) {
        const units = (summary.slices.small?.strata ?? []).reduce((sum, stratum) => sum + stratum.units, 0);
        expect(units).toBeGreaterThan(8);
        expect(units).toBeLessThanOrEqual(17);
      }

      const policy = join(trial.folder, 'other.json');
      await writeFile(policy, JSON.stringify({ alpha: 0.45, shadowDays: 400 }));
      const tested = await penumbra(
        'backtest',
        trial.folder,
        '--data-dir',
        trial.dataDir,
        '--policy',
        policy,
        '--json',
      ).ended;
      expect(tested.code).toBe(0);
      const found: Backtest = JSON.parse(tested.stdout);
      expect(found.sameAgain).toBe(true);
      expect(found.slices.map(({ other }) => other.opened)).toEqual([null, null]);
      expect(found.slices[0]?.recorded.opened).not.toBeNull();
      expect(found.slices[0]?.recorded.records).toBeGreaterThan(0);
      expect(await recordedLog(trial.dataDir, 'synthetic')).toEqual(before);
    },
    LONG,
  );

  it(
    'what is not there is told with what is',
    async () => {
      const slice = await penumbra('explain', trial.dataDir, '--slice', 'huge').ended;
      expect([slice.code, slice.stderr]).toEqual([1, expect.stringContaining('Choose one of small, large')]);
      const date = await penumbra('explain', trial.dataDir, '--date', '1999-01-01').ended;
      expect([date.code, date.stderr]).toEqual([1, expect.stringContaining('there are reviews from')]);
      const policy = join(trial.folder, 'bad.json');
      await writeFile(policy, JSON.stringify({ alpha: 2 }));
      const bad = await penumbra('backtest', trial.dataDir, '--policy', policy).ended;
      expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('policy.alpha')]);
    },
    LONG,
  );
});
