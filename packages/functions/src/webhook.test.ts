import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeWebhook } from './notice-composition.ts';
import { noticeHandler } from './notice-handler.ts';
import { observability } from './observability.ts';
import { httpWebhook } from './webhook.ts';

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: Server;
let url: string;
let received: Received[];
/** What is answered, one after the other; 200 once they are used up. */
let replies: Reply[];

beforeEach(async () => {
  received = [];
  replies = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      const { status, headers = {} } = replies.shift() ?? { status: 200 };
      response.writeHead(status, headers).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T000/B000/token`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const notice = {
  id: 'msg_1',
  type: 'RolledBack',
  at: '2001-02-03T06:00:00Z',
  text: 'rebooking: 5 % < 25 % & <@everyone>',
  detail: { deployment: 'rebooking' },
};
const webhook = (more: { secret?: string; body?: 'slack' | 'event' } = {}) =>
  httpWebhook({ url, body: 'slack', firstPauseMs: 1, ...more });

describe('a webhook', () => {
  it('takes a message as Slack does, its markup escaped', async () => {
    await webhook().send(notice);
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      text: 'rebooking: 5 % &lt; 25 % &amp; &lt;@everyone&gt;',
    });
    expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'msg_1' });
    expect(received[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('takes the whole event where a program listens', async () => {
    await webhook({ body: 'event' }).send(notice);
    const { type, at: timestamp, text, detail } = notice;
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ type, timestamp, data: { text, detail } });
  });

  it('can tell that a message is ours, unchanged and recent', async () => {
    await webhook({ secret: SECRET }).send(notice);
    const { body, headers } = received[0] as Received;
    const verifier = new Verifier(SECRET);
    expect(verifier.verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => verifier.verify(body.replace('25', '26'), headers)).toThrow();
    const later = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) };
    expect(() => verifier.verify(body, later)).toThrow();
    const other = new Verifier(`whsec_${Buffer.from('another secret, of someone else!').toString('base64')}`);
    expect(() => other.verify(body, headers)).toThrow();
  });
});

describe('a receiver that is away, busy or broken', () => {
  it('gets the same message again, signed anew, until it takes it', async () => {
    replies = [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }, { status: 500 }];
    await webhook({ secret: SECRET }).send(notice);
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ body, headers }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
    for (const { body, headers } of received) new Verifier(SECRET).verify(body, headers);
  });

  it('is given up after five attempts, with an error that does not tell the address', async () => {
    replies = Array.from({ length: 9 }, () => ({ status: 500 }));
    await expect(webhook().send(notice)).rejects.toThrow(/^the receiver of notices answered 500$/);
    expect(received).toHaveLength(5);
    const nowhere = httpWebhook({ url: 'http://127.0.0.1:9/secret', body: 'slack', firstPauseMs: 1 });
    await expect(nowhere.send(notice)).rejects.toThrow(/^the receiver of notices cannot be reached \(\w+\)$/);
  });

  it.each([404, 403, 400, 302])('is not asked again where it answers %i', async (status) => {
    replies = [{ status, headers: { location: 'http://127.0.0.1:9/elsewhere' } }];
    await expect(webhook().send(notice)).rejects.toThrow(`answered ${status}`);
    expect(received).toHaveLength(1);
  });
});

describe('the function behind the bus', () => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const handler = () =>
    noticeHandler(
      composeWebhook({ WEBHOOK_URL: url, WEBHOOK_SECRET: SECRET }),
      observability('notify', silent),
    );
  const event = (type: string, detail: object) => ({
    version: '0',
    id: '1',
    source: 'penumbra',
    time: '2001-02-03T06:00:00Z',
    'detail-type': type,
    detail,
  });

  it('sends the text of a rollback and of a digest', async () => {
    await handler()(event('RolledBack', { deployment: 'rebooking', text: 'rolled back' }));
    await handler()(event('DailyDigest', { asOf: '2001-02-02', text: 'nothing moved' }));
    expect(received.map(({ body }) => JSON.parse(body).text)).toEqual(['rolled back', 'nothing moved']);
  });

  it('gives the same notice the same id, however often the bus brings it', async () => {
    await handler()(event('RolledBack', { text: 'rolled back' }));
    await handler()({ ...event('RolledBack', { text: 'rolled back' }), id: '2' });
    await handler()(event('RolledBack', { text: 'rolled back again' }));
    const ids = received.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('puts an alarm of CloudWatch in words', async () => {
    const state = { value: 'ALARM', reason: 'Threshold Crossed' };
    await handler()(event('CloudWatch Alarm State Change', { alarmName: 'penumbra-ada-poison', state }));
    expect(JSON.parse(received[0]?.body ?? '').text).toMatch(
      /^Alarm penumbra-ada-poison is ALARM .*Threshold Crossed\n/,
    );
  });

  it('fails where nobody took it, so that Lambda tries again', async () => {
    replies = [{ status: 410 }];
    await expect(handler()(event('RolledBack', { text: 'rolled back' }))).rejects.toThrow('410');
    await expect(handler()(event('Something', {}))).rejects.toThrow();
  });

  it.each([
    [{}, 'WEBHOOK_URL'],
    [{ WEBHOOK_URL: 'http://chat.example.com/secret' }, 'use https'],
    [{ WEBHOOK_URL: 'https://chat.example.com', WEBHOOK_SECRET: 'short' }, 'WEBHOOK_SECRET'],
  ])('says which variable is wrong: %j', (environment, says) => {
    expect(() => composeWebhook(environment)).toThrow(says);
  });
});
