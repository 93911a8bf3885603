import type { Arm } from './assignment.ts';
import { bucketOf, isChallenger } from './bucketing.ts';
import type { RolloutDocument } from './rollout-document.ts';

/** One request of a unit in a slice, and the arm that it was told, as a production application reports it. */
export interface Exposure {
  readonly deployment: string;
  readonly unit: string;
  readonly slice: string;
  readonly arm: Arm;
  readonly percent: number;
  /** Of the rollout document. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What was reported of one slice at one percentage, beside what the log gives. Units, each counted once an arm. */
export interface ReportedSlice {
  readonly slice: string;
  /** As the log has it. */
  readonly percent: number;
  /** What production says: against `percent` these are the counts of a sample-ratio test. */
  readonly challengerUnits: number;
  readonly controlUnits: number;
  /** Units that were told another arm than the log gives them. */
  readonly mismatches: number;
}

export interface ComparedExposures {
  readonly slices: readonly ReportedSlice[];
  /** Exposures by a document, or in a slice, that the log does not have. */
  readonly unknown: number;
}

/** Compares reported arms with those that follow from the log, given its document as of a version. */
export function compareExposures(
  exposures: Iterable<Exposure>,
  documentAt: (version: number) => RolloutDocument | undefined,
): ComparedExposures {
  const groups = new Map<string, ReturnType<typeof emptyGroup>>();
  let unknown = 0;
  for (const { deployment, unit, slice, arm, version } of exposures) {
    const document = documentAt(version);
    const share = document?.slices.find((candidate) => candidate.slice === slice);
    if (document?.deployment !== deployment || !share) {
      unknown += 1;
      continue;
    }
    const key = `${slice} ${share.percent}`;
    const group = groups.get(key) ?? emptyGroup(slice, share.percent);
    groups.set(key, group);
    group[arm].add(unit);
    const recomputed = isChallenger(bucketOf(deployment, unit), share.percent) ? 'challenger' : 'incumbent';
    if (arm !== recomputed) group.mismatches.add(unit);
  }
  return {
    slices: [...groups.values()].map(({ slice, percent, challenger, incumbent, mismatches }) => ({
      slice,
      percent,
      challengerUnits: challenger.size,
      controlUnits: incumbent.size,
      mismatches: mismatches.size,
    })),
    unknown,
  };
}

const emptyGroup = (slice: string, percent: number) => ({
  slice,
  percent,
  challenger: new Set<string>(),
  incumbent: new Set<string>(),
  mismatches: new Set<string>(),
});
