import { tableFromIPC, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTo, total } from './compensated-sum.ts';
import { combine, type DayMetrics, initialize } from './day-metrics.ts';
import { finalize, summarize } from './finalize.ts';
import { COUNTS, POSITIVES_AT, SUMS, sumAt, WIDTH } from './metric-layout.ts';
import { deserialize, serialize } from './metrics-file.ts';
import { type ComparedRows, update } from './update.ts';
import type { Worth } from './worth.ts';

const SLICES = ['small', 'large'];
const CLASSES: Worth = {
  type: 'binary-classification',
  threshold: 0.3,
  cells: Float64Array.from([0, 0.01, 0, -320.1, 0, -1, -60.07, 0, 0, -80, 0.1, 0]),
};
const NUMBERS: Worth = { type: 'regression', perUnitOver: 0.7, perUnitUnder: 3.3 };

interface Row {
  readonly slice: number;
  readonly incumbent: number;
  readonly score: number;
  readonly label: number;
  readonly amount: number;
  readonly money: number;
}
const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const row = (worth: Worth): fc.Arbitrary<Row> => {
  const classes = worth.type === 'binary-classification';
  return fc.record({
    slice: fc.integer({ min: -1, max: 1 }),
    incumbent: classes ? fc.integer({ min: 0, max: 1 }) : double(-1e9, 1e9),
    score: classes ? double(0, 1) : double(-1e9, 1e9),
    label: fc.oneof(classes ? fc.integer({ min: 0, max: 1 }) : double(-1e9, 1e9), fc.constant(Number.NaN)),
    amount: double(-1e9, 1e9),
    money: double(0, 1e6),
  });
};

function fold(worth: Worth, rows: readonly Row[]): DayMetrics {
  const metrics = initialize(worth.type, SLICES);
  const column = (name: keyof Row) => Float64Array.from(rows, (of) => of[name]);
  const columns: ComparedRows = {
    rows: rows.length,
    slice: Int16Array.from(rows, ({ slice }) => slice),
    incumbent: column('incumbent'),
    score: column('score'),
    label: column('label'),
    amount: column('amount'),
    money: column('money'),
  };
  update(metrics, worth, columns);
  return metrics;
}

const bytesOf = (numbers: Float64Array) => Buffer.from(numbers.buffer).toString('latin1');
/** Everything of a state in a form that compares fast; minus zero is zero. */
const whole = ({ slices, ...rest }: DayMetrics) => [
  rest,
  ...[...slices].map(([name, numbers]) => [name, bytesOf(numbers.map((value) => value + 0))]),
];

/** Counts and histograms equal; sums within 1e-12 of the largest sum of sizes. */
function expectSame(a: DayMetrics, b: DayMetrics): void {
  expect([...a.slices.keys()]).toEqual([...b.slices.keys()]);
  for (const [name, numbers] of a.slices) {
    const other = b.slices.get(name) ?? new Float64Array(WIDTH);
    expect(bytesOf(numbers.slice(0, COUNTS.length))).toBe(bytesOf(other.slice(0, COUNTS.length)));
    expect(bytesOf(numbers.slice(POSITIVES_AT))).toBe(bytesOf(other.slice(POSITIVES_AT)));
    for (const sum of SUMS) {
      const [one, two] = [total(numbers, sumAt(sum)), total(other, sumAt(sum))];
      expect(Math.abs(one - two), sum).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(one), Math.abs(two)));
    }
  }
}

describe.each([
  ['classification', CLASSES],
  ['regression', NUMBERS],
] as const)('states of %s', (_, worth) => {
  const rows = fc.array(row(worth), { maxLength: 40 });
  const state = rows.map((of) => fold(worth, of));

  it('combine in any order', () => {
    fc.assert(fc.property(state, state, (a, b) => expectSame(combine(a, b), combine(b, a))));
  });

  it('combine in any grouping', () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) =>
        expectSame(combine(combine(a, b), c), combine(a, combine(b, c))),
      ),
    );
  });

  it('are not changed by the empty one', () => {
    const empty = initialize(worth.type, SLICES);
    fc.assert(
      fc.property(state, (a) => {
        expect(whole(combine(a, empty))).toEqual(whole(a));
        expect(whole(combine(empty, a))).toEqual(whole(a));
      }),
    );
  });

  it('say the same however the rows are split and ordered', () => {
    const split = fc
      .tuple(fc.array(row(worth), { minLength: 1, maxLength: 60 }), fc.infiniteStream(fc.nat({ max: 4 })))
      .chain(([all, parts]) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.constant(parts)),
      );
    fc.assert(
      fc.property(split, ([all, shuffled, parts]) => {
        const files: Row[][] = [[], [], [], [], []];
        for (const of of shuffled) files[parts.next().value ?? 0]?.push(of);
        const together = files.map((of) => fold(worth, of)).reduce(combine);
        expectSame(together, fold(worth, all));
        expect(finalize(together).overall.rows).toBe(all.length);
      }),
    );
  });

  it('do not change by being combined', () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        const before = [whole(a), whole(b)];
        combine(a, b);
        expect([whole(a), whole(b)]).toEqual(before);
      }),
    );
  });

  it('are read as they were written, and written as the same bytes', () => {
    fc.assert(
      fc.property(state, fc.nat(), fc.nat(), fc.nat(), (a, duplicateOutcomes, unmatchedOutcomes, badRows) => {
        const counted = { ...a, duplicateOutcomes, unmatchedOutcomes, badRows };
        const bytes = serialize(counted);
        expect(whole(deserialize(bytes))).toEqual(whole(counted));
        expect(Buffer.from(serialize(deserialize(bytes))).equals(bytes)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('have an overall that is their slices and the rows of none', () => {
    fc.assert(
      fc.property(rows, (of) => {
        const together = fold(
          worth,
          of.map((one) => ({ ...one, slice: 0 })),
        );
        const { overall } = finalize(fold(worth, of));
        const {
          rows: count,
          labelled,
          difference,
        } = summarize(together).slices.small ?? summarize(together).overall;
        expect([overall.rows, overall.labelled]).toEqual([count, labelled]);
        expect(Math.abs(overall.difference - difference.sum)).toBeLessThanOrEqual(
          1e-12 * Math.abs(difference.sum),
        );
      }),
    );
  });
});

describe('states of slices that one of them does not know', () => {
  it('keep the slice', () => {
    const before = initialize('regression', ['old', 'kept']);
    const after = initialize('regression', ['kept', 'new']);
    expect([...combine(before, after).slices.keys()]).toEqual(['old', 'kept', 'new', '*']);
  });
});

describe('a stored state', () => {
  it('of another schema version is refused', () => {
    const table = tableFromIPC(serialize(initialize('regression', SLICES)));
    table.schema.metadata.set('penumbra.schemaVersion', '9');
    expect(() => deserialize(tableToIPC(table, 'file'))).toThrow(/schema version 9; this version reads 2/);
  });

  it('that lost a column is refused', () => {
    const table = tableFromIPC(serialize(initialize('regression', SLICES)));
    const less = table.select(
      table.schema.fields.map(({ name }) => name).filter((name) => name !== 'brier.low'),
    );
    for (const [name, value] of table.schema.metadata) less.schema.metadata.set(name, value);
    expect(() => deserialize(tableToIPC(less, 'file'))).toThrow(
      /without the column brier.low: the file is damaged/,
    );
  });

  it('of another task is not combined', () => {
    expect(() => combine(initialize('regression', []), initialize('binary-classification', []))).toThrow(
      /cannot be combined/,
    );
  });
});

describe('long sums', () => {
  it('of cents are exact to the cent over twenty million rows', () => {
    const sum = new Float64Array(2);
    let cents = 0n;
    let state = 1;
    for (let block = 0; block < 20; block += 1) {
      let part = 0;
      for (let row = 0; row < 1_000_000; row += 1) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const cent = state % 30011;
        part += cent;
        addTo(sum, 0, cent / 100);
      }
      cents += BigInt(part);
    }
    expect(total(sum, 0)).toBe(Number(cents) / 100);
  });

  it('keep what plain addition loses', () => {
    const sum = new Float64Array(2);
    for (const value of [1, 1e100, 1, -1e100]) addTo(sum, 0, value);
    expect(total(sum, 0)).toBe(2);
  });
});
