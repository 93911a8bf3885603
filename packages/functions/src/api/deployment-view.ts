import { z } from '@hono/zod-openapi';
import { definitionSchema } from '@penumbra/core/definition';
import type { Registered } from '@penumbra/core/pipeline/deployments';
import { SHADOW } from '@penumbra/core/rollout';
import { sliceStateSchema } from './rollout-schemas.ts';

export const deploymentSchema = z
  .strictObject({
    deployment: z.string(),
    definition: definitionSchema,
    definitionVersion: z.number().int(),
    startDate: z.string().nullable().describe('First date of records that belongs to it.'),
    version: z.number().int().describe('Events of its rollout so far.'),
    asOf: z.string().nullable().describe('Date of the last review.'),
    paused: z.string().nullable().describe('Why it is paused; null where it is not.'),
    overridden: z
      .string()
      .nullable()
      .describe('Why it was overridden; null where it was not, or was resumed.'),
    evidenceDays: z.number().int().describe('Mature days that its evidence rests on.'),
    slices: z.array(sliceStateSchema).describe('In order of business risk, the least first.'),
  })
  .openapi('Deployment');

/** A deployment as people see it. */
export function viewDeployment({
  definition,
  state,
  version,
}: Registered): z.output<typeof deploymentSchema> {
  return {
    deployment: definition.deployment,
    definition,
    definitionVersion: state.definitionVersion,
    startDate: state.startDate ?? null,
    version,
    asOf: state.lastReview?.asOf ?? null,
    paused: state.paused ?? null,
    overridden: state.overridden ?? null,
    evidenceDays: state.evidence.length,
    slices: definition.slices.map(({ slice }) => {
      const of = (Object.hasOwn(state.slices, slice) ? state.slices[slice] : undefined) ?? SHADOW;
      return { slice, ...of };
    }),
  };
}
