import { type ChildProcess, fork } from 'node:child_process';
import { program } from '@penumbra/program';
import type { FromWorker, Report, ToWorker, WorkerSetup } from './worker-messages.ts';

/** The file that `startWorker` is given, once made: workers are started often. */
export const workerProgram = () => program(new URL('./worker.ts', import.meta.url));

/** A worker as the harness holds it. */
export interface WorkerProcess {
  /** Answers once the handlers receive messages; throws where the worker ended before. */
  readonly ready: Promise<void>;
  setClock(now: string): void;
  /** Calls for a review as the scheduler does; throws where it failed or the worker was killed. */
  review(deployment: string, asOf: string, attempt: number): Promise<void>;
  /** SIGKILL, whatever it is doing. */
  kill(): Promise<void>;
}

export function startWorker(
  path: string,
  setup: WorkerSetup,
  env: NodeJS.ProcessEnv,
  onReport: (report: Report) => void,
): WorkerProcess {
  const child: ChildProcess = fork(path, [JSON.stringify(setup)], {
    execArgv: [],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  child.stderr?.on('data', (chunk) => {
    lastWords = (lastWords + chunk).slice(-2000);
  });
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let killed = false;
  let ids = 0;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: FromWorker) => {
      if (message.type === 'ready') return resolve();
      if (message.type !== 'answer') return onReport(message);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error === undefined) call?.resolve();
      else call?.reject(new Error(message.error));
    });
    void exited.then(() => {
      const gone = new Error(killed ? 'the worker was killed' : `the worker ended by itself:\n${lastWords}`);
      for (const { reject: fail } of waiting.values()) fail(gone);
      waiting.clear();
      if (killed) resolve();
      else reject(gone);
    });
  });
  // Whoever waits for it hears of it; nobody may.
  ready.catch(() => {});
  const send = (message: ToWorker) => {
    if (child.connected) child.send(message, () => {});
  };
  return {
    ready,
    setClock: (now) => send({ type: 'clock', now }),
    review(deployment, asOf, attempt) {
      ids += 1;
      const id = ids;
      const answered = new Promise<void>((resolve, reject) => waiting.set(id, { resolve, reject }));
      if (!child.connected) return Promise.reject(new Error('the worker is gone'));
      send({ type: 'review', id, deployment, asOf, attempt });
      return answered;
    },
    async kill() {
      killed = true;
      child.kill('SIGKILL');
      await exited;
    },
  };
}
