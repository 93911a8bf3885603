import { parseDefinition } from '@penumbra/core/definition';
import { lineReader } from '@penumbra/core/log-line';
import { describeProblem } from '@penumbra/core/problem';
import { exampleInput } from '@penumbra/core/testing/example-definition';
import { type HostileCase, nested, SMUGGLED } from './hostile-case.ts';

/** The definition, or its problems as an error, as a person reads them. */
function define(input: unknown): unknown {
  const result = parseDefinition(input);
  if (result.ok) return result.value;
  throw new Error(result.problems.map(describeProblem).join('\n'));
}

const json = (text: string): unknown => JSON.parse(text);
const refused = (name: string, input: unknown, error: RegExp): HostileCase => ({
  name: `a definition: ${name}`,
  run: () => define(input),
  expect: { error },
});
const but = (change: object) => ({ ...exampleInput, ...change });
const sliced = (when: unknown) => but({ slices: [{ slice: 'all', when: [when] }] });

/** Definitions, as parsed JSON gives them. */
export const hostileDefinitions: readonly HostileCase[] = [
  ...[undefined, null, 7, 'x', [], true].map((input) =>
    refused(`that is ${JSON.stringify(input) ?? 'nothing'}`, input, /penumbra\.json: the definition: /),
  ),
  refused('of 5,000 lists in each other', json(nested(5_000)), /the definition: .*expected object/),
  refused(
    'with __proto__',
    json(`{"__proto__":{"x":1},${JSON.stringify(exampleInput).slice(1)}`),
    /__proto__/,
  ),
  refused(
    'with constructor',
    json(`{"constructor":{},${JSON.stringify(exampleInput).slice(1)}`),
    /no field "constructor"/,
  ),
  refused(
    'with __proto__ in the pay-off',
    { ...exampleInput, task: json('{"type":"binary-classification","threshold":0.5,"__proto__":1}') },
    /task/,
  ),
  ...[
    '__proto__',
    'A',
    'a--b',
    '-a',
    'a-',
    'a/b',
    '../a',
    'a b',
    'a.b',
    'ä',
    '',
    'a'.repeat(41),
    'a\n',
    ...SMUGGLED.slice(0, 8),
  ].map((deployment) =>
    refused(`named ${JSON.stringify(deployment.slice(0, 30))}`, but({ deployment }), /deployment: /),
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1, 1e308, '0.5', null].map((threshold) =>
    refused(
      `with a threshold of ${String(threshold)}`,
      but({ task: { ...exampleInput.task, threshold } }),
      /task\.threshold: /,
    ),
  ),
  ...[-1, 1.5, 1001, 1e9, Number.NaN, '2'].map((maturityDays) =>
    refused(
      `with a maturity of ${String(maturityDays)} days`,
      but({ outcomes: { ...exampleInput.outcomes, maturityDays } }),
      /outcomes\.maturityDays: /,
    ),
  ),
  refused('without slices as a list', but({ slices: { length: 1 } }), /slices: /),
  refused(
    'with two slices of one name',
    but({ slices: [exampleInput.slices[0], exampleInput.slices[0]] }),
    /slices/,
  ),
  refused(
    'with a slice named __proto__',
    but({ slices: [{ slice: '__proto__', when: [{ field: 'a', equals: 1 }] }] }),
    /slices\.0\.slice: /,
  ),
  refused('with an empty condition', sliced({}), /slices\.0\.when\.0/),
  refused('with a condition on no field', sliced({ field: '', equals: 1 }), /slices\.0\.when\.0/),
  refused('with an object to equal', sliced({ field: 'a', equals: { $ne: 1 } }), /slices\.0\.when\.0/),
  refused('with a range of nothing', sliced({ field: 'a' }), /slices\.0\.when\.0/),
  refused(
    'with a currency in small letters',
    but({ task: { ...exampleInput.task, payoff: { ...exampleInput.task.payoff, currency: 'usd' } } }),
    /currency/,
  ),
  refused(
    'with a currency that is markup',
    but({ task: { ...exampleInput.task, payoff: { ...exampleInput.task.payoff, currency: '<b>' } } }),
    /currency/,
  ),
  refused(
    'with a pay-off beyond all numbers',
    but({
      task: {
        ...exampleInput.task,
        payoff: { ...exampleInput.task.payoff, truePositive: { fixed: Number.POSITIVE_INFINITY } },
      },
    }),
    /truePositive/,
  ),
  {
    name: 'a definition: slices called like methods of every object are names as others',
    run: () => {
      const named = but({
        slices: ['constructor', 'valueof'].map((slice) => ({ slice, when: [{ field: 'a', equals: 1 }] })),
      });
      return (define(named) as { slices: { slice: string }[] }).slices.map(({ slice }) => slice);
    },
    expect: { result: ['constructor', 'valueof'] },
  },
];

const event = {
  deployment: 'd',
  stream: 'rollout',
  version: 1,
  eventId: 'd/rollout/000001',
  causationId: 'c',
  correlationId: 'd/rollout/000001',
  actor: { kind: 'person', name: 'ada' },
  at: '2001-02-03T04:05:06.789Z',
  type: 'RolloutPaused',
  schemaVersion: 1,
  data: { reason: 'x' },
};

const line = (name: string, text: string, error: RegExp): HostileCase => ({
  name: `a line of a log: ${name}`,
  run: () => {
    const read = lineReader()(text, { where: 'log.jsonl', line: 7 });
    if (read.ok) return read.value;
    throw new Error(read.problems.map(describeProblem).join('\n'));
  },
  expect: { error },
});
const forged = (name: string, change: object, error: RegExp) =>
  line(name, JSON.stringify({ ...event, ...change }), error);

/** Lines of a log that somebody else exported, or wrote by hand. */
export const hostileLines: readonly HostileCase[] = [
  line('nothing', '', /log\.jsonl, line 7: it is not JSON/),
  line('half an event', JSON.stringify(event).slice(0, 40), /it is not JSON/),
  line('a byte order mark', `\ufeff${JSON.stringify(event)}`, /it is not JSON/),
  line('null', 'null', /cannot be read/),
  line('a list', '[]', /cannot be read/),
  line('100,000 lists in each other', nested(100_000), /cannot be read|not JSON/),
  line('three million characters', JSON.stringify('x'.repeat(3_000_000)), /longer than/),
  forged('a type that is unknown', { type: 'DropEverything' }, /its type DropEverything is unknown/),
  forged('a type that is a method', { type: 'constructor' }, /its type constructor is unknown/),
  forged('a type that is __proto__', { type: '__proto__' }, /its type __proto__ is unknown/),
  forged('a newer version', { schemaVersion: 99 }, /schema version 99, this version knows 1/),
  forged('a version of nought', { schemaVersion: 0 }, /cannot be read/),
  forged('a huge version', { version: 1e21 }, /cannot be read|version/),
  forged('version 2 first', { version: 2, eventId: 'd/rollout/000002' }, /has version 2 where 1 is due/),
  forged('an id of another place', { eventId: 'e/rollout/000001' }, /its eventId is not d\/rollout\/1/),
  forged('a stream with a path', { stream: 'day/../rollout' }, /neither rollout nor day/),
  forged('a stream of projections', { stream: '~rollout-document' }, /neither rollout nor day/),
  forged('a day that does not exist', { stream: 'day/2001-02-30' }, /neither rollout nor day/),
  forged(
    'a decision in a day',
    { stream: 'day/2001-02-03', eventId: 'd/day/2001-02-03/0001' },
    /does not belong into/,
  ),
  forged('a deployment of the registry', { deployment: '~deployments' }, /no valid name/),
  forged('a deployment named __proto__', { deployment: '__proto__' }, /no valid name/),
  forged('data too much', { data: { reason: 'x', more: 1 } }, /cannot be read/),
  forged(
    'data of __proto__',
    { data: json('{"reason":"x","__proto__":{"y":1}}') as object },
    /cannot be read/,
  ),
  forged('a time that is none', { at: 'yesterday' }, /no instant/),
  forged('a time in another zone', { at: '2001-02-03T04:05:06+02:00' }, /no instant/),
  forged('an actor that is a god', { actor: { kind: 'god', name: 'x' } }, /cannot be read/),
];
