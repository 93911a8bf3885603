import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { exposureBatchesContract } from '@penumbra/core/testing/exposure-batches.contract';

import { s3ExposureBatches } from '@penumbra/functions/aws/s3-exposure-batches';
import { type Bucket, s3Bucket } from '@penumbra/functions/aws/s3-objects';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { type LocalAws, startLocalAws } from '@penumbra/local/local-aws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let aws: LocalAws;
let dataDir: string;
let s3: S3Client;
let bucket: Bucket;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'penumbra-exposures-'));
  const table = { tableName: 'unused', ...TABLE_KEYS };
  aws = await startLocalAws({ dataDir, models: {}, queues: [], buckets: ['reports'], table, rules: [] });
  Object.assign(process.env, aws.env);
  s3 = new S3Client();
  bucket = s3Bucket(s3, 'reports');
});
afterAll(async () => {
  s3.destroy();
  await aws.stop();
  await rm(dataDir, { recursive: true });
});

exposureBatchesContract('in S3', () => s3ExposureBatches(bucket));

describe('reported exposures in S3', () => {
  const batch = (unit: number, deployment: string) => ({
    exposures: [
      {
        deployment,
        unit: `customer-${unit}`,
        slice: 'hubs',
        arm: 'challenger' as const,
        percent: 25,
        version: 2,
        at: 0,
      },
    ],
    dropped: 0,
  });
  const unitsOf = async (batches: ReturnType<typeof s3ExposureBatches>, deployment: string) => {
    const units: (string | undefined)[] = [];
    for await (const { exposures } of batches.read(deployment, '2001-02-27')) units.push(exposures[0]?.unit);
    return units;
  };

  it('are JSON lines, one object a batch, in a folder of their date', async () => {
    await s3ExposureBatches(bucket).add('lines', '2001-02-27', batch(7, 'lines'));
    const [file, ...others] = await bucket.list('lines/');
    expect(others).toEqual([]);
    expect(file?.key).toMatch(/^lines\/exposures\/date=2001-02-27\/[0-9a-f]{32}\.jsonl$/);
    const text = Buffer.from(await bucket.read(file?.key ?? '')).toString();
    expect(JSON.parse(text)).toEqual(batch(7, 'lines').exposures[0]);
  });

  it('of more batches than are compared are a sample, the same every time, in no order of arrival', async () => {
    const all = s3ExposureBatches(bucket);
    await Promise.all(
      Array.from({ length: 40 }, (_, unit) => all.add('many', '2001-02-27', batch(unit, 'many'))),
    );
    expect(new Set(await unitsOf(all, 'many')).size).toBe(40);
    const most = { batches: 20, bytes: 1e6 };
    const some = await unitsOf(s3ExposureBatches(bucket, most), 'many');
    expect(some).toHaveLength(20);
    expect(await unitsOf(s3ExposureBatches(bucket, most), 'many')).toEqual(some);
    // Whoever may report may report much: a review that ran out of memory would be no review.
    const [{ bytes: size } = { bytes: 0 }] = await bucket.list('many/', { most: 1 });
    expect(await unitsOf(s3ExposureBatches(bucket, { batches: 20, bytes: 5.5 * size }), 'many')).toEqual(
      some.slice(0, 5),
    );
    const first = new Set(Array.from({ length: 20 }, (_, unit) => `customer-${unit}`));
    expect(some.every((unit) => first.has(unit ?? ''))).toBe(false);
  });

  it('that somebody else has put there are counted as lost, and stop nothing', async () => {
    const batches = s3ExposureBatches(bucket);
    await batches.add('mixed', '2001-02-27', batch(1, 'mixed'));
    await bucket.write('mixed/exposures/date=2001-02-27/notes.txt', Buffer.from('hello\n'));
    let dropped = 0;
    for await (const read of batches.read('mixed', '2001-02-27')) dropped += read.dropped;
    expect(dropped).toBe(1);
    expect((await unitsOf(batches, 'mixed')).filter((unit) => unit !== undefined)).toEqual(['customer-1']);
  });
});
