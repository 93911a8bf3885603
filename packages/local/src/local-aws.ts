import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { program } from '@penumbra/program';
import { awsEnvironment } from './aws-environment.ts';
import { REGION } from './aws-names.ts';
import type { AwsConfig, Endpoints, FromAws, ToAws } from './aws-process-messages.ts';
import type { ModelSpec } from './models.ts';

export type LocalAwsOptions = AwsConfig & {
  /** Gets what the emulators have to say, a line at a time. */
  log?: (line: string) => void;
};

export type AwsExit = { code: number | null; signal: NodeJS.Signals | null; expected: boolean };

export type LocalAws = {
  /** What a process needs in its environment for its AWS SDK clients to talk to this AWS. */
  env: Record<string, string>;
  endpoints: Endpoints;
  /** By name, of all queues that exist, dead-letter queues included. They change with every start. */
  queueUrls: Record<string, string>;
  /** The process that hosts the emulators. */
  pid: number;
  /** Adds a model, or replaces one: jobs that run keep the container they have. */
  registerModel(name: string, spec: ModelSpec): Promise<void>;
  /** Answers what has been asked, then ends. What is stored comes back with the next start on the same `dataDir`. */
  stop(): Promise<void>;
  /** Called once, when the process has ended; `expected` unless it ended by itself. */
  onExit(callback: (exit: AwsExit) => void): void;
};

const STOP_LIMIT_MS = 15_000;
const PROGRAM = new URL('./aws-process.ts', import.meta.url);

/**
 * Starts DynamoDB, SQS, S3, EventBridge and SageMaker Batch Transform in one child process, on free ports of
 * 127.0.0.1. The child ends with this process, however this one ends.
 *
 * @throws when another local AWS uses `dataDir`, a rule cannot be understood, or the process does not start.
 */
export async function startLocalAws({ log, ...config }: LocalAwsOptions): Promise<LocalAws> {
  const child = fork(await program(PROGRAM), [], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // The SDK would otherwise remark on the Node version with every start.
    env: {
      ...process.env,
      AWS_REGION: REGION,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  const lastWords = listenTo(child, log);
  const send = (message: ToAws) => child.send(message, () => {});
  let stopping: Promise<void> | undefined;
  const exited = new Promise<AwsExit>((ended) => {
    child.once('exit', (code, signal) => ended({ code, signal, expected: stopping !== undefined }));
  });

  async function stop(): Promise<void> {
    send({ type: 'stop' });
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(limit);
  }

  send({ type: 'start', config: withAbsolutePaths(config) });
  const started = await Promise.race([
    answer(child, (message) =>
      message.type === 'started' || message.type === 'failed' ? message : undefined,
    ),
    exited.then(({ code, signal }) => {
      throw new Error(`The local AWS ended (${signal ?? code}) before it had started. ${lastWords()}`.trim());
    }),
  ]);
  if (started.type === 'failed') {
    child.kill('SIGKILL');
    await exited;
    throw new Error(`The local AWS could not start: ${started.message}`);
  }

  let nextId = 0;
  return {
    env: awsEnvironment(started.endpoints),
    endpoints: started.endpoints,
    queueUrls: started.queueUrls,
    pid: child.pid ?? 0,
    async registerModel(name, spec) {
      nextId += 1;
      const id = nextId;
      const registered = answer(child, (message) =>
        message.type === 'modelRegistered' && message.id === id ? message : undefined,
      );
      send({ type: 'registerModel', id, name, spec: absolute(spec) });
      const gone = exited.then(() => {
        throw new Error(`The local AWS has ended; the model "${name}" was not registered.`);
      });
      await Promise.race([registered, gone]);
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
    onExit(callback) {
      void exited.then(callback);
    },
  };
}

// The child has a working directory of its own.
const absolute = (spec: ModelSpec): ModelSpec => ('url' in spec ? spec : { ...spec, cwd: resolve(spec.cwd) });

function withAbsolutePaths(config: AwsConfig): AwsConfig {
  const models = Object.entries(config.models).map(([name, spec]): [string, ModelSpec] => [
    name,
    absolute(spec),
  ]);
  return { ...config, dataDir: resolve(config.dataDir), models: Object.fromEntries(models) };
}

function answer<Wanted>(
  child: ChildProcess,
  pick: (message: FromAws) => Wanted | undefined,
): Promise<Wanted> {
  return new Promise((resolve) => {
    const look = (message: FromAws) => {
      const wanted = pick(message);
      if (wanted === undefined) return;
      child.off('message', look);
      resolve(wanted);
    };
    child.on('message', look);
  });
}

function listenTo(child: ChildProcess, log: ((line: string) => void) | undefined): () => string {
  let tail = '';
  const hear = (chunk: Buffer) => {
    const text = chunk.toString();
    tail = (tail + text).slice(-2000);
    for (const line of text.split('\n')) if (line.trim() !== '') log?.(line);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.on('message', (message: FromAws) => {
    if (message.type === 'log') log?.(message.line);
  });
  return () => tail.trim();
}
