import { join } from 'node:path';
import type { Answer, Format } from './workload.ts';

export interface Day {
  readonly folder: string;
  readonly format: Format;
  readonly rows: number;
}
export interface Run {
  readonly digest: string;
  readonly seconds: number;
  /** Of every thread of the process together; what noise of a shared machine leaves alone. */
  readonly cpuSeconds: number;
  /** Peak resident memory of the whole process, in bytes. */
  readonly peakBytes: number;
}
/** A way to evaluate the day; what it imports is loaded before the clock starts. */
export type Contender = (day: Day) => Promise<Answer>;

export const pathOf = ({ folder, format }: Day, kind: 'records' | 'predictions' | 'outcomes'): string =>
  join(folder, `${kind}.${EXTENSIONS[format]}`);

const EXTENSIONS: Readonly<Record<Format, string>> = {
  'parquet-snappy': 'snappy.parquet',
  'parquet-zstd': 'zstd.parquet',
  csv: 'csv',
  jsonl: 'jsonl',
  arrow: 'arrow',
};
