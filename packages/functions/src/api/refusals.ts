import { z } from '@hono/zod-openapi';
import { problemDetailsSchema } from './answers.ts';

const DESCRIPTIONS = {
  400: 'The request does not fit its schema',
  401: 'No key, or one that does not fit',
  403: 'A key that may not do this',
  404: 'No such deployment',
  409: 'The rollout is in a state in which this changes nothing, and why',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The rollout cannot be said in this form, and why',
  429: 'Too many requests',
  500: 'Something failed here',
} as const;

/** The answers of a route that are problems, for its description. */
export function refusals<Status extends keyof typeof DESCRIPTIONS>(...statuses: readonly Status[]) {
  const content = { 'application/problem+json': { schema: problemDetailsSchema } };
  const retryAfter = z.object({ 'Retry-After': z.string().describe('Seconds.') });
  const described = statuses.map((status) => [
    status,
    { description: DESCRIPTIONS[status], content, ...(status === 429 ? { headers: retryAfter } : {}) },
  ]);
  return Object.fromEntries(described) as Record<Status, { description: string; content: typeof content }>;
}
