import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type SteeringCommand, steer } from '@penumbra/core/pipeline/steer';
import { isWellFormed, NOT_WELL_FORMED } from '@penumbra/core/well-formed';
import type { Context } from 'hono';
import { announcementOfOverride } from '../announcements.ts';
import { problem, refusal } from './answers.ts';
import type { ApiEnv } from './caller.ts';
import { eventSchema, viewEvent } from './event-view.ts';
import type { FlagReader } from './flags.ts';
import { refusals } from './refusals.ts';
import { rolloutDocumentSchema } from './rollout-schemas.ts';
import type { ApiPorts } from './settings.ts';
import { deploymentParam } from './validation.ts';

const reason = z
  .string()
  .trim()
  .min(1, 'give the reason')
  .max(1000)
  .refine(isWellFormed, NOT_WELL_FORMED)
  .describe('Why, for everybody who reads the log.');
const slice = z.string().min(1).max(40).refine(isWellFormed, NOT_WELL_FORMED).describe('Name of the slice.');

const steeredSchema = z
  .strictObject({
    event: eventSchema.describe('What was recorded.'),
    rollout: rolloutDocumentSchema.describe('What applications read from now on.'),
  })
  .openapi('Steered');

function commandRoute<Body extends z.ZodType>(name: string, summary: string, body: Body) {
  return createRoute({
    method: 'post',
    path: `/v1/deployments/{deployment}/${name}`,
    tags: ['Commands'],
    summary,
    security: [{ bearer: [] }, { apiKey: [] }],
    request: {
      params: deploymentParam,
      body: { required: true, content: { 'application/json': { schema: body } } },
    },
    responses: {
      200: { description: 'Done and published', content: { 'application/json': { schema: steeredSchema } } },
      ...refusals(400, 401, 403, 404, 409, 413, 415, 429, 500),
    },
  });
}

const withReason = z.strictObject({ reason });
const pause = commandRoute('pause', 'Keeps every slice at its percentage: nothing is promoted.', withReason);
const resume = commandRoute('resume', 'Ends a pause or an override: promotions go on.', withReason);
const approve = commandRoute(
  'approve',
  'Approves the next stage of a slice whose policy asks a person.',
  z.strictObject({ slice, stage: z.number().int().min(1).describe('The stage that is approved.'), reason }),
);
const override = commandRoute(
  'override',
  'The kill switch: the incumbent decides everything in a slice, or everywhere, at once.',
  z.strictObject({
    slice: slice.nullable().default(null).describe('null or left out: every slice.'),
    reason,
  }),
);

/** What people may do to a rollout. Each command is recorded with who gave it and why, and takes effect at once. */
export function addCommands(app: OpenAPIHono<ApiEnv>, flags: FlagReader, ports: ApiPorts): void {
  const give = async (c: Context<ApiEnv>, deployment: string, command: SteeringCommand) => {
    const actor = { kind: 'person', name: c.get('principal').name } as const;
    const causationId = `request ${c.get('requestId')}`;
    const steered = await steer(ports, { deployment, command, actor, causationId });
    const { appended, document, nothing = 'there is nothing to record' } = steered;
    if (document) flags.replace(document);
    if (command.type === 'Override') {
      // Told again where the command is sent again: its answer, or this, may have been lost.
      await ports.announcements?.publish([announcementOfOverride(deployment, actor.name, command)]);
    }
    if (appended && document) return { event: viewEvent(appended), rollout: document };
    const remedy = `See /v1/deployments/${deployment} for how it stands`;
    throw refusal(c, problem(409, 'Nothing to do', nothing, remedy));
  };

  app.openapi(pause, async (c) => {
    const command = { type: 'Pause' as const, ...c.req.valid('json') };
    return c.json(await give(c, c.req.valid('param').deployment, command), 200);
  });
  app.openapi(resume, async (c) => {
    const command = { type: 'Resume' as const, ...c.req.valid('json') };
    return c.json(await give(c, c.req.valid('param').deployment, command), 200);
  });
  app.openapi(approve, async (c) => {
    const command = { type: 'Approve' as const, ...c.req.valid('json') };
    return c.json(await give(c, c.req.valid('param').deployment, command), 200);
  });
  app.openapi(override, async (c) => {
    const command = { type: 'Override' as const, ...c.req.valid('json') };
    return c.json(await give(c, c.req.valid('param').deployment, command), 200);
  });
}
