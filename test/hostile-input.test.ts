import { afterAll, describe, expect, it } from 'vitest';
import type { HostileCase } from './hostile/hostile-case.ts';
import { hostileDefinitions, hostileLines } from './hostile/hostile-definitions.ts';
import { closeHostileFiles, hostileFiles } from './hostile/hostile-files.ts';
import { hostileMessages } from './hostile/hostile-messages.ts';
import { hostilePages } from './hostile/hostile-pages.ts';
import { hostileRequests } from './hostile/hostile-requests.ts';

/*
 * Input that nobody should trust. Each ends in a clear error or in the correct result: never in a crash, a hang, a
 * wrong number, or script in a page.
 */

const corpus = {
  messages: hostileMessages,
  definitions: hostileDefinitions,
  'lines of a log': hostileLines,
  pages: hostilePages,
  requests: hostileRequests,
  files: hostileFiles,
};

afterAll(closeHostileFiles);

describe.each(Object.entries(corpus))('hostile %s', (_, cases) => {
  it.each(cases.map((one): [string, HostileCase] => [one.name, one]))('%s', async (_name, one) => {
    if ('result' in one.expect) {
      expect(await one.run()).toEqual(one.expect.result);
      return;
    }
    const { error } = one.expect;
    const told = await Promise.resolve()
      .then(one.run)
      .then(
        (value) => `no error, but ${JSON.stringify(value)?.slice(0, 300)}`,
        (thrown: Error) => (thrown.name === 'Error' ? thrown.message : `${thrown.name}: ${thrown.message}`),
      );
    expect(told).toMatch(error);
    // A stack that ran over, or a type that was not looked at, is no clear error.
    expect(told).not.toMatch(/RangeError|TypeError|Maximum call stack|Cannot read propert/);
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted');
  });
});

describe('the corpus', () => {
  it('holds at least 200 inputs, each once', () => {
    const names = Object.entries(corpus).flatMap(([kind, cases]) =>
      cases.map(({ name }) => `${kind}: ${name}`),
    );
    expect(names.length).toBeGreaterThanOrEqual(200);
    expect(new Set(names).size).toBe(names.length);
  });
});
