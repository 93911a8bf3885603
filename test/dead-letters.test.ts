import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '@penumbra/functions/aws/dynamo-event-log';
import { type Diagnosed, listDeadLetters, redrive } from '@penumbra/functions/dead-letters';
import { observability } from '@penumbra/functions/observability';
import { queueHandler } from '@penumbra/functions/queue-handler';
import { type LocalPipeline, startLocalPipeline } from '@penumbra/local/local-pipeline';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from './support/run-here.ts';

const LONG = 60_000;
const QUEUE = 'partition-ready';
const ALL = { limit: 100 };
const NOT_JSON = '{"deployment": "rebooking",';
const body = (deployment: string) =>
  JSON.stringify({ deployment, date: '2001-02-03', causationId: 'a test' });

let dataDir: string;
let local: LocalPipeline;

const start = () =>
  startLocalPipeline({ dataDir, models: {}, now: () => '2001-02-04T06:00:00.000Z', idle: true });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'penumbra-data-'));
  await writeFile(join(dataDir, 'trial.json'), '{}');
  local = await start();
  await storeEventOfNewerVersion('newer');
  for (const text of [NOT_JSON, body('newer'), body('nobody')]) {
    await local.sqs.send(new SendMessageCommand({ QueueUrl: local.queueUrls[QUEUE], MessageBody: text }));
  }
  await failUntilDead();
}, LONG);
afterAll(async () => {
  await local.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** What a later version of Penumbra might have written. */
async function storeEventOfNewerVersion(deployment: string): Promise<void> {
  const Item = {
    deployment,
    event: 'rollout/000001',
    stream: 'rollout',
    version: 1,
    eventId: `${deployment}/rollout/000001`,
    causationId: 'a test',
    correlationId: `${deployment}/rollout/000001`,
    actor: { kind: 'system', name: 'later' },
    at: '2001-02-04T06:00:00.000Z',
    type: 'DeploymentRegistered',
    schemaVersion: 99,
    data: '{}',
  };
  await documentClient(new DynamoDBClient()).send(new PutCommand({ TableName: 'penumbra', Item }));
}

/** Hands the messages to the handler as Lambda does, with no pause, until SQS has moved them all. */
async function failUntilDead(): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const { pipeline, deadLetters } = local;
  const handler = queueHandler(QUEUE, pipeline, observability(QUEUE, nowhere), deadLetters.notes);
  for (let round = 0; round < 10; round += 1) {
    const { Messages = [] } = await local.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: local.queueUrls[QUEUE],
        VisibilityTimeout: 0,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return;
    const Records = Messages.map(({ MessageId = '', Body = '', Attributes = {} }) => ({
      messageId: MessageId,
      body: Body,
      attributes: Attributes,
      eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:partition-ready',
    }));
    const response = await handler({ Records } as unknown as SQSEvent, {} as Context);
    expect(response.batchItemFailures).toHaveLength(Messages.length);
  }
}

const byBody = (letters: readonly Diagnosed[]) =>
  Object.fromEntries(letters.map(({ body: text, kind, reason }) => [text, { kind, reason }]));
const list = () => listDeadLetters(local.deadLetters, ALL);
const inQueue = async () => {
  const { Messages = [] } = await local.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: local.queueUrls[QUEUE],
      VisibilityTimeout: 0,
      MaxNumberOfMessages: 10,
    }),
  );
  return Messages.map(({ Body }) => Body);
};

describe('dead letters', () => {
  it('say why each of them is dead, and whether a repeat can help', async () => {
    expect(byBody(await list())).toEqual({
      [NOT_JSON]: { kind: 'poison', reason: expect.stringMatching(/PoisonMessage: .* not JSON/) },
      [body('newer')]: {
        kind: 'poison',
        reason: expect.stringMatching(/UnreadableEvent: .*newer\/rollout\/000001.*schema version 99/),
      },
      [body('nobody')]: {
        kind: 'transient',
        reason: expect.stringMatching(/UnknownDeployment: there is no deployment "nobody"/),
      },
    });
  });

  it('are there again after a look at them', async () => {
    expect(await list()).toHaveLength(3);
    expect(await list()).toHaveLength(3);
    expect(new Set((await list()).map(({ failedAt }) => failedAt))).toEqual(
      new Set(['2001-02-04T06:00:00.000Z']),
    );
  });

  it('are readable where this version can read what an earlier one could not', async () => {
    const [letter] = (await list()).filter(({ body: text }) => text === body('nobody'));
    if (!letter) throw new Error('no such letter');
    const notes = { ...local.deadLetters.notes, read: async () => noteOf(letter, 'poison', 'too new') };
    const healed = await listDeadLetters({ ...local.deadLetters, notes }, ALL);
    expect(byBody(healed)[body('nobody')]).toEqual({
      kind: 'transient',
      reason: 'readable now; it was not: too new',
    });
  });

  it('of a handler that ended without a word say so', async () => {
    const notes = { ...local.deadLetters.notes, read: async () => undefined };
    const silent = byBody(await listDeadLetters({ ...local.deadLetters, notes }, ALL));
    expect(silent[body('nobody')]?.reason).toContain('timeout');
    expect(silent[NOT_JSON]?.kind).toBe('poison');
  });

  it('that are sent again in a dry run stay where they are', async () => {
    const results = await redrive(local.deadLetters, { ...ALL, dryRun: true });
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['left', 'left', 'would be redriven']);
    expect(await list()).toHaveLength(3);
    expect(await inQueue()).toEqual([]);
  });

  it('are there twice, not gone, where the sender dies between sending and removing', async () => {
    const queues = {
      ...local.deadLetters.queues,
      remove: () => Promise.reject(new Error('the worker dies')),
    };
    await expect(redrive({ ...local.deadLetters, queues }, ALL)).rejects.toThrow('dies');
    expect(await list()).toHaveLength(3);
    expect(await inQueue()).toEqual([body('nobody')]);
  });

  it(
    'are listed, shown and sent again on the command line',
    async () => {
      const nobody = (await list()).find(({ body: text }) => text === body('nobody'));
      await local.stop();
      const listed = await runHere('dlq', 'list', '--data-dir', dataDir);
      expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('2 poison, 1 transient') });
      const shown = await runHere('dlq', 'show', nobody?.messageId ?? '', '--data-dir', dataDir);
      expect(shown.stdout).toContain(body('nobody'));
      const sent = await runHere('dlq', 'redrive', '--data-dir', dataDir, '--json');
      expect(
        JSON.parse(sent.stdout)
          .map(({ outcome }: { outcome: string }) => outcome)
          .sort(),
      ).toEqual(['left', 'left', 'redriven']);
      local = await start();
      expect(await list()).toHaveLength(2);
      expect(await inQueue()).toEqual([body('nobody'), body('nobody')]);
    },
    LONG,
  );
});

const noteOf = ({ queue, messageId }: Diagnosed, kind: 'poison' | 'transient', reason: string) => ({
  queue,
  messageId,
  kind,
  reason,
  at: '2001-02-04T06:00:00.000Z',
  receiveCount: 5,
});
