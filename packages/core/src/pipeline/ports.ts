import type { CalendarDate } from '../calendar.ts';
import type { DaySummary, FileRef, MetricsRef } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import type { Actor } from '../envelope.ts';
import type { EventLog } from '../event-log.ts';
import type { Problem, Result } from '../problem.ts';
import type { RolloutState } from '../rollout.ts';
import type { RolloutDocument } from '../rollout-document.ts';
import type { RolloutReview } from '../rollout-events.ts';
import type { Registered } from './deployments.ts';
import type { Message } from './messages.ts';
import type { DatedDay } from './review.ts';

export interface Queues {
  /** Sends messages; throws where one of them was not accepted. Delay in seconds, at most 900. */
  send(messages: readonly Message[], delaySeconds?: number): Promise<void>;
}

export interface TransformJob {
  readonly jobName: string;
  readonly modelName: string;
  /** Key prefixes of input and output. */
  readonly input: string;
  readonly output: string;
  readonly settings: NonNullable<Definition['model']>['transform'];
  readonly tags: Readonly<Record<string, string>>;
}

export type TransformStatus =
  | { readonly status: 'running' }
  | { readonly status: 'completed' }
  | { readonly status: 'failed'; readonly kind: 'Failed' | 'Stopped' | 'Missing'; readonly reason: string };

/** rejected: the request itself is wrong, repeating it cannot help. later: a quota is used up for now. */
export type Submission =
  | { readonly status: 'submitted' }
  | { readonly status: 'rejected' | 'later'; readonly reason: string };

export interface Transforms {
  /** Starts a transform; an existing one of the same name counts as submitted. Throws on what may pass. */
  submit(job: TransformJob): Promise<Submission>;
  describe(jobName: string): Promise<TransformStatus>;
}

export interface ObjectStore {
  /** Objects under a prefix in key order; `from` and `to` bound the keys' text after the prefix, `to` exclusive. */
  list(prefix: string, bounds?: { readonly from?: string; readonly to?: string }): Promise<FileRef[]>;
}

export type Evaluation =
  | { readonly ok: true; readonly summary: DaySummary; readonly metrics: MetricsRef }
  | {
      readonly ok: false;
      /** Whose data is wrong. */
      readonly step: 'records' | 'predictions' | 'outcomes';
      readonly problems: readonly Problem[];
    };

export interface Evaluator {
  /** Checks a partition's records and writes the model's input under `input`, all or nothing. */
  prepare(request: {
    readonly definition: Definition;
    readonly files: readonly FileRef[];
    readonly input: string;
  }): Promise<Result<{ readonly rows: number }>>;
  /** Compares the day and writes its metric state to `metricsKey`. The same data gives the same bytes. */
  evaluate(request: {
    readonly definition: Definition;
    readonly records: readonly FileRef[];
    readonly predictions: readonly FileRef[];
    readonly outcomes: readonly FileRef[];
    readonly metricsKey: string;
  }): Promise<Evaluation>;
}

export interface RolloutDocuments {
  /** Publishes a document unless a newer one is there: then `stale`, and nothing changes. */
  publish(document: RolloutDocument): Promise<'published' | 'stale'>;
  read(deployment: string): Promise<RolloutDocument | undefined>;
}

/** The names of all deployments, kept beside the log: finding them in the log would mean reading all of it. */
export interface DeploymentRegistry {
  /** Adds a name; again is no harm. */
  add(deployment: string): Promise<void>;
  /** In order of name. */
  list(): Promise<string[]>;
}

/** Everything that the use cases need from outside. Built once, at the edge. */
export interface Pipeline {
  readonly log: EventLog;
  readonly rollouts: (deployment: string) => Promise<Registered>;
  readonly queues: Queues;
  readonly transforms: Transforms;
  readonly objects: ObjectStore;
  readonly evaluator: Evaluator;
  readonly documents: RolloutDocuments;
  readonly deployments: DeploymentRegistry;
  /** The review policy: pure. */
  readonly review: (state: RolloutState, days: readonly DatedDay[], asOf: CalendarDate) => RolloutReview;
  /** ISO 8601 in UTC. */
  readonly now: () => string;
  readonly actor: Actor;
  readonly jobNamePrefix: string;
  /** Seconds between two looks at a running transform, at most 900. */
  readonly watchDelaySeconds: number;
}
