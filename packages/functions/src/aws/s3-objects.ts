import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { FileRef } from '@penumbra/core/day-events';
import type { ObjectStore } from '@penumbra/core/pipeline/ports';

/** A bucket as the pipeline uses it: lists, whole objects to and from disk, and small ones from memory. */
export interface Bucket extends ObjectStore {
  /** Fetches an object as it was listed, or its first bytes; `changed` where the key holds another by now, or none. */
  download(file: FileRef, path: string, first?: number): Promise<'fetched' | 'changed'>;
  upload(key: string, path: string): Promise<void>;
  /** Writes bytes and answers their SHA-256 in hexadecimal. */
  write(key: string, bytes: Uint8Array): Promise<string>;
  read(key: string): Promise<Uint8Array>;
}

/** What S3 answers where an object is not the one that was asked for by its ETag. */
const CHANGED = new Set(['PreconditionFailed', 'NoSuchKey']);

const withoutQuotes = (etag: string) => etag.replaceAll('"', '');

export function s3Bucket(client: S3Client, bucket: string): Bucket {
  const get = async (key: string, options: Pick<GetObjectCommandInput, 'IfMatch' | 'Range'> = {}) => {
    const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...options }));
    if (!Body) throw new Error(`s3://${bucket}/${key} has no body`);
    return { body: Body, etag: ETag };
  };
  return {
    async list(prefix, { from, to, most = Number.POSITIVE_INFINITY } = {}) {
      const files: FileRef[] = [];
      const pages = paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix, ...(from === undefined ? {} : { StartAfter: `${prefix}${from}` }) },
      );
      for await (const { Contents = [] } of pages) {
        for (const { Key: key = '', Size: bytes = 0, ETag: etag = '' } of Contents) {
          if (to !== undefined && key >= `${prefix}${to}`) return files;
          files.push({ key, bytes, etag: withoutQuotes(etag) });
          if (files.length >= most) return files;
        }
      }
      return files;
    },
    async download({ key, etag, bytes }, path, first = bytes) {
      const range = first < bytes ? { Range: `bytes=0-${first - 1}` } : {};
      try {
        const object = await get(key, { IfMatch: `"${etag}"`, ...range });
        const body = object.body as Readable;
        // A store that knows no If-Match hands out whatever is there.
        if (object.etag !== undefined && withoutQuotes(object.etag) !== etag) {
          body.destroy();
          return 'changed';
        }
        await pipeline(body, createWriteStream(path));
        return 'fetched';
      } catch (error) {
        if (CHANGED.has((error as Error).name)) return 'changed';
        throw error;
      }
    },
    async upload(key, path) {
      // Multipart where the file is large: one put ends at 5 GB.
      await new Upload({ client, params: { Bucket: bucket, Key: key, Body: createReadStream(path) } }).done();
    },
    async write(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
      return createHash('sha256').update(bytes).digest('hex');
    },
    async read(key) {
      return (await get(key)).body.transformToByteArray();
    },
  };
}
