import type { Group, lookBacks } from './history.ts';

/**
 * The incumbent: rebook when the share of late flights in the last days, where this flight goes, reached a limit.
 * The place is the origin or the destination in the same part of the day, or the route.
 */
export type Rule = {
  readonly place: 'origin_part' | 'destination_part' | 'route';
  readonly days: (typeof lookBacks)[number];
  /** The share of late flights, between 0 and 1, from which tight connections are rebooked. */
  readonly limit: number;
};

/** The rules that a desk could have settled on, without their limit: see train.ts for the choice. */
export const candidates: readonly Omit<Rule, 'limit'>[] = (
  ['origin_part', 'destination_part', 'route'] as const
).flatMap((place) => ([1, 3, 7, 28] as const).map((days) => ({ place, days })));

const wider: Record<Rule['place'], Group> = {
  origin_part: 'origin',
  destination_part: 'destination',
  route: 'origin',
};

/**
 * SQL for the plain share that a rule looks at; that of the whole airport where the narrower group had no
 * flights in those days, and 0 where the airport had none.
 */
export function ruleShare({ place, days }: Omit<Rule, 'limit'>): string {
  const share = (group: Group) => `past_${group}.l${days} / nullif(past_${group}.n${days}, 0)`;
  return `round(coalesce(${share(place)}, ${share(wider[place])}, 0), 3)`;
}
