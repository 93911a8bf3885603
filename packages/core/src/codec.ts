import { z } from 'zod';
import type { Envelope } from './envelope.ts';
import { type EventType, eventSchemas, type PenumbraEvent, type StoredEvent } from './events.ts';

/** Turns data of one schema version into data of the next. Pure. */
export type Upcaster = (data: unknown) => unknown;

/** A stored event that this code cannot read: a newer writer, or a damaged item. It is never skipped. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  constructor(
    readonly eventId: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`event ${eventId} cannot be read: ${reason}`, options);
  }
}

export interface EventCodec {
  /** Schema version that `encode` writes for a type. */
  readonly currentVersion: (type: EventType) => number;
  readonly encode: (envelope: StoredEvent) => Record<string, unknown>;
  readonly decode: (stored: unknown) => StoredEvent;
}

const storedSchema = z.object({
  deployment: z.string(),
  stream: z.string(),
  version: z.number().int().min(1),
  eventId: z.string(),
  causationId: z.string(),
  correlationId: z.string(),
  actor: z.object({ kind: z.enum(['system', 'person']), name: z.string() }),
  at: z.string(),
  type: z.string(),
  schemaVersion: z.number().int().min(1),
  data: z.unknown(),
});

/**
 * Events to stored items and back. `upcasters[type]` lists the steps from version 1 on, so that a type with n
 * steps is written as version n + 1. Decoding upcasts, validates, and throws UnreadableEvent.
 */
export function eventCodec(
  upcasters: Readonly<Partial<Record<EventType, readonly Upcaster[]>>> = {},
  schemas: Readonly<Record<string, z.ZodType>> = eventSchemas,
): EventCodec {
  const currentVersion = (type: EventType) => (upcasters[type]?.length ?? 0) + 1;
  return {
    currentVersion,
    encode: ({ event, ...envelope }) => ({
      ...envelope,
      type: event.type,
      schemaVersion: currentVersion(event.type),
      data: event.data,
    }),
    decode: (stored) => {
      const parsed = storedSchema.safeParse(stored);
      if (!parsed.success) throw new UnreadableEvent(nameOf(stored), z.prettifyError(parsed.error));
      const { type, data, schemaVersion, ...envelope } = parsed.data;
      const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
      if (!schema) throw new UnreadableEvent(envelope.eventId, `its type ${type} is unknown to this version`);
      const current = currentVersion(type as EventType);
      if (schemaVersion > current) {
        throw new UnreadableEvent(
          envelope.eventId,
          `schema version ${schemaVersion}, this version knows ${current}`,
        );
      }
      const steps = upcasters[type as EventType]?.slice(schemaVersion - 1) ?? [];
      const valid = schema.safeParse(upcast(steps, data, envelope.eventId));
      if (!valid.success) throw new UnreadableEvent(envelope.eventId, z.prettifyError(valid.error));
      const event = { type, data: valid.data } as PenumbraEvent;
      return { ...envelope, event } satisfies Envelope<PenumbraEvent>;
    },
  };
}

/** What was stored is a value of the next shape as it is: that one only gained fields which may be absent. */
const asItWas: Upcaster = (data) => data;

/** The codec of the log: every stored shape so far. */
export const penumbraCodec = eventCodec({
  // 2: what production reported of the arms that it served.
  RolloutReviewed: [asItWas],
  // 2: which engine compared the day.
  PartitionEvaluated: [asItWas],
  PartitionRestated: [asItWas],
});

/** An upcaster meets what was stored, unchecked: where it stumbles, the item is damaged. */
function upcast(steps: readonly Upcaster[], data: unknown, eventId: string): unknown {
  try {
    return steps.reduce((value, step) => step(value), data);
  } catch (cause) {
    throw new UnreadableEvent(eventId, `it cannot be brought to the current shape: ${cause}`, { cause });
  }
}

function nameOf(stored: unknown): string {
  const id =
    typeof stored === 'object' && stored !== null && 'eventId' in stored ? stored.eventId : undefined;
  return typeof id === 'string' ? id : '(without an id)';
}
