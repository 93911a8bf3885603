import { bucketOf, isChallenger } from './bucketing.ts';
import type { Exposure } from './exposures.ts';
import type { ReportedDay } from './rollout-events.ts';

/** What every slice gave to the challenger by one version of a deployment's rollout document. */
export type SharesAt = (
  version: number,
) => readonly { readonly slice: string; readonly percent: number }[] | undefined;

export interface ExposureComparison {
  readonly add: (exposure: Exposure) => void;
  readonly result: () => Pick<ReportedDay, 'exposures' | 'unknown' | 'slices'>;
}

/**
 * Compares reported arms of one deployment with those that follow from its log. Units are counted once an arm:
 * against the percentage of the log their counts are those of a sample-ratio test.
 */
export function compareExposures(deployment: string, sharesAt: SharesAt): ExposureComparison {
  const groups = new Map<string, ReturnType<typeof emptyGroup>>();
  let exposures = 0;
  let unknown = 0;
  return {
    add({ deployment: of, unit, slice, arm, version }) {
      exposures += 1;
      const share = sharesAt(version)?.find((candidate) => candidate.slice === slice);
      if (of !== deployment || !share) {
        unknown += 1;
        return;
      }
      const key = `${slice} ${share.percent}`;
      const group = groups.get(key) ?? emptyGroup(slice, share.percent);
      groups.set(key, group);
      group[arm].add(unit);
      const recomputed = isChallenger(bucketOf(deployment, unit), share.percent) ? 'challenger' : 'incumbent';
      if (arm !== recomputed) group.mismatches.add(unit);
    },
    result: () => ({
      exposures,
      unknown,
      // The same reports in another order are the same data.
      slices: [...groups.keys()].sort().flatMap((key) => {
        const group = groups.get(key);
        if (!group) return [];
        const { slice, percent, challenger, incumbent, mismatches } = group;
        const [challengerUnits, controlUnits] = [challenger.size, incumbent.size];
        return [{ slice, percent, challengerUnits, controlUnits, mismatches: mismatches.size }];
      }),
    }),
  };
}

const emptyGroup = (slice: string, percent: number) => ({
  slice,
  percent,
  challenger: new Set<string>(),
  incumbent: new Set<string>(),
  mismatches: new Set<string>(),
});
