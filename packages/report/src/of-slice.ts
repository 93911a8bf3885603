import type { JudgedDay } from '@penumbra/core/history';
import type { ReportDocument } from './document.ts';

/** The same course, with the days' numbers of one slice alone; rows are those with an outcome. */
export function ofSlice<Shown extends ReportDocument>(document: Shown, slice: string | null): Shown {
  if (slice === null) return document;
  const days = document.days.map((day): JudgedDay => {
    const of = day.slices[slice];
    return {
      ...day,
      rows: of?.rows ?? 0,
      labelled: of?.rows ?? 0,
      meanDifference: of?.meanDifference ?? null,
    };
  });
  return { ...document, days };
}
