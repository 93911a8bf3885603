import { describe, expect, test } from 'vitest';
import { useAws } from '../test/aws-for-tests.ts';
import { countColumns } from '../test/model-for-tests.ts';
import { csvLines, joined, useTransforms } from '../test/transform-for-tests.ts';

const { transform, useModel } = useTransforms(useAws());

test('MultiRecord takes as many records as fit, and never of two files', async () => {
  const model = await useModel(countColumns);
  const record = 'x'.repeat(400_000);
  const files = { a: `${record}\n${record}\n${record}\n`, b: `${record}\n` };
  await transform(files, { ...csvLines, MaxPayloadInMB: 1 });
  expect(model.payloads.map((payload) => payload.split('\n').length).sort()).toEqual([1, 1, 2]);
});

test('a record that does not fit makes its file bad', async () => {
  await useModel(countColumns);
  const { status, reason } = await transform(
    { a: 'x'.repeat(1_100_000) },
    { ...csvLines, MaxPayloadInMB: 1 },
  );
  expect([status, reason]).toEqual(['Failed', expect.stringMatching(/does not fit.*MaxPayloadInMB/)]);
});

test('a payload of 0 MB is sent in chunks', async () => {
  const model = await useModel((payload) => payload);
  const { out } = await transform({ a: 'whole' }, { MaxPayloadInMB: 0 });
  expect(out).toEqual({ 'a.out': 'whole' });
  expect(model.headers[0]).toMatchObject({ 'transfer-encoding': 'chunked' });
});

test('concurrent transforms are concurrent, and their output is in the order of the input', async () => {
  let arrived = 0;
  const waiting: (() => void)[] = [];
  // The first four are answered once all of them are there, the last one first.
  const model = await useModel(async (payload) => {
    arrived += 1;
    if (arrived <= 4) {
      await new Promise<void>((resolve) => {
        waiting.unshift(resolve);
        if (waiting.length === 4)
          for (const [turn, answer] of waiting.entries()) setTimeout(answer, 5 * turn);
      });
    }
    return `${payload}!\n`;
  });
  const rows = Array.from({ length: 20 }, (_, index) => `${index}`);
  const { out } = await transform(
    { a: rows.join('\n') },
    { ...csvLines, BatchStrategy: 'SingleRecord', MaxConcurrentTransforms: 4 },
  );
  expect(out['a.out']).toBe(rows.map((row) => `${row}!\n`).join(''));
  expect(model.mostAtOnce()).toBe(4);
});

test('files share the limit of concurrent transforms', async () => {
  const model = await useModel(async (payload) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return payload;
  });
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`f${index}`, '1\n2\n3\n']));
  await transform(files, { ...csvLines, BatchStrategy: 'SingleRecord', MaxConcurrentTransforms: 2 });
  expect(model.mostAtOnce()).toBe(2);
});

test('what the request leaves open, the container may say', async () => {
  const model = await useModel(countColumns, {
    MaxConcurrentTransforms: 2,
    BatchStrategy: 'SINGLE_RECORD',
    MaxPayloadInMB: 1,
  });
  await transform({ a: '1\n2\n' }, csvLines);
  expect(model.payloads).toEqual(['1', '2']);
  model.payloads.length = 0;
  await transform({ a: '1\n2\n' }, { ...csvLines, BatchStrategy: 'MultiRecord' });
  expect(model.payloads).toEqual(['1\n2']);
});

test('an answer of 500 is asked for again, one of 400 is not', async () => {
  const model = await useModel((payload, attempt) => (attempt < 2 ? { status: 503, body: 'busy' } : payload));
  const { status } = await transform({ a: '1' }, { ModelClientConfig: { InvocationsMaxRetries: 2 } });
  expect(status).toBe('Completed');
  expect(model.payloads).toHaveLength(3);
  const second = await useModel(() => ({ status: 400, body: 'bad columns' }));
  const refused = await transform({ a: '1' });
  expect(refused.reason).toContain('a: 400: bad columns');
  expect(second.payloads).toHaveLength(1);
});

test('no answer in time is a failure that says so', async () => {
  await useModel(() => new Promise(() => {}));
  const ModelClientConfig = { InvocationsTimeoutInSeconds: 1, InvocationsMaxRetries: 0 };
  const { status, reason } = await transform({ a: '1' }, { ModelClientConfig });
  expect([status, reason]).toEqual(['Failed', expect.stringContaining('no answer within 1 s')]);
});

describe('a bad file', () => {
  const ModelClientConfig = { InvocationsMaxRetries: 0 };

  test('gets no output, the others do, and the job has failed', async () => {
    await useModel((payload) =>
      payload.includes('boom') ? { status: 500, body: 'model exploded' } : countColumns(payload),
    );
    const { name, status, reason, out } = await transform(
      { 'a.csv': 'id1,x\n', 'b.csv': 'id2,boom\n', 'c.csv': 'id3,x\n' },
      { ...joined, ModelClientConfig },
    );
    expect(status).toBe('Failed');
    expect(reason).toContain('1 of 3 files');
    expect(reason).toContain(`bucket=data, key=in/${name}/b.csv: 500: model exploded`);
    expect(out).toEqual({ 'a.csv.out': 'id1,x,1\n', 'c.csv.out': 'id3,x,1\n' });
  });

  test('is one that fails at its end, too', async () => {
    await useModel((payload) => (payload === 'last' ? { status: 500, body: '' } : payload));
    const { out } = await transform(
      { a: '1\n2\nlast\n' },
      { ...csvLines, ModelClientConfig, BatchStrategy: 'SingleRecord' },
    );
    expect(out).toEqual({});
  });

  test('is one for which the model has another number of answers', async () => {
    await useModel(() => '1\n2\n3\n');
    const { status, reason, out } = await transform({ 'a.csv': 'id1,x\nid2,x\n' }, joined);
    expect([status, out]).toEqual(['Failed', {}]);
    expect(reason).toContain('the container answered 3 records to 2 of the input');
  });

  test('is one whose quotes never end', async () => {
    await useModel(countColumns);
    const { reason } = await transform({ 'a.csv': 'id1,"x\nid2,y\n' }, joined);
    expect(reason).toContain('never closed');
  });
});
