import type { Definition } from '@penumbra/core/definition';
import { type Result, success } from '@penumbra/core/problem';
import { csvSource, type NamedFile, readHeader } from './csv-columns.ts';
import { type DuckDb, identifier, literal } from './duckdb.ts';
import { readRecords } from './records.ts';

/** A file of model input to be written: from which records, and where on disk. */
export interface InputFile {
  readonly records: NamedFile;
  readonly path: string;
}

/**
 * Checks every file of a partition, then writes the model's input: CSV without header, the record id first (it
 * travels with the score and is kept from the model), then the features in the definition's order; rows in the
 * records' order. Writes nothing where anything is wrong, or where the definition has no model.
 */
export async function preparePartition(
  db: DuckDb,
  definition: Definition,
  inputs: readonly InputFile[],
): Promise<Result<{ readonly rows: number }>> {
  const files = inputs.map((input) => input.records);
  const records = await readRecords(db, definition, files, 'all');
  if (!records.ok) return records;
  if (definition.model) {
    const columns = [definition.records.id, ...definition.records.features].map(identifier).join(', ');
    for (const input of inputs) {
      const names = await readHeader(input.records);
      if (!names.ok) return names;
      const source = csvSource(input.records, { names: names.value, inFile: true });
      await db.connection.run(
        `COPY (SELECT ${columns} FROM ${source}) TO ${literal(input.path)} (FORMAT csv, HEADER false)`,
      );
    }
  }
  return success({ rows: records.value.rows });
}
