import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryDirectory } from '../test/aws-for-tests.ts';
import { openJournal } from './journal.ts';

const directory = temporaryDirectory();
afterAll(() => rmSync(directory, { recursive: true }));

function open(path: string): { sum: () => number; add: (value: number) => void; close: () => void } {
  let total = 0;
  const apply = (value: number) => {
    total += value;
  };
  const journal = openJournal<number>(path, apply, () => [total]);
  return {
    sum: () => total,
    add: (value) => {
      journal.append(value);
      apply(value);
    },
    close: journal.close,
  };
}

test('what was appended is replayed, and compacted to the state at the next start', () => {
  const path = join(directory, 'sums');
  const first = open(path);
  for (const value of [1, 2, 3]) first.add(value);
  first.close();
  const second = open(path);
  expect(second.sum()).toBe(6);
  second.close();
  expect(readFileSync(path, 'utf8')).toBe('6\n');
});

test('a line that a kill has cut off has not happened', () => {
  const path = join(directory, 'torn');
  writeFileSync(path, '1\n2\n');
  appendFileSync(path, '34');
  expect(open(path).sum()).toBe(3);
});

test('a line in the middle that cannot be read stops the start and says where it is', () => {
  const path = join(directory, 'edited');
  writeFileSync(path, '1\noops\n3\n');
  expect(() => open(path)).toThrow(/Line 2 of .*edited/);
});
