import type { History } from '@penumbra/core/history';
import { ApiProblem, readEvents } from './api.ts';

/** Version of the rollout's event that brought a version of the definition; undefined where none is known. */
export function eventOfDefinition(
  { interventions }: Pick<History, 'interventions'>,
  version: number,
): number | undefined {
  // The registration is the first event of every rollout, and brings the first version; each revision the next one.
  if (version === 1) return 1;
  return interventions.filter(({ type }) => type === 'DefinitionRevised')[version - 2]?.version;
}

/**
 * A version of the definition as it stands in the log.
 *
 * @throws {ApiProblem} where it cannot be read, or there is none.
 */
export async function readDefinition(history: History, version: number): Promise<unknown> {
  if (version === history.definitionVersion) return history.definition;
  const at = eventOfDefinition(history, version);
  const [event] = at === undefined ? [] : await readEvents(history.deployment, 'rollout', at - 1, 1);
  if (event?.data.definitionVersion === version) return event.data.definition;
  throw new ApiProblem(
    404,
    `With the review of ${history.asOf} there was no version ${version} of the definition`,
    'A later one may be in the log: go to the latest review',
  );
}
