import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import { recordedEvents } from '@penumbra/core/pipeline/recorded-events';
import { historyOf } from '@penumbra/evaluator/history';
import type { ApiEnv } from './caller.ts';
import { conditional, conditionally, tagged } from './conditional.ts';
import { etagOf } from './etag.ts';
import { historySchema } from './history-view.ts';
import { refusals } from './refusals.ts';
import type { ApiPorts, ApiSettings } from './settings.ts';
import { dateQuery, deploymentParam } from './validation.ts';

const historyRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}/history',
  tags: ['Evidence'],
  summary:
    'Its whole course, as the page shows it: days, looks, reviews, traffic, scores, and what comes next.',
  request: {
    params: deploymentParam,
    headers: conditional,
    query: z.object({
      asOf: dateQuery
        .optional()
        .describe('As it was known with the review of that date; the last one by default.'),
    }),
  },
  responses: {
    200: {
      description: 'From the log alone',
      headers: tagged,
      content: { 'application/json': { schema: historySchema } },
    },
    304: { description: 'As it was: no body' },
    ...refusals(400, 401, 403, 404, 429, 500),
  },
});

/** The course of a deployment, told from one reading of its log. */
export function addHistory(
  app: OpenAPIHono<ApiEnv>,
  { log }: ApiPorts,
  { simulated = false, resources }: ApiSettings,
): void {
  app.openapi(historyRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const { asOf } = c.req.valid('query');
    const history = historyOf(await recordedEvents(log, deployment), asOf);
    if (!history) throw new UnknownDeployment(deployment);
    const json = JSON.stringify({ ...history, simulated, ...(resources ? { resources } : {}) });
    return conditionally(c, etagOf(json), json);
  });
}
