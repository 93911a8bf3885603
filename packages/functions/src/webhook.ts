import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import { Webhook as Signer } from 'standardwebhooks';

/** What somebody is to know. */
export interface Notice {
  /** The same notice told twice has the same id, so that a receiver can drop the second. */
  readonly id: string;
  readonly type: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly text: string;
  readonly detail: unknown;
}

export interface Webhook {
  /** Delivers a notice at least once; throws where the receiver did not take it after all attempts. */
  send(notice: Notice): Promise<void>;
}

export interface WebhookSettings {
  /** Secret itself in most chats: it is named in no error and no log. */
  readonly url: string;
  /** Standard Webhooks' symmetric secret, `whsec_` and base64; without it nothing is signed. */
  readonly secret?: string | undefined;
  /** slack: `{text}`, which Slack, Mattermost and Rocket.Chat take. event: `{type, timestamp, data}`, for programs. */
  readonly body: 'slack' | 'event';
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly firstPauseMs?: number;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
/** Milliseconds that one attempt may take. */
const PATIENCE_MS = 5_000;
/** Longest pause that a receiver may ask for, in milliseconds: the function has to end in time. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * A receiver of notices by HTTP POST, signed by Standard Webhooks (HMAC-SHA256 over id, timestamp and body; headers
 * `webhook-id`, `webhook-timestamp`, `webhook-signature`), so that a receiver can tell ours, unchanged and recent, with
 * a library of its language. Tried again where the receiver is away, busy or broken; not where it refuses.
 */
export function httpWebhook(
  { url, secret, body: kind, firstPauseMs = FIRST_PAUSE_MS }: WebhookSettings,
  now: () => Date = () => new Date(),
): Webhook {
  const signer = secret === undefined ? undefined : new Signer(secret);
  const attempt = async (notice: Notice, body: string): Promise<void> => {
    const at = now();
    const signature = signer?.sign(notice.id, at, body);
    const response = await post(url, body, {
      'content-type': 'application/json',
      'webhook-id': notice.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      ...(signature === undefined ? {} : { 'webhook-signature': signature }),
    });
    await response.arrayBuffer().catch(() => undefined);
    if (response.ok) return;
    const refused = new Refused(response.status, pauseAskedFor(response, at));
    throw isPassing(response.status) ? refused : new AbortError(refused);
  };
  return {
    async send(notice) {
      const body = JSON.stringify(kind === 'slack' ? { text: escaped(notice.text) } : eventOf(notice));
      await pRetry(() => attempt(notice, body), {
        retries: ATTEMPTS - 1,
        minTimeout: firstPauseMs,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (error instanceof Refused && retriesLeft > 0) await sleep(error.pauseMs);
        },
      });
    },
  };
}

class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    status: number,
    readonly pauseMs: number,
  ) {
    super(`the receiver of notices answered ${status}`);
  }
}

/** Errors of the network become one that does not name the address. */
async function post(url: string, body: string, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const { cause, name } = error as Error & { readonly cause?: { readonly code?: string } };
    throw new Error(`the receiver of notices cannot be reached (${cause?.code ?? name})`);
  }
}

const isPassing = (status: number) => status >= 500 || status === 429 || status === 408;

/** Milliseconds, by the header Retry-After: seconds, or a date. */
function pauseAskedFor(response: Response, at: Date): number {
  const asked = response.headers.get('retry-after');
  if (asked === null) return 0;
  const pause = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - at.getTime();
  return Math.min(LONGEST_PAUSE_MS, Math.max(0, pause || 0));
}

/** What Slack would take for markup: https://docs.slack.dev/messaging/formatting-message-text */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const eventOf = ({ type, at, text, detail }: Notice) => ({ type, timestamp: at, data: { text, detail } });
