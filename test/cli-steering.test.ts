import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoopbackServer, startLoopbackServer } from '@penumbra/cli/loopback-server';
import { parseDefinition } from '@penumbra/core/definition';
import type { Announcement } from '@penumbra/functions/announcements';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ApiHarness, apiHarness, COMMAND_KEY, READ_KEY } from './support/api-harness.ts';
import { reviewedLog } from './support/reviewed-log.ts';
import { runHere } from './support/run-here.ts';
import { syntheticDefinition } from './support/synthetic-trial.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-steering-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('where there is no trial', () => {
  const asked = async (name: string) => (await runHere('status', name)).stderr;

  it('a missing folder is said to be missing, and nothing of AWS', async () => {
    const missing = join(folder, 'nothing');
    expect(await asked(missing)).toContain(`${missing}: there is no such folder.`);
    expect(await asked(missing)).not.toMatch(/TABLE_NAME|environment/);
  });

  it('a folder that holds none is said to hold none', async () => {
    expect(await asked(folder)).toContain('there is neither a penumbra.json nor a trial.json in it');
  });

  it('what may be a deployment on AWS is looked for there after the folder', async () => {
    const stderr = await asked('orders');
    expect(stderr).toMatch(/orders: there is no such folder[\s\S]*TABLE_NAME/);
    expect(stderr).toContain('on AWS, give the name of a deployment');
  });
});

describe('a deployment on this machine, seen and steered', () => {
  const here = (command: string, ...args: string[]) =>
    runHere(command, 'synthetic', '--data-dir', join(folder, 'data'), ...args);

  beforeAll(async () => {
    const policy = {
      shadowDays: 3,
      minRowsPerDay: 5,
      stages: [{ percent: 10, approval: 'manual' }, { percent: 100 }],
    };
    const definition = parseDefinition(syntheticDefinition({ policy }));
    if (!definition.ok) throw new Error(JSON.stringify(definition.problems));
    const file = join(folder, 'log.jsonl');
    await writeFile(file, await reviewedLog(definition.value, { days: 20, mean: 5 }));
    const imported = await runHere('import', file, '--data-dir', join(folder, 'data'));
    expect(imported.stderr).not.toContain('✗');
  });

  it('status says where each slice stands and what it waits for', async () => {
    const { code, stdout } = await here('status');
    expect(code).toBe(0);
    expect(stdout).toContain('reviewed as of 2026-01-22, 20\u00a0days of evidence');
    expect(stdout).toMatch(/small\s+│\s+0\s%\s+│ EXCEEDS/);
    expect(stdout).toContain("small: to 10\u00a0% it needs a person's approval of stage 1");
    expect(stdout).toContain('large: to 10\u00a0% it needs the slices before it, out of its way');
  });

  it('no command is taken without a reason', async () => {
    for (const given of [[], ['--reason', '  ']]) {
      const { code, stderr } = await here('pause', ...given);
      expect(code).toBe(1);
      expect(stderr).toContain('--reason');
    }
  });

  it('a command is recorded with its reason, and status has it as data', async () => {
    const approved = await here('approve', '--slice', 'small', '--stage', '1', '--reason', 'agreed');
    expect(approved.stdout).toContain('synthetic: StageApproved. Served: small 0 %, large 0 %');
    const paused = await here('pause', '--reason', 'prices change', '--json');
    expect(JSON.parse(paused.stdout)).toMatchObject({ recorded: 'RolloutPaused', nothing: null });
    const status = JSON.parse((await here('status', '--json')).stdout);
    expect(status).toMatchObject({ deployment: 'synthetic', asOf: '2026-01-22', currency: 'EUR' });
    expect(status.paused).toBe('prices change');
    expect(status.slices[0]).toMatchObject({
      slice: 'small',
      evidence: { verdict: 'EXCEEDS', matureDays: 20 },
      next: { stage: 1, percent: 10, missing: ['a person who resumes the rollout'] },
    });
  });

  it('simulate-my-data answers in days', async () => {
    const { stdout } = await here(
      'simulate-my-data',
      ...['--effect', '1', '--runs', '20', '--horizon', '40', '--json'],
    );
    const { basis, effects } = JSON.parse(stdout);
    expect(basis).toMatchObject({ matureDays: 20, rowsPerDay: 1000 });
    expect(effects.map(({ effect }: { effect: number }) => effect)).toEqual([0, 1]);
    expect(effects[1].share).toBeGreaterThan(effects[0].share);
  });

  it('simulate-my-data names options that go together', async () => {
    expect((await here('simulate-my-data', '--rows', '10')).stderr).toContain(
      'it goes together with --spread',
    );
  });
});

describe('a deployment behind the HTTP API', () => {
  let harness: ApiHarness;
  let server: LoopbackServer;
  const told: Announcement[] = [];
  const there = (command: string, ...args: string[]) =>
    runHere(command, 'rebooking', '--url', server.url, ...args);

  beforeAll(async () => {
    const announcements = { publish: async (all: readonly Announcement[]) => void told.push(...all) };
    harness = await apiHarness({}, () => ({ announcements }));
    await harness.register();
    await harness.review('2001-02-27', ['small-airports', 'promote', 0, 1]);
    server = await startLoopbackServer(harness.api, 0);
    vi.stubEnv('PENUMBRA_KEY', COMMAND_KEY);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  it('status reads it', async () => {
    const { stdout } = await there('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ deployment: 'rebooking', asOf: '2001-02-27' });
  });

  it('a command goes through it, and the rollback is told with its text', async () => {
    expect((await there('pause', '--reason', 'a drill')).stdout).toContain('rebooking: RolloutPaused');
    expect((await there('pause', '--reason', 'a drill')).stdout).toContain('paused already');
    const killed = await there('override', '--slice', 'small-airports', '--reason', 'a drill');
    expect(killed.stdout).toContain('small-airports 0 %');
    expect(told.at(-1)).toMatchObject({
      type: 'RolledBack',
      detail: {
        by: 'ada',
        slices: ['small-airports'],
        text: expect.stringContaining('small-airports rolled back (ada)'),
      },
    });
  });

  it.each([
    ['a key that may only read', READ_KEY, /answers 403/],
    ['a key that does not fit', 'nobody', /answers 401.*key/],
  ])('refuses %s, and says what to do', async (_, key, says) => {
    const { code, stderr } = await there('pause', '--reason', 'a drill', '--key', key);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain(key === 'nobody' ? 'Bearer' : key);
  });

  it('says where nothing answers', async () => {
    const { code, stderr } = await runHere('status', 'rebooking', '--url', 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be reached.*Check --url/);
  });
});
