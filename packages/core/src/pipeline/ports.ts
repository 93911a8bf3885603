import type { CalendarDate } from '../calendar.ts';
import type { DaySummary, FileRef, MetricsRef } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import type { Actor } from '../envelope.ts';
import type { EventLog } from '../event-log.ts';
import type { ExposureBatch } from '../exposures.ts';
import type { Problem, Result } from '../problem.ts';
import type { QueryCost } from '../query-cost.ts';
import type { RolloutState } from '../rollout.ts';
import type { RolloutDocument } from '../rollout-document.ts';
import type { ReportedDay, RolloutReview } from '../rollout-events.ts';
import type { Windows } from '../windows.ts';
import type { Defined, Registered } from './deployments.ts';
import type { Loaded } from './execute.ts';
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

/** A look that Athena is to compare. */
export interface QueriedFiles {
  readonly definition: Definition;
  readonly records: readonly FileRef[];
  readonly predictions: readonly FileRef[];
  readonly outcomes: readonly FileRef[];
}

export interface QueryRequest extends QueriedFiles {
  readonly deployment: string;
  readonly date: CalendarDate;
  /** Outcomes landed up to this date, itself included, are in the look. */
  readonly asOf: CalendarDate;
  /** Of the transform that wrote the predictions; undefined where they were made elsewhere. */
  readonly jobName: string | undefined;
  /** Place in the log of the event that will tell of it: the same one asks for the same query. */
  readonly eventId: string;
}

export type SubmittedQuery = {
  readonly status: 'submitted';
  readonly queryExecutionId: string;
  readonly clientRequestToken: string;
  /** Where its result will lie. */
  readonly output: string;
};

/** rejected: this query will be refused again. later: a quota is used up for now. held: its files cannot be queried. */
export type QuerySubmission =
  | SubmittedQuery
  | Exclude<Submission, { readonly status: 'submitted' }>
  | { readonly status: 'held'; readonly held: HeldEvaluation };

/** What a query has scanned so far, and what AWS asks for that. */
export interface Scanned {
  readonly bytesScanned: number;
  readonly cost: QueryCost;
}

export type QueryStatus = Scanned &
  (
    | { readonly status: 'running' | 'succeeded' }
    | {
        readonly status: 'failed';
        readonly kind: 'FAILED' | 'CANCELLED' | 'MISSING';
        readonly reason: string;
        /** Whether the same query may succeed. */
        readonly mayPass: boolean;
      }
  ) & {
    /** Whose query it is; undefined where it is none of ours. */
    readonly partition: { readonly deployment: string; readonly date: CalendarDate } | undefined;
  };

/** Queries over the files where they lie: the engine of days that no function holds. */
export interface Queries {
  /** Why no query can compare by a definition, or undefined where one can. */
  unfit(definition: Definition): string | undefined;
  /** Starts a query; one for the same place in the log counts as submitted. Throws on what may pass. */
  submit(request: QueryRequest): Promise<QuerySubmission>;
  describe(queryExecutionId: string): Promise<QueryStatus>;
  /** What a query that succeeded found, its metric state written to `metricsKey`; `missing` where nothing is left of it. */
  results(
    request: QueriedFiles & {
      readonly queryExecutionId: string;
      readonly output: string;
      readonly metricsKey: string;
    },
  ): Promise<Evaluation | 'missing'>;
  /** Ends a query; one that has ended already stays as it is. */
  stop(queryExecutionId: string): Promise<void>;
}

export interface ObjectStore {
  /**
   * Objects under a prefix in key order, at most `most` of them; `from` and `to` bound the keys' text after the prefix,
   * `to` exclusive.
   */
  list(
    prefix: string,
    bounds?: { readonly from?: string; readonly to?: string; readonly most?: number },
  ): Promise<FileRef[]>;
}

export type Evaluation =
  | { readonly ok: true; readonly summary: DaySummary; readonly metrics: MetricsRef }
  | {
      readonly ok: false;
      /** Whose data is wrong. */
      readonly step: 'records' | 'predictions' | 'outcomes';
      readonly problems: readonly Problem[];
      /** Its files as they were found, where they are not the ones that were asked for. */
      readonly files?: readonly FileRef[] | undefined;
    };

/** An evaluation whose data somebody must mend. */
export type HeldEvaluation = Extract<Evaluation, { readonly ok: false }>;

export interface Evaluator {
  /**
   * Checks a partition's records and writes the model's input under `input`, and the hashes of its units under `arms`
   * where that is given, all or nothing. Throws where a file is not the one that was listed: somebody is
   * writing the folder right now, and it is to be listed again.
   */
  prepare(request: {
    readonly definition: Definition;
    readonly files: readonly FileRef[];
    readonly input: string;
    readonly arms?: string | undefined;
  }): Promise<Result<{ readonly rows: number }>>;
  /**
   * Compares the day and writes its metric state to `metricsKey`. The same data gives the same bytes. Records and
   * predictions that are other files by now than the log names are a problem; outcomes, which were listed just now,
   * are thrown for, as in `prepare`.
   */
  evaluate(request: {
    readonly definition: Definition;
    readonly records: readonly FileRef[];
    readonly predictions: readonly FileRef[];
    readonly outcomes: readonly FileRef[];
    readonly metricsKey: string;
  }): Promise<Evaluation>;
}

/** What production applications report, kept batch by batch; nothing is changed or taken away. */
export interface ExposureBatches {
  /** Keeps what was reported of one deployment on the date on which it arrived. The same batch again is kept once. */
  add(deployment: string, date: CalendarDate, batch: ExposureBatch): Promise<void>;
  /** What arrived on a date, in no order. Of more batches than can be compared, the same random ones every time. */
  read(deployment: string, date: CalendarDate): AsyncIterable<ExposureBatch>;
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

/** The windows as of a review, by version of the rollout stream. */
export interface KeptWindows extends Windows {
  readonly version: number;
  /** Of the last review; null before the first. */
  readonly asOf: CalendarDate | null;
}

export interface WindowStore {
  /** Publishes windows unless those of the same or a later version are there: then `stale`, and nothing changes. */
  publish(deployment: string, windows: KeptWindows): Promise<'published' | 'stale'>;
  /** Undefined before the first mature day was reviewed. */
  read(deployment: string): Promise<KeptWindows | undefined>;
}

/** A rollout as it was folded, kept beside the log so that nobody has to fold it from its first event again. */
export interface RolloutSnapshots {
  /**
   * Keeps a snapshot unless one of the same or a later version is there: then `stale`, and nothing changes. One that is
   * larger than the store takes is not kept either; then the log is read from the last one that was.
   */
  publish(deployment: string, snapshot: Loaded<RolloutState>): Promise<'published' | 'stale' | 'too large'>;
  /** The whole rollout; in outline it is without evidence and exposures, and of one size however long it has run. */
  read(deployment: string, detail: SnapshotDetail): Promise<Loaded<RolloutState> | undefined>;
}
export type SnapshotDetail = 'whole' | 'outline';

/** Everything that the use cases need from outside. Built once, at the edge. */
export interface Pipeline {
  readonly log: EventLog;
  readonly rollouts: (deployment: string) => Promise<Registered>;
  /** What the steps of a day need of a rollout: its evidence stays unread. */
  readonly definitions: (deployment: string) => Promise<Defined>;
  readonly snapshots: RolloutSnapshots;
  readonly queues: Queues;
  readonly transforms: Transforms;
  readonly objects: ObjectStore;
  readonly evaluator: Evaluator;
  readonly queries: Queries;
  readonly documents: RolloutDocuments;
  readonly windows: WindowStore;
  readonly exposures: ExposureBatches;
  readonly deployments: DeploymentRegistry;
  /** The review policy: pure. */
  readonly review: (
    state: RolloutState,
    days: readonly DatedDay[],
    asOf: CalendarDate,
    reported: readonly ReportedDay[],
  ) => RolloutReview;
  /** ISO 8601 in UTC. */
  readonly now: () => string;
  readonly actor: Actor;
  readonly jobNamePrefix: string;
  /** Seconds between two looks at a running transform or query, at most 900. */
  readonly watchDelaySeconds: number;
}
