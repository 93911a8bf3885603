import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { createAthenaServer } from './athena-server.ts';
import { ACCOUNT, REGION } from './aws-names.ts';
import type { AthenaSpec, AwsConfig, Endpoints } from './aws-process-messages.ts';
import { claimDirectory } from './claim-directory.ts';
import { closeServer, listenLocally } from './close-server.ts';
import { startDynamoDb } from './dynamodb-server.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { createEventBridgeServer } from './eventbridge-server.ts';
import { openGlueCatalog } from './glue-catalog.ts';
import { createGlueServer } from './glue-server.ts';
import { openModelApi } from './model-api.ts';
import { createModels, type ModelSpec } from './models.ts';
import { runQuery } from './query-engine.ts';
import { openQueryExecutions } from './query-executions.ts';
import { startS3AndSqs } from './s3-sqs-server.ts';
import type { ObjectCreated } from './s3-store.ts';
import { createSageMakerServer } from './sagemaker-server.ts';
import { openTransformJobs } from './transform-jobs.ts';
import { runTransform } from './transform-run.ts';

export type EmbeddedAws = {
  endpoints: Endpoints;
  queueUrls: Record<string, string>;
  registerModel(name: string, spec: ModelSpec): Promise<void>;
  stop(): Promise<void>;
};

/** All emulators in this process, wired as AWS is: S3, SageMaker and Athena put events on the bus, whose rules fill queues. */
export async function startEmbeddedAws(config: AwsConfig): Promise<EmbeddedAws> {
  await claimDirectory(config.dataDir);
  const dynamodb = await startDynamoDb(join(config.dataDir, 'dynamodb'), config.table);
  const { bus, connect } = createLateBus(config);
  const s3AndSqs = await startS3AndSqs(config.dataDir, config.buckets, config.queues, (event) =>
    bus.put(objectCreatedEvent(event)),
  );
  connect(s3AndSqs.send);
  for (const { name, target } of config.rules) {
    if (!(target in s3AndSqs.queueUrls))
      throw new Error(`The rule ${name} sends to ${target}, which is no queue.`);
  }

  const models = createModels();
  for (const [name, spec] of Object.entries(config.models)) await models.register(name, spec);
  const endpoint = `http://127.0.0.1:${s3AndSqs.port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint, region: REGION, forcePathStyle: true, credentials });
  const directory = join(config.dataDir, 'sagemaker');
  const modelApi = openModelApi(directory, models);
  const jobs = openTransformJobs({
    directory,
    bus,
    hasModel: models.has,
    run: (request, signal) => runTransform(request, s3, models, signal),
  });
  const sagemaker = createSageMakerServer(jobs, modelApi);
  const sagemakerPort = await listenLocally(sagemaker);
  const { workgroup, database, resultsLocation, bytesCutoff } = config.athena ?? NO_ATHENA;
  const catalog = openGlueCatalog(join(config.dataDir, 'glue'), [database]);
  const queries = openQueryExecutions({
    directory: join(config.dataDir, 'athena'),
    bus,
    workgroup,
    resultsLocation,
    run: (query, scanned) =>
      runQuery(query, { catalog, s3, objectsIn: s3AndSqs.objectsIn, bytesCutoff }, scanned),
  });
  const athena = createAthenaServer(queries, s3);
  const athenaPort = await listenLocally(athena);
  const glue = createGlueServer(catalog);
  const gluePort = await listenLocally(glue);
  const eventBridge = createEventBridgeServer(bus);
  const eventBridgePort = await listenLocally(eventBridge);

  return {
    endpoints: {
      dynamodb: `http://127.0.0.1:${dynamodb.port}`,
      sqs: endpoint,
      s3: endpoint,
      sagemaker: `http://127.0.0.1:${sagemakerPort}`,
      eventbridge: `http://127.0.0.1:${eventBridgePort}`,
      athena: `http://127.0.0.1:${athenaPort}`,
      glue: `http://127.0.0.1:${gluePort}`,
    },
    queueUrls: s3AndSqs.queueUrls,
    registerModel: models.register,
    async stop() {
      await closeServer(sagemaker);
      await closeServer(eventBridge);
      await closeServer(athena);
      await closeServer(glue);
      await queries.close();
      await jobs.close();
      await models.stop();
      s3.destroy();
      await s3AndSqs.close();
      await closeServer(dynamodb.server);
    },
  };
}

/** A workgroup that nobody asks, where none is wanted. */
const NO_ATHENA: AthenaSpec = { workgroup: '', database: '', resultsLocation: '' };

// The bus sends to queues that are there only once S3, which puts events on the bus, is there too.
function createLateBus(config: AwsConfig): {
  bus: EventBus;
  connect(send: (queue: string, body: string) => void): void;
} {
  let target: (queue: string, body: string) => void = () => {};
  const bus = createEventBus(config.rules, config, (queue, body) => target(queue, body));
  return {
    bus,
    connect(send) {
      target = send;
    },
  };
}

let sequence = 0;

function objectCreatedEvent({ bucket, object, reason }: ObjectCreated) {
  sequence += 1;
  return {
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key: object.key,
        size: object.contentLength,
        etag: object.etag.replaceAll('"', ''),
        // Later writes have greater sequencers, also across restarts.
        sequencer: (BigInt(Date.now()) * 1_000_000n + BigInt(sequence % 1_000_000))
          .toString(16)
          .padStart(18, '0')
          .toUpperCase(),
      },
      'request-id': randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase(),
      requester: ACCOUNT,
      'source-ip-address': '127.0.0.1',
      reason,
    },
  };
}
