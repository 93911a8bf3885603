import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { LoadError } from './decision.ts';
import { exchange, type HttpAnswer } from './http-exchange.ts';
import { pollDelay } from './poll-delay.ts';
import type { Source } from './source.ts';

export interface HttpSourceOptions {
  /** Where Penumbra's API is; documents are at `v1/rollouts/<deployment>` under it. */
  readonly url: string | URL;
  /** Sent as a bearer key. */
  readonly key?: string;
  /** Further headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds between two requests, at most. A kill is seen within one. */
  readonly everySeconds?: number;
  /** Seconds that a request may take. */
  readonly timeoutSeconds?: number;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
}

/**
 * Documents from Penumbra's HTTP API, asked for again and again; an unchanged one costs an empty answer (304).
 *
 * ```ts
 * const source = httpSource({ url: 'https://penumbra.example.com', key: process.env.PENUMBRA_KEY ?? '' });
 * ```
 */
export function httpSource(options: HttpSourceOptions): Source {
  const { url, key, headers, everySeconds = 30, timeoutSeconds = 5, random = Math.random } = options;
  const base = new URL(url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return {
    open(deployment, sink, clock) {
      const target = new URL(`v1/rollouts/${encodeURIComponent(deployment)}`, base);
      const agent = new (target.protocol === 'https:' ? HttpsAgent : HttpAgent)({
        keepAlive: true,
        maxSockets: 1,
      });
      const abort = new AbortController();
      let etag: string | undefined;
      let failures = 0;
      let cancel = () => {};

      const ask = () =>
        exchange({
          url: target,
          headers: {
            accept: 'application/json',
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
            ...headers,
            ...(etag === undefined ? {} : { 'if-none-match': etag }),
          },
          agent,
          timeout: timeoutSeconds * 1000,
          clock,
          signal: abort.signal,
        });
      const poll = async () => {
        let retryAfter = 0;
        try {
          const answer = await ask();
          if (abort.signal.aborted) return;
          retryAfter = retryAfterOf(answer, clock.now());
          if (answer.status === 304 && etag !== undefined) {
            sink.unchanged();
          } else {
            const document = documentOf(answer, target);
            // Only a document that is in use may be confirmed by a 304.
            etag = sink.document(document) ? answer.headers.etag : undefined;
          }
          failures = 0;
        } catch (cause) {
          if (abort.signal.aborted) return;
          failures += 1;
          sink.failed(
            cause instanceof LoadError
              ? cause
              : new LoadError('UNREACHABLE', `${target.href}: ${String(cause)}`, { cause }),
          );
        }
        const delay = pollDelay({ every: everySeconds * 1000, failures, retryAfter, random: random() });
        cancel = clock.after(delay, start);
      };
      let polling = Promise.resolve();
      const start = () => {
        polling = poll();
      };
      start();
      return async () => {
        cancel();
        abort.abort();
        await polling;
        agent.destroy();
      };
    },
  };
}

function documentOf({ status, body }: HttpAnswer, { href }: URL): unknown {
  if (status === 404) throw new LoadError('UNKNOWN_DEPLOYMENT', `${href}: there is no such deployment`);
  if (status !== 200) throw new LoadError('UNREACHABLE', `${href}: answered with status ${status}`);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new LoadError('UNREADABLE', `${href}: the answer is no JSON`, { cause });
  }
}

/** Milliseconds; the header says seconds, or a date. */
function retryAfterOf({ status, headers }: HttpAnswer, now: number): number {
  const text = headers['retry-after'];
  if (text === undefined || (status !== 429 && status !== 503)) return 0;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}
