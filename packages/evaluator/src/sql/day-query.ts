import type { CalendarDate } from '@penumbra/core/calendar';
import type { DayTables } from './tables.ts';

/** What a day's statement is asked for. */
export interface DayQuery {
  readonly database: string;
  readonly tables: DayTables;
  readonly date: CalendarDate;
  /** Outcomes landed up to this date, itself included, are compared. */
  readonly landedThrough: CalendarDate;
  /** Of the transform whose output the scores are; predictions made elsewhere have none. */
  readonly jobName?: string | undefined;
  /**
   * Whether outcomes are looked up among the records before anything is kept of them: that reads the records twice,
   * and saves memory where outcomes of many dates land together.
   */
  readonly recordsFirst?: boolean | undefined;
}
