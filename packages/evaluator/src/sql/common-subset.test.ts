import type { Definition } from '@penumbra/core/definition';
// The package's front door loads the grammars of all dialects.
import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino';
import { describe, expect, it } from 'vitest';
import { dayDefinition } from '../testing/day-data.ts';
import { dayStatement, unloadStatement } from './day-statement.ts';
import { kindsOf, unfitForAthena } from './sql-columns.ts';
import { athenaTables, createTableStatement, type DayTables } from './tables.ts';

const trino = new TrinoSQL();

/** Functions that both Trino and DuckDB have, under one name and with one meaning for what is asked of them here. */
const COMMON_FUNCTIONS = new Set(
  `abs CAST chr coalesce count date_diff DECIMAL floor greatest grouping least length ln lower max max_by min NULLIF
   replace row_number strpos sum translate trim TRY_CAST url_encode`.split(/\s+/),
);
/** Words that stand before a bracket and are no function. */
const WORDS = new Set('AND AS BY ELSE FROM IN JOIN NOT ON OR OVER SETS THEN WHEN UNLOAD WITH'.split(' '));

const tablesOf = (definition: Definition): DayTables => {
  const { records, predictions, outcomes } = kindsOf(definition);
  const columns = (kind: typeof records) => kind.specs.map(({ name }) => ({ name, type: 'string' }));
  return athenaTables(definition, {
    bucket: 'bucket',
    columns: {
      records: columns(records),
      outcomes: columns(outcomes),
      ...(definition.predictions ? { predictions: columns(predictions) } : {}),
    },
  });
};

const statementOf = (definition: Definition, recordsFirst = true): string =>
  dayStatement(definition, {
    database: 'penumbra',
    tables: tablesOf(definition),
    date: '2001-02-03',
    landedThrough: '2001-02-09',
    jobName: 'job-1',
    recordsFirst,
  });

const HOSTILE = `x'; DROP TABLE records; --"\`\\\n$\{path}`;

const payoff = (perMoney: number) => ({
  currency: 'USD',
  truePositive: { fixed: -80, perAmount: 0.1 },
  falsePositive: { fixed: -60.01 },
  falseNegative: { fixed: -320, perMoney },
  trueNegative: { perAmount: 0.01 },
});

const byModel = () =>
  dayDefinition('csv', 'binary-classification', {
    model: { modelName: 'model' },
    predictions: undefined,
    records: {
      format: 'csv',
      id: 'id',
      unit: 'customer',
      incumbent: 'incumbent',
      amount: 'amount',
      features: ['x'],
    },
  });

const DEFINITIONS: readonly (readonly [string, () => Definition])[] = [
  ['a classification as CSV', () => dayDefinition('csv')],
  ['a classification as JSON lines', () => dayDefinition('jsonl')],
  ['a classification as Parquet', () => dayDefinition('parquet')],
  ['a regression', () => dayDefinition('parquet', 'regression')],
  ['a model', byModel],
  ['no arms', () => dayDefinition('csv', 'regression', { policy: { stages: [{ percent: 100 }] } })],
  [
    'outcomes that decisions hide',
    () =>
      dayDefinition('csv', 'binary-classification', {
        task: { type: 'binary-classification', threshold: 0.25, payoff: payoff(0) },
        outcomeObservableWhen: 'acted',
      }),
  ],
  [
    'slices of every kind of condition',
    () =>
      dayDefinition('csv', 'binary-classification', {
        slices: [
          {
            slice: 'a',
            when: [
              { field: 'amount', atLeast: -1e-7, below: 200 },
              { field: 'x', equals: true },
            ],
          },
          { slice: 'b', when: [{ field: 'y', oneOf: ['regional', 7, -0.5] }] },
          { slice: 'c', when: [{ field: 'amount', equals: 'text' }] },
        ],
      }),
  ],
  [
    'names that would break out of a statement',
    () =>
      dayDefinition('csv', 'binary-classification', {
        records: {
          format: 'csv',
          id: HOSTILE,
          unit: `${HOSTILE}unit`,
          incumbent: `${HOSTILE}rule`,
          amount: 'amount',
        },
        outcomes: { format: 'jsonl', id: HOSTILE, label: `${HOSTILE}label`, money: 'money', maturityDays: 1 },
        slices: [{ slice: 'a', when: [{ field: `${HOSTILE}field`, oneOf: [HOSTILE, 7] }] }],
      }),
  ],
];

describe('the statement of a day, in what Trino and DuckDB have in common', () => {
  it.each(DEFINITIONS)('for %s is what the Trino grammar takes', (_, definition) => {
    expect(trino.validate(statementOf(definition()))).toEqual([]);
  });

  it('is so where outcomes are not looked up among the records first, too', () => {
    expect(trino.validate(statementOf(dayDefinition('csv'), false))).toEqual([]);
  });

  it.each(DEFINITIONS)('for %s calls no function that only one of them has', (_, definition) => {
    const called = [...withoutTexts(statementOf(definition())).matchAll(/([A-Za-z_]+)\s*\(/g)].map(
      ([, name]) => name,
    );
    const foreign = called.filter(
      (name) => name !== undefined && !COMMON_FUNCTIONS.has(name) && !WORDS.has(name),
    );
    expect(new Set(foreign)).toEqual(new Set());
  });

  it.each([
    'SELECT a::INT FROM t',
    'SELECT a // b FROM t',
    'SELECT a ** 2 FROM t',
    'SELECT a & b FROM t',
    'SELECT * EXCLUDE (a) FROM t',
    'SELECT count(*) FILTER (a > 1) FROM t',
    'SELECT a FROM t GROUP BY ALL',
    "SELECT {'a': 1} FROM t",
    'FROM t SELECT a',
  ])('would not pass with what only DuckDB has: %s', (sql) => {
    expect(trino.validate(sql)).not.toEqual([]);
  });

  it('is one SELECT, whatever the names in the definition', () => {
    const hostile = DEFINITIONS.at(-1)?.[1]() ?? dayDefinition('csv');
    const sql = statementOf(hostile);
    expect(trino.splitSQLByStatement(sql)).toHaveLength(1);
    expect(withoutTexts(sql)).not.toMatch(/DROP|;|--/);
  });

  it('reads every table once, and only the folders of its dates', () => {
    const sql = statementOf(dayDefinition('parquet'), false);
    const tables = tablesOf(dayDefinition('parquet'));
    for (const { name } of Object.values(tables)) expect(sql.split(`"penumbra"."${name}"`)).toHaveLength(2);
    // Trino computes a subquery anew for every place that reads it.
    for (const [, name] of sql.matchAll(/"(\w+)" AS \(SELECT/g)) {
      const readers = [...sql.matchAll(/(?:FROM|JOIN) "(\w+)"/g)].filter(([, read]) => read === name);
      expect(readers, name).toHaveLength(1);
    }
    expect(sql).toContain(`"penumbra_date" = '2001-02-03'`);
    expect(sql).toContain(`"penumbra_landed" BETWEEN '2001-02-03' AND '2001-02-09'`);
    expect(statementOf(byModel())).toContain(`"penumbra_job" = 'job-1'`);
  });

  it('fits what Athena takes, with the most slices that a definition has', () => {
    const slices = Array.from({ length: 50 }, (_, index) => ({
      slice: `slice-${index}`,
      when: [{ field: 'tier', oneOf: Array.from({ length: 50 }, (__, value) => `value-${index}-${value}`) }],
    }));
    expect(statementOf(dayDefinition('csv', 'binary-classification', { slices })).length).toBeLessThan(
      262_144,
    );
  });

  it('is unloaded as JSON lines', () => {
    const unloaded = unloadStatement(statementOf(dayDefinition('csv')), { location: 's3://bucket/x/' });
    const [, select = ''] = /^UNLOAD \((.*)\) TO /s.exec(unloaded) ?? [];
    expect(trino.validate(select)).toEqual([]);
    expect(unloadStatement('SELECT 1', { location: "s3://bucket/it's/" })).toBe(
      `UNLOAD (SELECT * FROM (SELECT 1) AS "result") TO 's3://bucket/it''s/' WITH (format = 'JSON', compression = 'NONE')`,
    );
  });
});

/** A statement without what stands in quotes. */
const withoutTexts = (sql: string): string => sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '·');

describe('the tables', () => {
  it('project their partitions, so that nobody crawls: a date, a landing date, a transform', () => {
    const { records, predictions, outcomes } = tablesOf(byModel());
    expect(records.parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.penumbra_date.type': 'date',
      'projection.penumbra_date.format': 'yyyy-MM-dd',
      'storage.location.template': `s3://bucket/oracle/records/date=\${penumbra_date}/`,
    });
    expect(predictions.parameters).toMatchObject({
      'projection.penumbra_job.type': 'injected',
      'storage.location.template': `s3://bucket/oracle/predictions/date=\${penumbra_date}/\${penumbra_job}/`,
    });
    expect(outcomes.parameters['storage.location.template']).toBe(
      `s3://bucket/oracle/outcomes/landed=\${penumbra_landed}/`,
    );
  });

  it('have other names for other columns, and the same ones for the same', () => {
    const names = (definition: Definition) => Object.values(tablesOf(definition)).map(({ name }) => name);
    expect(names(dayDefinition('csv'))).toEqual(names(dayDefinition('csv')));
    const other = dayDefinition('csv', 'binary-classification', {
      outcomes: { format: 'csv', id: 'id', label: 'happened', money: 'money', maturityDays: 1 },
    });
    const [before, after] = [tablesOf(dayDefinition('csv')), tablesOf(other)];
    expect(after.outcomes.name).not.toBe(before.outcomes.name);
    expect(after.records.name).toBe(before.records.name);
    for (const name of names(other)) expect(name).toMatch(/^[a-z0-9_]{1,128}$/);
  });

  it('are made by statements that names cannot break out of', () => {
    const hostile = tablesOf(DEFINITIONS.at(-1)?.[1]() ?? dayDefinition('csv'));
    for (const table of Object.values(hostile)) {
      const ddl = createTableStatement(table, 'penumbra');
      expect(ddl).toContain(`CREATE EXTERNAL TABLE IF NOT EXISTS \`penumbra\`.\`${table.name}\``);
      const bare = ddl.replaceAll(/'(?:[^'\\]|\\.)*'|`[^`]*`/gs, '·');
      expect(bare).not.toMatch(/DROP|;|--/);
      for (const { name } of table.columns) expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
    }
  });
});

describe('what Athena does not take', () => {
  it('is refused with what to do instead', () => {
    const arrow = dayDefinition('arrow');
    expect(unfitForAthena(arrow).map(({ where }) => where)).toEqual([
      'definition: records.format',
      'definition: predictions.format',
      'definition: outcomes.format',
    ]);
    expect(unfitForAthena(arrow)[0]?.what).toBe('Athena does not read Arrow IPC files');
    expect(() => tablesOf(arrow)).toThrow('Arrow');
    const spaced = dayDefinition('parquet', 'regression', {
      outcomes: { format: 'parquet', id: 'id', label: 'what happened', maturityDays: 1 },
    });
    expect(unfitForAthena(spaced).map(({ column }) => column)).toEqual(['what happened']);
    const empty = dayDefinition('csv', 'regression', {
      slices: [{ slice: 'none', when: [{ field: 'tier', equals: '' }] }],
    });
    expect(unfitForAthena(empty).map(({ column }) => column)).toEqual(['tier']);
    for (const [, definition] of DEFINITIONS) expect(unfitForAthena(definition())).toEqual([]);
  });
});
