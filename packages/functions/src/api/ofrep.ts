import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AssignmentReason } from '@penumbra/core/assignment';
import { canonicalJson } from '@penumbra/core/canonical-json';
import { OFREP_PATH } from './answers.ts';
import type { ApiEnv } from './caller.ts';
import { etagOf, isKnown } from './etag.ts';
import { type EvaluationContext, readContext, refuseFlag } from './evaluation-context.ts';
import type { Flag, FlagReader } from './flags.ts';
import { bulkEvaluationRoute, type Evaluation, singleEvaluationRoute } from './ofrep-routes.ts';
import type { ApiPorts } from './settings.ts';

/** OpenFeature's reasons, as far as OFREP has them, for ours. */
const REASONS: Readonly<Record<AssignmentReason, Evaluation['reason']>> = {
  SPLIT: 'SPLIT',
  FULL: 'TARGETING_MATCH',
  SHADOW: 'TARGETING_MATCH',
  NO_SLICE: 'STATIC',
  NO_UNIT: 'UNKNOWN',
  EXPIRED: 'DISABLED',
};

/** What may be a flag: for anything else the store is not asked. */
const FLAG_KEY = /^[a-z][a-z0-9-]{0,39}$/;
/** Browsers and proxies keep nothing by themselves: a kill must be seen by the next request. */
const REVALIDATE = { 'Cache-Control': 'private, no-cache' };

/** OpenFeature's remote evaluation: one flag a call for servers, all of them for browsers. */
export function addOfrep(app: OpenAPIHono<ApiEnv>, flags: FlagReader, { now }: Pick<ApiPorts, 'now'>): void {
  app.openAPIRegistry.registerPath(singleEvaluationRoute);
  app.openAPIRegistry.registerPath(bulkEvaluationRoute);

  app.post(`${OFREP_PATH}/:key`, async (c) => {
    const key = c.req.param('key');
    const context = await readContext(c);
    if (context instanceof Response) return context;
    const flag = FLAG_KEY.test(key) ? await flags.read(key) : undefined;
    if (!flag) return refuseFlag(c, 404, 'FLAG_NOT_FOUND', `there is no flag "${key}"`);
    return c.json(evaluate(flag, context, Date.parse(now())), 200, REVALIDATE);
  });

  app.post(OFREP_PATH, async (c) => {
    const context = await readContext(c);
    if (context instanceof Response) return context;
    const all = await flags.readAll();
    const at = Date.parse(now());
    const etag = bulkEtag(all, context, at);
    const headers = { ...REVALIDATE, ETag: etag };
    if (isKnown(etag, c.req.header('If-None-Match'))) return c.body(null, 304, headers);
    return c.json({ flags: all.map((flag) => evaluate(flag, context, at)) }, 200, headers);
  });
}

function evaluate(
  { document, assign }: Flag,
  { unit, attributes }: EvaluationContext,
  at: number,
): Evaluation {
  const { arm, percent, slice, reason, reviewId, version } = assign(unit, attributes, at);
  return {
    key: document.deployment,
    reason: REASONS[reason],
    variant: arm,
    value: arm,
    metadata: {
      penumbraReason: reason,
      percent,
      version,
      ...(slice === null ? {} : { slice }),
      ...(reviewId === null ? {} : { reviewId }),
    },
  };
}

/**
 * Of everything that the evaluations follow from: the documents, whether each has expired, and the context. The
 * protocol does not say whether the context belongs to it; without, a user who logs in would keep another's arms.
 */
function bulkEtag(flags: readonly Flag[], { attributes }: EvaluationContext, at: number): string {
  const states = flags.map(({ etag, document: { validUntil } }) =>
    validUntil !== null && at >= Date.parse(validUntil) ? `${etag} expired` : etag,
  );
  return etagOf(`${states.join()}\n${canonicalJson(attributes)}`);
}
