import { bucketOf, challengerBuckets } from './bucketing.ts';
import { compileSlicesOf, type FieldValue, NO_SLICE } from './match-slices.ts';
import type { RolloutDocument } from './rollout-document.ts';

export type Arm = 'challenger' | 'incumbent';

/** Why an arm decides. SPLIT: by the unit's bucket. FULL: the slice is at 100 %. SHADOW: it is at 0 %. */
export type AssignmentReason = 'SPLIT' | 'FULL' | 'SHADOW' | 'NO_SLICE' | 'NO_UNIT' | 'EXPIRED';

/** Which arm decides a request, and on what ground. */
export interface Assignment<Reason extends string = AssignmentReason> {
  readonly arm: Arm;
  /** Share of the slice's units that the challenger decides; 0 where there is no slice. */
  readonly percent: number;
  /** The slice that the request belongs to; null where none matches, or none was looked for. */
  readonly slice: string | null;
  readonly reason: Reason;
  /** The review that set the percentage; null before the first. */
  readonly reviewId: string | null;
  /** Of the rollout document; 0 without one. */
  readonly version: number;
}

/** What a request is told by; anything but text, numbers and booleans matches no slice. */
export type Attributes = Readonly<Record<string, unknown>>;

interface Range {
  readonly below: number;
  readonly challenger: Assignment;
  readonly incumbent: Assignment;
}

/**
 * Compiles a rollout document: `assign(unit, attributes, now)`, now in milliseconds since 1970. Every answer that
 * it can give is made here, once, and frozen: an assignment allocates nothing.
 */
export function compileAssignment(
  document: RolloutDocument,
): (unit: unknown, attributes: Attributes, now: number) => Assignment {
  const { deployment, version, slices } = document;
  const expires = document.validUntil === null ? Number.POSITIVE_INFINITY : Date.parse(document.validUntil);
  const sliceOf = compileSlicesOf(slices, attributeOf);
  const answer = (
    arm: Arm,
    reason: AssignmentReason,
    of: { readonly slice: string | null; readonly percent: number } = { slice: null, percent: 0 },
  ): Assignment =>
    Object.freeze({
      arm,
      percent: of.percent,
      slice: of.slice,
      reason,
      reviewId: document.certificate?.reviewId ?? null,
      version,
    });
  const ranges = slices.map((slice): Range => {
    const reason = slice.percent >= 100 ? 'FULL' : slice.percent <= 0 ? 'SHADOW' : 'SPLIT';
    return {
      below: challengerBuckets(slice.percent),
      challenger: answer('challenger', reason, slice),
      incumbent: answer('incumbent', reason, slice),
    };
  });
  const expired = answer('incumbent', 'EXPIRED');
  const noUnit = answer('incumbent', 'NO_UNIT');
  const noSlice = answer('incumbent', 'NO_SLICE');
  return (unit, attributes, now) => {
    if (!(now < expires)) return expired;
    if (typeof unit !== 'string' || unit === '') return noUnit;
    const index = sliceOf(attributes);
    const range = index === NO_SLICE ? undefined : ranges[index];
    if (range === undefined) return noSlice;
    return bucketOf(deployment, unit) < range.below ? range.challenger : range.incumbent;
  };
}

/** Own attributes only: a field may be called "constructor". */
function attributeOf(attributes: Attributes, field: string): FieldValue {
  return Object.hasOwn(attributes, field) ? (attributes[field] as FieldValue) : undefined;
}
