import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { addDays, datesFrom } from '@penumbra/core/calendar';
import { day } from '@penumbra/core/day';
import type { DayEvent } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import { loadDates } from '@penumbra/core/pipeline/day-steps';
import type { ApiEnv } from './caller.ts';
import { dateRange, later } from './date-range.ts';
import { daySchema, viewDay } from './day-view.ts';
import { deploymentSchema, viewDeployment } from './deployment-view.ts';
import type { FlagReader } from './flags.ts';
import { refusals } from './refusals.ts';
import { rolloutDocumentSchema } from './rollout-schemas.ts';
import type { ApiPorts } from './settings.ts';
import { dateQuery, deploymentParam } from './validation.ts';

const MOST_DAYS = 400;
const DEFAULT_DAYS = 31;

const listRoute = createRoute({
  method: 'get',
  path: '/v1/deployments',
  tags: ['Deployments'],
  summary: 'Every deployment, with what applications read of it.',
  responses: {
    200: {
      description: 'In order of name',
      content: {
        'application/json': { schema: z.strictObject({ deployments: z.array(rolloutDocumentSchema) }) },
      },
    },
    ...refusals(401, 403, 429, 500),
  },
});

const deploymentRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}',
  tags: ['Deployments'],
  summary: 'One deployment: its definition, and where its rollout stands.',
  request: { params: deploymentParam },
  responses: {
    200: { description: 'The deployment', content: { 'application/json': { schema: deploymentSchema } } },
    ...refusals(400, 401, 403, 404, 429, 500),
  },
});

const daysRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}/days',
  tags: ['Evidence'],
  summary: `Its days, each with its state and its numbers at the last look; at most ${MOST_DAYS} at once.`,
  request: {
    params: deploymentParam,
    query: z.object({
      from: dateQuery
        .optional()
        .describe(`First date; ${DEFAULT_DAYS} days up to "to" where it is left out.`),
      to: dateQuery.optional().describe('Last date; yesterday where it is left out.'),
    }),
  },
  responses: {
    200: {
      description: 'In order of date, from the first date of the deployment on',
      content: {
        'application/json': { schema: z.strictObject({ deployment: z.string(), days: z.array(daySchema) }) },
      },
    },
    ...refusals(400, 401, 403, 404, 429, 500),
  },
});

/** What deployments there are, and what the log says of each and of its days. */
export function addDeployments(app: OpenAPIHono<ApiEnv>, flags: FlagReader, ports: ApiPorts): void {
  app.openapi(listRoute, async (c) => {
    const deployments = (await flags.readAll()).map(({ document }) => document);
    return c.json({ deployments }, 200);
  });

  app.openapi(deploymentRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    return c.json(viewDeployment(await ports.rollouts(deployment)), 200);
  });

  app.openapi(daysRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const { state } = await ports.rollouts(deployment);
    const yesterday = addDays(ports.now().slice(0, 10), -1);
    const range = dateRange(c, c.req.valid('query'), { yesterday, days: DEFAULT_DAYS, most: MOST_DAYS });
    const { startDate = range.from } = state;
    const dates = datesFrom(later(range.from, startDate), range.to);
    const stored = await loadDates(ports, deployment, dates);
    const days = [...stored].map(([date, events]) =>
      viewDay(
        date,
        fold(
          day,
          events.map(({ event }) => event as DayEvent),
        ),
      ),
    );
    return c.json({ deployment, days }, 200);
  });
}
