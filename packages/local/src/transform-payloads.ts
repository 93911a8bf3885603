import type { TransformParameters } from './transform-parameters.ts';

export type RecordBatch = { records: string[]; body: string };

/**
 * Puts the records of one file into payloads: as many as fit, or one each.
 *
 * @throws when a single record is larger than a payload may be.
 */
export async function* toPayloads(
  groups: AsyncIterable<string[]>,
  prepare: (record: string) => string,
  { batchStrategy, maxPayloadBytes }: Pick<TransformParameters, 'batchStrategy' | 'maxPayloadBytes'>,
): AsyncGenerator<RecordBatch> {
  let records: string[] = [];
  let prepared: string[] = [];
  let size = 0;
  for await (const group of groups) {
    for (const record of group) {
      const line = prepare(record);
      if (line.length > maxPayloadBytes) {
        throw new Error(`a record of ${line.length} bytes does not fit into a payload (MaxPayloadInMB)`);
      }
      const isFull = batchStrategy === 'SingleRecord' || size + 1 + line.length > maxPayloadBytes;
      if (records.length > 0 && isFull) {
        yield { records, body: prepared.join('\n') };
        records = [];
        prepared = [];
        size = 0;
      }
      size += line.length + (records.length > 0 ? 1 : 0);
      records.push(record);
      prepared.push(line);
    }
  }
  if (records.length > 0) yield { records, body: prepared.join('\n') };
}
