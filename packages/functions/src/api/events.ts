import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { eventKey } from '@penumbra/core/envelope';
import { ROLLOUT, type StoredEvent } from '@penumbra/core/events';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
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
    ...refusals(400, 401, 403, 404, 429, 500),
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
    ...refusals(400, 401, 403, 404, 429, 500),
  },
});

/** The log itself, and the reviews in it. */
export function addEvents(app: OpenAPIHono<ApiEnv>, { log }: Pick<ApiPorts, 'log'>): void {
  app.openapi(eventsRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const { stream, after, limit: most } = c.req.valid('query');
    await newest(log, deployment, 1);
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
    const { before, limit: most } = c.req.valid('query');
    const reviews: StoredEvent[] = [];
    // Between two reviews lies what people did: a page more, then, until there are enough.
    let events = await newest(log, deployment, most + 1, before);
    while (events.length > 0 && reviews.length <= most) {
      reviews.push(...events.filter(({ event }) => event.type === 'RolloutReviewed'));
      events = await log.latest(deployment, ROLLOUT, most + 1, events.at(-1)?.version);
    }
    const page = reviews.slice(0, most);
    const next = reviews.length > most ? (page.at(-1)?.version ?? null) : null;
    return c.json({ deployment, reviews: page.map(viewEvent), next }, 200);
  });
}

/** The newest events of a rollout. Every deployment's has a first one: none at all, and there is no such deployment. */
async function newest(
  log: ApiPorts['log'],
  deployment: string,
  most: number,
  before?: number,
): Promise<StoredEvent[]> {
  const events = await log.latest(deployment, ROLLOUT, most, before);
  if (events.length > 0) return events;
  const first = before === undefined ? [] : await log.latest(deployment, ROLLOUT, 1);
  if (first.length === 0) throw new UnknownDeployment(deployment);
  return events;
}
