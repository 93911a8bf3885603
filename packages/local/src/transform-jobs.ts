import { join } from 'node:path';
import { awsError, messageOf } from './aws-error.ts';
import { modelArn, transformJobArn } from './aws-names.ts';
import type { EventBus } from './event-bus.ts';
import { openJsonFiles } from './json-files.ts';
import { createSemaphore } from './ordered-concurrency.ts';
import { type TransformJob, type TransformStatus, transformJobEventDetail } from './transform-job.ts';
import { type TransformRequest, validateTransformRequest } from './transform-request.ts';

export type TransformJobs = {
  /** @throws ValidationException, ResourceInUse */
  create(input: unknown): TransformJob;
  /** @throws ResourceNotFound */
  find(name: unknown): TransformJob;
  /** @throws ResourceNotFound, ValidationException when the job has ended */
  stop(name: unknown): void;
  all(): TransformJob[];
  /** Ends the work without ending the jobs: the next start runs them again. */
  close(): Promise<void>;
};

export type TransformJobsOptions = {
  directory: string;
  bus: EventBus;
  hasModel(name: string): boolean;
  run(request: TransformRequest, signal: AbortSignal): Promise<void>;
};

// Jobs of the real service have instances of their own; these share a machine. A job that waits for its turn looks
// like one whose instances are being made ready.
const RUNNING_AT_ONCE = 4;

const CLOSED = Symbol('closed');

/** The transform jobs of the account: kept in files, run one after the other or a few at once, told on the bus. */
export function openTransformJobs({ directory, bus, hasModel, run }: TransformJobsOptions): TransformJobs {
  const files = openJsonFiles<TransformJob>(join(directory, 'transform-jobs'));
  const jobs = new Map<string, TransformJob>();
  const running = new Map<string, { abort: AbortController; done: Promise<void> }>();
  const inTurn = createSemaphore(RUNNING_AT_ONCE);

  function change(job: TransformJob, status: TransformStatus, more: Partial<TransformJob> = {}): void {
    Object.assign(job, more, { status, modifiedAt: Date.now() });
    files.write(job.request.TransformJobName, job);
    bus.put({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Transform Job State Change',
      resources: [transformJobArn(job.request.TransformJobName)],
      detail: transformJobEventDetail(job),
    });
  }

  function start(job: TransformJob): void {
    const abort = new AbortController();
    const work = async () => {
      abort.signal.throwIfAborted();
      job.startedAt = Date.now();
      files.write(job.request.TransformJobName, job);
      await run(job.request, abort.signal);
    };
    const done = inTurn(work).then(
      () => change(job, job.status === 'Stopping' ? 'Stopped' : 'Completed', { endedAt: Date.now() }),
      (error) => {
        if (abort.signal.reason === CLOSED) return;
        if (job.status === 'Stopping') change(job, 'Stopped', { endedAt: Date.now() });
        else change(job, 'Failed', { endedAt: Date.now(), failureReason: messageOf(error) });
      },
    );
    running.set(job.request.TransformJobName, { abort, done });
    done.finally(() => running.delete(job.request.TransformJobName));
  }

  function find(name: unknown): TransformJob {
    const job = jobs.get(String(name));
    if (!job) throw awsError('ResourceNotFound', `Could not find requested job with name: ${name}`);
    return job;
  }

  for (const job of files.all()) {
    jobs.set(job.request.TransformJobName, job);
    if (job.status === 'Stopping') change(job, 'Stopped', { endedAt: Date.now() });
    if (job.status === 'InProgress') start(job);
  }

  return {
    find,
    all: () => [...jobs.values()],
    create(input) {
      const request = validateTransformRequest(input);
      const name = request.TransformJobName;
      if (jobs.has(name)) {
        const known = `a job with this name already exists (${transformJobArn(name)})`;
        throw awsError(
          'ResourceInUse',
          `Job name must be unique within an AWS account and region, and ${known}`,
        );
      }
      if (!hasModel(request.ModelName)) {
        throw awsError('ValidationException', `Could not find model "${modelArn(request.ModelName)}".`);
      }
      const now = Date.now();
      const job: TransformJob = { request, status: 'InProgress', createdAt: now, modifiedAt: now };
      jobs.set(name, job);
      change(job, 'InProgress');
      start(job);
      return job;
    },
    stop(name) {
      const job = find(name);
      if (job.status === 'Stopping') return;
      if (job.status !== 'InProgress') {
        const refusal = `The request was rejected because the transform job is in status ${job.status}.`;
        throw awsError('ValidationException', refusal);
      }
      change(job, 'Stopping');
      running.get(job.request.TransformJobName)?.abort.abort(new Error('The job was stopped.'));
    },
    async close() {
      const work = [...running.values()];
      for (const { abort } of work) abort.abort(CLOSED);
      await Promise.all(work.map(({ done }) => done));
    },
  };
}
