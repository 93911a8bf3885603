import { z } from 'zod';

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
]);

export const sliceSchema = z.strictObject({
  slice: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lower-case letters, digits and hyphens, at most 40')
    .describe('Name of the slice, as people read it.'),
  when: z
    .array(conditionSchema)
    .min(1)
    .describe('Conditions on fields; all must hold. A record belongs to the first slice that matches it.'),
});

export type Condition = z.infer<typeof conditionSchema>;
export type Slice = z.infer<typeof sliceSchema>;
export type FieldValue = string | number | boolean | null | undefined;

/** Where a record belongs that no slice matches: it stays with the incumbent. */
export const NO_SLICE = -1;

/** The columns that the slices look at, each once, in order of first use. */
export function sliceFields(slices: readonly Slice[]): string[] {
  return [...new Set(slices.flatMap((slice) => slice.when.map((condition) => condition.field)))];
}

/**
 * Compiles the slices to plain code: given a reader of fields, the index of the first slice that matches, or
 * NO_SLICE. Values compare as text or as numbers according to the definition, because a CSV knows no types:
 * the text "7" equals the number 7 of a definition, and text that is not a number is in no range.
 */
export function compileSlices(slices: readonly Slice[]): (read: (field: string) => FieldValue) => number {
  const matchers = slices.map((slice) => slice.when.map(compileCondition));
  return (read) => matchers.findIndex((conditions) => conditions.every((matches) => matches(read)));
}

function compileCondition(condition: Condition): (read: (field: string) => FieldValue) => boolean {
  const { field } = condition;
  if ('equals' in condition) {
    const { equals } = condition;
    return (read) => sameValue(read(field), equals);
  }
  if ('oneOf' in condition) {
    const { oneOf } = condition;
    return (read) => {
      const value = read(field);
      return oneOf.some((candidate) => sameValue(value, candidate));
    };
  }
  const { atLeast = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = condition;
  return (read) => {
    const number = toNumber(read(field));
    return number >= atLeast && number < below;
  };
}

function sameValue(value: FieldValue, wanted: string | number | boolean): boolean {
  if (value === null || value === undefined) return false;
  return typeof wanted === 'number' ? toNumber(value) === wanted : String(value) === String(wanted);
}

function toNumber(value: FieldValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}
