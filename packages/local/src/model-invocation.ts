import { Agent, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A payload in memory, or one of unknown size, opened anew for each attempt and sent in chunks. */
export type Payload = Buffer | (() => Promise<Readable>);

export type InvocationOptions = {
  url: string;
  contentType: string | undefined;
  accept: string | undefined;
  timeoutSeconds: number;
  /** How often a request that got no answer, or an answer of 500 and above, is sent again. */
  maxRetries: number;
  signal: AbortSignal;
};

const FIRST_PAUSE_MS = 50;
const agent = new Agent({ keepAlive: true });

/**
 * Sends one payload to `POST /invocations`.
 *
 * @throws with "<status>: <body>" for an answer other than 200, or with why there was none.
 */
export async function invokeModel(payload: Payload, options: InvocationOptions): Promise<Buffer> {
  let attempt = 0;
  for (;;) {
    const outcome = await attemptInvocation(payload, options);
    if ('answer' in outcome) return outcome.answer;
    options.signal.throwIfAborted();
    // A kept connection that the server closed just then says nothing about the model.
    if (outcome.staleConnection) continue;
    if (!outcome.retryable || attempt >= options.maxRetries) throw new Error(outcome.reason);
    await sleep(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal: options.signal });
    attempt += 1;
  }
}

type Outcome = { answer: Buffer } | { reason: string; retryable: boolean; staleConnection: boolean };

async function attemptInvocation(payload: Payload, options: InvocationOptions): Promise<Outcome> {
  const timeout = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const headers: Record<string, string> = {};
  if (options.contentType) headers['content-type'] = options.contentType;
  if (options.accept) headers.accept = options.accept;
  if (Buffer.isBuffer(payload)) headers['content-length'] = String(payload.length);
  const call = request(`${options.url}/invocations`, {
    method: 'POST',
    agent,
    headers,
    signal: AbortSignal.any([options.signal, timeout]),
  });
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      call.once('response', resolve);
      call.on('error', reject);
    });
    const sent = Buffer.isBuffer(payload) ? call.end(payload) : pipeline(await payload(), call);
    // An answer that comes before the whole payload was read is an answer all the same.
    const response = await Promise.race([answered, Promise.resolve(sent).then(() => answered)]);
    const body = await buffer(response);
    if (response.statusCode === 200) return { answer: body };
    const reason = `${response.statusCode}: ${body.toString().slice(0, 500).trim()}`;
    return { reason, retryable: Number(response.statusCode) >= 500, staleConnection: false };
  } catch (error) {
    const reason = timeout.aborted
      ? `no answer within ${options.timeoutSeconds} s (InvocationsTimeoutInSeconds)`
      : `no answer: ${error instanceof Error ? error.message : error}`;
    const closed = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
    return { reason, retryable: true, staleConnection: closed && call.reusedSocket };
  }
}

/** A payload that is read from a stream which can be opened again. */
export const streamed =
  (open: () => Promise<AsyncIterable<Uint8Array>>): Payload =>
  async () =>
    Readable.from(await open());
