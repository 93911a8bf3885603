import { itineraryLateShare, lateShare } from './history.ts';

/** A numeric column that the model reads. */
export type Feature = {
  readonly name: string;
  /** SQL over the flight `f` and its histories. Shares lie between 0 and 1, rounded to three decimals. */
  readonly sql: string;
};

/**
 * The challenger's features, in the order of penumbra.json and of the lines that the server reads. All are known
 * before the day's first departure. Neither the weekday nor the nation's share of yesterday is among them: there is one
 * value of each for a whole day, and a month has too few days to tell a Thursday from a snowstorm.
 */
export const features: readonly Feature[] = [
  { name: 'hour', sql: 'f.hour' },
  { name: 'distance', sql: 'f.distance' },
  { name: 'origin_1d', sql: lateShare('origin', 1) },
  { name: 'origin_3d', sql: lateShare('origin', 3) },
  { name: 'origin_28d', sql: lateShare('origin', 28) },
  { name: 'destination_1d', sql: lateShare('destination', 1) },
  { name: 'destination_3d', sql: lateShare('destination', 3) },
  { name: 'destination_28d', sql: lateShare('destination', 28) },
  { name: 'route_7d', sql: lateShare('route', 7) },
  { name: 'route_28d', sql: lateShare('route', 28) },
  { name: 'itinerary_28d', sql: itineraryLateShare() },
  { name: 'origin_part_7d', sql: lateShare('origin_part', 7) },
  { name: 'origin_part_28d', sql: lateShare('origin_part', 28) },
  { name: 'destination_part_7d', sql: lateShare('destination_part', 7) },
  { name: 'destination_part_28d', sql: lateShare('destination_part', 28) },
];
