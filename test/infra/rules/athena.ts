import { type Graph, ofType } from '../graph.ts';
import { functions } from './functions.ts';
import { type Rule, unless } from './rule.ts';

const workgroups = (graph: Graph) => ofType(graph, 'athena/workgroup:Workgroup');
const databases = (graph: Graph) => ofType(graph, 'glue/catalogDatabase:CatalogDatabase');
const resultBuckets = (graph: Graph) =>
  ofType(graph, 's3/bucket:Bucket').filter(({ name }) => name.startsWith('QueryResults'));

/** AWS's own, written down a second time on purpose. */
const LEAST_CUTOFF = 10_000_000;

export const ATHENA_RULES: readonly Rule[] = [
  {
    name: "queries run in the stage's own workgroup, whose settings nobody gets round",
    check: (graph) => [
      ...unless(workgroups(graph).length === 1, `there are ${workgroups(graph).length} workgroups`),
      ...workgroups(graph).flatMap(({ name, inputs: { configuration }, outputs }) => [
        ...unless(outputs.name === `penumbra-${graph.stage}`, `${name} is called ${outputs.name}`),
        ...unless(configuration.enforceWorkgroupConfiguration === true, `${name} lets callers say otherwise`),
        ...unless(
          configuration.engineVersion?.selectedEngineVersion === 'Athena engine version 3',
          `${name} runs another engine than the statements are written for`,
        ),
        ...unless(
          configuration.bytesScannedCutoffPerQuery >= LEAST_CUTOFF,
          `${name} lets a query scan anything`,
        ),
        ...unless(
          configuration.resultConfiguration?.encryptionConfiguration?.encryptionOption !== undefined,
          `${name} writes results that are not encrypted`,
        ),
        ...resultBuckets(graph).flatMap((bucket) =>
          unless(
            String(configuration.resultConfiguration?.outputLocation).startsWith(
              `s3://${bucket.outputs.bucket}/`,
            ),
            `${name} writes results elsewhere`,
          ),
        ),
      ]),
    ],
  },
  {
    name: 'results of queries are encrypted, and are gone after a few days',
    check: (graph) => [
      ...unless(resultBuckets(graph).length === 1, 'there is not exactly one bucket of results'),
      ...resultBuckets(graph).flatMap(({ name, outputs }) => {
        const about = (type: string) =>
          ofType(graph, type).filter(({ inputs }) => inputs.bucket === outputs.bucket);
        const expires = about('s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration')
          .flatMap(({ inputs }) => inputs.rules)
          .some(
            ({ status, expiration, filter }) =>
              status === 'Enabled' &&
              expiration?.days >= 1 &&
              expiration.days <= 30 &&
              Object.keys(filter).length === 0,
          );
        const [encryption] = about(
          's3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
        );
        return [
          ...unless(expires, `${name} keeps results for ever`),
          ...unless(encryption !== undefined, `${name} is not encrypted`),
        ];
      }),
    ],
  },
  {
    name: 'tables of queries have a database of their own, by a name that SQL takes',
    check: (graph) => [
      ...unless(databases(graph).length === 1, `there are ${databases(graph).length} databases of tables`),
      ...databases(graph).flatMap(({ name, outputs }) =>
        unless(outputs.name === `penumbra_${graph.stage}`, `${name} is called ${outputs.name}`),
      ),
    ],
  },
  {
    name: 'what asks queries is told where, and by which price they are counted',
    check: (graph) =>
      functions(graph).flatMap(({ name, inputs }) => {
        const variables = inputs.environment?.variables ?? {};
        if (!('JOB_NAME_PREFIX' in variables)) return [];
        return [
          ...unless(
            variables.ATHENA_WORKGROUP === workgroups(graph)[0]?.outputs.name,
            `${name} asks in ${variables.ATHENA_WORKGROUP}`,
          ),
          ...unless(
            variables.ATHENA_DATABASE === databases(graph)[0]?.outputs.name,
            `${name} makes tables in ${variables.ATHENA_DATABASE}`,
          ),
          ...unless(
            variables.ATHENA_RESULTS_BUCKET === resultBuckets(graph)[0]?.outputs.bucket,
            `${name} looks for results in ${variables.ATHENA_RESULTS_BUCKET}`,
          ),
          ...unless(Number(variables.ATHENA_USD_PER_TB) > 0, `${name} counts queries as free`),
        ];
      }),
  },
];
