import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addDays } from '@penumbra/core/calendar';
import type { PenumbraEvent, StoredEvent } from '@penumbra/core/events';
import { runTrial } from '@penumbra/local/trial';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../examples/flight-delays/src/prepare.ts';
import { recordedLog } from './support/recorded-log.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

const LONG = 120_000;
const DAYS = 2;
/** Days of flights; the whole of February with PENUMBRA_FLIGHT_DAYS=28. */
const FLIGHT_DAYS = Number(process.env.PENUMBRA_FLIGHT_DAYS ?? 1);

type Engine = 'lambda' | 'athena';
type Intercept = NonNullable<Parameters<typeof runTrial>[0]['intercept']>;

const dataOf = <Type extends PenumbraEvent['type']>(log: readonly StoredEvent[], type: Type) =>
  log.flatMap(({ event }) =>
    event.type === type ? [event.data as Extract<PenumbraEvent, { type: Type }>['data']] : [],
  );

/** The same value, but for the last digits of its sums: which rows are added first is the engine's own affair. */
function about(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return expect.toSatisfy(
      (other: number) => Math.abs(other - value) <= 1e-12 * Math.abs(value),
      `${value} but for 1e-12 of it`,
    );
  }
  if (Array.isArray(value)) return value.map(about);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, about(inner)]));
}

/** Athena gives its queries ids by chance; everything else is the same. */
const withoutQueryIds = (log: readonly StoredEvent[]): unknown =>
  JSON.parse(JSON.stringify(log, (field, value) => (field === 'queryExecutionId' ? 'an id' : value)));

/** What a trial came to with one engine, over the same data. */
async function trialWith(engine: Engine, intercept?: Intercept) {
  const trial = await syntheticTrial({ days: DAYS });
  const how = intercept ? { intercept, repeatEvents: 2 } : {};
  const result = await runTrial({ folder: trial.folder, dataDir: trial.dataDir, engine, ...how });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { trial, result: result.value, log: await recordedLog(trial.dataDir, 'synthetic') };
}

describe('a trial whose days are compared by queries', () => {
  const trials: SyntheticTrial[] = [];
  let byFunction: Awaited<ReturnType<typeof trialWith>>;
  let byQuery: Awaited<ReturnType<typeof trialWith>>;

  beforeAll(async () => {
    byFunction = await trialWith('lambda');
    trials.push(byFunction.trial);
    byQuery = await trialWith('athena');
    trials.push(byQuery.trial);
  }, LONG);
  afterAll(() => Promise.all(trials.map((trial) => trial.end())));

  it('comes to the same decisions and the same numbers', () => {
    expect(byQuery.result.reviews).toEqual(byFunction.result.reviews);
    expect(byQuery.result.cumulative).toEqual(byFunction.result.cumulative);
    expect(byQuery.result.rollout).toEqual(byFunction.result.rollout);
  });

  it('makes the same looks in the same order, each by one query that succeeded', () => {
    const looksOf = (log: readonly StoredEvent[]) =>
      [...dataOf(log, 'PartitionEvaluated'), ...dataOf(log, 'PartitionRestated')].map(
        ({ asOf, summary }) => ({
          asOf,
          summary,
        }),
      );
    expect(looksOf(byQuery.log)).toEqual(about(looksOf(byFunction.log)));
    const submitted = dataOf(byQuery.log, 'QuerySubmitted');
    expect(submitted).toHaveLength(looksOf(byQuery.log).length);
    expect(dataOf(byQuery.log, 'QueryFailed')).toEqual([]);
    expect(dataOf(byQuery.log, 'QuerySucceeded').map(({ queryExecutionId }) => queryExecutionId)).toEqual(
      submitted.map(({ queryExecutionId }) => queryExecutionId),
    );
  });

  it('tells why a query, what it scanned and what that costs', () => {
    const [submitted] = dataOf(byQuery.log, 'QuerySubmitted');
    expect(submitted).toMatchObject({
      engine: { engine: 'athena', reason: 'the definition says athena' },
      clientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      restates: false,
    });
    const [succeeded] = dataOf(byQuery.log, 'QuerySucceeded');
    expect(succeeded?.bytesScanned).toBeGreaterThan(submitted?.bytes ?? 0);
    // Ten megabytes, the least that is charged, at five dollars a terabyte.
    expect(succeeded?.cost).toEqual({ amount: (5 * 10 * 2 ** 20) / 2 ** 40, currency: 'USD' });
  });

  it(
    'ends in the same log when every message comes twice, and nobody hears of the first queries that end',
    async () => {
      let deaf = 4;
      const noisy = await trialWith('athena', (queue, records) => {
        const heard = records.map((record) => {
          const isEnd = queue === 'outcomes-landed' && record.body.includes('aws.athena');
          if (!isEnd || deaf === 0) return record;
          deaf -= 1;
          // As good as lost: a query that runs is none that ended.
          return { ...record, body: record.body.replace(/"currentState":"\w+"/, '"currentState":"RUNNING"') };
        });
        return [...heard, ...heard];
      });
      trials.push(noisy.trial);
      expect(deaf).toBe(0);
      expect(noisy.result.reviews).toEqual(byFunction.result.reviews);
      expect(withoutQueryIds(noisy.log)).toEqual(withoutQueryIds(byQuery.log));
    },
    LONG,
  );

  it('says nothing of engines where the definition leaves no choice', () => {
    expect(dataOf(byFunction.log, 'PartitionEvaluated').every((data) => !('engine' in data))).toBe(true);
    expect(dataOf(byQuery.log, 'PartitionEvaluated').map(({ engine }) => engine?.engine)).toContain('athena');
  });
});

/** The model of the example scores them; what is decided must not depend on who compares. */
describe('the flights of the example', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penumbra-flights-'));
    const example = fileURLToPath(new URL('../examples/flight-delays/', import.meta.url));
    for (const entry of ['penumbra.json', 'model.json', 'package.json', 'src']) {
      await symlink(join(example, entry), join(folder, entry));
    }
    await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'));
    await prepare({ folder, from: '2001-02-01', to: addDays('2001-02-01', FLIGHT_DAYS - 1) });
  }, LONG);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'lead to the same decisions by either engine',
    async () => {
      const by = async (engine: Engine) => {
        const dataDir = join(folder, `.${engine}`);
        const result = await runTrial({ folder, dataDir, engine });
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        return result.value;
      };
      const [byFunction, byQuery] = [await by('lambda'), await by('athena')];
      expect(byQuery.cumulative.rows).toBeGreaterThan(10_000 * FLIGHT_DAYS);
      expect(byQuery.reviews).toEqual(byFunction.reviews);
      expect(byQuery.rollout).toEqual(byFunction.rollout);
      expect(byQuery.cumulative).toEqual(about(byFunction.cumulative));
    },
    LONG * Math.max(1, FLIGHT_DAYS / 4),
  );
});
