import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import type { LocalAws } from '@penumbra/local/local-aws';
import { startLocalAws } from '@penumbra/local/local-aws';
import { parseS3Uri } from '@penumbra/local/s3-location';
import { type Graph, ofType, type Resource } from '../graph.ts';
import { shortName } from '../rules/functions.ts';
import { type GatedModel, startGatedModel } from './gated-model.ts';

export const MODEL = 'challenger';

/** A synthesised stage, with the local AWS set up as its graph says: its table, bucket, queues, rules and names. */
export interface StageHere {
  readonly aws: LocalAws;
  readonly model: GatedModel;
  readonly bucket: string;
  /** What each function is told, as the graph has it, with the addresses of this machine. */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** URLs on this machine, by the queue's name in the code. */
  queueUrl(name: string): string;
  stop(): Promise<void>;
}

/** Where announcements can be looked at: no function takes them from there. */
export const HEARD = 'heard';

export async function startStageHere(graph: Graph): Promise<StageHere> {
  const dataDir = await mkdtemp(join(tmpdir(), 'penumbra-stage-'));
  const model = await startGatedModel();
  const [table] = ofType(graph, 'dynamodb/table:Table');
  const bucket = ofType(graph, 's3/bucket:Bucket').find(({ name }) => name.startsWith('Data'))?.outputs
    .bucket;
  const bus = ofType(graph, 'cloudwatch/eventBus:EventBus')[0]?.outputs.name;
  const [workgroup] = ofType(graph, 'athena/workgroup:Workgroup');
  const [database] = ofType(graph, 'glue/catalogDatabase:CatalogDatabase');
  const resultsLocation: string = workgroup?.inputs.configuration.resultConfiguration.outputLocation;
  const aws = await startLocalAws({
    dataDir,
    models: { [MODEL]: { url: model.url } },
    queues: [...queuesOf(graph), spec(HEARD, 60)],
    buckets: [bucket, parseS3Uri(resultsLocation).bucket],
    athena: {
      workgroup: workgroup?.outputs.name,
      database: database?.outputs.name,
      resultsLocation,
      bytesCutoff: workgroup?.inputs.configuration.bytesScannedCutoffPerQuery,
    },
    table: {
      tableName: table?.outputs.name,
      hashKey: table?.inputs.hashKey,
      rangeKey: table?.inputs.rangeKey,
    },
    rules: [...rulesOf(graph), { name: HEARD, bus, pattern: { source: ['penumbra'] }, target: HEARD }],
  });
  if (table?.inputs.hashKey !== TABLE_KEYS.hashKey) throw new Error('the table is not keyed as the log is');
  return {
    aws,
    model,
    bucket,
    environments: environmentsOf(graph, aws),
    queueUrl: (name) => aws.queueUrls[name === HEARD ? HEARD : `penumbra-${graph.stage}-${name}`] ?? '',
    async stop() {
      await aws.stop();
      await model.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const spec = (name: string, visibilityTimeoutSeconds: number) => ({
  name,
  visibilityTimeoutSeconds,
  maxReceiveCount: 5,
  deadLetterQueueName: `${name}-dead-letters`,
});

function queuesOf(graph: Graph) {
  const queues = ofType(graph, 'sqs/queue:Queue');
  return queues.flatMap(({ inputs, outputs }) => {
    if (!inputs.redrivePolicy) return [];
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(inputs.redrivePolicy);
    const dead = queues.find((each) => each.outputs.arn === deadLetterTargetArn);
    return {
      name: outputs.name,
      visibilityTimeoutSeconds: inputs.visibilityTimeoutSeconds,
      maxReceiveCount,
      deadLetterQueueName: dead?.outputs.name,
    };
  });
}

/** The rules that fill queues, as they were synthesised. */
function rulesOf(graph: Graph) {
  const queues = ofType(graph, 'sqs/queue:Queue');
  return ofType(graph, 'cloudwatch/eventTarget:EventTarget').flatMap(({ inputs }) => {
    const queue = queues.find(({ outputs }) => outputs.arn === inputs.arn);
    const rule = ofType(graph, 'cloudwatch/eventRule:EventRule').find(
      ({ outputs }) => outputs.name === inputs.rule,
    );
    if (!queue || !rule) return [];
    return { name: inputs.rule, pattern: JSON.parse(rule.inputs.eventPattern), target: queue.outputs.name };
  });
}

function environmentsOf(graph: Graph, aws: LocalAws) {
  const here = (variable: string, value: string): string =>
    variable.endsWith('_QUEUE_URL') ? (aws.queueUrls[value.split('/').at(-1) ?? ''] ?? value) : value;
  const variablesOf = ({ inputs }: Resource): [string, string][] =>
    Object.entries(inputs.environment?.variables ?? {});
  return Object.fromEntries(
    ofType(graph, 'lambda/function:Function').map((fn) => [
      shortName(graph, fn),
      {
        ...Object.fromEntries(variablesOf(fn).map(([variable, value]) => [variable, here(variable, value)])),
        ...aws.env,
        AWS_LAMBDA_FUNCTION_NAME: fn.outputs.name,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        // Nobody waits five minutes here.
        WATCH_DELAY_SECONDS: '0',
      },
    ]),
  );
}
