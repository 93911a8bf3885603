import { createHash } from 'node:crypto';
import type { DaySummary, FileRef, SliceNumbers } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import type { EventLog } from '../event-log.ts';
import type { StoredEvent } from '../events.ts';
import { inMemoryDeploymentRegistry } from '../in-memory-deployment-registry.ts';
import { inMemoryEventLog } from '../in-memory-event-log.ts';
import { inMemoryExposureBatches } from '../in-memory-exposure-batches.ts';
import { inMemoryRolloutDocuments } from '../in-memory-rollout-documents.ts';
import { inMemoryRolloutSnapshots } from '../in-memory-rollout-snapshots.ts';
import { inMemoryWindows } from '../in-memory-windows.ts';
import { parseTransformJobName } from '../job-name.ts';
import { complete } from '../pipeline/complete.ts';
import { definitionReader, rolloutReader } from '../pipeline/deployments.ts';
import { evaluate } from '../pipeline/evaluate.ts';
import { keys, parseClosedFolder, SUCCESS } from '../pipeline/keys.ts';
import type { Message } from '../pipeline/messages.ts';
import type {
  Evaluation,
  Evaluator,
  ObjectStore,
  Pipeline,
  Submission,
  TransformJob,
  TransformStatus,
  Transforms,
} from '../pipeline/ports.ts';
import { register } from '../pipeline/register.ts';
import { submit } from '../pipeline/submit.ts';
import { watch } from '../pipeline/watch.ts';
import { success } from '../problem.ts';
import { inMemoryQueries } from './in-memory-queries.ts';

/**
 * A side effect is about to happen, or has just happened. Throwing is a crash at that place; a promise makes the
 * worker wait there while others go on.
 */
export type EffectHook = (moment: 'before' | 'after', effect: string) => void | Promise<void>;

export interface InMemoryOptions {
  readonly onEffect?: EffectHook;
  readonly review?: Pipeline['review'];
}

const PREFIX = 'penumbra';

export type InMemoryPipeline = ReturnType<typeof inMemoryPipeline>;

/**
 * The whole pipeline in memory. Nothing happens by itself: tests put objects, end transforms and deliver
 * messages, in any order and as often as they like.
 *
 * Files are lines of text: records `id`, predictions `id,score`, outcomes `id,label`. A line `broken` is what the
 * evaluator rejects.
 */
export function inMemoryPipeline(options: InMemoryOptions = {}) {
  const effect = effectsOf(options.onEffect);
  const objects = objectStore();
  const inbox = queues();
  const send = (message: Message) => inbox.send([message]);
  const transforms = transformService(objects, send);
  const evaluator = evaluatorOf(objects);
  const queries = inMemoryQueries(evaluator, (queryExecutionId) =>
    send({
      queue: 'outcomes-landed',
      body: { queryExecutionId, causationId: `state-change ${queryExecutionId}` },
    }),
  );
  const log = inMemoryEventLog();
  const snapshots = inMemoryRolloutSnapshots();
  let clock = Date.parse('2001-01-01T00:00:00Z');

  const watchedLog: EventLog = {
    ...log,
    append: (event) => effect(`append ${event.event.type}`, () => log.append(event)),
  };
  const pipeline: Pipeline = {
    log: watchedLog,
    rollouts: rolloutReader(log, snapshots),
    definitions: definitionReader(log, snapshots),
    snapshots,
    queues: {
      send: (messages, delaySeconds) =>
        effect(`send ${messages[0]?.queue}`, async () => inbox.send(messages, delaySeconds)),
    },
    transforms: {
      submit: (job) => effect('submit transform', () => transforms.submit(job)),
      describe: transforms.describe,
    },
    objects,
    evaluator,
    queries: {
      ...queries,
      submit: (request) => effect('submit query', () => queries.submit(request)),
    },
    documents: inMemoryRolloutDocuments(),
    exposures: inMemoryExposureBatches(),
    windows: inMemoryWindows(),
    deployments: inMemoryDeploymentRegistry(),
    review:
      options.review ??
      ((_, __, asOf) => ({ asOf, definitionVersion: 1, entered: [], held: [], slices: [] })),
    now: () => {
      clock += 1000;
      return new Date(clock).toISOString();
    },
    actor: { kind: 'system', name: 'penumbra' },
    jobNamePrefix: PREFIX,
    watchDelaySeconds: 60,
  };

  return {
    pipeline,
    objects,
    transforms,
    queries,
    /** Messages in the queues, in order of sending, with their delay in seconds. */
    sent: inbox.sent,

    register: (definition: Definition, startDate: string) => register(pipeline, { definition, startDate }),

    /** Puts lines into a folder, one file, without closing it. */
    put: (folder: string, lines: readonly string[], file = 'part-0.csv') =>
      objects.put(`${folder}${file}`, lines.join('\n')),

    /** Puts lines into a folder and closes it, as S3 then tells the queue. */
    close: (folder: string, lines: readonly string[]) => {
      if (lines.length > 0) objects.put(`${folder}part-0.csv`, lines.join('\n'));
      objects.put(`${folder}${SUCCESS}`, '');
      const closed = parseClosedFolder(`${folder}${SUCCESS}`);
      if (!closed) throw new Error(`no folder of ours: ${folder}`);
      const { deployment, kind, date } = closed;
      const causationId = `${folder}${SUCCESS}`;
      send(
        kind === 'outcomes'
          ? { queue: 'outcomes-landed', body: { deployment, landed: date, causationId } }
          : { queue: 'partition-ready', body: { deployment, date, causationId } },
      );
    },

    /** Hands a message to its use case. It leaves its queue only where that ends well. */
    deliver: async (message: Message) => {
      await handle(pipeline, message);
      inbox.remove(message);
    },

    /** Loses a message, or a completion event before it became one. */
    lose: inbox.remove,

    /** All events of a deployment. */
    events: async (deployment: string): Promise<StoredEvent[]> => {
      const events: StoredEvent[] = [];
      for await (const event of log.replay(deployment)) events.push(event);
      return events;
    },
  };
}

/** The use case of each queue: what its handler calls. */
export function handle(pipeline: Pipeline, message: Message): Promise<void> {
  switch (message.queue) {
    case 'partition-ready':
      return submit(pipeline, message.body);
    case 'transform-submitted':
      return watch(pipeline, message.body);
    case 'transform-complete':
      return complete(pipeline, message.body);
    case 'outcomes-landed':
      return evaluate(pipeline, message.body);
  }
}

/**
 * Delivers everything in order of sending, and ends transforms when there is nothing else to do, until nothing
 * is left: the quiet run of a lucky day.
 */
export async function runQuietly(memory: InMemoryPipeline): Promise<void> {
  for (let round = 0; round < 10_000; round += 1) {
    const message = memory.sent.find(({ queue }) => queue !== 'transform-submitted') ?? memory.sent[0];
    const [running] = memory.transforms.running();
    const [query] = memory.queries.running();
    const quiet = !message || message.queue === 'transform-submitted';
    if (running && quiet) memory.transforms.end(running);
    else if (query && quiet) memory.queries.end(query);
    else if (message) await memory.deliver(message);
    else return;
  }
  throw new Error('the pipeline does not come to rest');
}

function effectsOf(hook: EffectHook = () => undefined) {
  return async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    await hook('before', name);
    const result = await act();
    await hook('after', name);
    return result;
  };
}

type Sent = Message & { readonly delaySeconds: number };

function queues() {
  const sent: Sent[] = [];
  return {
    sent,
    send: (messages: readonly Message[], delaySeconds = 0) => {
      sent.push(...messages.map((message) => ({ ...structuredClone(message), delaySeconds })));
    },
    remove: (message: Message) => {
      const index = sent.findIndex((other) => Object.is(other, message));
      if (index >= 0) sent.splice(index, 1);
    },
  };
}

function objectStore() {
  const objects = new Map<string, { readonly text: string; readonly file: FileRef }>();
  return {
    put: (key: string, text: string) => {
      const etag = createHash('md5').update(text).digest('hex');
      objects.set(key, { text, file: { key, bytes: Buffer.byteLength(text), etag } });
    },
    text: (key: string): string | undefined => objects.get(key)?.text,
    file: (key: string): FileRef | undefined => objects.get(key)?.file,
    list: (async (prefix, { from = '', to, most } = {}) =>
      [...objects.values()]
        .map(({ file }) => file)
        .filter(({ key }) => {
          const rest = key.slice(prefix.length);
          return key.startsWith(prefix) && rest >= from && (to === undefined || rest < to);
        })
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, most)) satisfies ObjectStore['list'],
  };
}

type Objects = ReturnType<typeof objectStore>;

const linesOf = (objects: Objects, files: readonly FileRef[]) =>
  files.flatMap(({ key }) => (objects.text(key) ?? '').split('\n').filter((line) => line !== ''));

interface TransformService extends Transforms {
  /** What SageMaker answers to a submission; a test replaces it. */
  answer: (job: TransformJob) => Submission;
  /** What a transform comes to when it ends; a test replaces it. */
  script: (job: TransformJob) => TransformStatus;
  /** Job names in order of submission, repeats too. */
  readonly submissions: string[];
  readonly running: () => string[];
  /** Ends a running transform: writes its predictions where it completes, and tells the queue. */
  readonly end: (jobName: string) => void;
  /** The completion event; EventBridge may send it more than once. */
  readonly tellQueue: (jobName: string) => void;
}

function transformService(objects: Objects, send: (message: Message) => void): TransformService {
  const jobs = new Map<string, { readonly job: TransformJob; status: TransformStatus }>();
  const service: TransformService = {
    answer: () => ({ status: 'submitted' }),
    script: () => ({ status: 'completed' }),
    submissions: [],
    running: () =>
      [...jobs.values()].filter(({ status }) => status.status === 'running').map(({ job }) => job.jobName),

    end: (jobName: string) => {
      const known = jobs.get(jobName);
      if (!known) throw new Error(`no transform ${jobName}`);
      known.status = service.script(known.job);
      if (known.status.status === 'completed') {
        const input = (objects.text(`${known.job.input}input.csv`) ?? '')
          .split('\n')
          .filter((id) => id !== '');
        objects.put(`${known.job.output}input.csv.out`, input.map((id) => `${id},${scoreOf(id)}`).join('\n'));
      }
      service.tellQueue(jobName);
    },

    tellQueue: (jobName: string) => {
      const identity = parseTransformJobName(PREFIX, jobName);
      if (identity)
        send({ queue: 'transform-complete', body: { ...identity, causationId: `state-change ${jobName}` } });
    },

    submit: async (job) => {
      service.submissions.push(job.jobName);
      if (jobs.has(job.jobName)) return { status: 'submitted' };
      const answer = service.answer(job);
      if (answer.status === 'submitted') jobs.set(job.jobName, { job, status: { status: 'running' } });
      return answer;
    },

    describe: async (jobName) =>
      jobs.get(jobName)?.status ?? {
        status: 'failed',
        kind: 'Missing',
        reason: `no transform ${jobName}`,
      },
  };
  return service;
}

/** A score in [0, 1) that depends on the record alone. */
function scoreOf(id: string): number {
  return createHash('md5').update(id).digest().readUInt32BE() / 2 ** 32;
}

function evaluatorOf(objects: Objects): Evaluator {
  return {
    async prepare({ files, input, arms }) {
      const broken = rejectionOf(objects, files);
      if (broken) return { ok: false, problems: broken };
      const ids = linesOf(objects, files);
      if (arms) objects.put(`${arms}input.csv`, ids.join('\n'));
      objects.put(`${input}input.csv`, ids.join('\n'));
      return success({ rows: ids.length });
    },
    async evaluate({ records, predictions, outcomes, metricsKey }): Promise<Evaluation> {
      for (const [name, files] of Object.entries({ records, predictions, outcomes })) {
        const step = name as 'records' | 'predictions' | 'outcomes';
        const found = files.flatMap(({ key }) => objects.file(key) ?? []);
        const problems = changesOf(files, found) ?? rejectionOf(objects, files);
        if (problems) return { ok: false, step, problems, files: found };
      }
      const summary = summarize(
        linesOf(objects, records),
        new Map(linesOf(objects, predictions).map(pairOf)),
        linesOf(objects, outcomes).map(pairOf),
      );
      const state = JSON.stringify(summary);
      objects.put(metricsKey, state);
      const sha256 = createHash('sha256').update(state).digest('hex');
      return { ok: true, summary, metrics: { key: metricsKey, sha256 } };
    },
  };
}

const pairOf = (line: string): [string, number] => {
  const [id = '', value = ''] = line.split(',');
  return [id, Number(value)];
};

function changesOf(listed: readonly FileRef[], found: readonly FileRef[]) {
  const problems = listed
    .filter(({ key, etag }) => !found.some((file) => file.key === key && file.etag === etag))
    .map(({ key }) => ({ where: key, what: 'it is another file by now', remedy: 'Put it back' }));
  return problems.length > 0 ? problems : undefined;
}

function rejectionOf(objects: Objects, files: readonly FileRef[]) {
  const broken = files.filter(({ key }) => (objects.text(key) ?? '').split('\n').includes('broken'));
  if (broken.length === 0) return undefined;
  return broken.map(({ key }) => ({ where: key, what: 'a line is broken', remedy: 'Write it again' }));
}

/** The challenger earns 1 where it decides as it happened, and the incumbent where nothing happened. */
function summarize(
  ids: readonly string[],
  scores: ReadonlyMap<string, number>,
  landed: readonly [string, number][],
): DaySummary {
  const labels = new Map(landed);
  const labelled = ids.filter((id) => labels.has(id) && scores.has(id));
  const gain = (id: string) => {
    const acted = (scores.get(id) ?? 0) >= 0.5 ? 1 : 0;
    return { challenger: acted === labels.get(id) ? 1 : 0, incumbent: labels.get(id) === 0 ? 1 : 0 };
  };
  const gains = labelled.map(gain);
  const differences = gains.map(({ challenger, incumbent }) => challenger - incumbent);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const overall: SliceNumbers = {
    rows: ids.length,
    labelled: labelled.length,
    challenger: { value: sum(gains.map(({ challenger }) => challenger)) },
    incumbent: { value: sum(gains.map(({ incumbent }) => incumbent)) },
    difference: { sum: sum(differences), sumOfSquares: sum(differences.map((value) => value ** 2)) },
  };
  const mine = landed.filter(([id]) => ids.includes(id)).length;
  return {
    overall,
    slices: { everything: overall },
    duplicateOutcomes: mine - labelled.length,
    unmatchedOutcomes: landed.length - mine,
  };
}

/** The folders of one deployment, as its data lies in the bucket. */
export const foldersOf = (deployment: string) => ({
  records: (date: string) => keys.records(deployment, date),
  predictions: (date: string) => keys.predictions(deployment, date),
  outcomes: (landed: string) => `${keys.outcomes(deployment)}${landed}/`,
});
