import type { TrialDocument } from '@penumbra/local/trial-document';
import { countOf } from './money.ts';

/** A sentence about outcomes whose record is nowhere in the folder; undefined where there are none. */
export function unknownOutcomes({ unknownOutcomes: { count, example } }: TrialDocument): string | undefined {
  if (count === 0) return undefined;
  const verb = count === 1 ? 'belongs' : 'belong';
  return `${countOf(count, 'outcome')} ${verb} to no record of the folder, such as ${JSON.stringify(example)}: left out; check the ids if there should be none.`;
}
