import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { badRows } from '../bad-rows.ts';
import { type ColumnBatch, textAt } from '../column-batch.ts';
import type { ColumnSpec, FileFormat, NamedFile } from '../column-spec.ts';
import { connectionOnDemand, type DuckDb, literal, openDuckDb } from '../duckdb.ts';
import { createIdTable } from '../id-table.ts';
import { ARENA_BYTES, type Kernel } from '../kernel.ts';
import { openColumns } from '../read-columns.ts';

/** The columns that the tests of the readers read. */
export const ID_AND_VALUE: readonly ColumnSpec[] = [
  { name: 'id', type: 'text', optional: true },
  { name: 'value', type: 'number', optional: true },
];

/** A row of these columns: id and value. */
export type Row = readonly [string | null, number];

interface Opened {
  readonly db: DuckDb;
  readonly folder: string;
  readonly kernel: Kernel;
}

/** A folder, a kernel and a DuckDB for the tests of one file; to be called where hooks may be. */
export function plainReaders() {
  let opened: Opened | undefined;
  beforeAll(async () => {
    const { kernel } = createIdTable({ arenaBytes: ARENA_BYTES });
    if (!kernel) throw new Error('no kernel');
    opened = {
      kernel,
      db: await openDuckDb(),
      folder: await mkdtemp(join(tmpdir(), 'penumbra-plain-')),
    };
  });
  afterAll(async () => {
    opened?.db.close();
    if (opened) await rm(opened.folder, { recursive: true, force: true });
  });
  const now = (): Opened => {
    if (!opened) throw new Error('not open: this is for hooks and tests');
    return opened;
  };
  return {
    db: () => now().db,
    folder: () => now().folder,
    kernel: () => now().kernel,

    async written(name: string, content: string | Uint8Array): Promise<NamedFile> {
      const path = join(now().folder, name);
      await writeFile(path, content);
      return { name, path };
    },

    /** The rows of a query as a Parquet file. */
    async copied(select: string, options: string): Promise<string> {
      const { db, folder } = now();
      const path = join(folder, 'file.parquet');
      await db.connection.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet, ${options})`);
      return path;
    },

    /** Everything that the reader gives on, with or without the kernel. */
    async readWith(file: NamedFile, format: FileFormat, using: Kernel | undefined) {
      const { db, kernel } = now();
      const connection = connectionOnDemand(db);
      const mark = kernel.arena.mark();
      const rows: Row[] = [];
      const { batches } = openColumns(connection, { file, format, specs: ID_AND_VALUE }, badRows(0), using);
      try {
        for (;;) {
          const next = await batches.next();
          if (next.done) return { rows, problems: next.value };
          rows.push(...rowsOf(next.value));
        }
      } finally {
        kernel.arena.release(mark);
        await connection.close();
      }
    },

    /** How far the plain loops come by themselves, and how they end. */
    async plainly<End>(
      open: (kernel: Kernel) => Iterator<ColumnBatch, End> | AsyncIterator<ColumnBatch, End>,
    ): Promise<{ rows: Row[]; ended: End }> {
      const { kernel } = now();
      const mark = kernel.arena.mark();
      const batches = open(kernel);
      const rows: Row[] = [];
      try {
        for (;;) {
          const next = await batches.next();
          if (next.done) return { rows, ended: next.value };
          rows.push(...rowsOf(next.value));
        }
      } finally {
        kernel.arena.release(mark);
      }
    },
  };
}

const rowsOf = ({ rows, text, numbers }: ColumnBatch): Row[] =>
  Array.from({ length: rows }, (_, row) => {
    const ids = text.get('id');
    return [ids ? textAt(ids, row) : null, numbers.get('value')?.[row] ?? Number.NaN];
  });
