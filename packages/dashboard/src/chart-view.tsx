import * as Plot from '@observablehq/plot';
import { html } from '@penumbra/report/html';
import type { Chart, DateRange } from '@penumbra/report/plot';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Drawn } from './drawn.tsx';

const DAY_MS = 86_400_000;
/** Charts this near to the screen are drawn ahead of scrolling. */
const AHEAD = '300px';

export interface ChartViewProps {
  readonly chart: Chart;
  readonly range?: DateRange | undefined;
  /** Moves the range by so many days. */
  readonly onPan?: ((days: number) => void) | undefined;
  readonly heading?: 'h3' | 'none';
}

/** A chart with what it says at each place: under the pointer, and by the arrow keys. */
export function ChartView({ chart, range, onPan, heading = 'h3' }: ChartViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [seen, setSeen] = useState(false);
  const [positions, setPositions] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);

  useEffect(() => {
    if (!box.current) return;
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.some((entry) => entry.isIntersecting)),
      {
        rootMargin: AHEAD,
      },
    );
    observer.observe(box.current);
    // On paper everything is seen.
    const print = () => setSeen(true);
    addEventListener('beforeprint', print);
    return () => {
      observer.disconnect();
      removeEventListener('beforeprint', print);
    };
  }, []);

  const readings = useMemo(() => inRange(chart, range), [chart, range]);
  useEffect(() => {
    if (!seen || width === 0 || !drawing.current) return;
    const svg = Plot.plot({ width, ...chart.plot(width, range), className: 'plot' });
    // Its own style is the page's, and the policy forbids it inline.
    svg.querySelector('style')?.remove();
    svg.setAttribute('aria-hidden', 'true');
    drawing.current.replaceChildren(svg);
    const scale = (svg as Plot.Plot).scale('x');
    setPositions(readings.map(({ x }) => scale?.apply(x) ?? 0));
  }, [chart, range, readings, seen, width]);

  const at = chosen === null ? null : Math.min(chosen, readings.length - 1);
  const text = at === null ? undefined : readings[at]?.text;
  const drag = useDrag(width, range, onPan);
  const nearest = (clientX: number) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    setChosen(nearestTo(positions, clientX - left));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepOf(event.key, at, readings.length);
    if (next === null) return;
    event.preventDefault();
    setChosen(next);
  };
  return (
    <figure class="chart" id={`chart-${chart.id}`}>
      {heading === 'h3' ? <h3>{chart.title}</h3> : null}
      <Drawn of={chart.key} />
      <div class="drawing" ref={box}>
        <div ref={drawing} class="canvas" />
        {at !== null && positions[at] !== undefined ? (
          <svg class="cross" aria-hidden="true">
            <title>{text}</title>
            <line x1={positions[at]} x2={positions[at]} y1="0" y2="100%" />
          </svg>
        ) : null}
        <div
          class="reader"
          role="slider"
          tabIndex={0}
          aria-label={`${chart.title}. ${chart.description} Arrow keys read it.`}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, readings.length - 1)}
          aria-valuenow={at ?? 0}
          aria-valuetext={text ?? chart.description}
          onPointerMove={(event) => {
            if (!drag.move(event)) nearest(event.clientX);
          }}
          onPointerDown={(event) => {
            drag.start(event);
            nearest(event.clientX);
          }}
          onPointerUp={drag.end}
          onPointerCancel={drag.end}
          onPointerLeave={() => setChosen(null)}
          onBlur={() => setChosen(null)}
          onFocus={() => setChosen((before) => before ?? readings.length - 1)}
          onKeyDown={onKeyDown}
        />
      </div>
      <p class="reading" aria-hidden="true">
        {text ?? '\u00a0'}
      </p>
      {heading === 'h3' ? (
        <figcaption>
          <Drawn of={html`${chart.caption}`} />
        </figcaption>
      ) : null}
    </figure>
  );
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

function inRange({ readings }: Chart, range: DateRange | undefined): Chart['readings'] {
  if (!range) return readings;
  const [from, to] = [new Date(range.from), new Date(range.to)];
  return readings.filter(({ x }) => !(x instanceof Date) || (x >= from && x <= to));
}

function nearestTo(positions: readonly number[], x: number): number | null {
  let best: number | null = null;
  positions.forEach((position, index) => {
    if (best === null || Math.abs(position - x) < Math.abs((positions[best] ?? 0) - x)) best = index;
  });
  return best;
}

function stepOf(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null;
  const now = at ?? count - 1;
  const target = {
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    Home: 0,
    End: count - 1,
  }[key];
  return target === undefined ? null : Math.max(0, Math.min(count - 1, target));
}

/** Dragging moves a range: as many days as the pointer passes over. */
function useDrag(width: number, range: DateRange | undefined, onPan: ((days: number) => void) | undefined) {
  const from = useRef<number | null>(null);
  const days = range ? (Date.parse(range.to) - Date.parse(range.from)) / DAY_MS : 0;
  return {
    start(event: PointerEvent) {
      if (!range || !onPan) return;
      from.current = event.clientX;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    /** Whether the pointer is dragging. */
    move(event: PointerEvent): boolean {
      if (from.current === null || !onPan || width === 0) return false;
      const moved = Math.trunc(((from.current - event.clientX) * days) / width);
      if (moved !== 0) {
        onPan(moved);
        from.current = event.clientX;
      }
      return true;
    },
    end() {
      from.current = null;
    },
  };
}
