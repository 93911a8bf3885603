import { z } from '@hono/zod-openapi';
import { eventSchemas, type StoredEvent } from '@penumbra/core/events';

const envelope = {
  eventId: z.string().describe('Deployment, stream and version: the place in the log.'),
  stream: z.string().describe('rollout, or day/YYYY-MM-DD.'),
  version: z.number().int().min(1),
  at: z.string().describe('When it was decided.'),
  actor: z.strictObject({ kind: z.enum(['system', 'person']), name: z.string() }),
  causationId: z.string().describe('What led to it.'),
  correlationId: z.string().describe('The first event of its chain.'),
};

/** An event of the log: the envelope, its type, and the data of that type. */
export interface EventView extends Omit<StoredEvent, 'event' | 'deployment'> {
  readonly type: StoredEvent['event']['type'];
  readonly data: StoredEvent['event']['data'];
}

const [first, ...others] = Object.entries(eventSchemas).map(([type, data]) =>
  z.strictObject({ ...envelope, type: z.literal(type), data }),
);
if (!first) throw new Error('there are no events');

/** One schema a type, told apart by it. */
export const eventSchema = z.discriminatedUnion('type', [first, ...others]).openapi('Event');

export function viewEvent({ event, deployment: _, ...rest }: StoredEvent): EventView {
  return { ...rest, type: event.type, data: event.data };
}
