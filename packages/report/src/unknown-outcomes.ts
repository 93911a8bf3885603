import type { ReportDocument } from './document.ts';
import { countOf } from './money.ts';

/** A sentence about outcomes whose record is nowhere in the folder; undefined where there are none. */
export function unknownOutcomes({ unknownOutcomes: found }: ReportDocument): string | undefined {
  if (!found || found.count === 0) return undefined;
  const { count, example } = found;
  const verb = count === 1 ? 'belongs' : 'belong';
  return `${countOf(count, 'outcome')} ${verb} to no record of the folder, such as ${JSON.stringify(example)}: left out; check the ids if there should be none.`;
}
