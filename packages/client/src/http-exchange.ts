import type { Agent, IncomingHttpHeaders } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from './clock.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent: Agent;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A document has a few kilobytes; something else answers where there are more. */
const MOST_BYTES = 1 << 20;

/**
 * One exchange over the caller's own agent. Not `fetch`: its sockets belong to a pool of the whole process, which
 * a library cannot close. Redirects are not followed: a key must not travel to another host.
 */
export function exchange({ url, body, timeout, clock, ...options }: HttpRequest): Promise<HttpAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    let answer: HttpAnswer | undefined;
    let failure: unknown;
    const failed = (error: Error) => {
      failure ??= error;
    };
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MOST_BYTES) outgoing.destroy(new Error(`the answer is larger than ${MOST_BYTES} bytes`));
      });
      incoming.on('error', failed);
      incoming.on('end', () => {
        const { statusCode: status = 0, headers } = incoming;
        answer = { status, headers, body: Buffer.concat(chunks).toString('utf8') };
      });
    });
    const cancel = clock.after(timeout, () =>
      outgoing.destroy(new Error(`no answer within ${timeout} milliseconds`)),
    );
    outgoing.on('error', failed);
    // The last event in every case: who awaits this has nothing left open.
    outgoing.on('close', () => {
      cancel();
      if (answer) resolve(answer);
      else reject(failure ?? new Error('the connection was closed without an answer'));
    });
    outgoing.end(body);
  });
}
