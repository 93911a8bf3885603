import fc from 'fast-check';
import { type DayData, type OutcomeRow, type PredictionRow, type RecordRow, SLICES } from './day-data.ts';

const UUID = '3f2b8c1e-9a4d-4e77-b1c2-0123456789';
/** Ids made to be taken for one another: by prefix, by case, by length, by a number's value, by normal form. */
const HOSTILE_IDS: readonly string[] = [
  '1',
  '01',
  '1.0',
  '1e0',
  ' 1',
  '1 ',
  'NULL',
  'é',
  'e\u0301',
  '😀',
  '日本',
  'a"b',
  'a,b',
  "it's",
  'a\nb',
  ...['00', '01', 'ff', 'fF', 'f', 'f0'].map((end) => `${UUID}${end}`),
  `${UUID}00`.toUpperCase(),
  `${UUID}zz`,
  `${UUID}00`.replaceAll('-', '_'),
  ...['', 'a', 'b', 'aa'].map((end) => `sixteen-letters-${end}`),
  'fifteen-letters',
  'twelve-bytes',
  'thirteen-byte',
  ...['x', 'y'].map((end) => `${'p'.repeat(255)}${end}`),
  ...['x', 'y'].map((end) => `${'é'.repeat(127)}${end}`),
];

const ids = fc.uniqueArray(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_IDS) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 1e9 }).map(String) },
    {
      weight: 1,
      arbitrary: fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
        .filter((id) => id.trim() !== '' && !id.includes('\0')),
    },
  ),
  { minLength: 1, maxLength: 40 },
);

const money = fc.constantFrom(0, 0.01, 0.1, 99.99, 1e-9, 123456789.01, 1e12, -1e12, -0.07);
const tier = fc.constantFrom(...SLICES, 'elsewhere', null);
const score = fc.oneof(
  fc.constantFrom(0, 1, 0.25, 0.24999999999999997, 0.5, 1 / 2048, 2047 / 2048, 1e-300, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const label = fc.constantFrom<0 | 1>(0, 1);
const quantity = fc.oneof(
  fc.constantFrom(0, -0, 1, 1e9, -1e9, 0.1, 1e-9),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);

/** A day of 1 to 40 records in up to 3 files a kind, predictions in any order, outcomes repeated and foreign. */
export function anyDay(task: 'binary-classification' | 'regression'): fc.Arbitrary<DayData> {
  const regression = task === 'regression';
  return ids.chain((all) =>
    fc
      .record({
        records: fc.tuple(...all.map((id) => record(id, regression))),
        scores: fc.tuple(...all.map(() => (regression ? quantity : score))),
        // A single class in one day of three.
        labels: fc.oneof(label, label, fc.constant(undefined)),
        outcomes: fc.array(
          fc.record({
            id: fc.oneof(
              { weight: 6, arbitrary: fc.constantFrom(...all) },
              { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_IDS) },
            ),
            label: regression ? quantity : label,
            money: money.map(Math.abs),
          }),
          { maxLength: 60 },
        ),
        shuffled: fc.shuffledSubarray(
          all.map((_, index) => index),
          { minLength: all.length },
        ),
        inOrder: fc.boolean(),
        cuts: fc.tuple(fc.nat({ max: all.length }), fc.nat({ max: 60 })),
      })
      .map(({ records, scores, labels, outcomes, shuffled, inOrder, cuts }) => {
        const predictions = records.map(({ id }, row): PredictionRow => ({ id, score: scores[row] ?? 0 }));
        const landed = outcomes.map(
          (row): OutcomeRow => (regression || labels === undefined ? row : { ...row, label: labels }),
        );
        const parts = <Row>(rows: readonly Row[], cut: number) =>
          [rows.slice(0, cut), rows.slice(cut)].filter((part) => part.length > 0);
        const ordered = inOrder ? predictions : shuffled.flatMap((row) => predictions[row] ?? []);
        return {
          records: parts(records, cuts[0]),
          predictions: parts(ordered, cuts[0]),
          outcomes: parts(landed, cuts[1]),
        };
      }),
  );
}

function record(id: string, regression: boolean): fc.Arbitrary<RecordRow> {
  return fc.record({
    id: fc.constant(id),
    tier,
    incumbent: regression ? quantity : label,
    amount: money,
  });
}

/** A day of more rows than a batch holds, with a fixed seed; predictions in the records' order but for a few. */
export function largeDay(task: 'binary-classification' | 'regression', rows: number): DayData {
  let seed = 20010203;
  const random = () => {
    // mulberry32, public domain
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const idOf = (row: number) => {
    if (row % 3 === 0) return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
    return row % 3 === 1 ? String(row) : `a-long-id-${'é'.repeat(row % 90)}-${row}`;
  };
  const regression = task === 'regression';
  const names = Array.from({ length: rows }, (_, row) => idOf(row));
  const records = names.map(
    (id): RecordRow => ({
      id,
      tier: [...SLICES, 'elsewhere', null][Math.floor(random() * 5)] ?? null,
      incumbent: regression ? random() * 100 : Math.round(random()),
      amount: Math.round(random() * 1e5) / 100,
    }),
  );
  const predictions = names.map(
    (id): PredictionRow => ({ id, score: regression ? random() * 100 : random() }),
  );
  const outcomes = Array.from(
    { length: rows },
    (): OutcomeRow => ({
      id: random() < 0.95 ? (names[Math.floor(random() * rows)] ?? '') : `foreign-${hex(6)}`,
      label: regression ? random() * 100 : Math.round(random()),
      money: Math.round(random() * 1e5) / 100,
    }),
  );
  const half = Math.floor(rows / 2);
  // The first file goes by position, the second is found to be in another order.
  const second = predictions.slice(half);
  return {
    records: [records.slice(0, half), records.slice(half)],
    predictions: [
      predictions.slice(0, half),
      regression ? second : [...second.slice(0, -2), ...second.slice(-2).reverse()],
    ],
    outcomes: [outcomes.slice(0, half), outcomes.slice(half)],
  };
}
