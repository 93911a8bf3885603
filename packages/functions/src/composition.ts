import { openDuckDb } from '@penumbra/evaluator/duckdb';
import { s3Evaluator } from './aws/s3-evaluator.ts';
import { type Composed, composePipeline, type Environment, type Instrument } from './pipeline-composition.ts';

export type { Composed, Environment, Instrument };

/** The whole pipeline, with the reader of files. Throws where a variable is missing, naming it. */
export const compose = (environment: Environment, now?: () => string, instrument?: Instrument): Composed =>
  composePipeline(
    (bucket, { DUCKDB_THREADS: threads, DUCKDB_MEMORY_LIMIT: memoryLimit }) =>
      s3Evaluator(bucket, () =>
        openDuckDb({ threads, ...(memoryLimit === undefined ? {} : { memoryLimit }) }),
      ),
    environment,
    now,
    instrument,
  );
