import { addDays, daysBetween } from '@penumbra/core/calendar';
import type { DateRange } from '@penumbra/report/plot';
import { useMemo, useState } from 'preact/hooks';

const SPANS = [30, 90] as const;

export interface Ranged {
  /** Undefined: all dates. */
  readonly range: DateRange | undefined;
  readonly span: number | null;
  readonly setSpan: (span: number | null) => void;
  readonly setEnd: (end: string) => void;
  readonly pan: (days: number) => void;
}

/** A window over the dates from `from` to `to`, that can be moved. */
export function useRange({ from, to }: DateRange): Ranged {
  const [span, setSpan] = useState<number | null>(null);
  const [wanted, setEnd] = useState(to);
  const days = daysBetween(from, to) + 1;
  const width = span !== null && span < days ? span : null;
  const end = width === null ? to : within(wanted, addDays(from, width - 1), to);
  return useMemo(
    () => ({
      range: width === null ? undefined : { from: addDays(end, 1 - width), to: end },
      span,
      setSpan,
      setEnd,
      pan: (by: number) => setEnd((before) => within(addDays(before, by), from, to)),
    }),
    [end, from, span, to, width],
  );
}

const within = (date: string, least: string, most: string) =>
  date < least ? least : date > most ? most : date;

/** Which dates the charts show: the last 30 or 90 days, or all; the slider, or dragging a chart, moves them. */
export function RangeChoice({ of, ranged }: { readonly of: DateRange; readonly ranged: Ranged }) {
  const { range, span, setSpan, setEnd } = ranged;
  const days = daysBetween(of.from, of.to) + 1;
  const spans = SPANS.filter((each) => each < days);
  if (spans.length === 0) return null;
  const first = span === null ? 0 : span - 1;
  return (
    <fieldset class="range">
      <legend class="hidden">Dates that the charts show</legend>
      {[...spans, null].map((each) => (
        <label key={each ?? 'all'}>
          <input type="radio" name="span" checked={span === each} onChange={() => setSpan(each)} />
          <span>{each === null ? 'All' : `${each} days`}</span>
        </label>
      ))}
      {range ? (
        <>
          <input
            type="range"
            aria-label="Last date that the charts show"
            min={first}
            max={days - 1}
            value={daysBetween(of.from, range.to)}
            aria-valuetext={`${range.from} to ${range.to}`}
            onInput={(event) => setEnd(addDays(of.from, Number(event.currentTarget.value)))}
          />
          <output>
            {range.from} to {range.to}
          </output>
        </>
      ) : null}
    </fieldset>
  );
}
