import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type ModelCommand = { command: string[]; cwd: string };

export type ModelProcess = {
  url: string;
  /** Why it is gone; undefined while it runs. */
  exitReason(): string | undefined;
  stop(): Promise<void>;
};

const START_LIMIT_MS = 30_000;
// SageMaker waits 2 s for the answer to one ping.
const PING_LIMIT_MS = 2_000;
const KEPT_LINES = 20;

// Runs the command and, beside it, a watcher that kills the whole process group once file descriptor 3 ends.
// The other end of it is held by this process and by nobody else, so that the kernel closes it however this
// process dies: even SIGKILL leaves no model behind.
const WATCHED = '(cat <&3 >/dev/null; kill -9 0) & exec "$@" 3<&-';

/**
 * Starts a model container's program and waits for `GET /ping` to answer 200.
 *
 * @throws with the last lines that the program wrote, when it ends or does not answer within 30 s.
 */
export async function startModelProcess(
  name: string,
  { command, cwd }: ModelCommand,
  environment: Record<string, string>,
): Promise<ModelProcess> {
  const port = await freePort();
  const child = spawn('/bin/sh', ['-c', WATCHED, 'model', ...command], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, SAGEMAKER_BIND_TO_PORT: String(port), PORT: String(port) },
  });
  const lastLines = keepLastLines(child);
  let exitReason: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      exitReason = `could not be started: ${error.message}`;
      resolve();
    });
    child.once('exit', (code, signal) => {
      exitReason = `ended with ${signal ?? `exit code ${code}`}`;
      // Lets the watcher take along whatever else the program has started.
      child.stdio[3]?.destroy();
      resolve();
    });
  });
  child.stdio[3]?.on('error', () => {});

  const stop = async () => {
    if (child.pid !== undefined && exitReason === undefined) killGroup(child.pid);
    await ended;
  };

  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_LIMIT_MS;
  while (exitReason === undefined && Date.now() < deadline) {
    if (await answersPing(url))
      return { url, exitReason: () => exitReason && `${exitReason}. ${lastLines()}`, stop };
    await Promise.race([ended, sleep(25)]);
  }
  const reason = exitReason ?? `did not answer GET /ping with 200 within ${START_LIMIT_MS / 1000} s`;
  await stop();
  throw new Error(`The container of model "${name}" ${reason}. ${lastLines()}`.trim());
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended between the look and the kill.
  }
}

async function answersPing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(PING_LIMIT_MS) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function keepLastLines(child: ChildProcess): () => string {
  let tail = '';
  const keep = (chunk: Buffer) => {
    tail = (tail + chunk.toString()).split('\n').slice(-KEPT_LINES).join('\n');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => (tail.trim() === '' ? '' : `It wrote: ${tail.trim()}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}
