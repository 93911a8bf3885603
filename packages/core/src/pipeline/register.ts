import type { CalendarDate } from '../calendar.ts';
import type { Definition } from '../definition.ts';
import type { Actor } from '../envelope.ts';
import type { RolloutState } from '../rollout.ts';
import { rolloutStream } from './deployments.ts';
import { type Executed, execute } from './execute.ts';
import type { Pipeline } from './ports.ts';
import { publishRollout } from './publish-rollout.ts';

/**
 * Registers a deployment, lists it, and publishes its rollout, all in shadow. Again is no harm: it decides nothing,
 * and what a crash left undone is done.
 */
export async function register(
  pipeline: Pick<Pipeline, 'log' | 'deployments' | 'documents' | 'now' | 'actor'>,
  request: {
    readonly definition: Definition;
    /** First date of records that belongs to the deployment. */
    readonly startDate: CalendarDate;
    readonly causationId?: string;
    /** Who registers it, where that is not the pipeline. */
    readonly actor?: Actor;
  },
): Promise<Executed<RolloutState>> {
  const { definition, startDate, causationId, actor = pipeline.actor } = request;
  const executed = await execute(
    { log: pipeline.log, now: pipeline.now, actor },
    rolloutStream(definition.deployment),
    () => ({ command: { type: 'Register' as const, definition, startDate }, causationId }),
  );
  await pipeline.deployments.add(definition.deployment);
  await publishRollout(pipeline, executed);
  return executed;
}
