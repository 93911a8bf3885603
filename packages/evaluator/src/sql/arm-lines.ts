import type { Definition } from '@penumbra/core/definition';
import { type ColumnBatch, textAt } from '../column-batch.ts';
import { unitHasher } from '../unit-hash.ts';

/**
 * Writes which hash the unit of each record has, as JSON lines of `id` and `hash`: SQL cannot compute it in a way that
 * both engines understand, and no CSV that Athena reads holds every id. The hash is that of core/bucketing.ts, an
 * unsigned 32-bit number.
 */
export function armLines({ deployment, records }: Definition): (batch: ColumnBatch) => string {
  const hash = unitHasher(deployment);
  let hashes = new Uint32Array(2048);
  return (batch) => {
    const ids = batch.text.get(records.id);
    const units = batch.text.get(records.unit);
    if (!ids || !units) throw new Error('internal: the units were not read');
    if (hashes.length < batch.rows) hashes = new Uint32Array(batch.rows);
    hash(units, batch.rows, hashes);
    let lines = '';
    for (let row = 0; row < batch.rows; row += 1) {
      lines += `{"id":${JSON.stringify(textAt(ids, row) ?? '')},"hash":${hashes[row]}}\n`;
    }
    return lines;
  };
}
