import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTrial } from '@penumbra/local/trial';
import { afterEach, describe, expect, it } from 'vitest';
import { recordedLog } from './support/recorded-log.ts';
import { type SyntheticTrial, syntheticDefinition, syntheticTrial } from './support/synthetic-trial.ts';

const LONG = 120_000;
const DAYS = 3;

describe('a challenger', () => {
  const trials: SyntheticTrial[] = [];
  const servers: ChildProcess[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) server.kill();
    await Promise.all(trials.splice(0).map((trial) => trial.end()));
  });

  async function newTrial(): Promise<SyntheticTrial> {
    const trial = await syntheticTrial({ days: DAYS });
    trials.push(trial);
    return trial;
  }

  async function resultOf({ folder, dataDir }: SyntheticTrial, options = {}) {
    const result = await runTrial({ folder, dataDir, ...options });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.value;
  }

  /** The scores that the synthetic model gives, as files beside the records. */
  async function score(trial: SyntheticTrial, of: (signal: string) => string): Promise<void> {
    for (const date of await readdir(join(trial.folder, 'records'))) {
      const [, ...lines] = (await readFile(join(trial.folder, 'records', date, 'part-0.csv'), 'utf8'))
        .trim()
        .split('\n');
      const scores = lines
        .map((line) => line.split(','))
        .map(([id, , , signal = '']) => `${id},${of(signal)}`);
      // In another order than the records: ids join them.
      await trial.write(`predictions/${date}/scores.csv`, `id,score\n${scores.reverse().join('\n')}\n`);
    }
  }

  it(
    'may be a model, or its predictions made elsewhere: the numbers are the same',
    async () => {
      const [scored, given] = [await newTrial(), await newTrial()];
      await score(given, (signal) => signal);
      const { model: _model, ...definition } = syntheticDefinition();
      const predictions = { format: 'csv', id: 'id', score: 'score' };
      await given.write('penumbra.json', JSON.stringify({ ...definition, predictions }));
      const [byModel, byFiles] = [await resultOf(scored), await resultOf(given)];
      expect(byFiles.cumulative.days).toBe(DAYS);
      expect(byFiles.cumulative).toEqual(byModel.cumulative);
      expect(byFiles.reviews).toEqual(byModel.reviews);
    },
    LONG,
  );

  it(
    'made elsewhere must score every record, once',
    async () => {
      const trial = await newTrial();
      await score(trial, (signal) => signal);
      const { model: _model, ...definition } = syntheticDefinition();
      const predictions = { format: 'csv', id: 'id', score: 'score' };
      await trial.write('penumbra.json', JSON.stringify({ ...definition, predictions }));
      await trial.write(`predictions/date=${trial.from}/scores.csv`, `id,score\n${trial.from}-0,0.5\n`);
      const result = await runTrial({ folder: trial.folder, dataDir: trial.dataDir });
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.problems[0]?.what).toMatch(/^1 scores? for 80 records/);
    },
    LONG,
  );

  it(
    'may be a container that runs already',
    async () => {
      const trial = await newTrial();
      const port = 18_000 + (process.pid % 1000);
      const server = spawn(process.execPath, [join(trial.folder, 'model.mjs')], {
        env: { ...process.env, SAGEMAKER_BIND_TO_PORT: String(port) },
        stdio: 'ignore',
      });
      servers.push(server);
      const model = { modelName: 'synthetic', url: `http://127.0.0.1:${port}` };
      await trial.write('penumbra.json', JSON.stringify(syntheticDefinition({ model })));
      expect((await resultOf(trial)).cumulative.days).toBe(DAYS);
    },
    LONG,
  );

  it(
    'whose completion events never come is found by the watch, and ends in the same log',
    async () => {
      const [heard, unheard] = [await newTrial(), await newTrial()];
      const deaf = (_queue: string, records: { body: string }[]) =>
        records.map((record) => ({ ...record, body: record.body.replace('"Completed"', '"InProgress"') }));
      await resultOf(heard);
      await resultOf(unheard, { intercept: deaf });
      expect(await recordedLog(unheard.dataDir, 'synthetic')).toEqual(
        await recordedLog(heard.dataDir, 'synthetic'),
      );
    },
    LONG,
  );

  it(
    'that predicts a number is compared by what its errors cost',
    async () => {
      const trial = await newTrial();
      const task = { type: 'regression', cost: { currency: 'EUR', perUnitOver: 1, perUnitUnder: 3 } };
      await trial.write('penumbra.json', JSON.stringify(syntheticDefinition({ task })));
      const { cumulative } = await resultOf(trial);
      expect(cumulative.auc).toBeNull();
      // The signal is near the label, the rule is a coin: its error is 0 or 1, a half on average.
      expect(cumulative.error?.incumbent.meanAbsolute).toBeCloseTo(0.5, 1);
      expect(cumulative.error?.challenger.meanAbsolute).toBeLessThan(0.4);
      expect(cumulative.valuePerRecord?.challenger).toBeGreaterThan(
        cumulative.valuePerRecord?.incumbent ?? 0,
      );
    },
    LONG,
  );
});
