import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { S3Error, type S3Object, type S3Store } from './fauxqs-internals.ts';
import { openJournal } from './journal.ts';
import { createKeyIndex, type KeyIndex, type KeyPage, type ListOptions } from './s3-key-index.ts';

/** What is kept in memory for an object: everything but its body. */
export type StoredObject = Omit<S3Object, 'body' | 'lastModified'> & { file: string; lastModified: number };

export type ObjectCreated = {
  bucket: string;
  object: StoredObject;
  reason: 'PutObject' | 'CompleteMultipartUpload';
};

type Entry =
  | { op: 'bucket'; bucket: string; createdAt: number }
  | { op: 'bucketDeleted'; bucket: string }
  | { op: 'put'; bucket: string; object: StoredObject }
  | { op: 'delete'; bucket: string; key: string };

type Bucket = { createdAt: number; objects: Map<string, StoredObject>; index: KeyIndex };

type Upload = {
  bucket: string;
  key: string;
  contentType: string;
  metadata: Record<string, string>;
  parts: Map<number, { file: string; etag: string; size: number }>;
};

type UsedByFauxqs = Omit<
  { [Name in keyof S3Store]: S3Store[Name] },
  'emptyBucket' | 'clearObjects' | 'purgeAll'
>;

export type DurableS3Store = UsedByFauxqs & {
  find(bucket: string, key: string): StoredObject | undefined;
  listKeys(bucket: string, options: ListOptions): KeyPage & { objects: StoredObject[] };
  bodyPath(object: StoredObject): string;
  close(): void;
};

const MIN_PART_BYTES = 5 * 1024 * 1024;

/**
 * An S3 store on disk. A body is a file with a random name; a line in the journal is what makes it an object.
 * Names on disk are never made of keys, so that no key can lead out of the directory, and a write that was
 * cut short leaves a file without a line, which the next start removes.
 */
export function createS3Store(
  directory: string,
  onObjectCreated: (event: ObjectCreated) => void,
): DurableS3Store {
  const bodies = join(directory, 'bodies');
  const uploadParts = join(directory, 'uploads');
  const buckets = new Map<string, Bucket>();
  const uploads = new Map<string, Upload>();
  rmSync(uploadParts, { recursive: true, force: true });
  mkdirSync(uploadParts, { recursive: true });
  mkdirSync(bodies, { recursive: true });

  const journal = openJournal<Entry>(join(directory, 'objects.jsonl'), apply, snapshot);
  removeOrphans();

  function apply(entry: Entry): void {
    if (entry.op === 'bucket') {
      buckets.set(entry.bucket, { createdAt: entry.createdAt, objects: new Map(), index: createKeyIndex() });
    } else if (entry.op === 'bucketDeleted') {
      buckets.delete(entry.bucket);
    } else if (entry.op === 'put') {
      const bucket = bucketNamed(entry.bucket);
      bucket.objects.set(entry.object.key, entry.object);
      bucket.index.add(entry.object.key);
    } else {
      const bucket = bucketNamed(entry.bucket);
      bucket.objects.delete(entry.key);
      bucket.index.remove(entry.key);
    }
  }

  function* snapshot(): Iterable<Entry> {
    for (const [bucket, { createdAt, objects }] of buckets) {
      yield { op: 'bucket', bucket, createdAt };
      for (const object of objects.values()) yield { op: 'put', bucket, object };
    }
  }

  function removeOrphans(): void {
    const known = new Set<string>();
    for (const { objects } of buckets.values()) for (const { file } of objects.values()) known.add(file);
    for (const file of readdirSync(bodies)) if (!known.has(file)) rmSync(join(bodies, file));
  }

  function record(entry: Entry): void {
    journal.append(entry);
    apply(entry);
  }

  function bucketNamed(name: string): Bucket {
    const bucket = buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket', `The specified bucket does not exist: ${name}`, 404);
    return bucket;
  }

  function uploadWith(id: string): Upload {
    const upload = uploads.get(id);
    if (!upload) throw new S3Error('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    return upload;
  }

  function commit(bucket: string, object: StoredObject, reason: ObjectCreated['reason']): S3Object {
    const replaced = bucketNamed(bucket).objects.get(object.key);
    record({ op: 'put', bucket, object });
    // A reader that has the old body open keeps it: only the name goes away.
    if (replaced) rmSync(join(bodies, replaced.file), { force: true });
    onObjectCreated({ bucket, object, reason });
    return present(object);
  }

  function present({ file, lastModified, ...object }: StoredObject): S3Object {
    return {
      ...object,
      lastModified: new Date(lastModified),
      // Read on demand: whoever wants only the metadata, or the next of ten thousand objects, pays nothing.
      get body() {
        return readFileSync(join(bodies, file));
      },
    };
  }

  function find(bucket: string, key: string): StoredObject | undefined {
    return bucketNamed(bucket).objects.get(key);
  }

  function getObject(bucket: string, key: string): S3Object {
    const object = find(bucket, key);
    if (!object)
      throw new S3Error('NoSuchKey', 'The specified key does not exist.', 404, `/${bucket}/${key}`);
    return present(object);
  }

  function deleteObject(bucket: string, key: string): void {
    const object = find(bucket, key);
    if (!object) return;
    record({ op: 'delete', bucket, key });
    rmSync(join(bodies, object.file), { force: true });
  }

  function dropUpload(id: string): void {
    for (const part of uploadWith(id).parts.values()) rmSync(join(uploadParts, part.file), { force: true });
    uploads.delete(id);
  }

  return {
    find,
    getObject,
    headObject: getObject,
    deleteObject,
    bodyPath: (object) => join(bodies, object.file),
    hasBucket: (name) => buckets.has(name),
    createBucket(bucket) {
      if (!buckets.has(bucket)) record({ op: 'bucket', bucket, createdAt: Date.now() });
    },
    deleteBucket(bucket) {
      const pending = [...uploads.values()].some((upload) => upload.bucket === bucket);
      if (pending || bucketNamed(bucket).objects.size > 0) {
        throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty.', 409);
      }
      record({ op: 'bucketDeleted', bucket });
    },
    listBuckets: () =>
      [...buckets]
        .map(([name, { createdAt }]) => ({ name, creationDate: new Date(createdAt) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    putObject(bucket, key, body, contentType = 'application/octet-stream', metadata = {}) {
      bucketNamed(bucket);
      const file = randomUUID();
      writeFileSync(join(bodies, file), body);
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      const object = {
        key,
        file,
        contentType,
        contentLength: body.length,
        etag,
        lastModified: Date.now(),
        metadata,
      };
      return commit(bucket, object, 'PutObject');
    },
    deleteObjects(bucket, keys) {
      for (const key of keys) deleteObject(bucket, key);
      return keys;
    },
    listKeys(bucket, options) {
      const { objects, index } = bucketNamed(bucket);
      const page = index.list(options);
      return { ...page, objects: page.keys.flatMap((key) => objects.get(key) ?? []) };
    },
    // The first version of the listing; the second, which everybody uses, is answered in s3-reads.ts.
    listObjects(bucket, { prefix = '', delimiter = '', maxKeys = 1000, marker = '' } = {}) {
      const isPrefix = delimiter !== '' && marker.endsWith(delimiter);
      const after = isPrefix ? { commonPrefix: marker } : { key: marker };
      const page = this.listKeys(bucket, {
        prefix,
        delimiter,
        maxKeys,
        after: marker === '' ? undefined : after,
      });
      return {
        objects: page.objects.map(present),
        commonPrefixes: page.commonPrefixes,
        isTruncated: page.next !== undefined,
      };
    },
    createMultipartUpload(bucket, key, contentType = 'application/octet-stream', metadata = {}) {
      bucketNamed(bucket);
      const id = randomUUID();
      uploads.set(id, { bucket, key, contentType, metadata, parts: new Map() });
      return id;
    },
    uploadPart(id, partNumber, body) {
      const { parts } = uploadWith(id);
      const file = `${id}.${partNumber}`;
      writeFileSync(join(uploadParts, file), body);
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      parts.set(partNumber, { file, etag, size: body.length });
      return etag;
    },
    completeMultipartUpload(id, specified) {
      const { bucket, key, contentType, metadata, parts } = uploadWith(id);
      bucketNamed(bucket);
      const chosen = specified.map(({ partNumber, etag }, index) => {
        if (index > 0 && partNumber <= (specified[index - 1]?.partNumber ?? 0)) {
          throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.', 400);
        }
        const part = parts.get(partNumber);
        if (!part || part.etag.replaceAll('"', '') !== etag.replaceAll('"', '')) {
          throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.', 400);
        }
        return part;
      });
      if (chosen.length === 0) throw new S3Error('MalformedXML', 'You must specify at least one part.', 400);
      if (chosen.slice(0, -1).some((part) => part.size < MIN_PART_BYTES)) {
        throw new S3Error(
          'EntityTooSmall',
          'Your proposed upload is smaller than the minimum allowed size',
          400,
        );
      }
      const file = randomUUID();
      const digests = createHash('md5');
      const target = openSync(join(bodies, file), 'w');
      for (const part of chosen) {
        const body = readFileSync(join(uploadParts, part.file));
        for (let offset = 0; offset < body.length; ) offset += writeSync(target, body, offset);
        digests.update(part.etag.replaceAll('"', ''), 'hex');
      }
      closeSync(target);
      const etag = `"${digests.digest('hex')}-${chosen.length}"`;
      const contentLength = chosen.reduce((total, part) => total + part.size, 0);
      const object = { key, file, contentType, contentLength, etag, lastModified: Date.now(), metadata };
      const created = commit(bucket, object, 'CompleteMultipartUpload');
      dropUpload(id);
      return created;
    },
    abortMultipartUpload: dropUpload,
    close: () => journal.close(),
  };
}
