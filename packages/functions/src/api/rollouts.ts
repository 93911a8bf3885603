import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { toFlagdDefinition } from '@penumbra/core/flagd-definition';
import { describeProblem } from '@penumbra/core/problem';
import { problem, refuse } from './answers.ts';
import type { ApiEnv } from './caller.ts';
import { conditional, conditionally, tagged } from './conditional.ts';
import { etagOf } from './etag.ts';
import type { Flag, FlagReader } from './flags.ts';
import { refusals } from './refusals.ts';
import { rolloutDocumentSchema } from './rollout-schemas.ts';
import { deploymentParam } from './validation.ts';

const rolloutRoute = createRoute({
  method: 'get',
  path: '/v1/rollouts/{deployment}',
  tags: ['Rollouts'],
  summary: 'The rollout document: which share of each slice the challenger decides.',
  request: { params: deploymentParam, headers: conditional },
  responses: {
    200: {
      description: 'The document, as canonical JSON (RFC 8785)',
      headers: tagged,
      content: { 'application/json': { schema: rolloutDocumentSchema } },
    },
    304: { description: 'As it was: no body' },
    ...refusals(401, 403, 404, 429, 500),
  },
});

const flagdRoute = createRoute({
  method: 'get',
  path: '/v1/flagd/{deployment}.json',
  tags: ['Rollouts'],
  summary: 'The rollout as a flag definition of flagd and its in-process providers.',
  request: { params: deploymentParam, headers: conditional },
  responses: {
    200: {
      description: 'A flag definition',
      headers: tagged,
      content: {
        'application/json': {
          schema: z
            .looseObject({ $schema: z.string(), flags: z.record(z.string(), z.looseObject({})) })
            .openapi('FlagdDefinition'),
        },
      },
    },
    304: { description: 'As it was: no body' },
    ...refusals(401, 403, 404, 422, 429, 500),
  },
});

/** What production applications poll: the document itself, and the same for flagd. */
export function addRollouts(app: OpenAPIHono<ApiEnv>, flags: FlagReader): void {
  app.openAPIRegistry.registerPath(rolloutRoute);
  app.openAPIRegistry.registerPath(flagdRoute);

  const flagOf = async (name: string): Promise<Flag | undefined> => {
    const { success, data } = deploymentParam.safeParse({ deployment: name });
    return success ? flags.readNow(data.deployment) : undefined;
  };

  app.get('/v1/rollouts/:deployment', async (c) => {
    const flag = await flagOf(c.req.param('deployment'));
    return flag ? conditionally(c, flag.etag, flag.json) : refuse(c, NO_ROLLOUT);
  });

  app.get('/v1/flagd/:file{[^/]+\\.json}', async (c) => {
    const flag = await flagOf(c.req.param('file').slice(0, -'.json'.length));
    if (!flag) return refuse(c, NO_ROLLOUT);
    const definition = toFlagdDefinition(flag.document);
    if (!definition.ok) {
      const detail = definition.problems.map(describeProblem).join(' ');
      return refuse(
        c,
        problem(422, 'No flagd definition', detail, 'Read the rollout through the client or OFREP'),
      );
    }
    const json = JSON.stringify(definition.value);
    return conditionally(c, etagOf(json), json);
  });
}

const NO_ROLLOUT = problem(
  404,
  'Not found',
  'there is no rollout of this deployment',
  'See /v1/deployments for what there is',
);
