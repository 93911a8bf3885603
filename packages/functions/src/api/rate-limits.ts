import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { refuse, TOO_MANY } from './answers.ts';
import type { ApiEnv } from './caller.ts';

/** Requests of one caller in a time. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** What is limited apart from each other: a page that reads much must not keep applications from their rollout. */
export interface RateLimits {
  /** Evaluations and documents: what production applications ask for. */
  readonly serve: RateLimit;
  /** Log, days and evidence. */
  readonly read: RateLimit;
  readonly command: RateLimit;
  /** Batches of reports. */
  readonly feedback: RateLimit;
  /** Keys that do not fit, by address. */
  readonly refused: RateLimit;
}

export const RATE_LIMITS: RateLimits = {
  serve: { requests: 60_000, seconds: 60 },
  read: { requests: 600, seconds: 60 },
  command: { requests: 30, seconds: 60 },
  feedback: { requests: 6000, seconds: 60 },
  refused: { requests: 30, seconds: 60 },
};

export type RateLimited = keyof RateLimits;

/** Counts a request of a caller; answers after how many seconds to come again where it is one too many. */
export type CountRequest = (kind: RateLimited, caller: string) => Promise<number | undefined>;

/**
 * Counts in the memory of this process: on Lambda that is a limit for each instance, which protects what is behind
 * it; the limit for all of them together is the throttling of the API in front.
 */
export function countRequests(limits: RateLimits): CountRequest {
  const limiterOf = ({ requests, seconds }: RateLimit) =>
    new RateLimiterMemory({ points: requests, duration: seconds });
  const limiters = {
    serve: limiterOf(limits.serve),
    read: limiterOf(limits.read),
    command: limiterOf(limits.command),
    feedback: limiterOf(limits.feedback),
    refused: limiterOf(limits.refused),
  } satisfies Record<RateLimited, RateLimiterMemory>;
  return async (kind, caller) => {
    try {
      await limiters[kind].consume(caller);
      return undefined;
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      return Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000));
    }
  };
}

/** Refuses a caller who asks too often. Stands behind the access check, so that a fleet of one address is told apart by key. */
export function rateLimit(count: CountRequest, kind: RateLimited): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { name } = c.get('principal');
    const retryAfter = await count(kind, name === ANONYMOUS ? c.env.address : name);
    return retryAfter === undefined ? next() : refuse(c, TOO_MANY, { 'Retry-After': String(retryAfter) });
  };
}

/** A caller without a key, where none is needed. */
export const ANONYMOUS = 'anonymous';
