import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { CellResult } from './run-cell.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const OURS = '#1f6f8b';
const NAIVE = '#c8553d';

const ofGroup = (results: readonly CellResult[], group: string) =>
  results.filter(({ cell }) => cell.group === group);

/** How often a worthless challenger was promoted: by the shipped policy, and by a t-test read daily. */
export function falsePromotionPlot(results: readonly CellResult[]): string {
  const cells = ofGroup(results, 'false promotion');
  const bars = cells.flatMap(({ cell, share, naiveShare }) => [
    { name: cell.name, share: 100 * (naiveShare ?? 0), method: 't-test, read daily' },
    { name: cell.name, share: 100 * share, method: 'Penumbra' },
  ]);
  return svg({
    height: 40 * cells.length + 70,
    marginLeft: 260,
    marginRight: 130,
    x: { label: 'promoted within 84 daily looks, % of worthless challengers', grid: true },
    fy: { label: null, domain: cells.map(({ cell }) => cell.name) },
    y: { axis: null },
    color: { domain: ['Penumbra', 't-test, read daily'], range: [OURS, NAIVE], legend: false },
    marks: [
      Plot.barX(bars, { fy: 'name', y: 'method', x: 'share', fill: 'method' }),
      Plot.text(bars, {
        fy: 'name',
        y: 'method',
        x: 'share',
        text: ({ share, method }) => `${share.toFixed(1)} % ${method}`,
        textAnchor: 'start',
        dx: 4,
        fontSize: 10,
      }),
      Plot.ruleX([5], { stroke: '#222', strokeDasharray: '4,3' }),
    ],
  });
}

/** The share of good challengers that are promoted by a number of mature days. */
export function powerPlot(results: readonly CellResult[]): string {
  const lines = ofGroup(results, 'power').flatMap((result) => cumulative(result, 84));
  return svg({
    height: 380,
    marginRight: 150,
    x: { label: 'mature days in shadow →', domain: [0, 84] },
    y: { label: '↑ promoted, % of the challengers', domain: [0, 100], grid: true },
    color: { scheme: 'dark2' },
    marks: [
      Plot.line(lines, { x: 'day', y: 'share', z: 'name', stroke: 'name', curve: 'step-after' }),
      Plot.text(
        lines,
        Plot.selectLast({
          x: 'day',
          y: 'share',
          z: 'name',
          text: 'name',
          fill: 'name',
          textAnchor: 'start',
          dx: 5,
        }),
      ),
      Plot.ruleX([21, 28], { stroke: '#888', strokeDasharray: '3,3' }),
    ],
  });
}

/** The share of harmful canaries that are rolled back by a number of mature days. */
export function rollbackPlot(results: readonly CellResult[]): string {
  const lines = [...ofGroup(results, 'true rollback'), ...ofGroup(results, 'false rollback')].flatMap(
    (result) => cumulative(result, 28),
  );
  // Most lines end at the top or at the bottom: their names stand in a column of their own.
  const key = [...new Set(lines.map(({ name }) => name))].map((name, index) => ({
    name,
    row: 95 - 8 * index,
  }));
  return svg({
    height: 380,
    marginRight: 330,
    x: { label: 'mature days on which the harm was served →', domain: [0, 28] },
    y: { label: '↑ rolled back, % of the canaries', domain: [0, 100], grid: true },
    color: { scheme: 'dark2' },
    marks: [
      Plot.line(lines, { x: 'day', y: 'share', z: 'name', stroke: 'name', curve: 'step-after' }),
      Plot.text(key, {
        x: 28,
        y: 'row',
        text: 'name',
        fill: 'name',
        textAnchor: 'start',
        dx: 12,
      }),
    ],
  });
}

function cumulative({ cell, days, runs }: CellResult, last: number) {
  return Array.from({ length: last + 1 }, (_, day) => ({
    name: cell.name,
    day,
    share: (100 * days.filter((happened) => happened <= day).length) / runs,
  }));
}

/** Coordinates: a hundredth of a pixel is enough, and a third of the bytes. Texts keep their numbers. */
const ATTRIBUTE = / (?:d|x|y|x1|x2|y1|y2|width|height|transform)="[^"]*"/g;
const shortNumbers = (attribute: string) => attribute.replace(/(\d+\.\d{2})\d+/g, '$1');

function svg(options: Plot.PlotOptions): string {
  const drawn: { readonly outerHTML: string } = Plot.plot({
    width: 860,
    ...options,
    document,
    style: { background: 'white', color: '#222', fontFamily: 'system-ui, sans-serif' },
  });
  return `${drawn.outerHTML.replace(/^<svg /, '<svg xmlns="http://www.w3.org/2000/svg" ').replace(ATTRIBUTE, shortNumbers)}\n`;
}
