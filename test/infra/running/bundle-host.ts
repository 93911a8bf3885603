import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('bundle-host.mjs', import.meta.url));

export interface LoadedBundle {
  readonly name: string;
  readonly path: string;
  readonly exported: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Built bundles in a Node process of their own, where nothing is transpiled and no workspace is near. */
export interface BundleHost {
  load(bundle: LoadedBundle): Promise<void>;
  /** Invokes a function; the event and the answer travel as JSON, as they do on Lambda. Throws what it threw. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** What the functions have written to their logs. */
  log(): string;
  stop(): Promise<void>;
}

export function startBundleHost(cwd: string): BundleHost {
  const child = fork(PROGRAM, [], { cwd, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      log += chunk;
    });
  let nextId = 0;
  const ask = (message: object): Promise<unknown> => {
    nextId += 1;
    const id = nextId;
    const answer = answerTo(child, id);
    child.send({ id, ...message });
    return answer;
  };
  return {
    load: async (bundle) => void (await ask({ load: bundle })),
    invoke: (name, event) => ask({ invoke: { name, event, context: contextOf(name) } }),
    log: () => log,
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

function answerTo(child: ChildProcess, id: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the process of the bundles has ended'));
    const look = (message: { id: number; value?: unknown; error?: string }) => {
      if (message.id !== id) return;
      child.off('message', look).off('exit', ended);
      if (message.error === undefined) resolve(message.value);
      else reject(new Error(message.error));
    };
    child.on('message', look).once('exit', ended);
  });
}

const contextOf = (name: string) => ({
  functionName: name,
  functionVersion: '$LATEST',
  memoryLimitInMB: '512',
  awsRequestId: 'request',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
});
