import type { Definition } from '@penumbra/core/definition';

/** A file on disk, and the name that people know it by (an S3 key). */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

export type FileFormat = Definition['records']['format'];

export interface ColumnSpec {
  readonly name: string;
  /** number: at most 1e100 in size, so that no sum of squares overflows. binary: 0 or 1. share: in [0, 1]. */
  readonly type: 'text' | 'number' | 'binary' | 'share';
  /** Whether an empty cell is allowed; it reads as MISSING or NaN. */
  readonly optional?: boolean;
  /** Longest text, in bytes of UTF-8. */
  readonly longest?: number;
}
