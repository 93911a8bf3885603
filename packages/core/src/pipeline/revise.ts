import type { Definition } from '../definition.ts';
import type { Actor } from '../envelope.ts';
import type { RolloutState } from '../rollout.ts';
import { rolloutStream } from './deployments.ts';
import { type Executed, execute } from './execute.ts';
import type { Pipeline } from './ports.ts';
import { publishRollout } from './publish-rollout.ts';

/**
 * Revises the definition of a deployment, and publishes its rollout. What was decided under the earlier definition
 * stays. Again is no harm: it decides nothing, and what a crash left undone is done.
 *
 * @throws UnknownDeployment
 */
export async function revise(
  pipeline: Pick<Pipeline, 'log' | 'rollouts' | 'documents' | 'now'>,
  request: { readonly definition: Definition; readonly actor: Actor; readonly causationId?: string },
): Promise<Executed<RolloutState>> {
  const { definition, actor, causationId } = request;
  const known = await pipeline.rollouts(definition.deployment);
  const executed = await execute(
    { log: pipeline.log, now: pipeline.now, actor },
    rolloutStream(definition.deployment),
    () => ({ command: { type: 'Revise' as const, definition }, causationId }),
    known,
  );
  await publishRollout(pipeline, executed);
  return executed;
}
