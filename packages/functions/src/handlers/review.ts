import { addDays } from '@penumbra/core/calendar';
import { calendarDate } from '@penumbra/core/day-events';
import { review } from '@penumbra/core/pipeline/review';
import { z } from 'zod';
import { compose } from '../composition.ts';
import { observability } from '../observability.ts';

const { pipeline } = compose(process.env);
const { logger } = observability('review');

/** What the scheduler sends: a deployment, and the as-of date where it is not yesterday. */
const requestSchema = z.object({ deployment: z.string().min(1), asOf: calendarDate.optional() });

export async function handler(input: unknown): Promise<void> {
  const { deployment, asOf = addDays(pipeline.now().slice(0, 10), -1) } = requestSchema.parse(input);
  const { review: reviewed } = await review(pipeline, { deployment, asOf });
  logger.info('reviewed', {
    deployment,
    asOf,
    slices: reviewed?.slices.map(({ slice, action, to }) => ({ slice, action, to })),
  });
}
