import { z } from 'zod';
import { type Exposure, type ExposureBatch, LONGEST_UNIT } from './exposures.ts';
import { isWellFormed, NOT_WELL_FORMED } from './well-formed.ts';

/** Exposures of one batch at most. */
export const MOST_EXPOSURES = 2000;

const text = (most: number) => z.string().min(1).max(most).refine(isWellFormed, NOT_WELL_FORMED);

/** An exposure as it comes from outside. */
export const exposureSchema = z.strictObject({
  deployment: z.string().min(1).max(40).describe('Name of the deployment.'),
  unit: text(LONGEST_UNIT).describe('What kept its arm.'),
  slice: text(100).describe('Name of the slice.'),
  arm: z.enum(['challenger', 'incumbent']).describe('The arm that the unit was told.'),
  percent: z.number().min(0).max(100).describe("As the rollout document had it: the challenger's share."),
  version: z.number().int().min(0).describe('Of the rollout document.'),
  at: z.number().int().min(0).describe('When, in milliseconds since 1970, by the clock of the application.'),
}) satisfies z.ZodType<Exposure>;

const lineSchema = z.union([exposureSchema, z.strictObject({ dropped: z.number().int().min(1) })]);

/** A batch as JSON lines: an exposure each, and where some were lost, a last one that says how many. */
export function toLines({ exposures, dropped }: ExposureBatch): string {
  const lines: object[] = dropped > 0 ? [...exposures, { dropped }] : [...exposures];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A batch of JSON lines as `toLines` wrote it. A line that is none, of another hand, counts as one lost. */
export function fromLines(lines: string): ExposureBatch {
  const exposures: Exposure[] = [];
  let dropped = 0;
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const { data } = lineSchema.safeParse(parsed(line));
    if (data && 'unit' in data) exposures.push(data);
    else dropped += data?.dropped ?? 1;
  }
  return { exposures, dropped };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
