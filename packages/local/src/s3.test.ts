import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { expect, test } from 'vitest';
import { receiveAll, useAws } from '../test/aws-for-tests.ts';

const shared = useAws({
  buckets: ['data', 'listed', 'deep', 'told'],
  rules: [
    { name: 'told', pattern: { source: ['aws.s3'], detail: { bucket: { name: ['told'] } } }, target: 'work' },
  ],
});
const put = (Key: string, Body: string | Buffer = 'body', more: object = {}) =>
  shared.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body, ...more }));
const get = async (Key: string, more: object = {}) => {
  const answer = await shared.s3.send(new GetObjectCommand({ Bucket: 'data', Key, ...more }));
  return { ...answer, text: (await answer.Body?.transformToString()) ?? '' };
};

const HOSTILE_KEYS = [
  '../../escape',
  '../../../../../../tmp/escape',
  '/absolute',
  'a/./b//c',
  'date=2001-02-03/part=0/a b+c%2F&d?e#f;g.csv',
  'ünïcødé/日本/😀',
  '"quoted" <xml> & \'apostrophe\'',
  'back\\slash',
  'new\nline',
  'con.jsonl:stream*|',
  '__proto__',
  'x'.repeat(1024),
];

test.each(HOSTILE_KEYS)('the key %j is a key like any other', async (key) => {
  await put(key, key, { Metadata: { kept: 'yes' } });
  const { text, Metadata } = await get(key);
  expect(text).toBe(key);
  expect(Metadata).toEqual({ kept: 'yes' });
  const { Contents = [] } = await shared.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: key }));
  expect(Contents.map(({ Key }) => Key)).toEqual([key]);
  const encoded = new ListObjectsV2Command({ Bucket: 'data', Prefix: key, EncodingType: 'url' });
  const [found] = (await shared.s3.send(encoded)).Contents ?? [];
  expect(decodeURIComponent(found?.Key ?? '')).toBe(key);
  await shared.s3.send(new DeleteObjectCommand({ Bucket: 'data', Key: key }));
  await expect(get(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('nothing on disk is named after a key', async () => {
  await put('date=2001-02-03/../../name');
  const names = readdirSync(join(shared.dataDir, 's3', 'bodies'));
  expect(names.every((name) => /^[0-9a-f-]{36}$/.test(name))).toBe(true);
});

test('ranges of a small and of a large object', async () => {
  for (const size of [1_000, 3_000_000]) {
    const body = Buffer.alloc(size, 'abcdefghij');
    await put('ranged', body);
    expect((await get('ranged')).text).toHaveLength(size);
    const middle = await get('ranged', { Range: 'bytes=12-15' });
    expect(middle.text).toBe('cdef');
    expect(middle.ContentRange).toBe(`bytes 12-15/${size}`);
    expect((await get('ranged', { Range: 'bytes=-3' })).text).toBe('hij');
    expect((await get('ranged', { Range: `bytes=${size - 2}-${size + 99}` })).text).toBe('ij');
    expect((await get('ranged', { Range: `bytes=-${size + 1}` })).text).toHaveLength(size);
    await expect(get('ranged', { Range: `bytes=${size}-` })).rejects.toMatchObject({ name: 'InvalidRange' });
  }
});

test('an empty object is an object', async () => {
  await put('empty', '');
  expect((await get('empty')).text).toBe('');
  const head = await shared.s3.send(new HeadObjectCommand({ Bucket: 'data', Key: 'empty' }));
  expect(head.ContentLength).toBe(0);
});

test('the head of an object, and of none', async () => {
  await put('headed', 'twelve bytes', { ContentType: 'text/csv' });
  const head = await shared.s3.send(new HeadObjectCommand({ Bucket: 'data', Key: 'headed' }));
  expect(head).toMatchObject({
    ContentLength: 12,
    ContentType: 'text/csv',
    ETag: expect.stringMatching(/^"\w{32}"$/),
  });
  const missing = shared.s3.send(new HeadObjectCommand({ Bucket: 'data', Key: 'none' }));
  await expect(missing).rejects.toMatchObject({ name: 'NotFound' });
});

test('a reader of an object that is replaced meanwhile gets the old one whole', async () => {
  const [before, after] = [Buffer.alloc(4_000_000, 'a'), Buffer.alloc(4_000_000, 'b')];
  await put('replaced', before);
  const { Body } = await shared.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'replaced' }));
  await put('replaced', after);
  expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(before)).toBe(true);
  expect((await get('replaced')).text).toBe(after.toString());
});

test('conditional reads and writes', async () => {
  const { ETag } = await put('conditional', 'one');
  await expect(put('conditional', 'two', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(put('conditional', 'two', { IfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(get('conditional', { IfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await put('conditional', 'two', { IfMatch: ETag });
  expect((await get('conditional')).text).toBe('two');
});

test('what it does not implement is refused, and does not overwrite the object', async () => {
  await put('tagged', 'content');
  const tagging = new PutObjectTaggingCommand({ Bucket: 'data', Key: 'tagged', Tagging: { TagSet: [] } });
  await expect(shared.s3.send(tagging)).rejects.toMatchObject({ name: 'NotImplemented' });
  expect((await get('tagged')).text).toBe('content');
});

test('a put that is too large for this S3 says what to do', async () => {
  const tooLarge = put('too-large', Buffer.alloc(12 * 1024 * 1024));
  await expect(tooLarge).rejects.toMatchObject({
    name: 'EntityTooLarge',
    message: expect.stringContaining('parts'),
  });
});

test('a large upload in parts, from a stream, and a copy of it', async () => {
  const body = Buffer.alloc(12 * 1024 * 1024, 'parts');
  const params = { Bucket: 'data', Key: 'large', Body: body };
  const { ETag } = await new Upload({ client: shared.s3, params }).done();
  expect(ETag).toMatch(/^"\w{32}-3"$/);
  expect((await get('large')).text === body.toString()).toBe(true);
  await shared.s3.send(new CopyObjectCommand({ Bucket: 'data', Key: 'small', CopySource: 'data/headed' }));
  expect((await get('small')).text).toBe('twelve bytes');
  const started = new CreateMultipartUploadCommand({ Bucket: 'none', Key: 'large' });
  await expect(shared.s3.send(started)).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('a listing in pages, in the order of bytes', async () => {
  const keys = Array.from({ length: 25 }, (_, index) => `k/${String(index).padStart(3, '0')}`);
  for (const Key of [...keys, 'k/Z', 'k/\uffee', 'k/😀', 'other']) {
    await shared.s3.send(new PutObjectCommand({ Bucket: 'listed', Key, Body: 'x' }));
  }
  const told: (string | undefined)[] = [];
  const paged = { Bucket: 'listed', Prefix: 'k/', MaxKeys: 10 };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: shared.s3 }, paged)) {
    told.push(...Contents.map(({ Key }) => Key));
  }
  expect(told).toEqual([...keys, 'k/Z', 'k/\uffee', 'k/😀']);
  const after = new ListObjectsV2Command({ Bucket: 'listed', StartAfter: 'k/😀' });
  expect((await shared.s3.send(after)).Contents?.map(({ Key }) => Key)).toEqual(['other']);
  const broken = new ListObjectsV2Command({ Bucket: 'listed', ContinuationToken: 'nonsense' });
  await expect(shared.s3.send(broken)).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('folders of a listing, of which each page tells others', async () => {
  for (const Key of ['a', 'b/1', 'b/2', 'c/1', 'd/1']) {
    await shared.s3.send(new PutObjectCommand({ Bucket: 'deep', Key, Body: 'x' }));
  }
  const told: (string | undefined)[] = [];
  const paged = { Bucket: 'deep', Delimiter: '/', MaxKeys: 2 };
  for await (const page of paginateListObjectsV2({ client: shared.s3 }, paged)) {
    told.push(...(page.Contents ?? []).map(({ Key }) => Key));
    told.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
  }
  expect(told).toEqual(['a', 'b/', 'c/', 'd/']);
  const Objects = ['b/1', 'b/2'].map((Key) => ({ Key }));
  await shared.s3.send(new DeleteObjectsCommand({ Bucket: 'deep', Delete: { Objects } }));
  const left = await shared.s3.send(new ListObjectsV2Command({ Bucket: 'deep' }));
  expect(left.Contents?.map(({ Key }) => Key)).toEqual(['a', 'c/1', 'd/1']);
});

test('every completed write is told to EventBridge', async () => {
  const { ETag = '' } = await shared.s3.send(
    new PutObjectCommand({ Bucket: 'told', Key: 'a=b/ü', Body: 'four' }),
  );
  const parts = { Bucket: 'told', Key: 'large', Body: Buffer.alloc(6 * 1024 * 1024) };
  await new Upload({ client: shared.s3, params: parts }).done();
  const [first, second] = (await receiveAll(shared.sqs, shared.aws.queueUrls.work, 2)).map((body) =>
    JSON.parse(body),
  );
  expect(first).toEqual({
    version: '0',
    id: expect.any(String),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '000000000000',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'us-east-1',
    resources: ['arn:aws:s3:::told'],
    detail: {
      version: '0',
      bucket: { name: 'told' },
      object: { key: 'a=b/ü', size: 4, etag: ETag.replaceAll('"', ''), sequencer: expect.any(String) },
      'request-id': expect.any(String),
      requester: '000000000000',
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  });
  expect(second.detail).toMatchObject({ object: { key: 'large' }, reason: 'CompleteMultipartUpload' });
  expect(second.detail.object.sequencer > first.detail.object.sequencer).toBe(true);
});
