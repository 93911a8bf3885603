import type { Actor } from '../envelope.ts';
import type { RolloutCommand } from '../rollout.ts';
import type { RolloutDocument } from '../rollout-document.ts';
import { rolloutStream } from './deployments.ts';
import { type Executed, execute } from './execute.ts';
import type { Pipeline } from './ports.ts';
import { publishRollout } from './publish-rollout.ts';

/** What a person may ask of a rollout. */
export type SteeringCommand = Extract<RolloutCommand, { type: 'Approve' | 'Pause' | 'Resume' | 'Override' }>;

export interface Steered extends Pick<Executed<unknown>, 'appended' | 'nothing'> {
  /** What applications read from now on. */
  readonly document: RolloutDocument | undefined;
}

/**
 * A person's command to a rollout: decided, recorded with who and why, and published. `nothing` says why there was
 * nothing to record.
 *
 * @throws UnknownDeployment
 */
export async function steer(
  pipeline: Pick<Pipeline, 'log' | 'rollouts' | 'documents' | 'now'>,
  request: {
    readonly deployment: string;
    readonly command: SteeringCommand;
    readonly actor: Actor;
    /** Which request it was. */
    readonly causationId: string;
  },
): Promise<Steered> {
  const { deployment, command, actor, causationId } = request;
  const executed = await execute(
    { log: pipeline.log, now: pipeline.now, actor },
    rolloutStream(deployment),
    () => ({ command, causationId }),
    await pipeline.rollouts(deployment),
  );
  const document = await publishRollout(pipeline, executed);
  return { appended: executed.appended, nothing: executed.nothing, document };
}
