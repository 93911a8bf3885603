import { z } from 'zod';
import type { Condition, Slice } from './slice.ts';

export type { Condition, Slice };

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const field = z
  .string()
  .min(1)
  .describe('Name of a column of the records, or of an attribute in the application.');

/** One condition on one field. */
export const conditionSchema = z.union([
  z.strictObject({ field, equals: scalar.describe('The one value that matches.') }),
  z.strictObject({ field, oneOf: z.array(scalar).min(1).describe('The values that match.') }),
  z
    .strictObject({
      field,
      atLeast: z.number().optional().describe('Smallest number that matches, itself included.'),
      below: z.number().optional().describe('First number that no longer matches.'),
    })
    .refine((range) => range.atLeast !== undefined || range.below !== undefined, {
      message: 'a range needs atLeast, below, or both',
    }),
]) satisfies z.ZodType<Condition>;

export const sliceSchema = z.strictObject({
  slice: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lower-case letters, digits and hyphens, at most 40')
    .describe('Name of the slice, as people read it.'),
  when: z
    .array(conditionSchema)
    .min(1)
    .describe('Conditions on fields; all must hold. A record belongs to the first slice that matches it.'),
}) satisfies z.ZodType<Slice>;

/** The columns that the slices look at, each once, in order of first use. */
export function sliceFields(slices: readonly Slice[]): string[] {
  return [...new Set(slices.flatMap((slice) => slice.when.map((condition) => condition.field)))];
}
