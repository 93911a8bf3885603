import { EXPIRES_AT, TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import type { Settings } from './settings.ts';

/** The table of the log, and the bucket of the data. */
export function storage({ retain }: Settings) {
  const table = new sst.aws.Dynamo('Log', {
    fields: { [TABLE_KEYS.hashKey]: 'string', [TABLE_KEYS.rangeKey]: 'string' },
    primaryIndex: TABLE_KEYS,
    ttl: EXPIRES_AT,
    deletionProtection: retain,
    transform: {
      table: { pointInTimeRecovery: { enabled: true }, serverSideEncryption: { enabled: true } },
    },
  });
  const bucket = new sst.aws.Bucket('Data', {
    versioning: true,
    cors: false,
    enforceHttps: true,
    transform: { bucket: { forceDestroy: !retain } },
  });
  new aws.s3.BucketServerSideEncryptionConfiguration('DataEncryption', {
    bucket: bucket.name,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
  });
  new aws.s3.BucketLifecycleConfiguration('DataLifecycle', {
    bucket: bucket.name,
    rules: [
      {
        id: 'what-was-replaced',
        status: 'Enabled',
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 90 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
      {
        // Read for as long as a date can still be evaluated anew, hardly ever after that.
        id: 'to-infrequent-access',
        status: 'Enabled',
        filter: { objectSizeGreaterThan: 128 * 1024 },
        transitions: [{ days: 90, storageClass: 'STANDARD_IA' }],
      },
    ],
  });
  new aws.s3.BucketNotification('DataEvents', { bucket: bucket.name, eventbridge: true });
  return { table, bucket };
}
