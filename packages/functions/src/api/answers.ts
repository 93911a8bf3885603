import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Access } from './caller.ts';

/** What went wrong with a request, as RFC 9457 says it, and what to do about it. */
export const problemDetailsSchema = z
  .strictObject({
    title: z.string().describe('What kind of problem it is; the same for every occurrence.'),
    status: z.number().int().describe('The HTTP status.'),
    detail: z.string().describe('What is wrong this time.'),
    remedy: z.string().describe('What to do about it.'),
    problems: z
      .array(z.strictObject({ where: z.string(), what: z.string() }))
      .optional()
      .describe('Each thing that is wrong with the request.'),
  })
  .openapi('Problem');
export type ProblemDetails = z.infer<typeof problemDetailsSchema>;

export const OFREP_PATH = '/ofrep/v1/evaluate/flags';
export const EXPOSURES_PATH = '/v1/exposures';

/** OpenFeature's error codes, as far as OFREP has them. */
export type OfrepErrorCode =
  | 'PARSE_ERROR'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'GENERAL'
  | 'FLAG_NOT_FOUND';

/**
 * Refuses a request in the form that its caller reads. OpenFeature's providers reject any failure without
 * `errorCode`, and that of a single evaluation without `key`: both are always there.
 */
export function refuse(
  c: Context,
  problem: ProblemDetails,
  headers: Record<string, string> = {},
  errorCode: OfrepErrorCode = 'GENERAL',
): Response {
  const status = problem.status as ContentfulStatusCode;
  if (c.req.path.startsWith(OFREP_PATH)) {
    const errorDetails = `${problem.detail}. ${problem.remedy}.`;
    return c.json({ ...flagKey(c), errorCode, errorDetails }, status, headers);
  }
  return c.body(JSON.stringify(problem), status, { 'Content-Type': 'application/problem+json', ...headers });
}

/** The same as an error to throw, where an answer of another shape is promised. */
export const refusal = (c: Context, details: ProblemDetails): HTTPException =>
  new HTTPException(details.status as ContentfulStatusCode, { res: refuse(c, details) });

/** The flag of a single evaluation, from the path; nothing for a bulk one. */
function flagKey(c: Context): { key: string } | Record<never, never> {
  const rest = c.req.path.slice(OFREP_PATH.length + 1);
  if (rest === '') return {};
  try {
    return { key: decodeURIComponent(rest) };
  } catch {
    return { key: rest };
  }
}

export const problem = (status: number, title: string, detail: string, remedy: string): ProblemDetails => ({
  title,
  status,
  detail,
  remedy,
});

export const NO_KEY = problem(
  401,
  'Unauthorized',
  'this needs a key, and none came with the request',
  'Send it as "Authorization: Bearer <key>" or "X-API-Key: <key>"',
);
export const WRONG_KEY = problem(
  401,
  'Unauthorized',
  'the key that came with the request is not known here',
  'Check it for a missing part, and whether it was replaced',
);
const notAllowed = (what: string, access: Access) =>
  problem(
    403,
    'Forbidden',
    `this key may not ${what}`,
    `Use a key with ${access} access; who runs Penumbra can give you one`,
  );
/** What a key is refused that may do something else. */
export const NOT_ALLOWED: Readonly<Record<Access, ProblemDetails>> = {
  read: notAllowed('read', 'read'),
  feedback: notAllowed('report what was served', 'feedback'),
  command: notAllowed('command', 'command'),
};
export const TOO_MANY = problem(
  429,
  'Too many requests',
  'this caller asks more often than it may',
  'Wait as many seconds as the header Retry-After says',
);
export const tooLarge = (bytes: number, remedy: string): ProblemDetails =>
  problem(413, 'Content too large', `the body of the request is larger than ${bytes / 1024} KB`, remedy);
export const NO_SUCH_PATH = problem(
  404,
  'Not found',
  'there is nothing at this path for this method',
  'See /openapi.json for what there is',
);
export const internal = (requestId: string): ProblemDetails =>
  problem(
    500,
    'Internal error',
    `something failed here, not in the request; its id is ${requestId}`,
    'Try again; where it stays, look for the id in the log',
  );
