import { type Graph, ofType, type Resource, statementsOf } from '../graph.ts';
import { isProduction, type Rule, unless } from './rule.ts';

const tables = (graph: Graph) => ofType(graph, 'dynamodb/table:Table');
const buckets = (graph: Graph) => ofType(graph, 's3/bucket:Bucket');
/** The page's files are made anew by every deploy; the data is what must not be lost. */
const dataBuckets = (graph: Graph) => buckets(graph).filter(({ name }) => name.startsWith('Data'));

/** What some other resource says of a bucket. */
const about = (graph: Graph, type: string, { outputs }: Resource): Resource[] =>
  ofType(graph, type).filter(({ inputs }) => inputs.bucket === outputs.bucket);

export const STORAGE_RULES: readonly Rule[] = [
  {
    name: 'one table, keyed as the log is',
    check: (graph) => [
      ...unless(tables(graph).length === 1, `there are ${tables(graph).length} tables`),
      ...tables(graph).flatMap(({ name, inputs }) => [
        ...unless(
          inputs.hashKey === 'deployment' && inputs.rangeKey === 'event',
          `${name} has the keys ${inputs.hashKey} and ${inputs.rangeKey}`,
        ),
        ...unless(
          inputs.ttl?.enabled && inputs.ttl.attributeName === 'expiresAt',
          `${name} lets nothing expire`,
        ),
      ]),
    ],
  },
  {
    name: 'the table can be restored to any second, and is encrypted',
    check: (graph) =>
      tables(graph).flatMap(({ name, inputs }) => [
        ...unless(inputs.pointInTimeRecovery?.enabled === true, `${name} has no point-in-time recovery`),
        ...unless(inputs.serverSideEncryption?.enabled === true, `${name} is not encrypted by KMS`),
      ]),
  },
  {
    name: 'production keeps its data, other stages clean up',
    check: (graph) => {
      const kept = isProduction(graph);
      const said = kept ? 'would not be kept' : 'would be left behind';
      return [
        ...tables(graph).flatMap(({ name, inputs, retainOnDelete }) => [
          ...unless(
            Boolean(inputs.deletionProtectionEnabled) === kept,
            `${name}: deletion protection is wrong`,
          ),
          ...unless(Boolean(retainOnDelete) === kept, `${name} ${said}`),
        ]),
        ...dataBuckets(graph).flatMap(({ name, inputs, retainOnDelete }) => [
          ...unless(Boolean(inputs.forceDestroy) === !kept, `${name}: forceDestroy is wrong`),
          ...unless(Boolean(retainOnDelete) === kept, `${name} ${said}`),
        ]),
        ...graph.resources
          .filter(({ type }) => type === 'pulumi:pulumi:Stack')
          .flatMap(({ outputs }) =>
            unless(outputs._protect === kept, 'the stage itself is protected wrongly'),
          ),
      ];
    },
  },
  {
    name: 'no bucket can be made public',
    check: (graph) =>
      buckets(graph).flatMap((bucket) => {
        const [block] = about(graph, 's3/bucketPublicAccessBlock:BucketPublicAccessBlock', bucket);
        const blocked =
          block !== undefined &&
          ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'].every(
            (field) => block.inputs[field] === true,
          );
        return unless(blocked, `${bucket.name} can be made public`);
      }),
  },
  {
    name: 'no page of another origin reads a bucket',
    check: (graph) =>
      ofType(graph, 's3/bucketCorsConfiguration:BucketCorsConfiguration').map(
        ({ name }) => `${name} lets pages of other origins read`,
      ),
  },
  {
    name: 'buckets answer over TLS only',
    check: (graph) =>
      buckets(graph).flatMap((bucket) => {
        const refuses = about(graph, 's3/bucketPolicy:BucketPolicy', bucket)
          .flatMap(({ inputs }) => statementsOf(inputs.policy))
          .some(
            ({ effect, actions, resources, conditions }) =>
              effect === 'Deny' &&
              actions.includes('s3:*') &&
              resources.includes(`${bucket.outputs.arn}/*`) &&
              conditions.Bool?.['aws:SecureTransport']?.includes('false'),
          );
        return unless(refuses, `${bucket.name} answers without TLS`);
      }),
  },
  {
    name: 'data is versioned, encrypted, tidied up, and tells of every object',
    check: (graph) => [
      ...unless(dataBuckets(graph).length === 1, 'there is not exactly one bucket of data'),
      ...dataBuckets(graph).flatMap((bucket) => {
        const says = (type: string, holds: (inputs: Resource['inputs']) => boolean, what: string) =>
          unless(
            about(graph, type, bucket).some(({ inputs }) => holds(inputs)),
            `${bucket.name} ${what}`,
          );
        return [
          ...says(
            's3/bucketVersioning:BucketVersioning',
            ({ versioningConfiguration }) => versioningConfiguration.status === 'Enabled',
            'is not versioned',
          ),
          ...says(
            's3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
            ({ rules }) => rules[0]?.applyServerSideEncryptionByDefault?.sseAlgorithm !== undefined,
            'is not encrypted',
          ),
          ...says(
            's3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
            ({ rules }) =>
              rules.some(
                (rule: Resource['inputs']) =>
                  rule.status === 'Enabled' &&
                  rule.noncurrentVersionExpiration?.noncurrentDays > 0 &&
                  rule.abortIncompleteMultipartUpload !== undefined,
              ) && rules.every((rule: Resource['inputs']) => rule.expiration === undefined),
            'keeps what was replaced for ever, or forgets what was not',
          ),
          ...says(
            's3/bucketNotification:BucketNotification',
            ({ eventbridge }) => eventbridge === true,
            'tells EventBridge nothing',
          ),
        ];
      }),
    ],
  },
];
