import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { recordedEvents } from '@penumbra/core/pipeline/recorded-events';
import { sliceReviewSchema } from '@penumbra/core/rollout-events';
import { type Backtest, backtest } from '@penumbra/evaluator/backtest';
import { type RecordedLog, recordedLog } from '@penumbra/evaluator/recorded-log';
import type { Context } from 'hono';
import { problem, refusal } from './answers.ts';
import type { ApiEnv } from './caller.ts';
import { refusals } from './refusals.ts';
import type { ApiPorts } from './settings.ts';
import { deploymentParam } from './validation.ts';

/** A policy is some hundred characters; a URL of this many passes everywhere. */
const LONGEST = 6000;

const servedSchema = z.strictObject({
  opened: z.string().nullable().describe('As-of date of the review that opened the slice; null for never.'),
  complete: z.string().nullable(),
  percent: z.number(),
  rollbacks: z.number().int(),
  records: z.number().int().describe('That the challenger would have decided.'),
  money: z.number().describe("That its decisions on them would have earned more than the incumbent's."),
  harm: z.number().describe('The part of it on days on which they lost: 0 or less.'),
});

const moveSchema = sliceReviewSchema
  .pick({ action: true, from: true, to: true, rule: true })
  .extend({ reason: z.string() });

const backtestSchema = z
  .strictObject({
    deployment: z.string(),
    currency: z.string(),
    from: z.string(),
    to: z.string(),
    sameAgain: z.boolean().describe('Whether the recorded policy, run again, decides what was recorded.'),
    slices: z
      .array(z.strictObject({ slice: z.string(), recorded: servedSchema, other: servedSchema }))
      .readonly(),
    differences: z
      .array(
        z.strictObject({
          asOf: z.string(),
          slice: z.string(),
          recorded: moveSchema.optional(),
          other: moveSchema.optional(),
        }),
      )
      .readonly()
      .describe('Reviews in which the two moved a slice differently.'),
    ignored: z
      .array(z.string())
      .readonly()
      .describe('What people did that means nothing under the other policy.'),
  })
  .openapi('Backtest');

const backtestRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}/backtest',
  tags: ['Evidence'],
  summary: 'What another policy would have decided on the recorded evidence; changes nothing.',
  request: {
    params: deploymentParam,
    query: z.object({
      policy: z
        .string()
        .max(LONGEST)
        .describe('JSON of the other policy; a field that it leaves out has its default.'),
    }),
  },
  responses: {
    200: { description: 'Both, side by side', content: { 'application/json': { schema: backtestSchema } } },
    ...refusals(400, 401, 403, 404, 429, 500),
  },
});

/** The recorded evidence under another policy. */
export function addBacktest(app: OpenAPIHono<ApiEnv>, { log }: ApiPorts): void {
  app.openapi(backtestRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const recorded = recordedLog(await recordedEvents(log, deployment));
    const found: Backtest = backtest(recorded, policyIn(c, c.req.valid('query').policy, recorded));
    return c.json({ ...found, differences: found.differences.map(withoutGaps) }, 200);
  });
}

/** JSON has no undefined: a move that was none is left out. */
function withoutGaps({ recorded, other, ...where }: Backtest['differences'][number]) {
  return { ...where, ...(recorded ? { recorded } : {}), ...(other ? { other } : {}) };
}

/** Read within the recorded definition, because a policy is valid only beside its task. */
function policyIn(c: Context, text: string, { rollout }: RecordedLog): Definition['policy'] {
  const definition = rollout.reduce<Definition | undefined>(
    (found, { type, data }) =>
      type === 'DeploymentRegistered' || type === 'DefinitionRevised' ? data.definition : found,
    undefined,
  );
  const parsed = parseDefinition({ ...definition, policy: jsonIn(c, text) }, 'query.policy');
  if (parsed.ok) return parsed.value.policy;
  const problems = parsed.problems.map(({ where, what }) => ({ where, what }));
  const [first] = parsed.problems;
  const detail = `${first?.where}: ${first?.what}`;
  throw refusal(c, {
    ...problem(400, 'Bad request', detail, first?.remedy ?? 'Correct the policy'),
    problems,
  });
}

function jsonIn(c: Context, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = `query.policy: this is not JSON: ${(error as Error).message}`;
    throw refusal(c, problem(400, 'Bad request', detail, 'Mend the syntax there'));
  }
}
