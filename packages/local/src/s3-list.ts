import { S3Error } from './fauxqs-internals.ts';
import type { ListOptions } from './s3-key-index.ts';
import type { DurableS3Store } from './s3-store.ts';

export type ListRequest = {
  prefix: string;
  delimiter: string;
  startAfter: string;
  continuationToken: string | undefined;
  maxKeys: number;
  /** Keys percent-encoded in the answer, which XML could otherwise not always carry. */
  urlEncoded: boolean;
};

/** The answer to ListObjectsV2. @throws S3Error */
export function listBucketXml(store: DurableS3Store, bucket: string, request: ListRequest): string {
  const { prefix, delimiter, startAfter, continuationToken, maxKeys, urlEncoded } = request;
  const after = continuationToken
    ? readToken(continuationToken)
    : startAfter
      ? { key: startAfter }
      : undefined;
  const page = store.listKeys(bucket, { prefix, delimiter, maxKeys, after });
  const text = (value: string) => escapeXml(urlEncoded ? urlEncode(value) : value);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escapeXml(bucket)}</Name><Prefix>${text(prefix)}</Prefix><MaxKeys>${maxKeys}</MaxKeys>`,
    `<KeyCount>${page.objects.length + page.commonPrefixes.length}</KeyCount>`,
    `<IsTruncated>${page.next !== undefined}</IsTruncated>`,
  ];
  if (urlEncoded) lines.push('<EncodingType>url</EncodingType>');
  if (delimiter) lines.push(`<Delimiter>${text(delimiter)}</Delimiter>`);
  if (startAfter) lines.push(`<StartAfter>${text(startAfter)}</StartAfter>`);
  if (continuationToken) lines.push(`<ContinuationToken>${escapeXml(continuationToken)}</ContinuationToken>`);
  if (page.next) lines.push(`<NextContinuationToken>${writeToken(page.next)}</NextContinuationToken>`);
  for (const { key, contentLength, etag, lastModified } of page.objects) {
    lines.push(
      `<Contents><Key>${text(key)}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified>` +
        `<ETag>${escapeXml(etag)}</ETag><Size>${contentLength}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
  }
  for (const commonPrefix of page.commonPrefixes) {
    lines.push(`<CommonPrefixes><Prefix>${text(commonPrefix)}</Prefix></CommonPrefixes>`);
  }
  lines.push('</ListBucketResult>');
  return lines.join('\n');
}

const writeToken = (after: NonNullable<ListOptions['after']>) =>
  Buffer.from(JSON.stringify(after)).toString('base64url');

function readToken(token: string): ListOptions['after'] {
  try {
    const { key, commonPrefix } = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof key === 'string') return { key };
    if (typeof commonPrefix === 'string') return { commonPrefix };
  } catch {
    // Not one of ours, like any other token that says neither.
  }
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect', 400);
}

const urlEncode = (value: string) => encodeURIComponent(value).replaceAll('%2F', '/');

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};
const escapeXml = (value: string) =>
  value.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
