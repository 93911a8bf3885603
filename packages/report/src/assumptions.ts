import type { JudgedDay } from '@penumbra/core/history';
import type { Condition, Slice } from '@penumbra/core/slices';
import type { ReportDocument } from './document.ts';
import { type Html, html, type Part, table } from './html.ts';
import { countOf, formatCount, formatPercent, formatPerRecord } from './money.ts';
import { cellInWords } from './payoff.ts';
import { unknownOutcomes } from './unknown-outcomes.ts';
import { sentence } from './words.ts';

/** What the verdict rests on besides the data: pay-off, rules of evidence, stages, slices, days left out. */
export function assumptions(document: ReportDocument): Html {
  return html`${payoff(document)}${rules(document)}${sliceRules(document)}${notMature(document)}`;
}

function payoff({ definition, currency }: ReportDocument): Html {
  const { task } = definition;
  if (task.type === 'regression') {
    const { perUnitOver, perUnitUnder } = task.cost;
    return facts('What an error costs', [
      ['Each unit too high', `${formatPerRecord(perUnitOver, currency)} on each record`],
      ['Each unit too low', `${formatPerRecord(perUnitUnder, currency)} on each record`],
    ]);
  }
  const { payoff: worth } = task;
  const happened = definition.outcomes.label;
  return table(
    `Pay-off matrix: what a decision is worth, in ${currency} per record. Costs are negative.`,
    [
      { head: 'Decision', cell: ({ decision }) => decision },
      { head: `${happened} was 1`, number: true, cell: ({ positive }) => cellInWords(positive, currency) },
      { head: `${happened} was 0`, number: true, cell: ({ negative }) => cellInWords(negative, currency) },
    ],
    [
      { decision: 'Act', positive: worth.truePositive, negative: worth.falsePositive },
      { decision: 'Do not act', positive: worth.falseNegative, negative: worth.trueNegative },
    ],
    'small',
  );
}

function rules({ definition, currency }: ReportDocument): Html {
  const { policy, outcomes } = definition;
  const stages = policy.stages.map(
    ({ percent, minDays, minRows, approval }) =>
      `${formatPercent(percent)} for ${countOf(minDays, 'mature day')} and ${countOf(minRows, 'record')} at least${approval === 'manual' ? ', entered by a person’s approval' : ''}`,
  );
  return facts('Rules of evidence and of the rollout', [
    ['Maturity', `a date is judged ${countOf(outcomes.maturityDays, 'day')} after it`],
    [
      'Coverage',
      `at least ${formatPercent(100 * outcomes.minCoverage)} of a date’s records must have an outcome by then`,
    ],
    [
      'Minimum rows',
      `a date with fewer than ${countOf(policy.minRowsPerDay, 'row')} of a slice is no evidence on it`,
    ],
    [
      'Margin',
      `the challenger may earn ${formatPerRecord(policy.margin, currency)} per record less and still meet the incumbent`,
    ],
    [
      'Alpha',
      `a chance of ${formatPercent(100 * policy.alpha)} at most, over all looks together, to promote a model that is worse than that`,
    ],
    [
      'A promotion needs',
      policy.require === 'MEETS' ? 'the verdict Meets or Exceeds' : 'the verdict Exceeds',
    ],
    ['Shadow', `${countOf(policy.shadowDays, 'mature day')} at least before the first stage`],
    [
      'A slice without proof',
      policy.onUnproven === 'wait'
        ? 'the later slices wait, each is judged at the full alpha'
        : `later slices may open on their own evidence, each at alpha / ${definition.slices.length}`,
    ],
    ['After a rollback', `no promotion of the slice for ${countOf(policy.cooldownDays, 'day')}`],
    ...(policy.holdoutPercent > 0
      ? [
          [
            'Holdout',
            `${formatPercent(policy.holdoutPercent)} of the units stay with the incumbent for good`,
          ] as const,
        ]
      : []),
    ...policy.guardrails.map(
      ({ metric, margin }) => ['Guardrail', `${metric} at most ${margin} on average`] as const,
    ),
    ['Stages', html`<ol>${stages.map((stage) => html`<li>${stage}</li>`)}</ol>`],
  ]);
}

function facts(title: string, entries: readonly (readonly [string, Part])[]): Html {
  return html`<h3>${title}</h3><dl class="facts">${entries.map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl>`;
}

function sliceRules({ definition }: ReportDocument): Html {
  return table<Slice>(
    'Slices: a record belongs to the first one that it matches; one that matches none stays with the incumbent.',
    [
      { head: 'Slice', cell: ({ slice }) => slice },
      { head: 'Records where', prose: true, cell: ({ when }) => when.map(conditionInWords).join(' and ') },
    ],
    definition.slices,
    'small',
  );
}

function conditionInWords(condition: Condition): string {
  if ('equals' in condition) return `${condition.field} is ${condition.equals}`;
  if ('oneOf' in condition) return `${condition.field} is one of ${condition.oneOf.join(', ')}`;
  const { field, atLeast, below } = condition;
  const parts = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return `${field} is ${parts.join(' and ')}`;
}

function notMature(document: ReportDocument): Html {
  const { days } = document;
  const stray = unknownOutcomes(document);
  const held = days.filter(({ status }) => status === 'held');
  const waiting = days.filter(({ status }) => status === 'waiting');
  return html`<h3>Days that are no evidence</h3>${
    held.length === 0 ? html`<p>No day is held back.</p>` : heldTable(held)
  }${waiting.length === 0 ? null : html`<p>${waitingText(waiting)}</p>`}${
    stray === undefined ? null : html`<p>${stray}</p>`
  }`;
}

function heldTable(held: readonly JudgedDay[]): Html {
  const listed = table<JudgedDay>(
    `${countOf(held.length, 'day')} held back: old enough, and no evidence.`,
    [
      { head: 'Date', cell: ({ date }) => html`<span class="nowrap">${date}</span>` },
      { head: 'Rows', number: true, cell: ({ rows }) => formatCount(rows) },
      { head: 'With an outcome', number: true, cell: ({ labelled }) => formatCount(labelled) },
      { head: 'Reason', prose: true, cell: ({ reason }) => sentence(reason) },
    ],
    held,
  );
  if (held.length <= 12) return listed;
  return html`<details><summary>${countOf(held.length, 'day')} held back, with reasons</summary>${listed}</details>`;
}

function waitingText(waiting: readonly JudgedDay[]): string {
  const [first] = waiting;
  const last = waiting.at(-1);
  const why = first?.reason ? ` The first of them: ${sentence(first.reason)}` : '';
  return `${countOf(waiting.length, 'day')} not mature yet, ${first?.date} to ${last?.date}.${why}`;
}
