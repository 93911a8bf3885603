import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { systemClock } from './clock.ts';
import type { FeedbackOptions } from './exposures.ts';
import { exchange } from './http-exchange.ts';

export interface HttpFeedbackOptions extends Omit<FeedbackOptions, 'send'> {
  /** Where batches are posted to, as JSON. */
  readonly url: string | URL;
  /** Sent as a bearer key. */
  readonly key?: string;
  /** Seconds that a request may take. */
  readonly timeoutSeconds?: number;
}

/**
 * Feedback to an HTTP address: `{ exposures: [...], dropped }` in each request. Penumbra takes it at `v1/exposures`,
 * with a key that has feedback access. Sockets are closed after each.
 *
 * ```ts
 * const feedback = httpFeedback({ url: 'https://penumbra.example.com/v1/exposures', key: 'feedback-key' });
 * const client = createClient({ deployments, source, feedback });
 * ```
 */
export function httpFeedback(options: HttpFeedbackOptions): FeedbackOptions {
  const { url, key, timeoutSeconds = 5, ...batches } = options;
  const target = new URL(url);
  return {
    ...batches,
    async send(batch) {
      // A batch comes every few seconds: a socket that waits for the next one would outlive the client.
      const agent = new (target.protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: false });
      const { status } = await exchange({
        url: target,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify(batch),
        agent,
        timeout: timeoutSeconds * 1000,
        clock: systemClock,
        signal: new AbortController().signal,
      });
      if (status >= 300) throw new Error(`${target.href}: answered with status ${status}`);
    },
  };
}
