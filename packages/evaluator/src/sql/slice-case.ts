import { NO_SLICE } from '@penumbra/core/match-slices';
import type { Condition, Slice } from '@penumbra/core/slices';
import { literal } from '../duckdb.ts';
import { doubleLiteral } from './double-literal.ts';

/** A field of a record in SQL. A field that is compared elsewhere was read as a number, and is no text. */
export interface FieldSql {
  readonly text: string | undefined;
  readonly number: string;
}

const valuesOf = (condition: Condition): readonly (string | number | boolean)[] => {
  if ('equals' in condition) return [condition.equals];
  return 'oneOf' in condition ? condition.oneOf : [];
};

/** What slices ask of a field: numbers alone, also texts, or even the empty text. */
export function fieldUse(slices: readonly Slice[], field: string): 'numbers' | 'texts' | 'empty' {
  const conditions = slices.flatMap(({ when }) => when.filter((condition) => condition.field === field));
  const texts = conditions.flatMap(valuesOf).filter((value) => typeof value !== 'number');
  if (texts.includes('')) return 'empty';
  return texts.length > 0 ? 'texts' : 'numbers';
}

/** Whether slices compare a field as a number. */
export const asksForNumbers = (slices: readonly Slice[], field: string): boolean =>
  slices.some(({ when }) =>
    when.some(
      (condition) =>
        condition.field === field &&
        (valuesOf(condition).some((value) => typeof value === 'number') || valuesOf(condition).length === 0),
    ),
  );

/** The index of a record's slice, or NO_SLICE: what core/match-slices.ts says, as an SQL expression. */
export function sliceCase(slices: readonly Slice[], fieldOf: (field: string) => FieldSql): string {
  const cases = slices.map(({ when }, index) => {
    const all = when.map((condition) => `(${conditionSql(condition, fieldOf(condition.field))})`);
    return `WHEN ${all.join(' AND ')} THEN ${index}`;
  });
  return `CASE ${cases.join(' ')} ELSE ${NO_SLICE} END`;
}

const NOTHING = '1 = 0';

function conditionSql(condition: Condition, field: FieldSql): string {
  if (!('equals' in condition || 'oneOf' in condition)) {
    const { atLeast, below } = condition;
    const bounds = [
      ...(atLeast === undefined ? [] : [`${field.number} >= ${doubleLiteral(atLeast)}`]),
      ...(below === undefined ? [] : [`${field.number} < ${doubleLiteral(below)}`]),
    ];
    return bounds.join(' AND ');
  }
  const values = valuesOf(condition);
  const numbers = values.filter((value) => typeof value === 'number').map(doubleLiteral);
  const texts = values.filter((value) => typeof value !== 'number').map(String);
  if (field.text === undefined) {
    // The other engine compares the number's text, which is this one in just one way.
    const written = texts.filter(
      (text) => text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)),
    );
    numbers.push(...written.map((text) => doubleLiteral(Number(text))));
  }
  const either = [
    ...(numbers.length > 0 ? [`${field.number} IN (${[...new Set(numbers)].join(', ')})`] : []),
    ...(field.text !== undefined && texts.length > 0
      ? [`${field.text} IN (${texts.map(literal).join(', ')})`]
      : []),
  ];
  return either.length > 0 ? either.join(' OR ') : NOTHING;
}
