import { type Answer, type ApiHarness, type Asked, apiHarness, COMMAND_KEY } from '../support/api-harness.ts';
import { type HostileCase, nested, SMUGGLED } from './hostile-case.ts';

const FLAG = '/ofrep/v1/evaluate/flags/rebooking';
const ROLLOUT = '/v1/rollouts/rebooking';
const EVENTS = '/v1/deployments/rebooking/events';
const KILL = '/v1/deployments/rebooking/override';

/** One API for all of them: what one request does must not be felt by the next. */
let api: Promise<ApiHarness> | undefined;
const open = async () => {
  const harness = await apiHarness();
  await harness.register();
  await harness.review('2001-02-27', ['small-airports', 'promote', 0, 2]);
  return harness;
};

/** Asks, and answers the status once it is sure that nothing failed within and that no browser would run the answer. */
async function ask(path: string, asked: Asked = {}): Promise<{ status: number; answer: Answer }> {
  api ??= open();
  const { ask: send, failures } = await api;
  const answer = await send(path, asked);
  if (failures.length > 0) throw new Error(`an internal error: ${JSON.stringify(failures.splice(0))}`);
  const type = answer.headers.get('content-type');
  if (!/^application\/(problem\+)?json/.test(type ?? '')) throw new Error(`the answer is ${type}`);
  if (answer.headers.get('x-content-type-options') !== 'nosniff') throw new Error('a browser may sniff it');
  if (!answer.headers.get('content-security-policy')?.includes("default-src 'none'"))
    throw new Error('a browser may run it');
  return { status: answer.status, answer };
}

const refused = (name: string, status: number, path: string, asked?: Asked): HostileCase => ({
  name,
  run: async () => (await ask(path, asked)).status,
  expect: { result: status },
});
const answered = (name: string, path: string, asked: Asked): HostileCase => refused(name, 200, path, asked);
const evaluated = (name: string, context: object): HostileCase => ({
  name: `evaluation: ${name}`,
  run: async () => {
    const { status, answer } = await ask(FLAG, { body: { context: { targetingKey: 'p1', ...context } } });
    return { status, value: answer.json.value };
  },
  expect: { result: { status: 200, value: 'incumbent' } },
});

const short = (text: string) => JSON.stringify(text.slice(0, 40));
const inPath = (text: string) => encodeURIComponent(text);
/** Half of a character: JSON can say it, UTF-8 cannot. */
const HALF = '\\ud800';

/** Requests as somebody may send them, with a key that is good. */
export const hostileRequests: readonly HostileCase[] = [
  ...SMUGGLED.map((text) => refused(`the deployment ${short(text)}`, 404, `/v1/rollouts/${inPath(text)}`)),
  ...SMUGGLED.map((text) =>
    refused(`the flag ${short(text)}`, 404, `/ofrep/v1/evaluate/flags/${inPath(text)}`, {
      body: { context: { targetingKey: 'p1' } },
    }),
  ),
  ...SMUGGLED.map((text) => evaluated(`the attribute ${short(text)}`, { airport: text, [text]: text })),
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].flatMap((name) => [
    refused(`the deployment ${name}`, 404, `/v1/rollouts/${name}`),
    evaluated(`the attribute ${name}`, JSON.parse(`{"${name}": {"polluted": true}}`)),
  ]),
  refused('a deployment of ten thousand letters', 404, `/v1/rollouts/${'a'.repeat(10_000)}`),
  refused('a path out of the deployment', 404, '/v1/rollouts/rebooking%2f..%2f..%2fetc'),
  refused('a path that is no UTF-8', 404, '/v1/rollouts/%ff%fe'),
  refused('a path with a percent sign alone', 404, '/v1/rollouts/%'),

  refused('a body that is no JSON', 400, FLAG, { body: '{"context":' }),
  refused('a body of text', 400, FLAG, { body: '"text"' }),
  refused('an empty body', 400, FLAG, { method: 'POST', body: '' }),
  refused('a list for a context', 400, FLAG, { body: '{"context": []}' }),
  refused('ten thousand lists in each other', 400, FLAG, { body: nested(10_000) }),
  refused('ten thousand objects in each other', 400, FLAG, {
    body: `{"context": ${nested(5_000, '{"a":', '}', '1')}}`,
  }),
  refused('a megabyte', 413, FLAG, { body: { context: { targetingKey: 'x'.repeat(1 << 20) } } }),
  refused('a megabyte that says it is short', 413, FLAG, {
    body: { context: { targetingKey: 'x'.repeat(1 << 20) } },
    headers: { 'transfer-encoding': 'chunked', 'content-length': '10' },
  }),
  refused('a unit that is an object', 400, FLAG, { body: { context: { targetingKey: { a: 1 } } } }),
  refused('a unit of half a character', 400, FLAG, { body: `{"context": {"targetingKey": "${HALF}"}}` }),
  evaluated('a number beyond doubles', JSON.parse('{"passengers": 1e999}')),
  evaluated('an attribute that is an object', { airport: { oneOf: ['ATL'] } }),
  evaluated(
    'a thousand attributes',
    Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`a${n}`, n])),
  ),

  ...['2001-2-3', '../rollout', '2001-02-03/../../x', '２００１-02-03'].map((date) =>
    refused(`events of the day ${date}`, 400, `${EVENTS}?stream=day/${inPath(date)}`),
  ),
  ...['-1', '0', '1e9', 'NaN', '9'.repeat(400), '10;DROP'].map((limit) =>
    refused(`a page of ${limit.slice(0, 20)} events`, 400, `${EVENTS}?limit=${inPath(limit)}`),
  ),
  // A day that no calendar has holds no event.
  ...['2001-02-30', '0000-00-00'].map(
    (date): HostileCase => ({
      name: `events of the day ${date}`,
      run: async () => (await ask(`${EVENTS}?stream=day/${date}`)).answer.json.events,
      expect: { result: [] },
    }),
  ),
  ...SMUGGLED.slice(0, 4).map((text) =>
    refused(`events after ${short(text)}`, 400, `${EVENTS}?after=${inPath(text)}`),
  ),

  refused('a kill without a reason', 400, KILL, { body: {}, key: COMMAND_KEY }),
  refused('a kill with a field too many', 400, KILL, { body: { reason: 'x', by: 'root' }, key: COMMAND_KEY }),
  refused('a kill for a reason of a megabyte', 413, KILL, {
    body: { reason: 'x'.repeat(1 << 20) },
    key: COMMAND_KEY,
  }),
  refused('a kill by a key that may only read', 403, KILL, { body: { reason: 'x' } }),
  refused('a kill of nobody', 404, '/v1/deployments/nobody/override', {
    body: { reason: 'x' },
    key: COMMAND_KEY,
  }),

  refused('a key that is empty', 401, ROLLOUT, { key: '', headers: { authorization: 'Bearer ' } }),
  refused('a key of ten thousand letters', 401, ROLLOUT, { key: 'k'.repeat(10_000) }),
  refused('a key by another scheme', 401, ROLLOUT, { key: '', headers: { authorization: 'Basic Og==' } }),
  answered('a condition that is no ETag', ROLLOUT, {
    headers: { 'if-none-match': `"${'x'.repeat(5_000)}` },
  }),
  refused('a method that nothing answers', 404, ROLLOUT, { method: 'DELETE' }),
];
