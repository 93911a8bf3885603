import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';

type Change = Pick<SliceReview, 'slice' | 'from' | 'to' | 'reasons'>;

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
      readonly detail: {
        readonly deployment: string;
        /** The review's, or the person's who threw the kill switch. */
        readonly by: string;
        readonly reason: string;
        /** null: every slice. */
        readonly slices: readonly string[] | null;
      };
    };

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
  return [
    reviewed,
    {
      type: 'RolledBack',
      detail: {
        deployment,
        by: `review as of ${asOf}`,
        reason: rolledBack.flatMap(({ slice, reasons }) => `${slice}: ${reasons.join(' ')}`).join('\n'),
        slices: rolledBack.map(({ slice }) => slice),
      },
    },
  ];
}
