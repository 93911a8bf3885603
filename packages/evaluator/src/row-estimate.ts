import { open } from 'node:fs/promises';
import { parquetRows } from './parquet-footer.ts';
import { arrowRows } from './plain-arrow.ts';
import type { ColumnFile } from './read-columns.ts';

const SAMPLE = 1 << 16;

/** About how many rows files hold, without reading them. Only memory is planned by it. */
export async function estimateRows(files: readonly ColumnFile[]): Promise<number> {
  let rows = 0;
  for (const file of files) rows += await estimate(file);
  return Math.ceil(rows);
}

async function estimate({ file, format }: ColumnFile): Promise<number> {
  if (format === 'parquet') return parquetRows(file);
  if (format === 'arrow') return arrowRows(file);
  const handle = await open(file.path);
  try {
    const { size } = await handle.stat();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0);
    const sample = buffer.subarray(0, bytesRead);
    const lines = sample.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
    return lines === 0 ? 1 : (size / bytesRead) * lines;
  } finally {
    await handle.close();
  }
}
