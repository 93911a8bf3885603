import type { SliceStanding } from '@penumbra/core/history';
import type { ReportDocument } from './document.ts';
import type { Findings } from './findings.ts';
import { countOf, formatMoney, formatPercent, formatPerRecord } from './money.ts';
import { listOf, sentences } from './words.ts';

/** What the owner of the business wants to know, one plain sentence each. */
export interface Headline {
  readonly verdict: string;
  readonly money: string;
  readonly traffic: string;
  readonly next: string;
}

/** Words the findings: whether it is proven and where, what it earns, what it decides now, what comes next. */
export function headline(document: ReportDocument, found: Findings): Headline {
  return {
    verdict: verdictSentence(document, found),
    money: moneySentence(document, found),
    traffic: trafficSentence(document, found),
    next: nextSentence(found),
  };
}

function verdictSentence(document: ReportDocument, { mature, byVerdict, rolledBack }: Findings): string {
  const slices = document.slices.length;
  if (mature.length === 0) {
    return `No verdict yet: none of ${countOf(document.days.length, 'day')} is mature.`;
  }
  const { EXCEEDS, MEETS, HARMS } = byVerdict;
  const proven = EXCEEDS.length + MEETS.length;
  const open = slices - proven - HARMS.length;
  const where = proven === slices ? everywhere(slices) : `in ${proven} of ${countOf(slices, 'slice')}`;
  const parts =
    proven === 0
      ? [`The challenger is not proven in ${slices === 1 ? 'its one slice' : `any of ${slices}\u00a0slices`}`]
      : [`The challenger is proven ${where}: ${provenHow(EXCEEDS, MEETS, slices)}`];
  if (HARMS.length > 0) {
    parts.push(
      `it does harm in ${names(HARMS, ({ slice }) => (rolledBack.includes(slice) ? ' (rolled back)' : ''))}`,
    );
  }
  const back = document.slices.filter(
    ({ slice, percent, verdict }) => percent === 0 && verdict !== 'HARMS' && rolledBack.includes(slice),
  );
  if (back.length > 0) parts.push(`it was rolled back in ${names(back)}`);
  if (open > 0 && proven + HARMS.length > 0) parts.push(`${countOf(open, 'slice')} still open`);
  return `${parts.join('; ')}.`;
}

const everywhere = (slices: number) => (slices === 1 ? 'in its one slice' : `in all ${slices}\u00a0slices`);
/** Slices by name, or how many they are where their names would drown the sentence. */
function names(
  slices: readonly SliceStanding[],
  remark: (slice: SliceStanding) => string = () => '',
): string {
  const list = listOf(slices.map((slice) => `${slice.slice}${remark(slice)}`));
  return list.length > 60 ? countOf(slices.length, 'slice') : list;
}

function provenHow(
  better: readonly SliceStanding[],
  notWorse: readonly SliceStanding[],
  slices: number,
): string {
  const whole = (group: readonly SliceStanding[]) => group.length === slices;
  const parts: string[] = [];
  if (better.length > 0) {
    parts.push(`it earns more than the incumbent${whole(better) ? '' : ` in ${names(better)}`}`);
  }
  if (notWorse.length > 0) {
    parts.push(
      `${better.length > 0 ? 'stays' : 'it stays'} within the margin${whole(notWorse) ? ' of the incumbent' : ` in ${names(notWorse)}`}`,
    );
  }
  return parts.join(', and ');
}

function moneySentence({ currency }: ReportDocument, { gain }: Findings): string {
  if (!gain) return 'What it earns is not known before the first mature day.';
  const word = gain.total < 0 ? 'less' : 'more';
  const perRecord = formatPerRecord(Math.abs(gain.perRecord), currency);
  const perDay = formatMoney(Math.abs(gain.perDay), currency);
  const total = formatMoney(Math.abs(gain.total), currency);
  return (
    `Deciding every record, it would have earned ${perRecord} ${word} per record and ${perDay} ${word} per day ` +
    `than the incumbent: ${total} ${word} over ${countOf(gain.days, 'mature day')}.`
  );
}

function trafficSentence({ asOf, slices }: ReportDocument, { traffic }: Findings): string {
  const open = slices.filter(({ percent }) => percent > 0);
  const share = traffic === null ? 'part' : traffic >= 100 ? 'all' : formatPercent(traffic);
  if (open.length === 0) {
    return `As of ${asOf} it decides nothing: every slice is in shadow, and the incumbent decides all records.`;
  }
  const percents = [...new Set(open.map(({ percent }) => percent))].sort((a, b) => b - a);
  const each = listOf(
    percents.map(
      (percent) => `${formatPercent(percent)} of ${names(open.filter((slice) => slice.percent === percent))}`,
    ),
    6,
  );
  const shadow = slices.length - open.length;
  const rest = shadow > 0 ? `; ${countOf(shadow, 'slice')} in shadow` : '';
  return `As of ${asOf} it decides ${share} of the records: ${each}${rest}.`;
}

function nextSentence({ next }: Findings): string {
  switch (next.type) {
    case 'first-evidence':
      return `The first day can become evidence on ${next.date}; until then nothing is promoted.`;
    case 'complete':
      return 'It has every slice in full: nothing is left to promote, and each daily review can still roll it back.';
    case 'stage': {
      const who = next.approval === 'manual' ? ', once a person approves it' : '';
      const step = `${next.slice} is next in order, from ${formatPercent(next.from)} to ${formatPercent(next.to)} of its traffic${who}.`;
      const wait =
        next.movedOn !== null
          ? `It was moved on ${next.movedOn} and stays where it is for ${countOf(next.minDays, 'mature day')} at least.`
          : next.reasons.length > 0
            ? `Held for now: ${sentences(next.reasons)}`
            : '';
      return `${step} ${wait}`.trim();
    }
  }
}
