import { addDays } from '@penumbra/core/calendar';
import { calendarDate } from '@penumbra/core/day-events';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { review } from '@penumbra/core/pipeline/review';
import type { DigestEntry } from '@penumbra/evaluator/notices';
import pLimit from 'p-limit';
import { z } from 'zod';
import { type Announcements, announcementsOf, digestOf } from './announcements.ts';
import { DEPLOYMENTS_AT_ONCE } from './deployments-at-once.ts';
import type { Observability } from './observability.ts';

/** What the scheduler sends: nothing for all deployments, or one; and the as-of date where it is not yesterday. */
const requestSchema = z.object({ deployment: z.string().min(1).optional(), asOf: calendarDate.optional() });

/**
 * The Lambda of the daily review: every deployment on its own, so that one that cannot be reviewed keeps no other from
 * it. Throws in the end where one could not be; started again, it finds the reviews that are there and tells of them
 * again.
 */
export function reviewHandler(
  pipeline: Pipeline,
  announcements: Announcements,
  { logger }: Pick<Observability, 'logger'>,
): (input: unknown) => Promise<void> {
  return async (input) => {
    const { deployment: only, asOf = addDays(pipeline.now().slice(0, 10), -1) } = requestSchema.parse(
      input ?? {},
    );
    const failed: Error[] = [];
    async function reviewOne(deployment: string): Promise<DigestEntry[]> {
      try {
        const { review: reviewed } = await review(pipeline, { deployment, asOf });
        const slices = reviewed?.slices.map(({ slice, action, to }) => ({ slice, action, to }));
        if (reviewed) await announcements.publish(announcementsOf(deployment, reviewed));
        logger.info('reviewed', { deployment, asOf, slices });
        if (!reviewed) return [];
        const { definition, state } = await pipeline.rollouts(deployment);
        return [{ deployment, definition, state, review: reviewed }];
      } catch (error) {
        failed.push(error as Error);
        logger.error('the deployment could not be reviewed', { deployment, asOf, error: error as Error });
        return [{ deployment, failed: (error as Error).message }];
      }
    }
    const names = only === undefined ? await pipeline.deployments.list() : [only];
    const limit = pLimit(DEPLOYMENTS_AT_ONCE);
    const digest = (await Promise.all(names.map((name) => limit(() => reviewOne(name))))).flat();
    // Of a review that somebody asked for, he is told where he asked.
    if (only === undefined && digest.length > 0) await announcements.publish([digestOf(asOf, digest)]);
    if (failed.length > 0)
      throw new AggregateError(failed, `${failed.length} deployments could not be reviewed`);
  };
}
