import { describe, expect, test } from 'vitest';
import { assertPattern, type EventPattern, matchesPattern } from './event-pattern.ts';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: {
    bucket: { name: 'data' },
    object: { key: 'flights/records/date=2001-02-03/_SUCCESS', size: 12 },
    tags: ['red', 'green'],
    reason: null,
    empty: [],
    parts: [{ name: 'a' }, { name: 'b' }],
  },
};
const key = (matcher: object | string): EventPattern =>
  ({
    detail: { object: { key: [matcher] } },
  }) as EventPattern;
const size = (...numeric: (string | number)[]): EventPattern => ({
  detail: { object: { size: [{ numeric }] } },
});

const TABLE: [string, EventPattern, boolean][] = [
  ['an exact value', { source: ['aws.s3'] }, true],
  ['one of several values', { source: ['aws.sagemaker', 'aws.s3'] }, true],
  ['another value', { source: ['aws.sagemaker'] }, false],
  ['every field must match', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }, false],
  ['nested fields', { detail: { bucket: { name: ['data'] } } }, true],
  ['null', { detail: { reason: [null] } }, true],
  ['null is not absence', { detail: { missing: [null] } }, false],
  ['prefix', key({ prefix: 'flights/' }), true],
  ['prefix that is elsewhere', key({ prefix: 'records' }), false],
  ['prefix of any case', key({ prefix: { 'equals-ignore-case': 'FLIGHTS' } }), true],
  ['suffix', key({ suffix: '/_SUCCESS' }), true],
  ['suffix that is elsewhere', key({ suffix: 'records' }), false],
  ['wildcard', key({ wildcard: '*/records/date=*/_SUCCESS' }), true],
  ['wildcard must match the whole', key({ wildcard: '*/records/date=*/_SUCC' }), false],
  ['wildcard takes other characters as they are', key({ wildcard: 'flights.records*' }), false],
  ['an escaped star is a star', key({ wildcard: 'flights\\*' }), false],
  ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'AWS.S3' }] }, true],
  ['anything-but', { source: [{ 'anything-but': 'aws.sagemaker' }] }, true],
  ['anything-but the value itself', { source: [{ 'anything-but': ['aws.s3', 'other'] }] }, false],
  ['anything-but a prefix', key({ 'anything-but': { prefix: 'flights/' } }), false],
  ['anything-but several suffixes', key({ 'anything-but': { suffix: ['.csv', '_SUCCESS'] } }), false],
  ['anything-but needs a value', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
  ['exists', { detail: { object: { size: [{ exists: true }] } } }, true],
  ['exists sees only leaves', { detail: { object: [{ exists: true }] } }, false],
  ['does not exist', { detail: { object: { version: [{ exists: false }] } } }, true],
  ['does not exist, but it does', { detail: { object: { size: [{ exists: false }] } } }, false],
  ['numeric', size('>', 10, '<=', 12), true],
  ['numeric out of range', size('>', 12), false],
  ['numbers are not texts', { detail: { object: { size: ['12'] } } }, false],
  ['an element of a list', { detail: { tags: ['green'] } }, true],
  ['no element of a list', { detail: { tags: ['blue'] } }, false],
  ['a field in a list of objects', { detail: { parts: { name: ['b'] } } }, true],
  ['$or', { $or: [{ source: ['x'] }, { detail: { bucket: { name: ['data'] } } }] }, true],
  ['$or without a match', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  ['$or beside another field', { source: ['x'], $or: [{ 'detail-type': ['Object Created'] }] }, false],
  ['names of every object are not fields', { detail: { constructor: [{ exists: true }] } }, false],
];

describe('an event and a pattern', () => {
  test.each(TABLE)('%s', (_, pattern, matches) => {
    assertPattern(pattern);
    expect(matchesPattern(pattern, event)).toBe(matches);
  });
});

test.each([
  ['an unknown matcher', { source: [{ cidr: '10.0.0.0/8' }] }, /pattern.source.*cidr/],
  ['a value without a list', { detail: { reason: 'PutObject' } }, /pattern.detail.reason must be a list/],
  ['two stars in a row', { source: [{ wildcard: 'a**' }] }, /two stars/],
  ['an empty list', { source: [] }, /empty/],
])('%s is refused before the first event', (_, pattern, message) => {
  expect(() => assertPattern(pattern)).toThrow(message);
});
