import type { Registered } from '@penumbra/core/pipeline/deployments';
import type { Condition } from '@penumbra/core/slices';

/** What `penumbra serve` says once it serves: where, the key, and what to try. */
export function serveText({ definition, state }: Registered, url: string, key: string): string {
  const { deployment, slices } = definition;
  const [first] = slices;
  const context = { targetingKey: 'unit-1', ...Object.fromEntries((first?.when ?? []).map(example)) };
  const asOf = state.lastReview ? `as of ${state.lastReview.asOf}` : 'before its first review';
  const json = "-H 'content-type: application/json'";
  return `${deployment}, ${asOf}, is served at ${url}

Open it in a browser: the page shows what was found, and pauses the rollout.

Key for commands and reports, shown this once; the next start makes another:
  KEY=${key}

Try
  the rollout, as applications read it
    curl ${url}/v1/rollouts/${deployment}
  which arm decides for a unit, as OpenFeature asks
    curl ${url}/ofrep/v1/evaluate/flags/${deployment} ${json} -d '${quoted(JSON.stringify({ context }))}'
  the evidence of the last review, and what follows from it
    curl '${url}/v1/deployments/${deployment}/reviews?limit=1'
  the kill switch; penumbra trial goes on from there, so use --fresh to forget it
    curl ${url}/v1/deployments/${deployment}/override ${json} -H "authorization: Bearer $KEY" -d '{"reason":"a drill"}'
  everything else
    ${url}/openapi.json

Ctrl-C ends it.`;
}

/** An attribute that meets a condition. */
function example(condition: Condition): [string, string | number | boolean] {
  const { field } = condition;
  if ('equals' in condition) return [field, condition.equals];
  if ('oneOf' in condition) return [field, condition.oneOf[0] ?? ''];
  return [field, condition.atLeast ?? (condition.below ?? 0) - 1];
}

/** Inside the single quotes of a shell. */
const quoted = (text: string) => text.replaceAll("'", "'\\''");
