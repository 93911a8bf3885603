import * as Plot from '@observablehq/plot';
import type { ScoreHistory } from '@penumbra/core/history';
import { countOf, formatPercent } from './money.ts';
import { type Chart, INK, isWide, key } from './plot.ts';
import { binsOf, rangeText } from './score-bins.ts';

/** Fewer rows than this say nothing about a share. */
const LEAST_ROWS = 30;
const LEAST_RADIUS = 1.5;

interface Point {
  readonly score: number;
  readonly share: number;
  readonly rows: number;
  readonly bin: string;
}

/** Whether a score means what it says: of the records scored 0.3, how many were positive? */
export function calibrationChart({ all }: ScoreHistory, label: string): Chart | null {
  const points = binsOf(all.rows).flatMap((bin, index): Point[] => {
    const rows = all.rows[index] ?? 0;
    if (rows < LEAST_ROWS) return [];
    return [
      {
        score: (all.scores[index] ?? 0) / rows,
        share: (all.positives[index] ?? 0) / rows,
        rows,
        bin: rangeText(bin),
      },
    ];
  });
  if (points.length === 0) return null;
  const rows = points.reduce((sum, point) => sum + point.rows, 0);
  const gap = points.reduce((sum, point) => sum + point.rows * Math.abs(point.score - point.share), 0) / rows;
  const description = `On average a score is ${formatPercent(100 * gap)} away from the share of records on which ${label} was 1.`;
  return {
    id: 'calibration',
    title: 'Does a score mean what it says?',
    description,
    caption: `Each dot is one range of scores, larger with more records, ${LEAST_ROWS} at least; on the diagonal the score is the share. ${description}`,
    key: key([
      ['dot', `share of records on which ${label} was 1`],
      ['thin', 'as the score says'],
    ]),
    plot: (width) => calibrationPlot(points, width),
    readings: points.map((point) => ({
      x: point.score,
      text: `Scores ${point.bin}: ${formatPercent(100 * point.share)} were 1, the mean score says ${formatPercent(100 * point.score)}; ${countOf(point.rows, 'record')}`,
    })),
  };
}

function calibrationPlot(points: readonly Point[], width: number): Plot.PlotOptions {
  const percent = (share: number) => formatPercent(100 * share);
  const most = Math.max(...points.map(({ rows }) => rows));
  const edge = Math.min(
    1,
    Math.ceil(10 * Math.max(...points.flatMap(({ score, share }) => [score, share]))) / 10,
  );
  return {
    height: isWide(width) ? 320 : 260,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 14,
    marginBottom: 42,
    x: { domain: [0, edge] },
    y: { domain: [0, edge] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY({ ticks: 5, tickFormat: percent, tickSize: 0, label: null }),
      Plot.axisX({ ticks: 5, tickSize: 4, label: 'mean score', labelArrow: 'none' }),
      Plot.line(
        [0, edge].map((score) => ({ score, share: score })),
        { x: 'score', y: 'share', stroke: INK.muted },
      ),
      Plot.dot(points, {
        x: 'score',
        y: 'share',
        r: ({ rows }: Point) => LEAST_RADIUS + 8 * Math.sqrt(rows / most),
        fill: INK.challenger,
        fillOpacity: 0.7,
      }),
    ],
    r: { type: 'identity' },
  };
}
