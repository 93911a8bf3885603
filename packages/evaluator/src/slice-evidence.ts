import type { CalendarDate } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { Policy } from '@penumbra/core/policy-schema';
import type { SliceRollout } from '@penumbra/core/rollout';
import type { DayEvidence, ReportedDay, SliceEvidence, StageEvidence } from '@penumbra/core/rollout-events';
import { checkSampleRatio, weighArms } from './arm-evidence.ts';
import { daysOfSlice } from './day-evidence.ts';
import { type DatedSliceDay, type Levels, weighPairs } from './evidence.ts';
import { scoreBaseline, weighGuardrail } from './guardrail-evidence.ts';
import { checkReported } from './reported-arms.ts';
import { turnedBad, watchStage } from './stage-watch.ts';

/** Bounds on the value that can roll a served slice back: pairs of all days and of the stage, arms, and both watches. */
const VALUE_CHECKS = 5;

export interface SliceFindings {
  readonly evidence: SliceEvidence;
  /** Mature days since the stage began, and their records with an outcome. */
  readonly daysInStage: number;
  readonly rowsInStage: number;
  /** What was found to do harm, in words; undefined where nothing was. */
  readonly harm: string | undefined;
}

/**
 * The levels of a slice's bounds. Slices opened one after the other in fixed order are each judged at the full
 * alpha; slices that may overtake each other share it. A promotion needs every bound, so the lower ones share
 * nothing; one bound is enough for a rollback, so the upper ones do.
 */
export function levelsOf({ alpha, onUnproven, guardrails }: Policy, slices: number): Levels {
  const own = onUnproven === 'skip' ? alpha / slices : alpha;
  return { alpha: own, harmAlpha: own / (VALUE_CHECKS + guardrails.length) };
}

/** Weighs everything that is known about a slice. Days up to its last rollback prove nothing any more. */
export function findSlice(
  slice: string,
  { policy, slices }: Definition,
  current: SliceRollout,
  all: readonly DayEvidence[],
  lastReported: ReportedDay | undefined,
  asOf: CalendarDate,
): SliceFindings {
  const levels = levelsOf(policy, slices.length);
  const ever = daysOfSlice(slice, all, policy.minRowsPerDay, null);
  const since = (date: CalendarDate | null) =>
    date === null ? ever : ever.slice(ever.findLastIndex((day) => day.date <= date) + 1);
  const days = since(current.rolledBack);
  const stageDays = since(current.since);
  const served = current.stage > 0;
  const arms = served ? weighArms(ever, stageDays, current.percent, policy, levels) : undefined;
  const watch = served ? watchStage(ever, stageDays, current, policy, levels) : [];
  const sampleRatio = served ? checkSampleRatio(stageDays, current.percent) : undefined;
  const reported = lastReported && checkReported(slice, current.percent, lastReported, asOf);
  const stage = served ? stageEvidence(stageDays, policy, levels) : undefined;
  const guardrails = guardrailEvidence(policy, ever, days, levels);
  const evidence: SliceEvidence = {
    ...weighPairs(days, policy, levels),
    ...levels,
    ...(stage ? { stage } : {}),
    ...(arms ? { arms } : {}),
    ...(watch.length > 0 ? { watch } : {}),
    ...(sampleRatio ? { sampleRatio } : {}),
    ...(reported ? { reported } : {}),
    ...(guardrails.length > 0 ? { guardrails } : {}),
  };
  const stageGuardrails = served ? guardrailEvidence(policy, ever, stageDays, levels) : [];
  return {
    evidence,
    daysInStage: stageDays.length,
    rowsInStage: stageDays.reduce((sum, { rows }) => sum + rows, 0),
    harm: harmOf(evidence, stageGuardrails),
  };
}

function stageEvidence(days: readonly DatedSliceDay[], policy: Policy, levels: Levels): StageEvidence {
  const { matureDays, rows, meanDifference, lowerBound, upperBound, verdict } = weighPairs(
    days,
    policy,
    levels,
  );
  return { matureDays, rows, meanDifference, lowerBound, upperBound, verdict };
}

/** Scores are compared with those of the days in shadow, before the first stage could change who is scored. */
function guardrailEvidence(
  policy: Policy,
  ever: readonly DatedSliceDay[],
  days: readonly DatedSliceDay[],
  levels: Levels,
): NonNullable<SliceEvidence['guardrails']> {
  if (policy.guardrails.length === 0) return [];
  const baseline = scoreBaseline(ever.slice(0, Math.max(1, policy.shadowDays)));
  return policy.guardrails.map((guardrail) =>
    weighGuardrail(guardrail, days, baseline, levels, policy.evidenceBy),
  );
}

function harmOf(
  { verdict, stage, arms, watch = [], guardrails = [] }: SliceEvidence,
  stageGuardrails: NonNullable<SliceEvidence['guardrails']>,
): string | undefined {
  if (arms?.verdict === 'HARMS')
    return 'the records that the challenger decided earn less than those beside them';
  if (stage?.verdict === 'HARMS')
    return 'since this stage began the challenger loses more than the margin allows';
  if (verdict === 'HARMS') return 'the challenger loses more than the margin allows';
  const turned = watch.find(({ verdict: found }) => found === 'HARMS');
  if (turned) return turnedBad(turned);
  const broken = [...guardrails, ...stageGuardrails].find((guardrail) => guardrail.verdict === 'HARMS');
  return broken ? `the guardrail ${broken.metric} is beyond its margin` : undefined;
}
