import { compileAssignment } from '@penumbra/core/assignment';
import { canonicalJson } from '@penumbra/core/canonical-json';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { etagOf } from './etag.ts';
import type { ApiPorts } from './settings.ts';

/** A rollout, ready to be served and to be evaluated. */
export interface Flag {
  readonly document: RolloutDocument;
  /** The document's canonical JSON, and the tag of these bytes. */
  readonly json: string;
  readonly etag: string;
  readonly assign: ReturnType<typeof compileAssignment>;
}

export interface FlagReader {
  /** The rollout of a deployment; undefined where there is none. */
  read(deployment: string): Promise<Flag | undefined>;
  /** The same, asked of the store now: what applications poll must show a kill at their next poll. */
  readNow(deployment: string): Promise<Flag | undefined>;
  /** Those of all deployments, in order of name. */
  readAll(): Promise<Flag[]>;
  /** Takes over a document that was just published here, without asking the store for it. */
  replace(document: RolloutDocument): void;
}

interface Kept<Value> {
  readonly value: Promise<Value>;
  /** Milliseconds on the monotonic clock. */
  readonly until: number;
}

/**
 * Reads rollout documents and keeps each for a moment, so that many requests cost one read. Where the store fails,
 * the last good document goes on serving: it ends by itself when it expires.
 */
export function flagReader(
  { documents, deployments }: Pick<ApiPorts, 'documents' | 'deployments'>,
  lifeMs: number,
  clock: () => number = () => performance.now(),
): FlagReader {
  const kept = new Map<string, Kept<Flag | undefined>>();
  const lastGood = new Map<string, Flag>();
  let names: Kept<string[]> | undefined;
  let lastNames: string[] | undefined;

  async function load(deployment: string): Promise<Flag | undefined> {
    const known = lastGood.get(deployment);
    try {
      const document = await documents.read(deployment);
      if (!document) {
        kept.delete(deployment);
        lastGood.delete(deployment);
        return undefined;
      }
      // Versions only grow; a replica that lags behind must not bring an older one back.
      const flag = known && known.document.version > document.version ? known : prepare(document);
      lastGood.set(deployment, flag);
      return flag;
    } catch (error) {
      if (!known) kept.delete(deployment);
      if (!known) throw error;
      return known;
    }
  }

  async function listNames(): Promise<string[]> {
    try {
      lastNames = await deployments.list();
    } catch (error) {
      names = undefined;
      if (!lastNames) throw error;
    }
    return lastNames;
  }

  const readNow = (deployment: string): Promise<Flag | undefined> => {
    const value = load(deployment);
    kept.set(deployment, { value, until: clock() + lifeMs });
    return value;
  };
  const read = (deployment: string): Promise<Flag | undefined> => {
    const found = kept.get(deployment);
    return found && clock() < found.until ? found.value : readNow(deployment);
  };

  return {
    read,
    readNow,
    async readAll() {
      const now = clock();
      if (!names || now >= names.until) names = { value: listNames(), until: now + lifeMs };
      const flags = await Promise.all((await names.value).map(read));
      return flags.filter((flag) => flag !== undefined);
    },
    replace(document) {
      const flag = prepare(document);
      lastGood.set(document.deployment, flag);
      kept.set(document.deployment, { value: Promise.resolve(flag), until: clock() + lifeMs });
    },
  };
}

function prepare(document: RolloutDocument): Flag {
  const json = canonicalJson(document);
  return { document, json, etag: etagOf(json), assign: compileAssignment(document) };
}
