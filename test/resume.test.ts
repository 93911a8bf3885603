import { afterEach, describe, expect, it } from 'vitest';
import { penumbra } from './support/penumbra-process.ts';
import { recordedLog } from './support/recorded-log.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

describe('a trial whose process dies', () => {
  const trials: SyntheticTrial[] = [];
  const ended = async () => {
    const trial = await syntheticTrial({ days: 6 });
    trials.push(trial);
    return trial;
  };
  afterEach(() => Promise.all(trials.splice(0).map((trial) => trial.end())));

  it('goes on where it was, and ends in the log of an undisturbed run', async () => {
    const [quiet, killed] = [await ended(), await ended()];
    const undisturbed = penumbra('trial', quiet.folder, '--data-dir', quiet.dataDir, '--json');
    expect((await undisturbed.ended).code).toBe(0);

    for (const day of [2, 4]) {
      const run = penumbra('trial', killed.folder, '--data-dir', killed.dataDir, '--json');
      await run.says(new RegExp(`day ${day}/`));
      run.child.kill('SIGKILL');
      await run.ended;
    }
    const last = await penumbra('trial', killed.folder, '--data-dir', killed.dataDir, '--json').ended;
    expect(last.code, last.stderr).toBe(0);
    expect(JSON.parse(last.stdout).reviews).toEqual(JSON.parse((await undisturbed.ended).stdout).reviews);
    expect(await recordedLog(killed.dataDir, 'synthetic')).toEqual(
      await recordedLog(quiet.dataDir, 'synthetic'),
    );
  }, 120_000);

  it('ends after the current day on Ctrl-C, with an exit code of its own', async () => {
    const trial = await ended();
    const run = penumbra('trial', trial.folder, '--data-dir', trial.dataDir);
    await run.says(/day 1\//);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Run the same command again to go on from there/);
  }, 60_000);
});
