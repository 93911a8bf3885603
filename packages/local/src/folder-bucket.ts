import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRef } from '@penumbra/core/day-events';
import type { Bucket } from '@penumbra/functions/aws/s3-objects';

export interface FolderBucket {
  readonly bucket: Bucket;
  /** Files that were uploaded since the last call, by key, at a place where they may be read. */
  takeUploads(): FileRef[];
  close(): Promise<void>;
}

/**
 * Files of this machine as a bucket, by their paths, so that the evaluator which runs on AWS can look at a folder.
 * What it writes goes to a folder of its own.
 */
export async function folderBucket(): Promise<FolderBucket> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-folder-'));
  let uploads: FileRef[] = [];
  let count = 0;
  return {
    takeUploads() {
      const taken = uploads;
      uploads = [];
      return taken;
    },
    close: () => rm(folder, { recursive: true, force: true }),
    bucket: {
      list: async () => [],
      async download({ key }, path) {
        await copyFile(key, path);
        return 'fetched';
      },
      async upload(_key, path) {
        count += 1;
        const kept = join(folder, `upload-${count}.csv`);
        await copyFile(path, kept);
        uploads.push({ key: kept, bytes: 0, etag: '' });
      },
      write: async () => '',
      read: (key) => readFile(key),
    },
  };
}
