import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '@penumbra/core/events';
import type { TrialDocument } from '@penumbra/local/trial-document';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { penumbra } from './support/penumbra-process.ts';
import { recordedLog } from './support/recorded-log.ts';
import { runHere } from './support/run-here.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

const LONG = 240_000;
const DAYS = 5;

let trial: SyntheticTrial;
let live: readonly StoredEvent[];
let told: TrialDocument;
let scratch: string;

/** The same days that the live trial had, lived one by one. */
beforeAll(async () => {
  trial = await syntheticTrial({ days: DAYS, rows: 40 });
  scratch = await mkdtemp(join(tmpdir(), 'penumbra-past-'));
  const { code, stdout, stderr } = await runHere(
    'trial',
    trial.folder,
    '--data-dir',
    trial.dataDir,
    '--json',
  );
  if (code !== 0) throw new Error(stderr);
  told = JSON.parse(stdout);
  live = await recordedLog(trial.dataDir, 'synthetic');
}, LONG);
afterAll(async () => {
  await trial.end();
  await rm(scratch, { recursive: true, force: true });
});

const withoutTime = (events: readonly StoredEvent[]) => events.map(({ at: _, ...event }) => event);
const file = (name: string) => join(scratch, name);

describe('penumbra backfill', () => {
  const dataDir = () => file('backfilled');
  const backfill = (...more: string[]) =>
    [
      ...['backfill', 'synthetic', '--from', trial.from, '--to', trial.to, '--trial', trial.folder],
      ...['--data-dir', dataDir(), ...more],
    ] as const;

  it(
    'says first what it would do',
    async () => {
      const { code, stdout } = await runHere(...backfill('--dry-run'));
      expect(stdout).toContain(
        `${DAYS} dates: ${DAYS} to transform, 0 to evaluate, 0 done, 0 held, 0 without records`,
      );
      expect(code).toBe(0);
      const log = await recordedLog(dataDir(), 'synthetic');
      expect(log.map(({ event }) => event.type)).toEqual(['DeploymentRegistered']);
    },
    LONG,
  );

  it(
    'stopped by Ctrl-C and run again, leaves exactly the log that live days left, reviews too',
    async () => {
      const first = penumbra(...backfill('--concurrency', '1'));
      await new Promise<void>((resolve) => first.child.stdout?.once('data', () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      first.child.kill('SIGINT');
      expect((await first.ended).code).toBe(130);

      const second = await runHere(...backfill('--concurrency', '2'));
      expect(second.says).toMatch(/5 dates done, 0 held; \d+ reviews as-live/);
      expect(second.code).toBe(0);
      expect(withoutTime(await recordedLog(dataDir(), 'synthetic'))).toEqual(withoutTime(live));
    },
    LONG,
  );

  it(
    'run once more has nothing to do, and a re-evaluation by the same code restates nothing',
    async () => {
      expect((await runHere(...backfill())).stdout).toContain(`0 to transform, 0 to evaluate, ${DAYS} done`);
      const again = await runHere(...backfill('--re-evaluate'));
      expect(again.stdout).toContain(`0 dates restated, ${DAYS} unchanged, 0 skipped`);
      expect(withoutTime(await recordedLog(dataDir(), 'synthetic'))).toEqual(withoutTime(live));
    },
    LONG,
  );
});

describe('penumbra replay', () => {
  const replay = (...more: string[]) => runHere('replay', 'synthetic', '--data-dir', trial.dataDir, ...more);

  it(
    'folds the log into the document that the reviews had published, and switches to it',
    async () => {
      const first = JSON.parse((await replay('--json')).stdout);
      expect(first).toMatchObject({ projection: 1, events: live.length, document: told.rollout });
      const [, , sinceStart] = first.windows;
      expect(sinceStart.overall).toMatchObject({ days: told.cumulative.days, rows: told.cumulative.rows });
    },
    LONG,
  );

  it(
    'verifies every stored review against its evidence',
    async () => {
      const { code, stdout } = await replay('--verify', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ reviews: told.reviews.length, differing: 0, first: null });
      expect(code).toBe(0);
    },
    LONG,
  );

  it(
    'shows the world as it was known at a time, and changes nothing',
    async () => {
      const middle = told.reviews[4]?.asOf ?? '';
      const known = live.find(({ event }) => event.type === 'RolloutReviewed' && event.data.asOf === middle);
      const then = JSON.parse((await replay('--as-of', known?.at ?? '', '--json')).stdout);
      expect(then.review).toEqual(told.reviews[4]);
      expect(then.document.asOf).toBe(middle);
      expect(then.events).toBe(live.filter(({ at }) => at <= (known?.at ?? '')).length);
    },
    LONG,
  );
});

describe('penumbra export and import', () => {
  const exported = async (dataDir: string, name: string) => {
    const { code, says } = await runHere('export', 'synthetic', '--data-dir', dataDir, '--out', file(name));
    if (code !== 0) throw new Error(says);
    return readFile(file(name), 'utf8');
  };

  it(
    'carry a log elsewhere with the same result, byte for byte, as JSON lines and as Parquet',
    async () => {
      const lines = await exported(trial.dataDir, 'log.jsonl');
      await exported(trial.dataDir, 'log.parquet');
      expect(lines.trimEnd().split('\n')).toHaveLength(live.length);
      for (const [name, elsewhere] of [
        ['log.jsonl', 'by-lines'],
        ['log.parquet', 'by-parquet'],
      ] as const) {
        const loaded = await runHere('import', file(name), '--data-dir', file(elsewhere), '--json');
        expect(JSON.parse(loaded.stdout)).toEqual({
          deployments: ['synthetic'],
          imported: live.length,
          there: 0,
        });
        expect(await exported(file(elsewhere), `${elsewhere}.jsonl`)).toBe(lines);
      }
      const replayed = await runHere('replay', 'synthetic', '--data-dir', file('by-lines'), '--json');
      expect(JSON.parse(replayed.stdout).document).toEqual(told.rollout);
    },
    LONG,
  );

  it(
    'show by --verify where a review is not what its evidence gives, and refuse to write over another log',
    async () => {
      const lines = (await readFile(file('log.jsonl'), 'utf8')).trimEnd().split('\n');
      const forged = lines.map((line) => {
        const stored = JSON.parse(line);
        if (stored.type !== 'RolloutReviewed' || stored.data.asOf !== told.reviews[5]?.asOf) return line;
        stored.data.slices[0].evidence.meanDifference += 1;
        return JSON.stringify(stored);
      });
      await writeFile(file('forged.jsonl'), `${forged.join('\n')}\n`);
      expect((await runHere('import', file('forged.jsonl'), '--data-dir', file('forged'))).code).toBe(0);
      const verified = await runHere('replay', 'synthetic', '--data-dir', file('forged'), '--verify');
      expect(verified.code).toBe(1);
      expect(verified.stdout).toContain(
        `as of ${told.reviews[5]?.asOf}, at /slices/0/evidence/meanDifference`,
      );

      const again = await runHere('import', file('log.jsonl'), '--data-dir', file('by-lines'));
      expect(again.stdout).toContain(`0 events imported, ${live.length} were there already`);
      const refused = await runHere('import', file('forged.jsonl'), '--data-dir', file('by-lines'));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('the log holds another event synthetic/rollout/');
    },
    LONG,
  );

  it(
    'check the whole file before anything is written',
    async () => {
      const lines = (await readFile(file('log.jsonl'), 'utf8')).trimEnd().split('\n');
      await writeFile(file('gap.jsonl'), `${lines.filter((_, index) => index !== 1).join('\n')}\n`);
      const { code, stderr } = await runHere('import', file('gap.jsonl'), '--data-dir', file('gap'));
      expect(code).toBe(1);
      expect(stderr).toMatch(/gap\.jsonl, line 2: .* has version 3 where 2 is due/);
    },
    LONG,
  );
});
