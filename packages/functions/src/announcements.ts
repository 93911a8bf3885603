import type { SteeringCommand } from '@penumbra/core/pipeline/steer';
import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { type DigestEntry, digestText, type Rollback, rollbackText } from '@penumbra/evaluator/notices';

type Change = Pick<SliceReview, 'slice' | 'from' | 'to' | 'reasons'>;

/** An event on the bus takes 256 KB. */
const MOST_NAMED = 1000;

/** What is told on the bus, for whoever listens: its name, and its data. */
export type Announcement =
  | {
      readonly type: 'RolloutReviewed';
      readonly detail: {
        readonly deployment: string;
        readonly asOf: string;
        readonly slices: readonly (Change & Pick<SliceReview, 'action' | 'rule'>)[];
        /** Days that are old enough and are no evidence. */
        readonly heldDays: number;
      };
    }
  | {
      /** Somebody may have to look: the challenger lost traffic. */
      readonly type: 'RolledBack';
      readonly detail: Rollback & Told;
    }
  | {
      /** Once a morning, of all deployments. */
      readonly type: 'DailyDigest';
      readonly detail: {
        readonly asOf: string;
        readonly deploymentCount: number;
        /** The first of them. */
        readonly deployments: readonly string[];
      } & Told;
    };

/** Ready-made text for people. */
interface Told {
  readonly text: string;
}

export interface Announcements {
  /** Tells all of them, at least once; throws where one was not taken. */
  publish(announcements: readonly Announcement[]): Promise<void>;
}

/** What a review has to tell. The same review tells the same again. */
export function announcementsOf(deployment: string, { asOf, slices, held }: RolloutReview): Announcement[] {
  const rolledBack = slices.filter(({ action }) => action === 'roll-back');
  const reviewed: Announcement = {
    type: 'RolloutReviewed',
    detail: {
      deployment,
      asOf,
      slices: slices.map(({ slice, from, to, action, rule, reasons }) => ({
        slice,
        from,
        to,
        action,
        rule,
        reasons,
      })),
      heldDays: held.length,
    },
  };
  if (rolledBack.length === 0) return [reviewed];
  const reason = rolledBack.map(({ slice, reasons }) => `${slice}: ${reasons.join(' ')}`).join('\n');
  const names = rolledBack.map(({ slice }) => slice);
  return [reviewed, rolledBackBy({ deployment, by: `review as of ${asOf}`, reason, slices: names })];
}

/** What a kill switch has to tell. */
export function announcementOfOverride(
  deployment: string,
  by: string,
  { slice, reason }: Extract<SteeringCommand, { type: 'Override' }>,
): Announcement {
  return rolledBackBy({ deployment, by, reason, slices: slice === null ? null : [slice] });
}

const rolledBackBy = (rollback: Rollback): Announcement => ({
  type: 'RolledBack',
  detail: { ...rollback, text: rollbackText(rollback) },
});

/** The morning's digest. */
export const digestOf = (asOf: string, entries: readonly DigestEntry[]): Announcement => ({
  type: 'DailyDigest',
  detail: {
    asOf,
    deploymentCount: entries.length,
    deployments: entries.slice(0, MOST_NAMED).map(({ deployment }) => deployment),
    text: digestText(asOf, entries),
  },
});
