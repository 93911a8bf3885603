import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { exposureSchema, MOST_EXPOSURES } from '@penumbra/core/exposure-lines';
import type { Exposure } from '@penumbra/core/exposures';
import { EXPOSURES_PATH } from './answers.ts';
import type { ApiEnv } from './caller.ts';
import type { FlagReader } from './flags.ts';
import { refusals } from './refusals.ts';
import type { ApiPorts } from './settings.ts';
import { deploymentParam } from './validation.ts';

const batchSchema = z
  .strictObject({
    exposures: z.array(exposureSchema).min(1).max(MOST_EXPOSURES),
    dropped: z.number().int().min(0).describe('Exposures that were lost since the last batch that arrived.'),
  })
  .openapi('ExposureBatch');

const receivedSchema = z
  .strictObject({
    kept: z.number().int().describe('Exposures that were kept.'),
    unknown: z.number().int().describe('Exposures of deployments that there are none of; they are not kept.'),
  })
  .openapi('ReceivedExposures');

const exposuresRoute = createRoute({
  method: 'post',
  path: EXPOSURES_PATH,
  tags: ['Feedback'],
  summary: 'Takes which arms an application was told, to be compared with the log by the next review.',
  security: [{ bearer: [] }, { apiKey: [] }],
  request: { body: { required: true, content: { 'application/json': { schema: batchSchema } } } },
  responses: {
    200: {
      description: 'Kept; the same batch again is kept once',
      content: { 'application/json': { schema: receivedSchema } },
    },
    ...refusals(400, 401, 403, 413, 415, 429, 500),
  },
});

/** What `httpFeedback` of the client posts to. A batch is filed by the date on which it arrives, whatever its clocks say. */
export function addExposures(
  app: OpenAPIHono<ApiEnv>,
  flags: FlagReader,
  { exposures: batches, now }: Pick<ApiPorts, 'exposures' | 'now'>,
): void {
  app.openapi(exposuresRoute, async (c) => {
    const { exposures, dropped } = c.req.valid('json');
    const date = now().slice(0, 10);
    let kept = 0;
    for (const [deployment, own] of byDeployment(exposures)) {
      // A name from outside becomes part of a key: nothing but the name of a deployment gets there.
      const { success } = deploymentParam.safeParse({ deployment });
      if (!success || !(await flags.read(deployment))) continue;
      await batches.add(deployment, date, { exposures: own, dropped });
      kept += own.length;
    }
    return c.json({ kept, unknown: exposures.length - kept }, 200);
  });
}

function byDeployment(exposures: readonly Exposure[]): Map<string, Exposure[]> {
  const groups = new Map<string, Exposure[]>();
  for (const exposure of exposures) {
    const group = groups.get(exposure.deployment);
    if (group) group.push(exposure);
    else groups.set(exposure.deployment, [exposure]);
  }
  return groups;
}
