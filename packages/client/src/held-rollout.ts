import { type Attributes, compileAssignment } from '@penumbra/core/assignment';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import type { Clock } from './clock.ts';
import { type Decision, incumbentBecause, LoadError } from './decision.ts';
import { readRolloutDocument } from './read-document.ts';
import type { Sink } from './source.ts';

/** What happens to one deployment's document. */
export interface RolloutListener {
  readonly changed: (document: RolloutDocument, before: RolloutDocument | undefined) => void;
  readonly failed: (error: LoadError) => void;
  readonly recovered: () => void;
  readonly expired: (document: RolloutDocument) => void;
}

/** The document that a client holds of one deployment: the newest good one, and what went wrong since. */
export interface HeldRollout {
  readonly decide: (unit: unknown, attributes: Attributes) => Decision;
  readonly sink: Sink;
  readonly document: () => RolloutDocument | undefined;
  readonly error: () => LoadError | undefined;
  /** Resolves once it is known whether there is a document. */
  readonly loaded: Promise<void>;
  readonly close: () => void;
}

export function holdRollout(deployment: string, clock: Clock, listener: RolloutListener): HeldRollout {
  const { now } = clock;
  const gone = incumbentBecause('FAILED');
  let fallback = incumbentBecause('NOT_LOADED');
  let document: RolloutDocument | undefined;
  let assign: ReturnType<typeof compileAssignment> | undefined;
  let error: LoadError | undefined;
  let cancelExpiry = () => {};
  let settle = () => {};
  const loaded = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const isExpired = ({ validUntil }: RolloutDocument) =>
    validUntil !== null && Date.parse(validUntil) <= now();

  const failed = (reason: LoadError) => {
    error = reason;
    fallback = incumbentBecause(reason.reason);
    settle();
    listener.failed(reason);
  };
  const well = () => {
    const before = error;
    error = undefined;
    settle();
    if (before) listener.recovered();
  };
  const watchExpiry = (current: RolloutDocument) => {
    cancelExpiry();
    if (current.validUntil === null) return;
    cancelExpiry = clock.after(Math.max(0, Date.parse(current.validUntil) - now()), () => {
      // A timer may be early, and is cut short where the end is weeks away.
      if (isExpired(current)) listener.expired(current);
      else watchExpiry(current);
    });
  };
  const replace = (next: RolloutDocument) => {
    const before = document;
    document = next;
    assign = compileAssignment(next);
    watchExpiry(next);
    well();
    listener.changed(next, before);
  };

  return {
    decide(unit, attributes) {
      if (assign === undefined) return fallback;
      try {
        return assign(unit, attributes, now());
      } catch {
        return gone;
      }
    },
    sink: {
      document(value) {
        try {
          const next = readRolloutDocument(value, deployment);
          if (document && next.version < document.version && !isExpired(document)) {
            const ages = `version ${next.version} came after version ${document.version}`;
            failed(new LoadError('UNREADABLE', `the rollout document of ${deployment}: ${ages}`));
            return false;
          }
          if (document?.version === next.version) well();
          else replace(next);
          return true;
        } catch (thrown) {
          failed(thrown instanceof LoadError ? thrown : new LoadError('UNREADABLE', String(thrown)));
          return false;
        }
      },
      unchanged: well,
      failed,
    },
    document: () => document,
    error: () => error,
    loaded,
    close() {
      cancelExpiry();
      settle();
    },
  };
}
