import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoopbackServer, startLoopbackServer } from '@penumbra/cli/loopback-server';
import type { Decision } from '@penumbra/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ApiHarness, apiHarness, FEEDBACK_KEY } from './support/api-harness.ts';

const APP = fileURLToPath(new URL('../examples/checkout-app/', import.meta.url));

describe('an application in production, as a process of its own', () => {
  let folder: string;
  let app: ChildProcess;
  let url = '';
  let log = '';
  let penumbra: ApiHarness;
  let server: LoopbackServer;
  const rollout = () => join(folder, 'rollout.json');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penumbra-checkout-'));
    penumbra = await apiHarness();
    await penumbra.register({ deployment: 'checkout-risk' });
    server = await startLoopbackServer(penumbra.api, 0);
    const reports = {
      PENUMBRA_REPORTS_URL: `${server.url}/v1/exposures`,
      PENUMBRA_FEEDBACK_KEY: FEEDBACK_KEY,
    };
    await writeFile(rollout(), await readFile(join(APP, 'rollout.json')));
    app = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      cwd: APP,
      env: { ...process.env, ...reports, PORT: '0', ROLLOUT_FILE: rollout(), PENUMBRA_URL: '' },
    });
    let said = '';
    app.stdout?.on('data', (chunk) => {
      log += chunk;
    });
    app.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    await vi.waitFor(() => expect(said).toMatch(/http:\/\/[^/]+/), { timeout: 30_000 });
    url = /http:\/\/[^/]+/.exec(said)?.[0] ?? '';
  });

  afterAll(async () => {
    if (app.exitCode === null) app.kill('SIGKILL');
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const checkout = async (user: string, country: string, amount: number) => {
    const before = log;
    const answer = await fetch(`${url}/checkout?user=${user}&country=${country}&amount=${amount}`);
    await vi.waitFor(() => expect(log.length).toBeGreaterThan(before.length));
    const line: Decision = JSON.parse(log.trimEnd().split('\n').at(-1) ?? '');
    return { ...((await answer.json()) as { outcome: string }), ...line };
  };

  it('lets the arm of the unit decide, and logs which one it was and by which review', async () => {
    expect(await checkout('ann', 'US', 50)).toMatchObject({ arm: 'challenger', slice: 'small-baskets' });
    expect(await checkout('ann', 'US', 600)).toMatchObject({ arm: 'incumbent', slice: 'elsewhere' });
    const shared = [];
    for (let user = 0; user < 60; user += 1) shared.push(await checkout(`user-${user}`, 'NL', 600));
    for (const { arm, outcome, reason, reviewId } of shared) {
      expect({ outcome, reason, reviewId }).toEqual({
        outcome: arm === 'challenger' ? 'accept' : 'review',
        reason: 'SPLIT',
        reviewId: 'checkout-risk/review/2001-02-27',
      });
    }
    expect(new Set(shared.map(({ arm }) => arm)).size).toBe(2);
  });

  it('sees a kill, and ends by itself when it is told to', async () => {
    const document = JSON.parse(await readFile(rollout(), 'utf8'));
    const slices = document.slices.map((slice: object) => ({ ...slice, percent: 0 }));
    await writeFile(`${rollout()}.new`, JSON.stringify({ ...document, version: 43, slices }));
    await rename(`${rollout()}.new`, rollout());
    await vi.waitFor(async () => expect((await checkout('ann', 'US', 50)).version).toBe(43), {
      timeout: 20_000,
    });
    expect(await checkout('ann', 'US', 50)).toMatchObject({ arm: 'incumbent', reason: 'SHADOW' });
    app.kill('SIGTERM');
    expect(await once(app, 'exit')).toEqual([0, null]);
  });

  it('has reported every arm that it served, the last ones as it ended', async () => {
    const reported: string[] = [];
    const today = penumbra.clock.now.slice(0, 10);
    for await (const { exposures, dropped } of penumbra.memory.pipeline.exposures.read(
      'checkout-risk',
      today,
    )) {
      expect(dropped).toBe(0);
      reported.push(
        ...exposures.map(({ unit, slice, arm, version }) => `${unit} ${slice} ${arm} ${version}`),
      );
    }
    const served = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ user, slice, arm, version }) => `${user} ${slice} ${arm} ${version}`);
    expect(served.length).toBeGreaterThan(62);
    expect(reported.sort()).toEqual(served.sort());
  });
});
