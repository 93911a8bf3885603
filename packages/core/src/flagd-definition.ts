import { BUCKETS, challengerBuckets } from './bucketing.ts';
import type { Problem, Result } from './problem.ts';
import type { RolloutDocument, SliceShare } from './rollout-document.ts';
import type { Condition } from './slices.ts';

export type JsonLogic =
  | null
  | boolean
  | number
  | string
  | readonly JsonLogic[]
  | { readonly [operator: string]: JsonLogic };

/** A flag definition of flagd (schema v0): one flag, named as the deployment, with the arms as its variants. */
export interface FlagdDefinition {
  readonly $schema: string;
  readonly flags: Readonly<Record<string, FlagdFlag>>;
}

interface FlagdFlag {
  readonly state: 'ENABLED';
  readonly variants: { readonly challenger: 'challenger'; readonly incumbent: 'incumbent' };
  readonly defaultVariant: 'incumbent';
  readonly targeting: JsonLogic;
  readonly metadata: Readonly<Record<string, string | number>>;
}

const SCHEMA = 'https://flagd.dev/schema/v0/flags.json';

/** What JsonLogic reads as a path or flagd keeps for itself. */
const UNNAMEABLE = /[.]|^\$flagd$|^$|^[0-9]+$/;

/**
 * The document as flagd and its in-process providers read it: the same arm for every unit and the same slices,
 * and the incumbent once the document has expired. Values of the wrong kind are narrower than in our own client:
 * a range holds JSON numbers only, and a number equals itself and its shortest text, not " 7.0". A field that
 * JsonLogic cannot name is a problem.
 */
export function toFlagdDefinition(document: RolloutDocument): Result<FlagdDefinition> {
  const problems = document.slices.flatMap(({ slice, when }) =>
    when.filter(({ field }) => UNNAMEABLE.test(field)).map(({ field }) => unnameable(slice, field)),
  );
  if (problems.length > 0) return { ok: false, problems };
  const { deployment, version, definitionVersion, certificate, validUntil } = document;
  return {
    ok: true,
    value: {
      $schema: SCHEMA,
      flags: {
        [deployment]: {
          state: 'ENABLED',
          variants: { challenger: 'challenger', incumbent: 'incumbent' },
          defaultVariant: 'incumbent',
          targeting: targetingOf(document),
          metadata: {
            version,
            definitionVersion,
            ...(certificate ? { reviewId: certificate.reviewId, reviewSha256: certificate.sha256 } : {}),
            ...(validUntil === null ? {} : { validUntil }),
          },
        },
      },
    },
  };
}

function targetingOf({ slices, validUntil }: RolloutDocument): JsonLogic {
  const bySlice: JsonLogic = {
    if: [...slices.flatMap((slice) => [allHold(slice.when.map(compile)), armsOf(slice)]), 'incumbent'],
  };
  if (validUntil === null) return bySlice;
  const seconds = Math.ceil(Date.parse(validUntil) / 1000);
  return { if: [{ '<': [{ var: '$flagd.timestamp' }, seconds] }, bySlice, 'incumbent'] };
}

/** The challenger's range first, and a total that never changes: so a growing percentage moves nobody back. */
function armsOf({ percent }: SliceShare): JsonLogic {
  const challenger = challengerBuckets(percent);
  if (challenger === 0) return 'incumbent';
  return {
    fractional: [
      ['challenger', challenger],
      ['incumbent', BUCKETS - challenger],
    ],
  };
}

const allHold = (conditions: readonly JsonLogic[]): JsonLogic =>
  conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : { and: conditions };

function compile(condition: Condition): JsonLogic {
  // The unit of our client is flagd's targeting key.
  const value = { var: condition.field === 'unit' ? 'targetingKey' : condition.field };
  if ('equals' in condition) return { in: [value, spellings(condition.equals)] };
  if ('oneOf' in condition) return { in: [value, [...new Set(condition.oneOf.flatMap(spellings))]] };
  const { atLeast, below } = condition;
  return {
    and: [
      ...isNumber(value),
      ...(atLeast === undefined ? [] : [{ '>=': [value, atLeast] }]),
      ...(below === undefined ? [] : [{ '<': [value, below] }]),
    ],
  };
}

/** Every JSON value that compares equal to the wanted one; `in` compares strictly, in every language. */
function spellings(wanted: string | number | boolean): (string | number | boolean)[] {
  if (typeof wanted !== 'string') return [wanted, String(wanted)];
  if (wanted === 'true' || wanted === 'false') return [wanted, wanted === 'true'];
  return String(Number(wanted)) === wanted && Number.isFinite(Number(wanted))
    ? [wanted, Number(wanted)]
    : [wanted];
}

/** JsonLogic compares text, booleans and missing values with numbers by coercion, differently in every language. */
function isNumber(value: JsonLogic): JsonLogic[] {
  return [{ '!': [{ in: [value, [null, true, false]] }] }, { '!==': [{ cat: [value] }, value] }];
}

function unnameable(slice: string, field: string): Problem {
  return {
    where: `slice ${slice}`,
    what: `JsonLogic cannot name the field "${field}"`,
    remedy:
      'Rename the field in the definition and the records, or read the rollout through the client or OFREP',
  };
}
