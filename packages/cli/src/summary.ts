import type { TrialDocument } from '@penumbra/local/trial-document';
import { findings } from '@penumbra/report/findings';
import { headline } from '@penumbra/report/headline';
import { countOf } from '@penumbra/report/money';
import { changes } from '@penumbra/report/traffic-changes';
import { unknownOutcomes } from '@penumbra/report/unknown-outcomes';
import { sentence } from '@penumbra/report/words';
import pc from 'picocolors';
import { printable } from './printable.ts';
import { slicesInColumns } from './summary-slices.ts';
import { clean, columns, shortenName, wrap } from './summary-text.ts';

export interface SummaryOptions {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** The report that was written, as the reader may open it. */
  readonly reportPath?: string;
}

const MOST_CHANGES = 30;
const MOST_HELD = 5;
/** Below this nothing can be laid out; beyond it lines are tiring to read. */
const NARROWEST = 60;
const WIDEST_PROSE = 100;

/** Renders a trial's result for a terminal: the answer first, then slices, decisions, held days, and where to look. */
export function renderSummary(document: TrialDocument, options: SummaryOptions): string {
  const colours = pc.createColors(options.colour);
  const width = Math.max(NARROWEST, options.width);
  const prose = Math.min(width, WIDEST_PROSE);
  const found = findings(document);
  const { verdict, money, traffic, next } = headline(document, found);
  const title = (text: string) => colours.bold(colours.underline(text));
  const lines = [
    colours.dim(`${clean(document.deployment)}: shadow trial, ${document.from} to ${document.to}`),
    '',
    ...wrap(clean(verdict), prose).map((line) => colours.bold(line)),
    ...[money, traffic, next].flatMap((text) => wrap(clean(text), prose)),
    '',
    `${title('Slices')} ${colours.dim(`(least business risk first; ${document.currency} per record)`)}`,
    slicesInColumns(document, width, colours),
    '',
    title('Decisions'),
    ...decisions(document, width),
    '',
    title('Held days'),
    ...heldDays(document, width),
    ...strayOutcomes(document, prose),
    '',
    title('Where to look next'),
    ...whereToLook(document, options.reportPath, width),
  ];
  // A terminal breaks no lines by itself where it should; a plain space can be searched for.
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

function decisions(document: TrialDocument, width: number): string[] {
  const all = changes(document);
  if (document.reviews.length === 0) return ['No review yet.'];
  if (all.length === 0) {
    return [`None of the ${countOf(document.reviews.length, 'review')} has moved any traffic.`];
  }
  const shown = all.slice(-MOST_CHANGES);
  const marks = { promote: '▲', 'roll-back': '▼', outside: '●' } as const;
  const rows = shown.map(({ asOf, slice, from, to, action, reasons }) => [
    asOf,
    shortenName(slice, 20),
    `${marks[action]} ${from.percent} % → ${to.percent} %`,
    sentence(clean(reasons.join('; '))),
  ]);
  const earlier = all.length - shown.length;
  return [
    ...(earlier > 0 ? [`… ${countOf(earlier, 'earlier one')}: see the report`] : []),
    ...columns(rows, width),
  ];
}

function heldDays({ days }: TrialDocument, width: number): string[] {
  const held = days.filter(({ status }) => status === 'held');
  const waiting = days.filter(({ status }) => status === 'waiting').length;
  const still = waiting === 0 ? [] : [`${countOf(waiting, 'day')} not mature yet.`];
  if (held.length === 0) return ['None.', ...still];
  const rows = held.slice(0, MOST_HELD).map(({ date, reason }) => [date, sentence(clean(reason))]);
  const more = held.length - rows.length;
  return [
    `${countOf(held.length, 'day')} of ${days.length} held back: old enough, and no evidence.`,
    ...columns(rows, width),
    ...(more > 0 ? [`… and ${countOf(more, 'more day')}: see the report`] : []),
    ...still,
  ];
}

function strayOutcomes(document: TrialDocument, width: number): string[] {
  const stray = unknownOutcomes(document);
  return stray === undefined ? [] : wrap(clean(stray), width);
}

function whereToLook({ dataDir }: TrialDocument, reportPath: string | undefined, width: number): string[] {
  const line = (name: string, path: string, what: string) => {
    const short = `${name.padEnd(8)}${printable(path)}`;
    const long = `${short}  ${what}`;
    return long.length <= width ? long : short;
  };
  return [
    ...(reportPath === undefined
      ? []
      : [line('Report', reportPath, 'plots, evidence and reasons, in a browser')]),
    line('Data', dataDir, 'log, objects and metrics; a further run resumes there'),
  ];
}
