import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { eventKey } from '@penumbra/core/envelope';
import type { StoredEvent } from '@penumbra/core/events';
import type { ApiEnv } from './caller.ts';
import { eventSchema, viewEvent } from './event-view.ts';
import { refusals } from './refusals.ts';
import type { ApiPorts } from './settings.ts';
import { deploymentParam } from './validation.ts';

const STREAM = /^(rollout|day\/\d{4}-\d{2}-\d{2})$/;
const EVENT_KEY = /^(rollout|day\/\d{4}-\d{2}-\d{2})\/\d{4,}$/;

const limit = z.coerce.number().int().min(1).max(500).default(100).describe('Most events of a page.');

const pageSchema = z.strictObject({
  deployment: z.string(),
  events: z.array(eventSchema),
  next: z.string().nullable().describe('What to give as "after" for the next page; null on the last.'),
});

const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}/events',
  tags: ['Log'],
  summary: 'Its log, page by page, in order of stream and version.',
  request: {
    params: deploymentParam,
    query: z.object({
      stream: z
        .string()
        .regex(STREAM, 'give rollout, or day/YYYY-MM-DD')
        .optional()
        .describe('One stream only: rollout, or day/YYYY-MM-DD.'),
      after: z
        .string()
        .regex(EVENT_KEY, 'give what an earlier page said in next')
        .optional()
        .describe('The page after this event: what an earlier page said in next.'),
      limit,
    }),
  },
  responses: {
    200: { description: 'A page of events', content: { 'application/json': { schema: pageSchema } } },
    ...refusals(400, 401, 404, 429, 500),
  },
});

const reviewsRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}/reviews',
  tags: ['Evidence'],
  summary: 'Its reviews, the latest first: evidence, decisions and their reasons.',
  request: {
    params: deploymentParam,
    query: z.object({
      before: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .describe('The page before this version of the rollout: what an earlier page said in next.'),
      limit: z.coerce.number().int().min(1).max(100).default(30).describe('Most reviews of a page.'),
    }),
  },
  responses: {
    200: {
      description: 'A page of reviews',
      content: {
        'application/json': {
          schema: pageSchema.omit({ events: true, next: true }).extend({
            reviews: z.array(eventSchema).describe('Events of type RolloutReviewed.'),
            next: z.number().int().nullable().describe('What to give as "before"; null on the last page.'),
          }),
        },
      },
    },
    ...refusals(400, 401, 404, 429, 500),
  },
});

/** The log itself, and the reviews in it. */
export function addEvents(app: OpenAPIHono<ApiEnv>, { log, rollouts }: ApiPorts): void {
  app.openapi(eventsRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const { stream, after, limit: most } = c.req.valid('query');
    await rollouts(deployment);
    const events: StoredEvent[] = [];
    // One more than asked for tells whether there is a next page.
    for await (const event of log.replay(deployment, after ?? (stream && eventKey(stream, 0)))) {
      if (stream !== undefined && event.stream !== stream) break;
      events.push(event);
      if (events.length > most) break;
    }
    const page = events.slice(0, most);
    const last = events.length > most ? page.at(-1) : undefined;
    const next = last ? eventKey(last.stream, last.version) : null;
    return c.json({ deployment, events: page.map(viewEvent), next }, 200);
  });

  app.openapi(reviewsRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const { before = Number.POSITIVE_INFINITY, limit: most } = c.req.valid('query');
    await rollouts(deployment);
    const reviews = (await log.load(deployment, 'rollout'))
      .filter(({ event, version }) => event.type === 'RolloutReviewed' && version < before)
      .slice(-(most + 1))
      .reverse();
    const page = reviews.slice(0, most);
    const next = reviews.length > most ? (page.at(-1)?.version ?? null) : null;
    return c.json({ deployment, reviews: page.map(viewEvent), next }, 200);
  });
}
