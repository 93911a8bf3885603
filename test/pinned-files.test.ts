import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parseDefinition } from '@penumbra/core/definition';
import { type DuckDb, openDuckDb } from '@penumbra/evaluator/duckdb';
import { s3Evaluator } from '@penumbra/functions/aws/s3-evaluator';
import { type Bucket, s3Bucket } from '@penumbra/functions/aws/s3-objects';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { type LocalAws, startLocalAws } from '@penumbra/local/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { syntheticDefinition } from './support/synthetic-trial.ts';

/*
 * Only the bytes that the log names are ever evaluated: whoever overwrites or deletes a file after it was listed gets
 * the day held, with the file's name.
 */

let aws: LocalAws;
let dataDir: string;
let client: S3Client;
let db: DuckDb;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'penumbra-pinned-'));
  const table = { tableName: 'unused', ...TABLE_KEYS };
  aws = await startLocalAws({ dataDir, models: {}, queues: [], buckets: ['penumbra'], table, rules: [] });
  Object.assign(process.env, aws.env);
  client = new S3Client();
  db = await openDuckDb();
});
afterAll(async () => {
  db.close();
  client.destroy();
  await aws.stop();
  await rm(dataDir, { recursive: true });
});

const put = (key: string, text: string) => s3Bucket(client, 'penumbra').write(key, Buffer.from(text));
const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: 'penumbra', Key }));

/** A client of a store that has never heard of If-Match. */
function withoutConditions(): S3Client {
  const bare = new S3Client();
  bare.middlewareStack.add(
    (next) => (args) => {
      const { IfMatch: _, ...input } = args.input as { IfMatch?: string };
      return next({ ...args, input } as typeof args);
    },
    { step: 'initialize', name: 'forgetsIfMatch' },
  );
  return bare;
}

describe.each([
  ['S3, which honours If-Match', () => client],
  ['a store that does not', withoutConditions],
])('a download from %s', (_, clientOf) => {
  it('is of the object that was listed, or says that it has changed', async () => {
    const bucket = s3Bucket(clientOf(), 'penumbra');
    const path = join(dataDir, 'download');
    await put('d/one.csv', 'first');
    const [listed] = await bucket.list('d/one.csv');
    if (!listed) throw new Error('nothing was listed');
    expect(await bucket.download(listed, path)).toBe('fetched');
    expect(await readFile(path, 'utf8')).toBe('first');

    await put('d/one.csv', 'other');
    expect(await bucket.download(listed, path)).toBe('changed');
    expect(await readFile(path, 'utf8'), 'what has changed is not read').toBe('first');
    await put('d/one.csv', 'first');
    expect(await bucket.download(listed, path)).toBe('fetched');
    await remove('d/one.csv');
    expect(await bucket.download(listed, path)).toBe('changed');
  });
});

describe('a day whose files were overwritten after the log had named them', () => {
  const RECORDS = 'd/records/date=2001-02-03/part-0.csv';
  const PREDICTIONS = 'd/predictions/date=2001-02-03/job/part-0.csv.out';
  const OUTCOMES = 'd/outcomes/landed=2001-02-03/part-0.csv';
  const records = 'id,customer,rule,signal,noise,size\nr1,c1,1,0.9,0,small\nr2,c2,0,0.2,0,large\n';
  const parsed = parseDefinition(syntheticDefinition({ deployment: 'd' }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const definition = parsed.value;
  let bucket: Bucket;
  let evaluateAsListed: () => ReturnType<ReturnType<typeof s3Evaluator>['evaluate']>;

  beforeEach(async () => {
    bucket = s3Bucket(client, 'penumbra');
    await put(RECORDS, records);
    await put(PREDICTIONS, 'r1,0.9\nr2,0.2\n');
    await put(OUTCOMES, 'id,bad\nr1,1\nr2,0\n');
    const inputs = {
      records: await bucket.list(RECORDS),
      predictions: await bucket.list(PREDICTIONS),
      outcomes: await bucket.list(OUTCOMES),
    };
    const evaluator = s3Evaluator(bucket, db);
    evaluateAsListed = () => evaluator.evaluate({ definition, ...inputs, metricsKey: 'd/m.arrow' });
    expect(await evaluateAsListed()).toMatchObject({ ok: true });
  });

  it.each([
    ['records', RECORDS, records.replace('0.9', '0.1'), 'the partition was made ready with'],
    ['predictions', PREDICTIONS, 'r1,0.1\nr2,0.8\n', 'the transform wrote'],
  ])('is held for its %s, and goes on once they are as they were', async (step, key, other, what) => {
    const before = Buffer.from(await bucket.read(key));
    await put(key, other);
    expect(await evaluateAsListed()).toMatchObject({
      ok: false,
      step,
      problems: [{ where: key, what: expect.stringContaining(what), remedy: expect.any(String) }],
      files: await bucket.list(key),
    });
    await remove(key);
    expect(await evaluateAsListed()).toMatchObject({ ok: false, step, files: [] });
    await bucket.write(key, before);
    expect(await evaluateAsListed()).toMatchObject({ ok: true });
  });

  it('is tried again for its outcomes, which are listed anew each time', async () => {
    await put(OUTCOMES, 'id,bad\nr1,0\nr2,0\n');
    await expect(evaluateAsListed()).rejects.toThrow(`${OUTCOMES} was overwritten`);
  });

  it('is tried again while its records are still being written', async () => {
    const files = await bucket.list(RECORDS);
    await put(RECORDS, `${records}r3,c3,0,0.2,0,large\n`);
    const prepare = () => s3Evaluator(bucket, db).prepare({ definition, files, input: 'd/transform-input/' });
    await expect(prepare()).rejects.toThrow(`${RECORDS} was overwritten`);
    expect(await bucket.list('d/transform-input/')).toEqual([]);
  });
});
