import type { CalendarDate } from './calendar.ts';
import type { Slice } from './slice.ts';

// Apart from its projection: what production applications import carries neither the schemas nor their library.

/** Which review set the percentages, and that it was this one and no edited one. */
export interface Certificate {
  /** `<deployment>/review/<as-of date>`: there is one review a date. */
  readonly reviewId: string;
  /** Of the review's canonical JSON (RFC 8785), as the log has it. */
  readonly sha256: string;
}

/** What production applications read: which share of each slice the challenger decides. */
export interface RolloutDocument {
  readonly deployment: string;
  /** Version of the rollout stream that it was projected from: a newer document has a larger one. */
  readonly version: number;
  readonly definitionVersion: number;
  readonly asOf: CalendarDate | null;
  /** The instant, in UTC, from which on it says nothing any more; null before the first review, at 0 % everywhere. */
  readonly validUntil: string | null;
  /** The last review; null before the first. What a person has set to 0 % since then is 0 % here. */
  readonly certificate: Certificate | null;
  /** In order of the definition: a request belongs to the first slice that matches it. */
  readonly slices: readonly SliceShare[];
}

export interface SliceShare {
  readonly slice: string;
  readonly when: Slice['when'];
  /** Share of the slice's units that the challenger decides. */
  readonly percent: number;
}
