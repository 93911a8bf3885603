import { databaseOf, workgroupOf } from './names.ts';
import type { Settings } from './settings.ts';

/** Days that results are kept: read within minutes, and looked at by people where something is odd. */
const RESULT_DAYS = 7;

/**
 * Where days are compared that no function holds: a workgroup with a limit of its own, the database of its tables, which
 * the pipeline makes as definitions need them, and a bucket for results. Nothing costs anything until a query is asked.
 */
export function athena(prefix: string, { queryBytesLimit }: Settings) {
  const results = new sst.aws.Bucket('QueryResults', {
    cors: false,
    enforceHttps: true,
    transform: { bucket: { forceDestroy: true } },
  });
  new aws.s3.BucketServerSideEncryptionConfiguration('QueryResultsEncryption', {
    bucket: results.name,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
  });
  new aws.s3.BucketLifecycleConfiguration('QueryResultsLifecycle', {
    bucket: results.name,
    rules: [
      {
        id: 'read-long-ago',
        status: 'Enabled',
        filter: {},
        expiration: { days: RESULT_DAYS },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  });
  const database = new aws.glue.CatalogDatabase('Tables', {
    name: databaseOf(prefix),
    description: 'External tables over the files of Penumbra, one for each definition and order of columns.',
  });
  const workgroup = new aws.athena.Workgroup('Queries', {
    name: workgroupOf(prefix),
    forceDestroy: true,
    configuration: {
      // What a caller asks beside the statement counts for nothing.
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: queryBytesLimit,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: $interpolate`s3://${results.name}/results/`,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });
  return { results, database, workgroup };
}
