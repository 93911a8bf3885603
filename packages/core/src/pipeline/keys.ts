import type { CalendarDate } from '../calendar.ts';

/** Where a deployment's objects lie in the bucket. A folder is closed by an object named _SUCCESS. */
export const keys = {
  records: (deployment: string, date: CalendarDate) => `${deployment}/records/date=${date}/`,
  /** Predictions made elsewhere. */
  predictions: (deployment: string, date: CalendarDate) => `${deployment}/predictions/date=${date}/`,
  transformInput: (deployment: string, date: CalendarDate) => `${deployment}/transform-input/date=${date}/`,
  transformOutput: (deployment: string, date: CalendarDate, jobName: string) =>
    `${deployment}/predictions/date=${date}/${jobName}/`,
  outcomes: (deployment: string) => `${deployment}/outcomes/landed=`,
  /** The hash of each record's unit, for queries: written beside the model's input. */
  arms: (deployment: string, date: CalendarDate) => `${deployment}/arms/date=${date}/`,
  /** What production reported on a date. */
  exposures: (deployment: string, date: CalendarDate) => `${deployment}/exposures/date=${date}/`,
  metrics: (deployment: string, date: CalendarDate, asOf: CalendarDate) =>
    `${deployment}/metrics/date=${date}/asof=${asOf}.arrow`,
  /** Of a re-evaluation, by the event that records it: what a decision rests on is never written over. */
  restatedMetrics: (deployment: string, date: CalendarDate, asOf: CalendarDate, version: number) =>
    `${deployment}/metrics/date=${date}/asof=${asOf}.restated-${version}.arrow`,
} as const;

export const SUCCESS = '_SUCCESS';

const CLOSED =
  /^([a-z0-9-]+)\/(records|predictions|outcomes)\/(?:date|landed)=(\d{4}-\d{2}-\d{2})\/_SUCCESS$/;

export interface ClosedFolder {
  readonly deployment: string;
  readonly kind: 'records' | 'predictions' | 'outcomes';
  readonly date: CalendarDate;
}

/** Which folder a `_SUCCESS` object closes; undefined for any other key. */
export function parseClosedFolder(key: string): ClosedFolder | undefined {
  const match = CLOSED.exec(key);
  if (!match) return undefined;
  const [, deployment = '', kind = '', date = ''] = match;
  return { deployment, kind: kind as ClosedFolder['kind'], date };
}
