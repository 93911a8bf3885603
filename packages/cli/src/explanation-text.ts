import type { ExplainedDay, Explanation, SliceExplanation } from '@penumbra/evaluator/explain';
import { countOf, formatCount, formatPercent, formatPerRecord } from '@penumbra/report/money';
import { sentence, stageName, verdictText } from '@penumbra/report/words';
import { clean, wrap } from './summary-text.ts';

export interface ExplanationOptions {
  readonly simulated: boolean;
  readonly everyDay: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

const LABEL = 12;
const NEWEST_DAYS = 3;
const WIDEST = 120;

/** A review explained, line by line: for each slice the decision, its rule, the numbers, the next step, the sources. */
export function explanationText(explained: Explanation, options: ExplanationOptions): string[] {
  const { deployment, asOf, definitionVersion, held, slices } = explained;
  const width = Math.min(WIDEST, Math.max(60, options.width));
  return [
    `${deployment}, review as of ${asOf}, definition ${definitionVersion}`,
    ...(options.simulated
      ? wrap(
          'A trial: nobody was served. The pairing of both decisions on the same records is what it is; arms and percentages are what they would have been.',
          width,
        )
      : []),
    ...slices.flatMap((slice) => ['', ...sliceLines(slice, explained, options.everyDay, width)]),
    ...(held.length === 0 ? [] : ['', ...heldLines(held, width)]),
  ];
}

function sliceLines(
  slice: SliceExplanation,
  { currency }: Explanation,
  everyDay: boolean,
  width: number,
): string[] {
  const { action, from, to, rule, setting, reasons, next, days } = slice;
  const verb = { promote: 'promoted', hold: 'held', 'roll-back': 'rolled back' }[action];
  const where =
    action === 'hold'
      ? `at ${formatPercent(to.percent)} (${to.stage === 0 ? 'shadow' : `stage ${to.stage}`})`
      : `from ${formatPercent(from.percent)} to ${formatPercent(to.percent)}`;
  const line = (label: string, text: string) => labelled(label, clean(text), width);
  return [
    `${slice.slice}: ${verb} ${where}`,
    ...line('Rule', setting ? `${rule} (${setting.field} = ${valueText(setting.value)})` : rule),
    ...reasons.flatMap((reason, index) => line(index === 0 ? 'Because' : '', sentence(reason))),
    ...numberLines(slice, currency).flatMap((text, index) => line(index === 0 ? 'Numbers' : '', text)),
    ...line('Next step', nextText(next)),
    ...daysLines(days, currency, everyDay).flatMap((text, index) => line(index === 0 ? 'From' : '', text)),
  ];
}

function numberLines({ evidence, threshold }: SliceExplanation, currency: string): string[] {
  const money = (value: number | null) =>
    value === null ? 'none yet' : formatPerRecord(value, currency, { signed: true });
  const { meanDifference, lowerBound, upperBound, verdict, alpha, harmAlpha, effectiveDays, matureDays } =
    evidence;
  if (meanDifference === null) return [verdictText(verdict)];
  const worth =
    effectiveDays === null || evidence.autocorrelation === null
      ? ''
      : `, worth ${effectiveDays.toFixed(1)} independent ones (autocorrelation ${evidence.autocorrelation.toFixed(2)})`;
  const { stage, arms, sampleRatio, reported, guardrails = [] } = evidence;
  return [
    `${verdictText(verdict)}: mean ${money(meanDifference)} a record; lower bound ${money(lowerBound)}, which must be above ${money(threshold)}; upper bound ${money(upperBound)}, harm if below it`,
    `${countOf(matureDays, 'mature day')}${worth}; alpha ${alpha ?? ''}${harmAlpha === undefined ? '' : `, ${Number(harmAlpha.toPrecision(3))} for each bound that can roll back`}`,
    ...(stage
      ? [
          `this stage: ${countOf(stage.matureDays, 'mature day')}, ${formatCount(stage.rows)} records, mean ${money(stage.meanDifference)}, bounds ${money(stage.lowerBound)} and ${money(stage.upperBound)}`,
        ]
      : []),
    ...(arms
      ? [
          `arms: ${formatCount(arms.challengerRows)} against ${formatCount(arms.controlRows)} records in ${countOf(arms.days, 'day')}, difference ${money(arms.difference)} after ${money(arms.baseline)} that the same units differed by in shadow, bounds ${money(arms.lowerBound)} and ${money(arms.upperBound)}`,
        ]
      : []),
    ...(sampleRatio
      ? [
          `units: ${formatCount(sampleRatio.challengerUnits)} and ${formatCount(sampleRatio.controlUnits)}, ${formatPercent(100 * sampleRatio.expectedShare)} expected in the first; e-value ${Number(sampleRatio.eValue.toPrecision(3))}, held from 1,000`,
        ]
      : []),
    ...(reported
      ? [
          `reports: ${formatCount(reported.units)} units on ${reported.date}, ${formatCount(reported.mismatches)} of them in another arm than the log gives; e-value ${Number(reported.eValue.toPrecision(3))}, held from 1,000`,
        ]
      : []),
    ...guardrails.map(
      ({ metric, margin, mean, lowerBound: low, upperBound: high, verdict: found }) =>
        `guardrail ${metric}: ${verdictText(found)}, mean ${plain(mean)}, bounds ${plain(low)} and ${plain(high)}, margin ${margin}`,
    ),
  ];
}

function nextText({ stage, percent, missing }: SliceExplanation['next']): string {
  if (stage === null || percent === null) return 'none: the last stage is reached, and the watch goes on';
  const step = `to ${formatPercent(percent)} (stage ${stageName(stage, stage)})`.replace(/ of \d+\)/, ')');
  return missing.length === 0
    ? `${step}: nothing is missing; the next review may take it`
    : `${step} needs ${missing.join('; ')}`;
}

function daysLines(days: readonly ExplainedDay[], currency: string, everyDay: boolean): string[] {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return ['no day'];
  const shown = everyDay ? days : days.slice(-NEWEST_DAYS);
  const rest = days.length - shown.length;
  return [
    `${countOf(days.length, 'day')}, ${first.date} to ${last.date}${rest > 0 ? `; the newest ${shown.length} (--days shows all)` : ''}`,
    ...shown.map(
      ({ date, rows, meanDifference, job, predictions, metrics, restated }) =>
        `${date}: ${formatCount(rows)} records, ${formatPerRecord(meanDifference, currency, { signed: true })}; ` +
        `${job === null ? `predictions ${predictions.join(', ')}` : `job ${job}`}; ` +
        `${metrics ? `${metrics.key} (sha256 ${metrics.sha256.slice(0, 12)}…)` : 'no metric state'}` +
        `${restated === null ? '' : `; corrected as of ${restated}, shown only`}`,
    ),
  ];
}

function heldLines(held: Explanation['held'], width: number): string[] {
  return [
    `${countOf(held.length, 'day')} old enough, and no evidence:`,
    ...held.flatMap(({ date, reason }) => labelled(date, sentence(clean(reason)), width)),
  ];
}

function labelled(label: string, text: string, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width - LABEL - 2);
  return [`  ${label.padEnd(LABEL)}${first}`, ...rest.map((line) => `  ${' '.repeat(LABEL)}${line}`)];
}

const plain = (value: number | null) => (value === null ? 'none yet' : String(Number(value.toPrecision(3))));
const valueText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
