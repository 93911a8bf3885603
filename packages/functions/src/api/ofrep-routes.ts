import { createRoute, z } from '@hono/zod-openapi';
import { OFREP_PATH } from './answers.ts';

// The shapes of OFREP 0.3, narrowed to what this server says.

const metadataSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .describe('Flat. penumbraReason: why this arm; percent, slice, version of the rollout, id of its review.');

const evaluationSchema = z
  .strictObject({
    key: z.string().describe('The flag: the name of a deployment.'),
    reason: z.enum(['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'UNKNOWN']),
    variant: z.enum(['challenger', 'incumbent']),
    value: z.enum(['challenger', 'incumbent']).describe('Which arm decides.'),
    metadata: metadataSchema,
  })
  .openapi('Evaluation');
export type Evaluation = z.infer<typeof evaluationSchema>;

const errorDetails = z.string().describe('What is wrong, and what to do about it.');
const codes = ['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'] as const;

const failureSchema = z
  .strictObject({ key: z.string(), errorCode: z.enum([...codes, 'FLAG_NOT_FOUND']), errorDetails })
  .openapi('EvaluationFailure');
const bulkFailureSchema = z
  .strictObject({ errorCode: z.enum(codes), errorDetails })
  .openapi('BulkEvaluationFailure');

const requestSchema = z.object({
  context: z
    .looseObject({ targetingKey: z.string().min(1).describe('The unit that keeps its arm, such as a user.') })
    .describe('The unit, and the attributes that slices look at: text, numbers and booleans.'),
});
const body = { required: true, content: { 'application/json': { schema: requestSchema } } };

const retryAfter = z.object({ 'Retry-After': z.string().describe('Seconds.') });
const refusals = (schema: z.ZodType) => {
  const content = { 'application/json': { schema } };
  return {
    400: { description: 'The request cannot be evaluated', content },
    401: { description: 'No key, or one that does not fit', content },
    403: { description: 'A key that may not do this', content },
    413: { description: 'The body is too large', content },
    429: { description: 'Too many requests', content, headers: retryAfter },
    500: { description: 'Something failed here', content },
  };
};

export const singleEvaluationRoute = createRoute({
  method: 'post',
  path: `${OFREP_PATH}/{key}`,
  tags: ['OpenFeature'],
  summary: 'Evaluates one flag (OFREP): which arm decides for this unit.',
  request: { params: z.object({ key: z.string().describe('Name of the deployment.') }), body },
  responses: {
    200: { description: 'Evaluated', content: { 'application/json': { schema: evaluationSchema } } },
    404: { description: 'No such flag', content: { 'application/json': { schema: failureSchema } } },
    ...refusals(failureSchema),
  },
});

export const bulkEvaluationRoute = createRoute({
  method: 'post',
  path: OFREP_PATH,
  tags: ['OpenFeature'],
  summary: 'Evaluates every flag (OFREP), with an entity tag of configuration and context.',
  request: { headers: z.object({ 'If-None-Match': z.string().optional() }), body },
  responses: {
    200: {
      description: 'Evaluated',
      headers: z.object({ ETag: z.string() }),
      content: {
        'application/json': {
          schema: z.strictObject({ flags: z.array(evaluationSchema) }).openapi('BulkEvaluation'),
        },
      },
    },
    304: { description: 'As it was: no body' },
    ...refusals(bulkFailureSchema),
  },
});
