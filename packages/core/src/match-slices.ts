import type { Condition, Slice } from './slice.ts';

// Apart from the schema, so that what production applications import does not carry the schema's library.

export type FieldValue = string | number | boolean | null | undefined;

/** Where a record belongs that no slice matches: it stays with the incumbent. */
export const NO_SLICE = -1;

type Matches<Row> = (row: Row) => boolean;

/**
 * Compiles the slices to plain code: given a reader of fields, the index of the first slice that matches, or
 * NO_SLICE. Values compare as text or as numbers according to the definition, because a CSV knows no types:
 * the text "7" equals the number 7 of a definition, and text that is not a number is in no range.
 */
export function compileSlices(slices: readonly Slice[]): (read: (field: string) => FieldValue) => number {
  return compileSlicesOf(slices, (read, field) => read(field));
}

/** The same for rows of any kind, given how a field of a row is read; the matcher allocates nothing. */
export function compileSlicesOf<Row>(
  slices: readonly Slice[],
  readField: (row: Row, field: string) => FieldValue,
): (row: Row) => number {
  const matchers = slices.map(({ when }) => when.map((condition) => compileCondition(condition, readField)));
  return (row) => {
    for (let index = 0; index < matchers.length; index += 1) {
      if (allHold(matchers[index] ?? [], row)) return index;
    }
    return NO_SLICE;
  };
}

function allHold<Row>(conditions: readonly Matches<Row>[], row: Row): boolean {
  for (const matches of conditions) if (!matches(row)) return false;
  return true;
}

function compileCondition<Row>(
  condition: Condition,
  readField: (row: Row, field: string) => FieldValue,
): Matches<Row> {
  const { field } = condition;
  if ('equals' in condition) {
    const { equals } = condition;
    return (row) => sameValue(readField(row, field), equals);
  }
  if ('oneOf' in condition) {
    const numbers = new Set(condition.oneOf.filter((wanted) => typeof wanted === 'number'));
    const texts = new Set(condition.oneOf.filter((wanted) => typeof wanted !== 'number').map(String));
    return (row) => {
      const value = readField(row, field);
      if (!isScalar(value)) return false;
      return texts.has(String(value)) || (numbers.size > 0 && numbers.has(toNumber(value)));
    };
  }
  const { atLeast = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = condition;
  return (row) => {
    const number = toNumber(readField(row, field));
    return number >= atLeast && number < below;
  };
}

function sameValue(value: FieldValue, wanted: string | number | boolean): boolean {
  if (typeof value === typeof wanted) return value === wanted;
  if (!isScalar(value)) return false;
  return typeof wanted === 'number' ? toNumber(value) === wanted : String(value) === String(wanted);
}

/** What an application passes is not always what its types say: anything else matches nothing. */
function isScalar(value: FieldValue): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function toNumber(value: FieldValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}
