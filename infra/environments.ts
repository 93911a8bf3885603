import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { queueVariable } from '@penumbra/functions/queue-variable';
import type { FunctionName } from './grants.ts';
import { databaseOf, metricsNamespaceOf, workgroupOf } from './names.ts';
import type { PipelineQueue } from './queues.ts';
import type { Settings } from './settings.ts';

/** Seconds between two looks at a transform or a query that runs. */
const WATCH_DELAY_SECONDS = 300;

export type Environment = Readonly<Record<string, $util.Input<string>>>;

/** What each function is told, as the compositions of packages/functions read it. */
export function environments(
  prefix: string,
  { commands, usdPerTbScanned }: Settings,
  places: {
    readonly table: sst.aws.Dynamo;
    readonly bucket: sst.aws.Bucket;
    readonly bus: sst.aws.Bus;
    readonly results: sst.aws.Bucket;
    readonly queues: Readonly<Record<QueueName, PipelineQueue>>;
  },
): Readonly<Record<FunctionName, Environment>> {
  const { table, bucket, bus, results, queues } = places;
  const stores = {
    TABLE_NAME: table.name,
    BUCKET_NAME: bucket.name,
    BUS_NAME: bus.name,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespaceOf(prefix),
  };
  const pipeline = {
    ...stores,
    JOB_NAME_PREFIX: prefix,
    WATCH_DELAY_SECONDS: String(WATCH_DELAY_SECONDS),
    ATHENA_WORKGROUP: workgroupOf(prefix),
    ATHENA_DATABASE: databaseOf(prefix),
    ATHENA_RESULTS_BUCKET: results.name,
    ATHENA_USD_PER_TB: String(usdPerTbScanned),
    ...Object.fromEntries(QUEUE_NAMES.map((name) => [queueVariable(name), queues[name].queue.url])),
  };
  const http = { ...stores, API_KEYS: new sst.Secret('ApiKeys', '[]').value };
  return {
    submit: pipeline,
    watch: pipeline,
    complete: pipeline,
    evaluate: pipeline,
    review: pipeline,
    sweep: pipeline,
    read: http,
    feedback: http,
    // Only where the gateway has checked an identity is there one to trust.
    command: { ...http, API_IDENTITY: commands === 'iam' ? 'iam' : 'none' },
  };
}
