import { FlagdCore } from '@openfeature/flagd-core';
import { createClient, staticSource } from '@penumbra/client';
import { BUCKETS, bucketOf } from '@penumbra/core/bucketing';
import { toFlagdDefinition } from '@penumbra/core/flagd-definition';
import type { RolloutDocument, SliceShare } from '@penumbra/core/rollout-document';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

// The oracle is flagd's own evaluation, @openfeature/flagd-core. CONFORMANCE_KEYS=1000000 makes it a million keys.

const KEYS = Number(process.env.CONFORMANCE_KEYS ?? 20_000);
vi.setConfig({ testTimeout: 30_000 + KEYS });
const NOW = '2001-03-01T12:00:00Z';
const END = '2001-03-03T00:00:00Z';

afterEach(() => void vi.useRealTimers());

/** flagd reads the clock itself. */
const itIs = (instant: string) => vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(instant) });

const documentOf = (slices: readonly SliceShare[], deployment = 'rebooking'): RolloutDocument => ({
  deployment,
  version: 7,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: END,
  certificate: { reviewId: `${deployment}/review/2001-02-27`, sha256: '0'.repeat(64) },
  slices,
});

/** No odd spelling of a number, such as "01": a slice may look at the unit itself, and there flagd is narrower. */
const isPlain = (unit: string) =>
  Number.isNaN(Number(unit)) || unit.trim() === '' || String(Number(unit)) === unit;

type Attributes = Readonly<Record<string, string | number | boolean | null>>;
type Decide = (unit: string, attributes: Attributes) => string;

function flagdOf(document: RolloutDocument): { decide: Decide; complaints: string[] } {
  const definition = toFlagdDefinition(document);
  if (!definition.ok) throw new Error(JSON.stringify(definition.problems));
  const complaints: string[] = [];
  const complain = (...message: unknown[]) => void complaints.push(message.join(' '));
  const logger = { error: complain, warn: complain, info: complain, debug: complain };
  const flagd = new FlagdCore(undefined, logger);
  flagd.setConfigurations(JSON.stringify(definition.value));
  const decide: Decide = (unit, attributes) =>
    flagd.resolveStringEvaluation(document.deployment, 'code default', { ...attributes, targetingKey: unit })
      .value;
  return { decide, complaints };
}

function clientOf(document: RolloutDocument): Decide {
  const client = createClient({ deployments: [document.deployment], source: staticSource(document) });
  return (unit, attributes) => client.decide(document.deployment, { ...attributes, unit }).arm;
}

describe('the bucket of a unit is flagd’s', () => {
  it(`on ${(KEYS / 10).toLocaleString('en')} keys: fractional v2 with a thousand variants`, () => {
    const step = BUCKETS / 1000;
    const variants = Array.from({ length: 1000 }, (_, index) => `v${index}`);
    const flag = {
      state: 'ENABLED',
      variants: Object.fromEntries(variants.map((variant) => [variant, variant])),
      defaultVariant: 'v0',
      targeting: { fractional: variants.map((variant) => [variant, step]) },
    };
    const flagd = new FlagdCore();
    flagd.setConfigurations(JSON.stringify({ flags: { rebooking: flag } }));
    let different = 0;
    // A thousand variants take flagd longer than two: a tenth of the keys here, all of them below.
    for (let key = 0; key < KEYS / 10; key += 1) {
      const targetingKey = `customer-${key}`;
      const { value } = flagd.resolveStringEvaluation('rebooking', '', { targetingKey });
      if (value !== `v${Math.floor(bucketOf('rebooking', targetingKey) / step)}`) different += 1;
    }
    expect(different).toBe(0);
  });

  it(`on ${KEYS.toLocaleString('en')} keys: the exported definition at five percentages`, () => {
    itIs(NOW);
    const size = Math.ceil(KEYS / 5);
    let different = 0;
    for (const [index, percent] of [0.001, 1, 12.345, 50, 99.999].entries()) {
      const document = documentOf([{ slice: 'all', when: [{ field: 'size', atLeast: 0 }], percent }]);
      const [ours, theirs] = [clientOf(document), flagdOf(document)];
      for (let key = index * size; key < (index + 1) * size; key += 1) {
        if (ours(`customer-${key}`, { size: 1 }) !== theirs.decide(`customer-${key}`, { size: 1 }))
          different += 1;
      }
      expect(theirs.complaints).toEqual([]);
    }
    expect(different).toBe(0);
  });
});

describe('the exported flag definition', () => {
  const numbers = fc.constantFrom(-1, 0, 1, 7, 7.5, 99, 100, 1e21);
  const texts = fc.constantFrom(
    'ATL',
    'ORD',
    '',
    ' ',
    '7',
    '7.5',
    '1e+21',
    'true',
    'null',
    'NaN',
    'constructor',
  );
  const scalars = fc.oneof(numbers, texts, fc.boolean());
  const size = fc.constant('size');
  const other = fc.constantFrom('airport', 'unit', 'constructor', 'with space', 'Ünïcode');
  const range = fc
    .tuple(numbers, numbers)
    .chain(([atLeast, below]) => fc.constantFrom({ atLeast }, { below }, { atLeast, below }));
  const condition = fc.oneof(
    fc.tuple(size, range).map(([field, ends]) => ({ field, ...ends })),
    fc.record({ field: other, equals: scalars }),
    fc.record({ field: other, oneOf: fc.array(scalars, { minLength: 1, maxLength: 3 }) }),
  );
  const percents = fc.oneof(
    fc.constantFrom(0, 1, 5, 25, 50, 100),
    fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000),
  );
  const slices = fc.array(
    fc.record({
      slice: fc.constant('s'),
      when: fc.array(condition, { minLength: 1, maxLength: 3 }),
      percent: percents,
    }),
    { minLength: 1, maxLength: 10 },
  );
  const notNumeric = fc.constantFrom('ten', '7abc', 'true');
  const requests = fc.array(
    fc.tuple(
      fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter(isPlain)),
      fc.record(
        {
          size: fc.oneof(numbers, fc.boolean(), fc.constant(null), notNumeric),
          airport: fc.oneof(scalars, fc.constant(null)),
          constructor: fc.oneof(scalars, fc.constant(null)),
          'with space': scalars,
          Ünïcode: scalars,
        },
        { requiredKeys: [] },
      ),
    ),
    { minLength: 100, maxLength: 100 },
  );

  it(`agrees with the client on every slice and key of ${KEYS.toLocaleString('en')} random requests`, () => {
    itIs(NOW);
    const seen = { challenger: 0, incumbent: 0 };
    fc.assert(
      fc.property(slices, requests, (shares, asked) => {
        const document = documentOf(shares);
        const [ours, theirs] = [clientOf(document), flagdOf(document)];
        for (const [unit, attributes] of asked) {
          const arm = ours(unit, attributes as Attributes);
          expect(theirs.decide(unit, attributes as Attributes)).toBe(arm);
          seen[arm as keyof typeof seen] += 1;
        }
        expect(theirs.complaints).toEqual([]);
      }),
      { numRuns: Math.ceil(KEYS / 100) },
    );
    // Neither arm is there by accident.
    expect(Math.min(seen.challenger, seen.incumbent)).toBeGreaterThan(KEYS / 50);
  });

  const full = (when: SliceShare['when']) => documentOf([{ slice: 'all', when, percent: 100 }]);

  it('gives the incumbent once the document has expired', () => {
    const document = full([{ field: 'size', below: 100 }]);
    const [ours, theirs] = [clientOf(document), flagdOf(document)];
    const arms = ['2001-03-02T23:59:59Z', END].map((instant) => {
      itIs(instant);
      return [ours('u', { size: 1 }), theirs.decide('u', { size: 1 })];
    });
    expect(arms).toEqual([
      ['challenger', 'challenger'],
      ['incumbent', 'incumbent'],
    ]);
  });

  it.each<[string, SliceShare['when'][number], string]>([
    ['numbers written as text, in a range', { field: 'f', below: 100 }, '7'],
    ['other spellings of a number', { field: 'f', equals: 7 }, '7.0'],
    ['blanks around a number', { field: 'f', oneOf: [7, 8] }, ' 7 '],
  ])('is narrower than the client for %s: the incumbent', (_, condition, value) => {
    itIs(NOW);
    const document = full([condition]);
    expect(clientOf(document)('u', { f: value })).toBe('challenger');
    expect(flagdOf(document).decide('u', { f: value })).toBe('incumbent');
  });

  it('gives the incumbent without a unit', () => {
    itIs(NOW);
    const document = full([{ field: 'size', below: 100 }]);
    expect([clientOf(document)('', { size: 1 }), flagdOf(document).decide('', { size: 1 })]).toEqual([
      'incumbent',
      'incumbent',
    ]);
  });
});
