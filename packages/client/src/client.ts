import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { type Clock, systemClock } from './clock.ts';
import { type Decision, incumbentBecause, type LoadError } from './decision.ts';
import { emitter } from './emitter.ts';
import { exposureBuffer, type FeedbackOptions } from './exposures.ts';
import { type HeldRollout, holdRollout } from './held-rollout.ts';
import type { Source } from './source.ts';

export interface ClientOptions<Deployment extends string> {
  /** The deployments that this application asks about; their names are checked where it decides. */
  readonly deployments: readonly Deployment[];
  /** Where their documents come from. */
  readonly source: Source;
  /** Reports which arm each request got, in batches. Off where it is not given. */
  readonly feedback?: FeedbackOptions;
  /** For tests, and to look at a trial of past dates as of then. */
  readonly clock?: Clock;
}

/** A request: the unit that keeps its arm, and the attributes that slices look at. */
export interface RequestContext {
  /** The user, account, route…: the column `records.unit` of the definition. */
  readonly unit: string;
  readonly [attribute: string]: string | number | boolean | null | undefined;
}

/** What a client tells, by name. */
export interface ClientEvents<Deployment extends string = string> {
  /** Another document is in use: other percentages, or another review. */
  readonly changed: {
    readonly deployment: Deployment;
    readonly document: RolloutDocument;
    readonly before: RolloutDocument | undefined;
  };
  /** A document could not be had; the one in use, if there is one, serves on until it expires. */
  readonly failed: { readonly deployment: Deployment; readonly error: LoadError };
  /** A document could be had again. */
  readonly recovered: { readonly deployment: Deployment };
  /** The document in use has reached its end: the incumbent decides. */
  readonly expired: { readonly deployment: Deployment; readonly document: RolloutDocument };
}

/** What a client holds of a deployment, for a health check. */
export interface DeploymentStatus {
  readonly document: RolloutDocument | undefined;
  /** What went wrong when the document was last asked for; undefined where nothing did. */
  readonly error: LoadError | undefined;
}

export interface Client<Deployment extends string = string> {
  readonly deployments: readonly Deployment[];
  /** Which arm decides this request. Synchronous, never throws; the incumbent where anything is in doubt. */
  readonly decide: (deployment: Deployment, context: RequestContext) => Decision;
  /** Resolves once every deployment's first document has come, or has failed to. Never rejects. */
  readonly ready: () => Promise<void>;
  readonly on: <Type extends keyof ClientEvents>(
    type: Type,
    listener: (event: ClientEvents<Deployment>[Type]) => void,
  ) => () => void;
  readonly status: (deployment: Deployment) => DeploymentStatus;
  /** Ends polling and feedback. Decisions go on from the last document, until that expires. */
  readonly close: () => Promise<void>;
}

/**
 * A client of a rollout, in process: a decision is a hash and a comparison, without a call to anyone.
 *
 * ```ts
 * const client = createClient({
 *   deployments: ['rebooking'],
 *   source: httpSource({ url: 'https://penumbra.example.com', key: 'read-key' }),
 * });
 * await client.ready();
 * const { arm } = client.decide('rebooking', { unit: passenger.id, airport: 'ATL', passengers: 40 });
 * const rebook = arm === 'challenger' ? await model(passenger) : rule(passenger);
 * ```
 */
export function createClient<const Deployment extends string>(
  options: ClientOptions<Deployment>,
): Client<Deployment> {
  const { deployments, source, clock = systemClock, feedback } = options;
  const { on, emit } = emitter<ClientEvents<Deployment>>();
  const held = new Map<string, HeldRollout>();
  const closings: (() => Promise<void>)[] = [];
  const exposures = feedback && exposureBuffer(feedback, clock);
  const unknown = incumbentBecause('UNKNOWN_DEPLOYMENT');
  const failed = incumbentBecause('FAILED');

  for (const deployment of new Set(deployments)) {
    const rollout = holdRollout(deployment, clock, {
      changed: (document, before) => emit('changed', { deployment, document, before }),
      failed: (error) => emit('failed', { deployment, error }),
      recovered: () => emit('recovered', { deployment }),
      expired: (document) => emit('expired', { deployment, document }),
    });
    held.set(deployment, rollout);
    closings.push(source.open(deployment, rollout.sink, clock));
  }

  const decide = (deployment: Deployment, context: RequestContext): Decision => {
    const rollout = held.get(deployment);
    // A caller without types may pass nothing at all.
    if (rollout === undefined) return unknown;
    if (typeof context !== 'object' || context === null) return failed;
    const decision = rollout.decide(context.unit, context);
    if (exposures !== undefined && decision.slice !== null) exposures.add(deployment, context.unit, decision);
    return decision;
  };

  let closing: Promise<void> | undefined;
  const close = async () => {
    for (const rollout of held.values()) rollout.close();
    await Promise.all([...closings.map((end) => end()), exposures?.close()]);
  };
  return {
    deployments: [...new Set(deployments)],
    decide,
    ready: async () => {
      await Promise.all([...held.values()].map(({ loaded }) => loaded));
    },
    on,
    status(deployment) {
      const rollout = held.get(deployment);
      return { document: rollout?.document(), error: rollout?.error() };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
