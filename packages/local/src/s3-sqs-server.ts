import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from 'fauxqs';
import { ACCOUNT, queueArn } from './aws-names.ts';
import { closeServer, listenLocally } from './close-server.ts';
import { S3Error, type S3Store, SnsStore, SqsStore } from './fauxqs-internals.ts';
import { answerS3, type S3Request } from './s3-reads.ts';
import { createS3Store, type ObjectCreated } from './s3-store.ts';
import { createSqsStore } from './sqs-store.ts';
import type { StoredFile } from './stored-file.ts';

/** A queue with a dead-letter queue behind it; several queues may share one. */
export type QueueSpec = {
  name: string;
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
  deadLetterQueueName: string;
};

export type S3AndSqs = {
  port: number;
  queueUrls: Record<string, string>;
  /** @throws when there is no such queue. */
  send(queue: string, body: string): void;
  /** Every object below a prefix, and the file that holds its bytes. */
  objectsIn(bucket: string, prefix: string): StoredFile[];
  close(): Promise<void>;
};

type HookRequest = { method: string; params: unknown; query: unknown; headers: S3Request['headers'] };
type HookReply = {
  status(code: number): HookReply;
  headers(values: Record<string, string>): HookReply;
  send(body: unknown): HookReply;
};

const FOURTEEN_DAYS_SECONDS = 14 * 24 * 60 * 60;

/** S3 and SQS on one port, as fauxqs serves them, with what they hold on disk under `directory`. */
export async function startS3AndSqs(
  directory: string,
  buckets: string[],
  queues: QueueSpec[],
  onObjectCreated: (event: ObjectCreated) => void,
): Promise<S3AndSqs> {
  mkdirSync(join(directory, 's3'), { recursive: true });
  const s3 = createS3Store(join(directory, 's3'), onObjectCreated);
  const sqs = createSqsStore(join(directory, 'sqs.jsonl'));
  for (const bucket of buckets) s3.createBucket(bucket);

  // fauxqs calls the methods that its routes need; the class around them has private parts besides.
  const s3Store = s3 as unknown as S3Store;
  const app = buildApp({ logger: false, stores: { sqsStore: sqs.store, snsStore: new SnsStore(), s3Store } });
  app.addHook('preHandler', async (request: HookRequest, reply: HookReply) => {
    const { bucket, '*': key = '' } = request.params as { bucket?: string; '*'?: string };
    if (bucket === undefined) return;
    const query = request.query as S3Request['query'];
    try {
      const answer = answerS3(s3, { method: request.method, bucket, key, query, headers: request.headers });
      if (answer) return await reply.status(answer.status).headers(answer.headers).send(answer.body);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const body = request.method === 'HEAD' ? '' : error.toXml();
      return await reply.status(error.statusCode).headers({ 'content-type': 'application/xml' }).send(body);
    }
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request: HookRequest, reply: HookReply) => {
    const status = error.statusCode ?? 500;
    if ((request.params as { bucket?: string }).bucket === undefined) {
      return reply.status(status).send({ __type: 'InternalFailure', message: error.message });
    }
    const advice = 'The local S3 takes at most 11 MiB in one put: upload in parts.';
    const answer =
      status === 413
        ? new S3Error('EntityTooLarge', advice, 400)
        : new S3Error('InternalError', error.message, status);
    return reply
      .status(answer.statusCode)
      .headers({ 'content-type': 'application/xml' })
      .send(answer.toXml());
  });
  await app.ready();
  const port = await listenLocally(app.server);

  const urlOf = (name: string) => `http://127.0.0.1:${port}/${ACCOUNT}/${name}`;
  sqs.restore(urlOf);
  for (const queue of queues) {
    ensureQueue(queue.deadLetterQueueName, { MessageRetentionPeriod: String(FOURTEEN_DAYS_SECONDS) });
    const redrive = {
      deadLetterTargetArn: queueArn(queue.deadLetterQueueName),
      maxReceiveCount: queue.maxReceiveCount,
    };
    ensureQueue(queue.name, {
      VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
      RedrivePolicy: JSON.stringify(redrive),
    });
  }

  function ensureQueue(name: string, attributes: Record<string, string>): void {
    const known = sqs.store.getQueueByName(name);
    if (known) known.setAttributes(attributes);
    else sqs.store.createQueue(name, urlOf(name), queueArn(name), attributes);
  }

  return {
    port,
    queueUrls: Object.fromEntries(sqs.store.listQueues().map(({ name, url }) => [name, url])),
    send(queue, body) {
      const target = sqs.store.getQueueByName(queue);
      if (!target) throw new Error(`There is no queue "${queue}" to send an event to.`);
      target.enqueue(SqsStore.createMessage(body));
    },
    objectsIn: (bucket, prefix) =>
      s3
        .listKeys(bucket, { prefix, delimiter: '', maxKeys: Number.POSITIVE_INFINITY, after: undefined })
        .objects.map((object) => ({
          key: object.key,
          bytes: object.contentLength,
          path: s3.bodyPath(object),
        })),
    async close() {
      // Long polls are answered now, with nothing, instead of being waited for.
      const answerPolls = setInterval(() => sqs.store.shutdown(), 10);
      await closeServer(app.server);
      clearInterval(answerPolls);
      await app.close();
      sqs.close();
      s3.close();
    },
  };
}
