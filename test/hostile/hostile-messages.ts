import { parseTransformJobName } from '@penumbra/core/job-name';
import { parseClosedFolder } from '@penumbra/core/pipeline/keys';
import { decodeMessage } from '@penumbra/functions/decode-message';
import { type HostileCase, nested, SMUGGLED } from './hostile-case.ts';

const decode = (queue: Parameters<typeof decodeMessage>[0], body: string) => () =>
  decodeMessage(queue, body, 'penumbra');
const ready = { deployment: 'd', date: '2001-02-03', causationId: 'c' };
const created = (key: unknown) =>
  JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Created', detail: { object: { key } } });
const ended = (TransformJobName: unknown, TransformJobStatus: unknown = 'Completed') =>
  JSON.stringify({
    source: 'aws.sagemaker',
    id: 'e1',
    'detail-type': 'SageMaker Transform Job State Change',
    detail: { TransformJobName, TransformJobStatus },
  });
const POISON = { error: /^PoisonMessage: message on [a-z-]+ cannot be read/ } as const;
const IGNORED = { result: 'ignore' } as const;

const poison = (name: string, body: string): HostileCase => ({
  name: `a message: ${name}`,
  run: decode('partition-ready', body),
  expect: POISON,
});
const changed = (name: string, change: object): HostileCase =>
  poison(name, JSON.stringify({ ...ready, ...change }));

/** Bodies of queue messages, and the events that stand for them. */
export const hostileMessages: readonly HostileCase[] = [
  poison('nothing', ''),
  poison('blanks', ' \n\t '),
  poison('a byte order mark alone', '\ufeff'),
  poison('half a message', '{"deployment":"d","date":'),
  poison('two messages', `${JSON.stringify(ready)}${JSON.stringify(ready)}`),
  poison('a trailing comma', '{"deployment":"d","date":"2001-02-03","causationId":"c",}'),
  poison('single quotes', "{'deployment':'d'}"),
  poison('a comment', `/* */${JSON.stringify(ready)}`),
  poison('NaN', '{"deployment":NaN}'),
  poison('a number beyond all numbers', '1e999'),
  poison('null', 'null'),
  poison('true', 'true'),
  poison('a text', '"partition-ready"'),
  poison('a list', '[]'),
  poison('a list of messages', JSON.stringify([ready])),
  poison('10,000 lists in each other', nested(10_000)),
  poison('100,000 lists in each other', nested(100_000)),
  poison('100,000 objects in each other', nested(100_000, '{"a":', '}', '1')),
  poison('unclosed lists', '['.repeat(200_000)),
  poison('a million characters', JSON.stringify('x'.repeat(1_000_000))),
  poison(
    'a deployment of a million characters',
    JSON.stringify({ ...ready, deployment: 'x'.repeat(1_000_000) }),
  ),
  poison(
    '100,000 unknown fields',
    JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, i]))),
  ),
  poison(
    '__proto__ beside nothing',
    '{"__proto__":{"deployment":"d","date":"2001-02-03","causationId":"c"}}',
  ),
  poison('__proto__ beside all', `{"__proto__":{"x":1},${JSON.stringify(ready).slice(1)}`),
  changed('constructor as a field', { constructor: { prototype: { polluted: true } } }),
  changed('prototype as a field', { prototype: {} }),
  changed('toString as a field', { toString: 'x' }),
  changed('no deployment', { deployment: '' }),
  changed('a deployment that is a number', { deployment: 7 }),
  changed('a deployment that is a list', { deployment: ['d'] }),
  changed('a deployment of 64 characters', { deployment: 'd'.repeat(64) }),
  changed('a date that does not exist', { date: '2001-02-30' }),
  changed('the 29th of February of no leap year', { date: '1900-02-29' }),
  changed('a thirteenth month', { date: '2001-13-01' }),
  changed('a date of zeroes', { date: '0000-00-00' }),
  changed('a year of five digits', { date: '20010-02-03' }),
  changed('a date with a time', { date: '2001-02-03T00:00:00Z' }),
  changed('a date with a line end', { date: '2001-02-03\n' }),
  changed('a date in other digits', { date: '２００１-02-03' }),
  changed('a date with a path', { date: '2001-02-03/../..' }),
  changed('a date that is a number', { date: 20_010_203 }),
  changed('a cause that is an object', { causationId: { $ne: null } }),
  ...[0, -1, 1.5, 1e21, '1', null, true].map(
    (attempt): HostileCase => ({
      name: `a message: attempt ${JSON.stringify(attempt)}`,
      run: decode('transform-complete', JSON.stringify({ ...ready, attempt })),
      expect: POISON,
    }),
  ),
  {
    name: 'a message: a date and a landing date at once',
    run: decode('outcomes-landed', JSON.stringify({ ...ready, landed: '2001-02-03' })),
    expect: POISON,
  },
  {
    name: 'a message: as it should be, with blanks around it',
    run: decode('partition-ready', `\r\n ${JSON.stringify(ready)} \n`),
    expect: { result: ready },
  },
  ...['d/records/date=2001-02-30/_SUCCESS', `${'d'.repeat(64)}/records/date=2001-02-03/_SUCCESS`].map(
    (key): HostileCase => ({
      name: `an object event: ${key.slice(0, 40)}`,
      run: decode('partition-ready', created(key)),
      expect: POISON,
    }),
  ),
  ...[
    '../d/records/date=2001-02-03/_SUCCESS',
    'd/../e/records/date=2001-02-03/_SUCCESS',
    '/d/records/date=2001-02-03/_SUCCESS',
    'd//records/date=2001-02-03/_SUCCESS',
    'd/records/date=2001-02-03/../../../_SUCCESS',
    'd/records/date=2001-02-03//_SUCCESS',
    'd/records/date=2001-02-03/_SUCCESS/',
    'd/records/date=2001-02-03/_SUCCESS\n',
    'd/records/date=2001-02-03/_success',
    'D/records/date=2001-02-03/_SUCCESS',
    'd%2Frecords/date=2001-02-03/_SUCCESS',
    'd/records/date=%32001-02-03/_SUCCESS',
    'd/records/date=２００１-02-03/_SUCCESS',
    'd\u0000/records/date=2001-02-03/_SUCCESS',
    '',
    '_SUCCESS',
    'x'.repeat(100_000),
    ...SMUGGLED,
  ].map(
    (key): HostileCase => ({
      name: `an object event: ${JSON.stringify(key.slice(0, 50))}`,
      run: decode('partition-ready', created(key)),
      expect: IGNORED,
    }),
  ),
  ...[7, null, ['d/records/date=2001-02-03/_SUCCESS'], {}].map(
    (key): HostileCase => ({
      name: `an object event: a key that is ${JSON.stringify(key)}`,
      run: decode('partition-ready', created(key)),
      expect: POISON,
    }),
  ),
  ...[
    'penumbra-d-2001-02-30-1',
    'penumbra-d-2001-02-03-0',
    'penumbra-d-2001-02-03-100',
    'penumbra-d-2001-02-03-1e1',
    'penumbra--2001-02-03-1\n',
    'penumbra-',
    'umbra-d-2001-02-03-1',
    'x'.repeat(100_000),
    `penumbra-${'-'.repeat(50_000)}`,
  ].map(
    (job): HostileCase => ({
      name: `a transform event: ${JSON.stringify(job.slice(0, 50))}`,
      run: decode('transform-complete', ended(job)),
      expect: IGNORED,
    }),
  ),
  {
    name: 'a transform event: a status that is none',
    run: decode('transform-complete', ended('penumbra-d-2001-02-03-1', { $gt: '' })),
    expect: POISON,
  },
  {
    name: 'a job name: a deployment that ends like a date keeps its own',
    run: () => parseTransformJobName('penumbra', 'penumbra-d-2001-02-02-1-2001-02-03-2'),
    expect: { result: { deployment: 'd-2001-02-02-1', date: '2001-02-03', attempt: 2 } },
  },
  {
    name: 'a key: a kind that is a method of every object',
    run: () => parseClosedFolder('d/constructor/date=2001-02-03/_SUCCESS'),
    expect: { result: undefined },
  },
];
