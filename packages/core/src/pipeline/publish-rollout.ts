import { projectRollout } from '../project-rollout.ts';
import type { RolloutState } from '../rollout.ts';
import type { RolloutDocument } from '../rollout-document.ts';
import type { Loaded } from './execute.ts';
import type { Pipeline } from './ports.ts';

/**
 * Publishes what applications read, from the state as it is now: called after every decision, also one that came to
 * nothing, so that a crash between append and publish is made good by the next attempt.
 */
export async function publishRollout(
  { documents }: Pick<Pipeline, 'documents'>,
  { state, version }: Loaded<RolloutState>,
): Promise<RolloutDocument | undefined> {
  const document = projectRollout(state, version);
  if (document) await documents.publish(document);
  return document;
}
