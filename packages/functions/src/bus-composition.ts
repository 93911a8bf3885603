import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Announcements } from './announcements.ts';
import { eventBridgeAnnouncements } from './aws/eventbridge-announcements.ts';
import type { Instrument } from './pipeline-composition.ts';

/** Announcements on the bus of a stage. A trial has none, and nobody who listens. */
export const announcementsOn = (busName: string | undefined, instrument: Instrument): Announcements =>
  busName === undefined
    ? { publish: async () => {} }
    : eventBridgeAnnouncements(instrument(new EventBridgeClient()), busName);
