import { bucketOf, isChallenger, murmur3 } from '@penumbra/core/bucketing';
import type { DaySummary } from '@penumbra/core/day-events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextColumn } from './column-batch.ts';
import { dayArms } from './day-arms.ts';
import { distinctUnits } from './distinct-units.ts';
import { payOff } from './pay-off.ts';
import { definitionWith } from './testing/virtual-rollout.ts';
import { unitHasher } from './unit-hash.ts';
import type { ComparedRows } from './update.ts';
import { sliceOf } from './virtual-rollout.ts';

interface Row {
  readonly unit: string;
  readonly slice: number;
  readonly score: number;
  readonly incumbent: number;
  /** Undefined where no outcome landed. */
  readonly label: number | undefined;
}

const anyRow: fc.Arbitrary<Row> = fc.record({
  unit: fc.integer({ min: 0, max: 40 }).map((unit) => `customer-${unit}`),
  slice: fc.constantFrom(-1, 0, 1),
  score: fc.constantFrom(0, 0.25, 0.5, 1),
  incumbent: fc.constantFrom(0, 1),
  label: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
});

function columnsOf(rows: readonly Row[]): ComparedRows {
  const numbers = (of: (row: Row) => number) => Float64Array.from(rows, of);
  return {
    rows: rows.length,
    slice: Int16Array.from(rows, ({ slice }) => slice),
    incumbent: numbers(({ incumbent }) => incumbent),
    score: numbers(({ score }) => score),
    label: numbers(({ label }) => label ?? Number.NaN),
    amount: numbers(() => 0),
    money: numbers(() => 0),
  };
}

function textOf(texts: readonly string[]): TextColumn {
  const parts = texts.map((text) => new TextEncoder().encode(text));
  const starts = new Uint32Array(texts.length);
  let length = 0;
  parts.forEach((part, index) => {
    starts[index] = length;
    length += part.length;
  });
  const bytes = new Uint8Array(length);
  parts.forEach((part, index) => {
    bytes.set(part, starts[index]);
  });
  return { bytes, starts, lengths: Int32Array.from(parts, (part) => part.length) };
}

const definition = definitionWith({ stages: [{ percent: 10 }, { percent: 40 }, { percent: 100 }] });
const hashesOf = (rows: readonly Row[]) => {
  const hashes = new Uint32Array(rows.length);
  unitHasher(definition.deployment)(textOf(rows.map(({ unit }) => unit)), rows.length, hashes);
  return hashes;
};
const summary: DaySummary = {
  overall: sliceOf(0, 0),
  slices: { regional: sliceOf(0, 0), hub: sliceOf(0, 0) },
  duplicateOutcomes: 0,
  unmatchedOutcomes: 0,
};

describe('the strata of a day', () => {
  it('hold what either arm made of its units at every percentage, as counting record by record does', () => {
    const worth = payOff(definition.task);
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), fc.nat(60), (rows, cut) => {
        const arms = dayArms(definition);
        // Batches of any size, in any number.
        for (const part of [rows.slice(0, cut), rows.slice(cut)]) arms.add(columnsOf(part), hashesOf(part));
        const { slices } = arms.complete(summary);
        for (const [index, name] of ['regional', 'hub'].entries()) {
          for (const percent of [10, 40, 100]) {
            const mine = rows.filter(
              ({ slice, unit }) =>
                slice === index && isChallenger(bucketOf(definition.deployment, unit), percent),
            );
            const labelled = mine.flatMap((row) =>
              row.label === undefined ? [] : [{ ...row, label: row.label }],
            );
            const value = labelled.map(({ score, label }) => worth.value(score >= 0.5 ? 1 : 0, label, 0, 0));
            const before = labelled.map(({ incumbent, label }) => worth.value(incumbent, label, 0, 0));
            const below = slices[name]?.strata?.filter(({ upTo }) => upTo <= percent) ?? [];
            const total = (of: (stratum: (typeof below)[number]) => number) =>
              below.reduce((sum, stratum) => sum + of(stratum), 0);
            const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
            expect(total(({ units }) => units)).toBe(new Set(mine.map(({ unit }) => unit)).size);
            expect(total((each) => each.rows)).toBe(labelled.length);
            expect(total(({ challenger }) => challenger.sum)).toBe(sum(value));
            expect(total(({ incumbent }) => incumbent.sum)).toBe(sum(before));
            expect(total(({ challenger }) => challenger.sumOfSquares)).toBe(
              sum(value.map((each) => each ** 2)),
            );
          }
        }
      }),
    );
  });

  it('are not read where no stage ever leaves a unit to the incumbent', () => {
    const arms = dayArms(definitionWith({ stages: [{ percent: 100 }] }));
    expect(arms.needsUnits).toBe(false);
    expect(arms.complete(summary)).toEqual(summary);
  });
});

describe('outcomes that the decision hides', () => {
  const selective = definitionWith({}, { outcomeObservableWhen: 'acted' });
  const worth = payOff(selective.task);

  it('leave the rows on which both decisions show them, and bounds that any of the hidden ones keep to', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 40 }),
        fc.infiniteStream(fc.constantFrom(0, 1)),
        (all, hidden) => {
          // The outcome is seen where the incumbent acted, and nowhere else.
          const rows = all.map((row) => (row.incumbent === 1 ? row : { ...row, label: undefined }));
          const arms = dayArms(selective);
          arms.add(columnsOf(rows), hashesOf(rows));
          const found = arms.complete(summary).slices.regional?.selective;
          const mine = rows.filter(({ slice }) => slice === 0);
          const identified = mine.filter(({ label, score }) => label !== undefined && score >= 0.5);
          expect(found?.identified.rows).toBe(identified.length);
          const counted = mine.filter(({ label, incumbent }) => label !== undefined || incumbent === 0);
          expect(found?.worstCase?.rows).toBe(counted.length);
          const truth = counted.reduce((sum, { score, incumbent, label }) => {
            const happened = label ?? hidden.next().value ?? 0;
            return (
              sum + worth.value(score >= 0.5 ? 1 : 0, happened, 0, 0) - worth.value(incumbent, happened, 0, 0)
            );
          }, 0);
          expect(found?.worstCase?.lowest).toBeLessThanOrEqual(truth);
          expect(found?.worstCase?.highest).toBeGreaterThanOrEqual(truth);
        },
      ),
    );
  });
});

describe('the hash of a unit', () => {
  it('is the one that applications compute', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (units) => {
        const hashes = new Uint32Array(units.length);
        unitHasher('rebooking')(textOf(units), units.length, hashes);
        expect([...hashes]).toEqual(units.map((unit) => murmur3(`rebooking${unit}`)));
      }),
    );
  });

  it('takes units of any length', () => {
    const long = 'x'.repeat(5000);
    const hashes = new Uint32Array(2);
    unitHasher('rebooking')(textOf([long, 'y']), 2, hashes);
    expect([...hashes]).toEqual([murmur3(`rebooking${long}`), murmur3('rebookingy')]);
  });
});

describe('distinct units', () => {
  it('are counted one by one, and from a number on in a sample that has the same share of every arm', () => {
    const hashes = Array.from({ length: 40_000 }, (_, unit) => murmur3(`customer-${unit}`));
    const few = distinctUnits();
    for (const hash of [...hashes, ...hashes]) few.add(hash);
    expect([...few.hashes()]).toHaveLength(new Set(hashes).size);
    const many = distinctUnits(5000);
    for (const hash of hashes) many.add(hash);
    const again = distinctUnits(5000);
    for (const hash of hashes.toReversed()) again.add(hash);
    const sample = [...many.hashes()];
    expect(new Set(again.hashes())).toEqual(new Set(sample));
    expect(sample.length).toBeLessThanOrEqual(5000);
    expect(sample.length).toBeGreaterThan(2400);
    const challengers = sample.filter((hash) => hash < 0.1 * 2 ** 32).length;
    expect(Math.abs(challengers / sample.length - 0.1)).toBeLessThan(0.02);
  });
});
