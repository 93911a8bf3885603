import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { evidenceFigure } from './evidence-figure.ts';
import { historyFixture } from './testing/history-fixture.ts';

const plain = historyFixture();
const [first] = plain.slices;
if (!first) throw new Error('the fixture has no slice');
const bounds = plain.reviews.flatMap(({ slices }) => slices[0]?.evidence.lowerBound ?? []).length;

/** The pieces of the dashed lower bound, where the looks for which `without` holds have none. */
function pieces(without: (index: number) => boolean): number {
  const reviews = plain.reviews.map(({ asOf, slices }, index) => ({
    asOf,
    slices: slices
      .filter(({ slice }) => slice === first?.slice)
      .map((of) => ({
        ...of,
        evidence: { ...of.evidence, ...(without(index) ? { lowerBound: null } : {}) },
      })),
  }));
  const figure = evidenceFigure({ ...plain, slices: plain.slices.slice(0, 1), reviews });
  const { document } = parseHTML(`<html><body>${figure?.html}</body></html>`);
  const dashed = [
    ...document.querySelectorAll('[stroke-dasharray="3,2"] path, path[stroke-dasharray="3,2"]'),
  ];
  return dashed
    .map((path) => path.getAttribute('d')?.match(/M/g)?.length ?? 0)
    .reduce((sum, n) => sum + n, 0);
}

test('the lower bound is one line where every look has one', () => {
  expect(bounds).toBeGreaterThan(20);
  expect(pieces(() => false)).toBe(1);
});

test('it does not run across looks without a bound', () => {
  const last = plain.reviews.length - 1;
  expect(pieces((index) => index > last - 12 && index < last - 6)).toBe(2);
});

test('there is none where no look has one', () => {
  expect(pieces(() => true)).toBe(0);
});
