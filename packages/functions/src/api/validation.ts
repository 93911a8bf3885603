import type { Hook } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import { isCalendarDate } from '@penumbra/core/calendar';
import { problem, refuse } from './answers.ts';
import type { ApiEnv } from './caller.ts';

/** Every request that does not fit its schema gets the same answer: what is wrong, and where. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, Response | undefined> = (result, c) => {
  if (result.success) return undefined;
  const problems = result.error.issues.map(({ path, message }) => ({
    where: [result.target, ...path.map(String)].join('.'),
    what: message,
  }));
  const [first] = problems;
  const detail = first ? `${first.where}: ${first.what}` : 'the request does not fit its schema';
  return refuse(c, {
    ...problem(400, 'Bad request', detail, 'See /openapi.json for what is expected'),
    problems,
  });
};

/** The name of a deployment, where it stands in a path. */
export const deploymentParam = z.object({
  deployment: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'use lower-case letters, digits and single hyphens')
    .max(40)
    .describe('Name of the deployment.'),
});

export const dateQuery = z
  .string()
  .refine(isCalendarDate, 'give a date that exists, as YYYY-MM-DD')
  .openapi({ format: 'date' });
