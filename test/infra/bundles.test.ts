import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SQSClient } from '@aws-sdk/client-sqs';
import { addDays } from '@penumbra/core/calendar';
import { dayStream } from '@penumbra/core/events';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { register } from '@penumbra/core/pipeline/register';
import { type Composed, compose } from '@penumbra/functions/composition';
import { startEventSourceMapping } from '@penumbra/local/event-source-mapping';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyOf } from '../support/api-harness.ts';
import type { Graph } from './graph.ts';
import { functions, HANDLERS, shortName } from './rules/functions.ts';
import { holdsToTheRules } from './rules/holds.ts';
import { functionByArn, mappingsOf, pipelineQueue } from './rules/queues.ts';
import { definitionOf, putOutcomes, putRecords } from './running/a-day.ts';
import { type BundleHost, startBundleHost } from './running/bundle-host.ts';
import { type Chat, startChat } from './running/chat.ts';
import { eventually, heard } from './running/eventually.ts';
import { fillInSettings } from './running/fill-in-settings.ts';
import { type HttpAnswer, httpEvent } from './running/http-event.ts';
import { type StageHere, startStageHere } from './running/stage-on-this-machine.ts';
import { synthesize } from './synthesize.ts';

const UNZIPPED_LIMIT = 250 * 1024 * 1024;
const NAMES = [...Object.keys(HANDLERS), 'notify'];
const READ_KEY = 'read-0123456789abcdef0123456789abcdef';
const COMMAND_KEY = 'command-0123456789abcdef0123456789abcdef';
const API_KEYS = JSON.stringify([keyOf('app', 'read', READ_KEY), keyOf('ada', 'command', COMMAND_KEY)]);

let graph: Graph;
let folder: string;
beforeAll(async () => {
  const synthesized = await synthesize({ stage: 'ada', name: 'bundles', edit: fillInSettings });
  folder = synthesized.folder;
  graph = { stage: 'ada', resources: synthesized.resources };
}, 300_000);

/** Where SST left the bundle of a function: as it was zipped. */
const bundleOf = (name: string) =>
  join(folder, '.sst/artifacts', `${name.charAt(0).toUpperCase()}${name.slice(1)}-src`);
const filesOf = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const resourceOf = (name: string) => functions(graph).find((each) => shortName(graph, each) === name);

describe('the personal stage ada, as SST puts it together', () => {
  holdsToTheRules(() => graph);
});

describe('what SST builds', () => {
  it.each(NAMES)("%s fits Lambda's 250 MB", (name) => {
    const bytes = filesOf(bundleOf(name)).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(UNZIPPED_LIMIT);
  });

  it.each(['submit', 'evaluate'])("%s brings DuckDB for Lambda's processor", (name) => {
    const libraries = filesOf(bundleOf(name)).filter((file) => file.endsWith('duckdb.node'));
    const [architecture] = resourceOf(name)?.inputs.architectures ?? [];
    expect(libraries.map(machineOf)).toEqual([architecture]);
  });

  it.each(NAMES.filter((name) => !['submit', 'evaluate'].includes(name)))('%s brings no DuckDB', (name) => {
    const files = filesOf(bundleOf(name));
    expect(files.filter((file) => file.includes('duckdb'))).toEqual([]);
    expect(
      files.filter((file) => file.endsWith('.mjs')).map((file) => readFileSync(file, 'utf8')),
    ).not.toEqual(expect.arrayContaining([expect.stringMatching(/(?:from|import\()\s*["']@duckdb/)]));
  });
});

/** On a machine of another kind than Lambda's, its own library beside the one that was built. */
async function lendLibrary(bundle: string): Promise<void> {
  const own = `@duckdb/node-bindings-${process.platform}-${process.arch}`;
  if (existsSync(join(bundle, 'node_modules', own))) return;
  const root = fileURLToPath(new URL('../../node_modules', import.meta.url));
  await symlink(join(root, own), join(bundle, 'node_modules', own));
}

describe('the page that SST builds', () => {
  it('is put into its bucket whole, to be found at the root', () => {
    const files = graph.resources
      .filter(({ name }) => name.startsWith('PageAssetFiles'))
      .flatMap(({ inputs }) => inputs.files as { key: string }[]);
    const keys = files.map(({ key }) => key);
    expect(keys).toContain('index.html');
    expect(keys.some((key) => /^assets\/.*\.js$/.test(key))).toBe(true);
    const index = readFileSync(join(folder, 'packages/dashboard/dist/index.html'), 'utf8');
    const named = [...index.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+)"/g)].map(([, asset]) => asset);
    expect(keys).toEqual(expect.arrayContaining(named));
  });
});

/** The processor of a library in ELF: e_machine, at byte 18. */
function machineOf(file: string): string {
  const machine = readFileSync(file).readUInt16LE(18);
  return { 62: 'x86_64', 183: 'arm64' }[machine] ?? String(machine);
}

describe('a day on the bundles that were built', () => {
  let stage: StageHere;
  let host: BundleHost;
  let chat: Chat;
  let composed: Composed;
  const mappings: { stop(): Promise<void> }[] = [];
  const today = new Date().toISOString().slice(0, 10);
  const date = addDays(today, -3);

  beforeAll(async () => {
    stage = await startStageHere(graph);
    chat = await startChat();
    host = startBundleHost(folder);
    for (const name of ['submit', 'evaluate']) await lendLibrary(bundleOf(name));
    for (const name of NAMES) {
      const [module = '', exported = ''] = resourceOf(name)?.inputs.handler.split('.') ?? [];
      const environment = { ...stage.environments[name], API_KEYS, WEBHOOK_URL: chat.url };
      await host.load({ name, path: join(bundleOf(name), `${module}.mjs`), exported, environment });
    }
    for (const [variable, value] of Object.entries(stage.environments.submit ?? {}))
      vi.stubEnv(variable, value);
    composed = compose(process.env);
    const sqs = new SQSClient();
    for (const queue of QUEUE_NAMES) {
      const [mapping] = mappingsOf(graph, pipelineQueue(graph, queue) as never);
      const fn = functionByArn(graph, mapping?.inputs.functionName);
      const name = fn ? shortName(graph, fn) : '';
      mappings.push(
        startEventSourceMapping({
          sqs,
          queueUrl: stage.queueUrl(queue),
          batchSize: mapping?.inputs.batchSize,
          handler: async (event) => (await host.invoke(name, event)) as SQSBatchResponse,
        }),
      );
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(mappings.map((mapping) => mapping.stop()));
    await host?.stop();
    await stage?.stop();
    await chat?.stop();
    vi.unstubAllEnvs();
  });

  const ask = async (name: string, ...request: Parameters<typeof httpEvent>) => {
    const { statusCode, body } = (await host.invoke(name, httpEvent(...request))) as HttpAnswer;
    return { statusCode, json: body === '' ? undefined : JSON.parse(body) };
  };

  it('is scored, evaluated, and becomes evidence', async () => {
    await register(composed.pipeline, { definition: definitionOf('synthetic'), startDate: date });
    // Numbers that are left to DuckDB, so that it is loaded from the bundle.
    await putRecords(composed.bucket, 'synthetic', date, { half: '.5' });
    await putOutcomes(composed.bucket, 'synthetic', date, { one: '1.' });
    const events = await eventually('end of the day', async () => {
      const stored = await composed.pipeline.log.load('synthetic', dayStream(date));
      const types = stored.map(({ event }) => event.type);
      return types.includes('PartitionMatured') || types.includes('PartitionRejected') ? types : undefined;
    });
    expect(events).toEqual(
      expect.arrayContaining([
        'PartitionReady',
        'TransformSubmitted',
        'TransformCompleted',
        'PartitionEvaluated',
        'PartitionMatured',
      ]),
    );
  }, 30_000);

  it('is reviewed on schedule, and the bus hears of it', async () => {
    await host.invoke('review', {});
    const { state } = await composed.pipeline.rollouts('synthetic');
    expect(state.lastReview?.entered.map((evidence) => evidence.date)).toEqual([date]);
    expect(await heard(stage, 'RolloutReviewed')).toMatchObject({ detail: { deployment: 'synthetic' } });
  });

  it('leaves nothing for the sweep to find', async () => {
    const found = (await host.invoke('sweep', {})) as Record<string, { kind: string }[]>;
    expect(found.synthetic?.filter(({ kind }) => !['never-ready', 'outcomes-open'].includes(kind))).toEqual(
      [],
    );
  });

  it('is read over HTTP with a key, and by nobody without', async () => {
    expect((await ask('read', 'GET', '/v1/rollouts/synthetic')).statusCode).toBe(401);
    const { statusCode, json } = await ask('read', 'GET', '/v1/rollouts/synthetic', { key: READ_KEY });
    expect(statusCode).toBe(200);
    expect(json).toMatchObject({ deployment: 'synthetic' });
    const path = `/v1/deployments/synthetic/metrics?from=${date}&to=${date}`;
    expect((await ask('read', 'GET', path, { key: READ_KEY })).json).toMatchObject({
      to: date,
      overall: { rows: 20, labelled: 20 },
    });
  });

  it('is commanded by who may, and the bus hears of the kill switch', async () => {
    const path = '/v1/deployments/synthetic/override';
    const body = { reason: 'to see that it works' };
    expect((await ask('command', 'POST', path, { key: READ_KEY, body })).statusCode).toBe(403);
    expect((await ask('command', 'POST', path, { key: COMMAND_KEY, body })).statusCode).toBe(200);
    const rolledBack = await heard(stage, 'RolledBack');
    expect(rolledBack).toMatchObject({
      detail: { deployment: 'synthetic', by: 'ada', reason: body.reason },
    });
    await host.invoke('notify', rolledBack);
    expect(chat.told).toEqual([{ text: expect.stringContaining(body.reason) }]);
  });

  it('has logged JSON, and metrics under the name of the stage', () => {
    const lines = host
      .log()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ service: 'review', message: 'reviewed' }),
        expect.objectContaining({
          _aws: expect.objectContaining({
            CloudWatchMetrics: [expect.objectContaining({ Namespace: 'Penumbra/penumbra-ada' })],
          }),
        }),
      ]),
    );
  });
});
