import { z } from '@hono/zod-openapi';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { conditionSchema } from '@penumbra/core/slices';

const percent = z.number().min(0).max(100);

/** The rollout document, as it is served. */
export const rolloutDocumentSchema = z
  .strictObject({
    deployment: z.string(),
    version: z.number().int().describe('Grows with every change: a newer document has a larger one.'),
    definitionVersion: z.number().int(),
    asOf: z.string().nullable().describe('Date of the last review; null before the first.'),
    validUntil: z
      .string()
      .nullable()
      .describe('From this instant on it says nothing any more, and the incumbent decides.'),
    certificate: z
      .strictObject({
        reviewId: z.string(),
        sha256: z.string().describe("Of the review's canonical JSON (RFC 8785)."),
      })
      .nullable()
      .describe('The review that set the percentages; null before the first.'),
    slices: z
      .array(
        z.strictObject({
          slice: z.string(),
          when: z.array(conditionSchema),
          percent: percent.describe("Share of the slice's units that the challenger decides."),
        }),
      )
      .readonly()
      .describe('In order: a request belongs to the first slice whose conditions all hold.'),
  })
  .openapi('RolloutDocument') satisfies z.ZodType<RolloutDocument>;

/** A slice as the log has it. */
export const sliceStateSchema = z
  .strictObject({
    slice: z.string(),
    stage: z.number().int().describe('0 is shadow; 1 the first stage of the policy.'),
    percent,
    since: z.string().nullable().describe('As-of date of the review that set the stage.'),
    approvedStage: z.number().int().describe('The last stage that a person has approved.'),
    rollbacks: z.number().int(),
    rolledBack: z.string().nullable().describe('As-of date of the last rollback.'),
  })
  .openapi('SliceState');
export type SliceState = z.infer<typeof sliceStateSchema>;
