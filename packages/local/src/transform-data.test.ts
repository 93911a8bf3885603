import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { useAws } from '../test/aws-for-tests.ts';
import { countColumns } from '../test/model-for-tests.ts';
import { csvLines, joined, transformRequest, useTransforms } from '../test/transform-for-tests.ts';

const shared = useAws();
const { bytes, outputs, put, endOf, transform, useModel } = useTransforms(shared);

test('ids travel with scores, and the model never sees them', async () => {
  const model = await useModel(countColumns);
  const { status, out } = await transform({ 'a.csv': 'id1,x,y\nid2,x\n', 'sub/b.csv': 'id3,x,y,z' }, joined);
  expect(status).toBe('Completed');
  expect(out).toEqual({ 'a.csv.out': 'id1,x,y,2\nid2,x,1\n', 'sub/b.csv.out': 'id3,x,y,z,3\n' });
  expect(model.payloads.sort()).toEqual(['x,y\nx', 'x,y,z']);
});

test('a newline between quotes does not end a record', async () => {
  const model = await useModel(countColumns);
  const DataProcessing = { InputFilter: '$[1:]', JoinSource: 'Input' as const, OutputFilter: '$[0,-1]' };
  const { out } = await transform(
    { 'a.csv': '"id,1","x\ny",z\nid2,"a ""b""",c\n' },
    { ...csvLines, DataProcessing },
  );
  expect(model.payloads).toEqual(['"x\ny",z\n"a ""b""",c']);
  // This model knows nothing of quotes, and answers three lines to two records.
  expect(out).toEqual({});
});

test('an output filter chooses columns of the joined row, quoted where they need it', async () => {
  await useModel(() => '0.1\n0.2\n');
  const DataProcessing = { InputFilter: '$[1:]', JoinSource: 'Input' as const, OutputFilter: '$[0,-1]' };
  const { out } = await transform(
    { 'a.csv': '"id,1","x\ny",z\n"id2","a ""b""",c\n' },
    { ...csvLines, DataProcessing },
  );
  expect(out).toEqual({ 'a.csv.out': '"id,1",0.1\nid2,0.2\n' });
});

test('an output filter that names a column that is not there makes the file bad', async () => {
  await useModel(countColumns);
  const DataProcessing = { JoinSource: 'Input' as const, OutputFilter: '$[0,7]' };
  const { status, reason } = await transform({ 'a.csv': 'id1,x\n' }, { ...csvLines, DataProcessing });
  expect(status).toBe('Failed');
  expect(reason).toContain('position 7 is outside of 3 columns');
});

test('JSON lines get the answer as SageMakerOutput', async () => {
  await useModel((payload) =>
    payload
      .split('\n')
      .map((line) => `{"sum":${JSON.parse(line).length}}\n`)
      .join(''),
  );
  const job = {
    input: { ContentType: 'application/jsonlines', SplitType: 'Line' },
    output: { AssembleWith: 'Line' },
  };
  const DataProcessing = { InputFilter: '$.features', JoinSource: 'Input' as const };
  const records = '{"id":"ü","features":[1,2]}\n{"id":"b","features":[]}\n';
  const whole = await transform({ 'a.jsonl': records }, { ...job, DataProcessing });
  expect(whole.out['a.jsonl.out']).toBe(
    '{"id":"ü","features":[1,2],"SageMakerOutput":{"sum":2}}\n{"id":"b","features":[],"SageMakerOutput":{"sum":0}}\n',
  );
  const OutputFilter = "$['id','SageMakerOutput']";
  const part = await transform(
    { 'a.jsonl': records },
    { ...job, DataProcessing: { ...DataProcessing, OutputFilter } },
  );
  expect(part.out['a.jsonl.out']?.split('\n')[0]).toBe('{"id":"ü","SageMakerOutput":{"sum":2}}');
});

test('JSON that is no object is put into one', async () => {
  await useModel(() => '1\n');
  const job = {
    input: { ContentType: 'application/json', SplitType: 'Line' },
    output: { AssembleWith: 'Line' },
  };
  const { out } = await transform(
    { a: '[5,6]\n' },
    { ...job, DataProcessing: { JoinSource: 'Input' as const } },
  );
  expect(out).toEqual({ 'a.out': '{"SageMakerInput":[5,6],"SageMakerOutput":1}\n' });
});

test('without a split, an object is one request, and its answer is kept to the byte', async () => {
  const model = await useModel((payload) => payload.toUpperCase());
  const { out } = await transform(
    { 'a.txt': 'one\ntwo', 'b.txt': '' },
    { input: { ContentType: 'text/plain' } },
  );
  expect(out).toEqual({ 'a.txt.out': 'ONE\nTWO', 'b.txt.out': '' });
  expect(model.headers[0]).toMatchObject({ 'content-type': 'text/plain' });
});

test('AssembleWith Line ends each answer with a newline, and None with nothing', async () => {
  await useModel((payload) => payload);
  const single = { BatchStrategy: 'SingleRecord' as const, input: { SplitType: 'Line' } };
  const lines = await transform({ a: '1\n2\n' }, { ...single, output: { AssembleWith: 'Line' } });
  expect(lines.out).toEqual({ 'a.out': '1\n2\n' });
  const bytes = await transform({ a: '1\n2\n' }, single);
  expect(bytes.out).toEqual({ 'a.out': '12' });
});

test('gzipped input is unpacked', async () => {
  await useModel(countColumns);
  const job = { ...joined, input: { ...joined.input, CompressionType: 'Gzip' } };
  const { out } = await transform({ 'a.csv.gz': gzipSync('id1,x\n') }, job);
  expect(out).toEqual({ 'a.csv.gz.out': 'id1,x,1\n' });
});

test('bytes that are not UTF-8 come through', async () => {
  await useModel(() => '1\n');
  const { name } = await transform(
    { a: Buffer.from([0x69, 0xe9, 0x2c, 0x31, 0x0a]) },
    { ...csvLines, DataProcessing: { JoinSource: 'Input' } },
  );
  expect([...(await bytes(`out/${name}/a.out`))]).toEqual([0x69, 0xe9, 0x2c, 0x31, 0x2c, 0x31, 0x0a]);
});

test('a large file goes out in parts and comes back whole', async () => {
  const model = await useModel(countColumns);
  const row = `${'x'.repeat(98)},1\n`;
  const { out, reason } = await transform({ 'a.csv': row.repeat(120_000) }, { ...joined, MaxPayloadInMB: 1 });
  expect(reason).toBeUndefined();
  expect(out['a.csv.out'] === `${row.trim()},1\n`.repeat(120_000)).toBe(true);
  expect(Math.max(...model.headers.map((headers) => Number(headers['content-length'])))).toBeLessThanOrEqual(
    1024 ** 2,
  );
});

test('an input that is one object by name, and one within a prefix that ends in a name', async () => {
  await useModel((payload) => payload);
  await put('named/date=1/a.csv', 'a');
  await put('named/date=2/b.csv', 'b');
  await shared.sagemaker.send(transformRequest('one-object', 'named/date=1/a.csv'));
  await shared.sagemaker.send(transformRequest('part-of-a-name', 'named/dat'));
  await shared.sagemaker.send(transformRequest('folder-without-slash', 'named/date=2'));
  for (const name of ['one-object', 'part-of-a-name', 'folder-without-slash']) await endOf(name);
  expect(await outputs('out/one-object/')).toEqual({ 'a.csv.out': 'a' });
  expect(await outputs('out/part-of-a-name/')).toEqual({
    'date=1/a.csv.out': 'a',
    'date=2/b.csv.out': 'b',
  });
  expect(await outputs('out/folder-without-slash/')).toEqual({ 'b.csv.out': 'b' });
});
