import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { EXPOSURES_PATH, type ProblemDetails, refuse, tooLarge } from './answers.ts';
import type { ApiEnv } from './caller.ts';

/** The largest request that anything but reports has a use for. */
const MOST_BYTES = 64 * 1024;
/** Of reports: as many exposures as one batch may have, of units of a common length. */
const MOST_BYTES_OF_REPORTS = 512 * 1024;

interface Limit {
  readonly bytes: number;
  readonly refusal: ProblemDetails;
  /** Reads and counts a body that does not say its length, which costs more than the rest of an evaluation. */
  readonly counted: ReturnType<typeof bodyLimit>;
}

function limitOf(bytes: number, remedy: string): Limit {
  const refusal = tooLarge(bytes, remedy);
  return {
    bytes,
    refusal,
    counted: bodyLimit({ maxSize: bytes, onError: (c) => refuse(c, refusal) }),
  };
}

const COMMON = limitOf(MOST_BYTES, 'Send only the attributes that slices look at');
const REPORTS = limitOf(MOST_BYTES_OF_REPORTS, 'Send smaller batches');

/**
 * Refuses what is too large. Where the length is said, it is believed, as the server in front cuts the body there;
 * only without one the body is read and counted.
 */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.method === 'GET') return next();
  const { bytes, refusal, counted } = c.req.path === EXPOSURES_PATH ? REPORTS : COMMON;
  const length = c.req.header('Content-Length');
  if (length === undefined || c.req.header('Transfer-Encoding') !== undefined) return counted(c, next);
  return Number(length) <= bytes ? next() : refuse(c, refusal);
};
