import { expect, test } from 'vitest';
import { failedMessageIds } from './batch-response.ts';

const ids = new Set(['a', 'b']);
const failing = (...failures: unknown[]) => ({ batchItemFailures: failures });

test.each([
  ['nothing', undefined, []],
  ['null', null, []],
  ['an empty object', {}, []],
  ['an empty list', failing(), []],
  ['a null list', { batchItemFailures: null }, []],
  ['one id', failing({ itemIdentifier: 'b' }), ['b']],
  ['the same id twice', failing({ itemIdentifier: 'b' }, { itemIdentifier: 'b' }), ['b']],
  ['an empty id', failing({ itemIdentifier: '' }), ['a', 'b']],
  ['a null id', failing({ itemIdentifier: null }), ['a', 'b']],
  ['an unknown id', failing({ itemIdentifier: 'a' }, { itemIdentifier: 'c' }), ['a', 'b']],
  ['another name for the id', failing({ messageId: 'a' }), ['a', 'b']],
  ['a failure that is null', failing(null), ['a', 'b']],
  ['no list', { batchItemFailures: 'a' }, ['a', 'b']],
  ['a text', 'done', ['a', 'b']],
  ['a list', [], ['a', 'b']],
])('a response of %s', (_, response, failed) => {
  expect([...failedMessageIds(response, ids)]).toEqual(failed);
});
