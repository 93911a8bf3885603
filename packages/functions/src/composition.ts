import { GlueClient } from '@aws-sdk/client-glue';
import { duckDbOnDemand } from '@penumbra/evaluator/duckdb';
import { athenaQueries } from './aws/athena-queries.ts';
import { glueTables } from './aws/glue-tables.ts';
import { s3Evaluator } from './aws/s3-evaluator.ts';
import { sampleColumns } from './aws/sample-columns.ts';
import {
  type Composed,
  composePipeline,
  type Environment,
  type Instrument,
  type Reader,
  type ReaderParts,
} from './pipeline-composition.ts';

export type { Composed, Environment, Instrument };

/** The whole pipeline, with the reader of files. Throws where a variable is missing, naming it. */
export const compose = (environment: Environment, now?: () => string, instrument?: Instrument): Composed =>
  composePipeline(readerOf, environment, now, instrument);

function readerOf({ bucket, results, athena, settings, instrument }: ReaderParts): Reader {
  const { DUCKDB_THREADS: threads, DUCKDB_MEMORY_LIMIT: memoryLimit } = settings;
  const db = duckDbOnDemand({ threads, ...(memoryLimit === undefined ? {} : { memoryLimit }) });
  const tables = glueTables(instrument(new GlueClient()), settings.ATHENA_DATABASE);
  return {
    evaluator: s3Evaluator(bucket, db),
    asking: athenaQueries(
      { client: athena, tables, bucket, results, columnsOf: sampleColumns(bucket, db) },
      {
        workgroup: settings.ATHENA_WORKGROUP,
        database: settings.ATHENA_DATABASE,
        bucket: settings.BUCKET_NAME,
        resultsBucket: settings.ATHENA_RESULTS_BUCKET,
        prefix: settings.JOB_NAME_PREFIX,
      },
    ),
  };
}
