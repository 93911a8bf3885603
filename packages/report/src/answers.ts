import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { History, NextStep } from '@penumbra/core/history';
import type { Findings } from './findings.ts';
import { headline } from './headline.ts';
import { countOf, formatMoney, formatPercent, formatPerRecord } from './money.ts';
import { riskAt } from './risk.ts';
import { listOf, sentence } from './words.ts';

/** One question of the business owner: the answer at a glance, what the figure is, and a sentence behind it. */
export interface Answer {
  readonly question: string;
  readonly value: string;
  /** What the value is a number of, with its unit. */
  readonly meaning: string;
  readonly detail: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

export interface Answers {
  readonly proven: Answer;
  readonly money: Answer;
  readonly traffic: Answer;
  readonly next: Answer;
  readonly risk: Answer;
}

const LAST_DAYS = 7;

/** What somebody who has ten seconds wants to know. */
export function answers(history: History, found: Findings): Answers {
  return {
    proven: proven(history, found),
    money: money(history, found),
    traffic: traffic(history, found),
    next: next(history),
    risk: risk(history),
  };
}

function proven(history: History, found: Findings): Answer {
  const { EXCEEDS, MEETS, HARMS } = found.byVerdict;
  const slices = history.slices.length;
  const good = EXCEEDS.length + MEETS.length;
  const share = good === slices ? 'Yes' : `In ${good} of ${countOf(slices, 'slice')}`;
  const none = found.mature.length === 0 ? 'Not known yet' : 'Not yet';
  const confidence = formatPercent(100 * (1 - history.definition.policy.alpha));
  return {
    question: 'Is the model proven?',
    value: HARMS.length > 0 && good === 0 ? 'No, it does harm' : good > 0 ? share : none,
    meaning: `Slices whose lower bound lies above minus the margin, with ${confidence} confidence at every look`,
    detail: headline(history, found).verdict,
    tone: HARMS.length > 0 ? 'bad' : good > 0 ? 'good' : 'plain',
  };
}

function money(history: History, { gain, mature }: Findings): Answer {
  const { currency } = history;
  const question = gain && gain.total < 0 ? 'What would it have lost?' : 'What would it have earned?';
  if (!gain) {
    return {
      question,
      value: '–',
      meaning: `${currency} a day`,
      detail: 'Known with the first mature day.',
      tone: 'plain',
    };
  }
  const dates = new Set(mature.slice(-LAST_DAYS).map(({ date }) => date));
  const served = history.days.flatMap((day) => (dates.has(day.date) ? (day.served ?? []) : []));
  const records = served.reduce((sum, day) => sum + day.records, 0);
  const earned = served.reduce((sum, day) => sum + day.money, 0);
  const lately =
    records === 0
      ? `On the last ${countOf(dates.size, 'mature day')} it decided nothing, and so earned nothing.`
      : `With the traffic it had on the last ${countOf(dates.size, 'mature day')} it ${earned < 0 ? 'lost' : 'earned'} ${formatMoney(Math.abs(earned) / served.length, currency, { rounded: true })} a day${earned < 0 ? '' : ' more'}.`;
  return {
    question,
    value: `${formatMoney(gain.perDay, currency, { signed: true, rounded: true })} a day`,
    meaning: `${currency} a day, challenger minus incumbent, had it decided every record of ${countOf(gain.days, 'mature day')}`,
    detail: `${formatPerRecord(gain.perRecord, currency, { signed: true })} per record, had it decided everything. ${lately}`,
    tone: gain.total < 0 ? 'bad' : 'good',
  };
}

function traffic(history: History, found: Findings): Answer {
  const open = history.slices.filter(({ percent }) => percent > 0);
  const shadow = history.slices.length - open.length;
  const each = open.map(({ slice, percent }) => `${formatPercent(percent)} of ${slice}`);
  const rest = shadow === 0 ? '' : `${open.length === 0 ? 'All ' : ''}${countOf(shadow, 'slice')} in shadow.`;
  return {
    question: 'Which traffic does it have?',
    value: open.length === 0 ? 'None' : formatPercent(found.traffic ?? 0),
    meaning: 'Percent of all records that the challenger decides, by the rows of all days',
    detail: `${each.length === 0 ? '' : `${listOf(each)}. `}${rest}`.trim(),
    tone: 'plain',
  };
}

function next(history: History): Answer {
  const question = 'What happens next, and when?';
  const meaning =
    'The next step of the first slice that is not at its last stage; a review decides once a day';
  const step = history.ahead.find(({ stage }) => stage !== null);
  if (history.overridden !== null || history.paused !== null) {
    const how = history.overridden === null ? 'Paused' : 'Overridden';
    const why = history.overridden ?? history.paused ?? '';
    const until = 'Nothing is promoted until a person resumes it; what harms is still rolled back.';
    return { question, value: how, meaning, detail: `${sentence(why)} ${until}`, tone: 'plain' };
  }
  if (!step) {
    const done = history.ahead.length > 0;
    const detail = done
      ? 'Every slice is served in full. Each daily review can still roll it back.'
      : 'The first review is still to come.';
    return { question, value: done ? 'Nothing' : 'The first review', meaning, detail, tone: 'plain' };
  }
  const from = history.slices.find(({ slice }) => slice === step.slice)?.percent ?? 0;
  const when = whenOf(step, history.asOf);
  const missing = step.missing.length === 0 ? '' : ` It needs ${listOf(step.missing, 3)}.`;
  return {
    question,
    value: `${step.slice} ${formatPercent(from)} → ${formatPercent(step.percent ?? 0)}`,
    meaning,
    detail: `${when}${missing}`,
    tone: 'plain',
  };
}

function whenOf({ reviews, projected, missing }: NextStep, asOf: CalendarDate): string {
  if (reviews === null) return 'No date yet.';
  const date = addDays(asOf, reviews);
  if (projected) return `About ${date}, if the effect stays as it is.`;
  return missing.length === 0 ? `With the next review, ${date}.` : `On ${date} at the earliest.`;
}

function risk(history: History): Answer {
  const { currency } = history;
  const percents = Object.fromEntries(history.slices.map(({ slice, percent }) => [slice, percent]));
  const now = riskAt(history.days, percents);
  const step = history.ahead.find(({ stage }) => stage !== null);
  const after = step ? riskAt(history.days, { ...percents, [step.slice]: step.percent ?? 0 }) : null;
  const question = 'What is the risk?';
  const meaning = `${currency} lost on the worst of ${countOf(now.days, 'mature day')}, had each had today’s traffic`;
  const served = history.slices.some(({ percent }) => percent > 0);
  const ahead =
    after?.worst && step
      ? ` With ${step.slice} at ${formatPercent(step.percent ?? 0)} the worst day would have cost ${formatMoney(-after.worst.money, currency, { rounded: true })}.`
      : '';
  const guard = ' Each daily review rolls back a slice that does harm.';
  if (!served) {
    const value = `${formatMoney(0, currency)} a day`;
    return { question, value, meaning, detail: `The incumbent decides everything.${ahead}`, tone: 'plain' };
  }
  if (!now.worst) {
    const value = 'No losing day';
    const detail = `With today’s traffic no mature day would have lost money.${ahead}${guard}`;
    return { question, value, meaning, detail, tone: 'plain' };
  }
  return {
    question,
    value: `${formatMoney(now.worst.money, currency, { rounded: true })} a day`,
    meaning,
    detail: `The worst day with today’s traffic, ${now.worst.date}; ${now.losingDays} of ${countOf(now.days, 'day')} would have lost.${ahead}${guard}`,
    tone: 'plain',
  };
}
