import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { FileRef } from '@penumbra/core/day-events';
import type { ObjectStore } from '@penumbra/core/pipeline/ports';

/** A bucket as the pipeline uses it: lists, whole objects to and from disk, and small ones from memory. */
export interface Bucket extends ObjectStore {
  download(key: string, path: string): Promise<void>;
  upload(key: string, path: string): Promise<void>;
  /** Writes bytes and answers their SHA-256 in hexadecimal. */
  write(key: string, bytes: Uint8Array): Promise<string>;
  read(key: string): Promise<Uint8Array>;
}

export function s3Bucket(client: S3Client, bucket: string): Bucket {
  const get = async (key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!Body) throw new Error(`s3://${bucket}/${key} has no body`);
    return Body;
  };
  return {
    async list(prefix, { from, to } = {}) {
      const files: FileRef[] = [];
      const pages = paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix, ...(from === undefined ? {} : { StartAfter: `${prefix}${from}` }) },
      );
      for await (const { Contents = [] } of pages) {
        for (const { Key: key = '', Size: bytes = 0, ETag: etag = '' } of Contents) {
          if (to !== undefined && key >= `${prefix}${to}`) return files;
          files.push({ key, bytes, etag: etag.replaceAll('"', '') });
        }
      }
      return files;
    },
    async download(key, path) {
      await pipeline((await get(key)) as Readable, createWriteStream(path));
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
      return (await get(key)).transformToByteArray();
    },
  };
}
