import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyIndex, type ListOptions } from './s3-key-index.ts';
import { compareUtf8 } from './utf8-order.ts';

const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '=', 'é', '\uffee', '😀'),
  maxLength: 8,
  minLength: 1,
});

test('the order is the one of the UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('pages of any size tell every key and every common prefix once, in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key),
      fc.constantFrom('', 'a', 'a/', 'b='),
      fc.constantFrom('', '/', '='),
      fc.integer({ min: 1, max: 4 }),
      (keys, prefix, delimiter, maxKeys) => {
        const index = createKeyIndex();
        for (const added of [...keys, 'removed']) index.add(added);
        index.remove('removed');
        const told: string[] = [];
        let after: ListOptions['after'];
        do {
          const page = index.list({ prefix, delimiter, maxKeys, after });
          expect(page.keys.length + page.commonPrefixes.length).toBeLessThanOrEqual(maxKeys);
          told.push(...page.keys, ...page.commonPrefixes);
          after = page.next;
        } while (after);

        const expected = new Set(
          keys
            .filter((candidate) => candidate.startsWith(prefix))
            .map((candidate) => {
              const cut = delimiter === '' ? -1 : candidate.indexOf(delimiter, prefix.length);
              return cut === -1 ? candidate : candidate.slice(0, cut + 1);
            }),
        );
        expect(told.sort(compareUtf8)).toEqual([...expected].sort(compareUtf8));
      },
    ),
  );
});
