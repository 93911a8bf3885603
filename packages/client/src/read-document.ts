import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { LoadError } from './decision.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a rollout document of a deployment from parsed JSON. Throws LoadError where anything that decides is
 * missing or of an unknown kind: half a document must not be served. Further fields are left alone.
 */
export function readRolloutDocument(value: unknown, deployment: string): RolloutDocument {
  const problem = problemOf(value, deployment);
  if (problem) throw new LoadError('UNREADABLE', `the rollout document of ${deployment}: ${problem}`);
  return value as RolloutDocument;
}

function problemOf(value: unknown, deployment: string): string | undefined {
  if (!isObject(value)) return 'is no JSON object';
  const { slices, validUntil, certificate } = value;
  if (value.deployment !== deployment) return `is of another deployment, ${String(value.deployment)}`;
  if (!isCount(value.version)) return 'has no version';
  if (!isCount(value.definitionVersion)) return 'has no definition version';
  if (validUntil !== null && !isInstant(validUntil)) return 'has no instant until which it is valid';
  if (certificate !== null && !isCertificate(certificate)) return 'has no certificate that can be read';
  if (!Array.isArray(slices)) return 'has no slices';
  const wrong = slices.findIndex((slice) => !isSliceShare(slice));
  if (wrong !== -1) return `has a slice that cannot be read, number ${wrong + 1}`;
  const served = slices.some(({ percent }) => percent > 0);
  if (served && (validUntil === null || certificate === null))
    return 'gives traffic without a review or an end';
  return undefined;
}

function isSliceShare(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { slice, when, percent } = value;
  return (
    typeof slice === 'string' &&
    isNumber(percent) &&
    percent >= 0 &&
    percent <= 100 &&
    Array.isArray(when) &&
    when.length > 0 &&
    when.every(isCondition)
  );
}

/** One kind of condition with its own fields, and nothing beside them that this client would overlook. */
function isCondition(value: unknown): boolean {
  if (!isObject(value) || typeof value.field !== 'string') return false;
  const { field: _, ...test } = value;
  const kinds = Object.keys(test).sort().join();
  if (kinds === 'equals') return isScalar(test.equals);
  if (kinds === 'oneOf') return Array.isArray(test.oneOf) && test.oneOf.every(isScalar);
  return /^(atLeast|below|atLeast,below)$/.test(kinds) && Object.values(test).every(isNumber);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isScalar = (value: unknown) =>
  typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
const isInstant = (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isCertificate = (value: unknown) =>
  isObject(value) && typeof value.reviewId === 'string' && typeof value.sha256 === 'string';
