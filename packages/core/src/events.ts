import { type DayEvent, dayEventSchemas } from './day-events.ts';
import type { Envelope } from './envelope.ts';
import { type RolloutEvent, rolloutEventSchemas } from './rollout-events.ts';

export type PenumbraEvent = DayEvent | RolloutEvent;
export type StoredEvent = Envelope<PenumbraEvent>;

/** Every event type with the schema of its data, as it is written today. */
export const eventSchemas = { ...rolloutEventSchemas, ...dayEventSchemas } as const;
export type EventType = keyof typeof eventSchemas;

export const ROLLOUT = 'rollout';
export const dayStream = (date: string): string => `day/${date}`;
