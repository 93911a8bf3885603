import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { type Command, Option } from 'commander';
import { z } from 'zod';

/** The HTTP API of a stage, or of `penumbra serve`. */
export interface RemoteOptions {
  readonly url?: string;
  readonly key?: string;
}
export interface Remote {
  readonly url: string;
  readonly key?: string | undefined;
}

/** Milliseconds until a server that does not answer counts as out of reach. */
const PATIENCE_MS = 30_000;

export const withRemoteOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'ask the HTTP API there, instead of a log')
    .addOption(
      new Option('--key <key>', 'its key; better in the environment, where nobody sees it').env(
        'PENUMBRA_KEY',
      ),
    );

const problemSchema = z.object({
  detail: z.string().optional(),
  title: z.string().optional(),
  remedy: z.string().optional(),
});

export interface RemoteAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks the API; an answer of 409 says that there is nothing to do, and is none of the problems. */
export async function ask(
  { url, key }: Remote,
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Result<RemoteAnswer>> {
  const where = `${url.replace(/\/$/, '')}${path}`;
  try {
    const response = await fetch(where, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answered: unknown = await response.json().catch(() => ({}));
    if (response.ok || response.status === 409) return success({ status: response.status, body: answered });
    return failure(refusal(where, response.status, answered));
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: Error };
    return failure({
      where,
      what: `it cannot be reached: ${cause?.message ?? message}`,
      remedy: 'Check --url, and that the API runs there',
    });
  }
}

/** What the API says of a request, in a sentence. */
export function detailOf(body: unknown): string {
  const { detail, title } = problemSchema.catch({}).parse(body);
  return detail ?? title ?? 'it says no more';
}

function refusal(where: string, status: number, body: unknown): Problem {
  const { remedy } = problemSchema.catch({}).parse(body);
  const access = status === 401 || status === 403 ? 'Give a key with that access in PENUMBRA_KEY' : undefined;
  return {
    where,
    what: `it answers ${status}: ${detailOf(body)}`,
    remedy: remedy ?? access ?? 'See docs/api.md',
  };
}
