import type { Attributes } from '@penumbra/core/assignment';
import { malformedTexts } from '@penumbra/core/well-formed';
import type { Context } from 'hono';
import { type OfrepErrorCode, problem, refuse } from './answers.ts';
import type { ApiEnv } from './caller.ts';

/** Whom a flag is evaluated for. */
export interface EvaluationContext {
  readonly unit: string;
  /** Text, finite numbers and booleans, the unit among them: nothing else can match a slice. */
  readonly attributes: Attributes;
}

/**
 * The context of an OFREP request, or the refusal of one that has none. A targeting key is asked for whatever the
 * rollout is: at 0 % nobody would notice that it is missing, and at the first percent everybody would.
 */
export async function readContext(c: Context<ApiEnv>): Promise<EvaluationContext | Response> {
  const body = parse(await c.req.text());
  if (!isRecord(body)) return refuseFlag(c, 400, 'PARSE_ERROR', 'the body is not a JSON object');
  const context = body.context ?? {};
  if (!isRecord(context)) return refuseFlag(c, 400, 'INVALID_CONTEXT', 'context is not a JSON object');
  const { targetingKey: unit = '' } = context;
  if (unit === '' || unit === null) {
    return refuseFlag(c, 400, 'TARGETING_KEY_MISSING', 'the context has no targetingKey');
  }
  if (typeof unit !== 'string') {
    return refuseFlag(c, 400, 'INVALID_CONTEXT', 'targetingKey is not text');
  }
  const scalars = Object.entries(context).filter(([, value]) => isScalar(value));
  const [malformed] = malformedTexts(Object.fromEntries(scalars));
  if (malformed !== undefined) {
    return refuseFlag(c, 400, 'INVALID_CONTEXT', `${malformed}: half of a character is missing`);
  }
  return { unit, attributes: { ...Object.fromEntries(scalars), unit } };
}

const REMEDIES: Readonly<Record<OfrepErrorCode, string>> = {
  PARSE_ERROR: 'Send {"context": {"targetingKey": …}}',
  INVALID_CONTEXT: 'Send {"context": {"targetingKey": "text", …}}',
  TARGETING_KEY_MISSING: 'Send the unit that keeps its arm, such as the user, as targetingKey',
  FLAG_NOT_FOUND: 'The key of a flag is the name of its deployment',
  GENERAL: 'See /openapi.json for what is expected',
};

/** Refuses an evaluation with the code that OpenFeature's providers understand. */
export function refuseFlag(
  c: Context<ApiEnv>,
  status: 400 | 404,
  errorCode: OfrepErrorCode,
  detail: string,
): Response {
  return refuse(c, problem(status, 'No evaluation', detail, REMEDIES[errorCode]), {}, errorCode);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
