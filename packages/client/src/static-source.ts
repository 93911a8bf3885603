import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { LoadError } from './decision.ts';
import type { Source } from './source.ts';

/**
 * Documents that are there already: for tests, and for applications that load them in their own way.
 *
 * ```ts
 * const client = createClient({ deployments: ['rebooking'], source: staticSource(document) });
 * ```
 */
export function staticSource(...documents: readonly RolloutDocument[]): Source {
  return {
    open(deployment, sink) {
      const document = documents.find((candidate) => candidate.deployment === deployment);
      if (document) sink.document(document);
      else sink.failed(new LoadError('UNKNOWN_DEPLOYMENT', `there is no document of ${deployment}`));
      return async () => {};
    },
  };
}
