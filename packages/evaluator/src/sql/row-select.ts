import type { Definition } from '@penumbra/core/definition';
import { LARGEST } from '../check-batch.ts';
import type { ColumnSpec } from '../column-spec.ts';
import { identifier, literal } from '../duckdb.ts';
import { doubleLiteral } from './double-literal.ts';
import { type Kind, rowCodes } from './row-codes.ts';
import { asksForNumbers, type FieldSql } from './slice-case.ts';
import { type AthenaTable, PATH_COLUMN } from './tables.ts';

/** The rows of a kind of file in SQL: a subquery of their cells, and expressions over its columns. */
export interface RowSelect {
  /** SELECT … FROM the table WHERE `where`. */
  readonly cells: (database: string, where: string) => string;
  /** The cell of a spec, in its type: NULL where it is not of that type. */
  readonly cell: (name: string) => string;
  /** A field as the slices see it. */
  readonly field: (name: string) => FieldSql;
  /** The code of a row that is no good, or 0: see row-codes.ts. */
  readonly code: string;
}

export interface RowSource {
  readonly kind: Kind;
  readonly header: boolean;
  readonly specs: readonly ColumnSpec[];
}

/** Characters of decimal numbers: engines differ in what else they read as one. */
const looksDecimal = (text: string): string => `translate(${text}, '0123456789+-.eE ', '') = ''`;
const decimal = (text: string): string =>
  `CASE WHEN ${looksDecimal(text)} THEN TRY_CAST(${text} AS DOUBLE) END`;
const NEVER = '1 = 0';

/** How rows of a table are read and checked, as check-batch.ts does for the other engine. */
export function rowSelect(
  definition: Definition,
  table: AthenaTable,
  { kind, header, specs }: RowSource,
): RowSelect {
  const { slices } = definition;
  const codes = rowCodes(kind);
  const indexOf = new Map(specs.map(({ name }, index) => [name, index]));
  const place = (name: string): number => {
    const index = indexOf.get(name);
    if (index === undefined) throw new Error(`internal: ${kind} are read without ${JSON.stringify(name)}`);
    return index;
  };
  const byNumber = (spec: ColumnSpec): boolean =>
    kind === 'records' && spec.type === 'text' && asksForNumbers(slices, spec.name);
  const text = (index: number) => `"text_${index}"`;
  const number = (index: number) => `"number_${index}"`;

  const columns = specs.flatMap((spec, index): string[] => {
    const of = columnOf(table, spec.name);
    const texts = spec.type === 'text' || header ? [`${textOf(of, table.format)} AS ${text(index)}`] : [];
    const numbers =
      spec.type !== 'text' || byNumber(spec)
        ? [`${numberOf(of, table.format, spec)} AS ${number(index)}`]
        : [];
    return [...texts, ...numbers];
  });
  const isHeader = specs
    .map(({ name }, index) => `${text(index)} IN (${headersOf(table, name).map(literal).join(', ')})`)
    .join(' AND ');
  const oddly = ['%infinity', '0x%', '0o%', '0b%'].map((like) => `lower(trim(TEXT)) LIKE ${literal(like)}`);
  const cases = [
    ...(header ? [`WHEN ${isHeader} THEN ${codes.header}`] : []),
    ...specs.flatMap((spec, index) =>
      spec.type === 'text' && spec.optional
        ? []
        : [`WHEN ${misfit(spec, text(index), number(index), table.format)} THEN ${codes.badCell(index)}`],
    ),
    ...specs.flatMap((spec, index) =>
      byNumber(spec)
        ? [
            `WHEN NOT ${looksDecimal(text(index))} AND (${oddly.join(' OR ').replaceAll('TEXT', text(index))}) THEN ${codes.oddNumber}`,
          ]
        : [],
    ),
  ];
  return {
    cells: (database, where) =>
      `SELECT ${[...columns, `${identifier(PATH_COLUMN)} AS "path"`, ...keysOf(table)].join(', ')}
    FROM ${identifier(database)}.${identifier(table.name)} WHERE ${where}`,
    cell: (name) => {
      const index = place(name);
      return specs[index]?.type === 'text' ? text(index) : number(index);
    },
    field: (name) => {
      const index = place(name);
      return { text: specs[index]?.type === 'text' ? text(index) : undefined, number: number(index) };
    },
    code: `CASE ${cases.join(' ')} ELSE 0 END`,
  };
}

const keysOf = ({ partitionKeys }: AthenaTable): string[] =>
  partitionKeys.map(({ name }) => identifier(name));

/** How a header names a column: the first one may have a byte order mark before it. */
const headersOf = ({ sources }: AthenaTable, name: string): string[] =>
  sources.indexOf(name) === 0 ? [name, `\ufeff${name}`] : [name];

interface Column {
  readonly sql: string;
  readonly type: string;
}

function columnOf(table: AthenaTable, name: string): Column {
  const column = table.columns[table.sources.indexOf(name)];
  if (!column) throw new Error(`internal: the table of ${table.kind} has no column ${JSON.stringify(name)}`);
  return { sql: identifier(column.name), type: column.type };
}

function textOf({ sql, type }: Column, format: AthenaTable['format']): string {
  if (type !== 'string') return `CAST(${sql} AS VARCHAR)`;
  // A CSV does not tell an empty text from a missing one.
  return format === 'csv' ? `NULLIF(${sql}, '')` : sql;
}

function numberOf({ sql, type }: Column, format: AthenaTable['format'], spec: ColumnSpec): string {
  // The text of a truth value is no number.
  if (type === 'boolean' && spec.type === 'text') return 'CAST(NULL AS DOUBLE)';
  if (type !== 'string') return `CAST(${sql} AS DOUBLE)`;
  if (format !== 'jsonl' || spec.type === 'text') return decimal(sql);
  return `CASE ${sql} WHEN 'true' THEN ${doubleLiteral(1)} WHEN 'false' THEN ${doubleLiteral(0)} ELSE ${decimal(sql)} END`;
}

/**
 * Bytes of a text in UTF-8: both engines encode bytes for URLs in three characters and leave some as they are, if not
 * the same ones.
 */
function utf8Bytes(text: string): string {
  const encoded = `url_encode(${text})`;
  return `length(${encoded}) - 2 * (length(${encoded}) - length(replace(${encoded}, '%', '')))`;
}

/** A condition that holds for cells that do not fit their spec; never NULL. */
function misfit(
  { type, longest }: ColumnSpec,
  text: string,
  number: string,
  format: AthenaTable['format'],
): string {
  switch (type) {
    case 'text': {
      // Athena's reader of CSV ends a row at a line break, also within quotes; DuckDB's does not.
      const broken = format === 'csv' ? ` OR strpos(${text}, chr(10)) > 0` : '';
      const empty = `${text} IS NULL OR ${text} = ''${broken}`;
      if (longest === undefined) return empty;
      const surely = Math.floor(longest / 4);
      return `${empty} OR (length(${text}) > ${surely} AND (length(${text}) > ${longest} OR ${utf8Bytes(text)} > ${longest}))`;
    }
    case 'number':
      return `NOT coalesce(abs(${number}) <= ${doubleLiteral(LARGEST)}, ${NEVER})`;
    case 'share':
      return `NOT coalesce(${number} BETWEEN ${doubleLiteral(0)} AND ${doubleLiteral(1)}, ${NEVER})`;
    case 'binary':
      return `NOT coalesce(${number} IN (${doubleLiteral(0)}, ${doubleLiteral(1)}), ${NEVER})`;
  }
}
