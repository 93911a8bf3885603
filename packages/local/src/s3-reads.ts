import { createReadStream, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { S3Error } from './fauxqs-internals.ts';
import { listBucketXml } from './s3-list.ts';
import type { DurableS3Store, StoredObject } from './s3-store.ts';

export type S3Request = {
  method: string;
  bucket: string;
  /** Empty for what is asked of the bucket itself. */
  key: string;
  query: Record<string, string | undefined>;
  headers: Record<string, string | string[] | undefined>;
};

export type S3Answer = { status: number; headers: Record<string, string>; body: string | Buffer | Readable };

const READ_AT_ONCE_BYTES = 256 * 1024;

const SUBRESOURCES =
  'accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle location logging metrics notification object-lock ownershipControls policy publicAccessBlock replication requestPayment restore retention select tagging torrent versioning versions website'.split(
    ' ',
  );

/**
 * Answers what fauxqs would get wrong: a body must not pass through memory whole (also for a range of it), a page
 * of a listing that ends with a common prefix must go on behind it, conditional writes must be refused, and
 * what it does not know must be refused too and not taken for a write. Anything else is undefined: fauxqs answers.
 *
 * @throws S3Error
 */
export function answerS3(store: DurableS3Store, request: S3Request): S3Answer | undefined {
  const { method, bucket, key, query } = request;
  const unknown = SUBRESOURCES.find((name) => name in query);
  if (unknown) {
    throw new S3Error(
      'NotImplemented',
      `The local S3 does not implement ?${unknown}.`,
      501,
      `/${bucket}/${key}`,
    );
  }
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead && key !== '') return objectAnswer(store, request);
  if (method === 'GET' && query['list-type'] === '2') return listAnswer(store, bucket, query);
  if (key !== '' && (method === 'PUT' || (method === 'POST' && query.uploadId))) {
    if (!query.partNumber) checkWriteConditions(store, request);
  }
  return undefined;
}

function header(request: S3Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const sameEtag = (condition: string, etag: string) =>
  condition === '*' || condition.replaceAll('"', '') === etag.replaceAll('"', '');

function checkWriteConditions(store: DurableS3Store, request: S3Request): void {
  const ifNoneMatch = header(request, 'if-none-match');
  const ifMatch = header(request, 'if-match');
  if (!ifNoneMatch && !ifMatch) return;
  const current = store.find(request.bucket, request.key);
  if (ifMatch && !current) throw new S3Error('NoSuchKey', 'The specified key does not exist.', 404);
  if (
    (ifNoneMatch && current && sameEtag(ifNoneMatch, current.etag)) ||
    (ifMatch && current && !sameEtag(ifMatch, current.etag))
  ) {
    throw new S3Error(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
}

function objectAnswer(store: DurableS3Store, request: S3Request): S3Answer {
  const object = store.find(request.bucket, request.key);
  if (!object) {
    throw new S3Error(
      'NoSuchKey',
      'The specified key does not exist.',
      404,
      `/${request.bucket}/${request.key}`,
    );
  }
  const headers: Record<string, string> = {
    'content-type': object.contentType,
    'accept-ranges': 'bytes',
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;

  if (isNotModified(request, object)) return { status: 304, headers, body: '' };
  const { start, end, partial } = rangeOf(header(request, 'range'), object.contentLength);
  headers['content-length'] = String(end - start + 1);
  if (partial) headers['content-range'] = `bytes ${start}-${end}/${object.contentLength}`;
  const body =
    request.method === 'HEAD' ? '' : bodyOf(store.bodyPath(object), start, end, object.contentLength);
  return { status: partial ? 206 : 200, headers, body };
}

function bodyOf(path: string, start: number, end: number, size: number): Buffer | Readable {
  if (size <= READ_AT_ONCE_BYTES) return readFileSync(path).subarray(start, end + 1);
  // Opened now, so that a write that replaces the object meanwhile does not touch this answer.
  return createReadStream(path, { fd: openSync(path, 'r'), start, end, highWaterMark: READ_AT_ONCE_BYTES });
}

function isNotModified(request: S3Request, object: StoredObject): boolean {
  const seconds = Math.floor(object.lastModified / 1000);
  const secondsOf = (name: string) => Date.parse(header(request, name) ?? '') / 1000;
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  if (
    (ifMatch && !sameEtag(ifMatch, object.etag)) ||
    (!ifMatch && seconds > secondsOf('if-unmodified-since'))
  ) {
    throw new S3Error(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
  if (ifNoneMatch) return sameEtag(ifNoneMatch, object.etag);
  return seconds <= secondsOf('if-modified-since');
}

// A range that S3 cannot read is no range: the whole object is the answer.
function rangeOf(range: string | undefined, size: number): { start: number; end: number; partial: boolean } {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  const whole = { start: 0, end: size - 1, partial: false };
  if (first === '' && last === '') return whole;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return whole;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  if (start >= size) throw new S3Error('InvalidRange', 'The requested range is not satisfiable', 416);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return { start, end, partial: true };
}

function listAnswer(store: DurableS3Store, bucket: string, query: S3Request['query']): S3Answer {
  const maxKeys = Math.min(Number(query['max-keys'] ?? 1000), 1000);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error('InvalidArgument', 'max-keys must be a number of keys, 0 or more', 400);
  }
  const body = listBucketXml(store, bucket, {
    prefix: query.prefix ?? '',
    delimiter: query.delimiter ?? '',
    startAfter: query['start-after'] ?? '',
    continuationToken: query['continuation-token'],
    urlEncoded: query['encoding-type'] === 'url',
    maxKeys,
  });
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
