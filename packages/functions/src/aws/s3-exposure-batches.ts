import { createHash } from 'node:crypto';
import { fromLines, toLines } from '@penumbra/core/exposure-lines';
import { keys } from '@penumbra/core/pipeline/keys';
import type { ExposureBatches } from '@penumbra/core/pipeline/ports';
import type { Bucket } from './s3-objects.ts';

/** What is compared of a date at most: a million exposures, by the client's defaults. Nobody's reports may end a review. */
const MOST = { batches: 2000, bytes: 200e6 };
const DOWNLOADS = 16;

/**
 * One object of JSON lines a batch. Its name is the hash of its bytes: the same batch again writes the same object,
 * and the first objects in order of name are a random sample of all.
 */
export function s3ExposureBatches(
  bucket: Pick<Bucket, 'list' | 'read' | 'write'>,
  most: { readonly batches: number; readonly bytes: number } = MOST,
): ExposureBatches {
  return {
    async add(deployment, date, batch) {
      const bytes = Buffer.from(toLines(batch));
      const name = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
      await bucket.write(`${keys.exposures(deployment, date)}${name}.jsonl`, bytes);
    },
    async *read(deployment, date) {
      const found = await bucket.list(keys.exposures(deployment, date), { most: most.batches });
      let bytes = 0;
      const files = found.filter((file) => {
        bytes += file.bytes;
        return bytes <= most.bytes;
      });
      for (let from = 0; from < files.length; from += DOWNLOADS) {
        const some = files.slice(from, from + DOWNLOADS);
        yield* await Promise.all(
          some.map(async ({ key }) => fromLines(Buffer.from(await bucket.read(key)).toString())),
        );
      }
    },
  };
}
