import type { History } from '@penumbra/core/history';
import { assumptions } from './assumptions.ts';
import { calibrationChart } from './calibration-figure.ts';
import { coverageChart } from './coverage-figure.ts';
import { dailyChart, heldDays } from './daily-figure.ts';
import { decisionLog } from './decision-log.ts';
import type { ReportDocument } from './document.ts';
import { driftChart } from './drift-figure.ts';
import { errorsSection } from './errors-tables.ts';
import { evidenceFigure } from './evidence-figure.ts';
import { exposureChart } from './exposure-figure.ts';
import { type Findings, findings } from './findings.ts';
import { headline } from './headline.ts';
import { type Html, html } from './html.ts';
import { formatCount, formatMoney, formatPercent, formatPerRecord } from './money.ts';
import { moneyChart } from './money-figure.ts';
import { type Chart, figureOf } from './plot.ts';
import { scoresChart } from './scores-figure.ts';
import { slicesTable } from './slices-table.ts';
import { STYLE } from './style.ts';

const SIMULATED =
  'Every record was scored in shadow: the incumbent decided all of them, and both arms are judged on the same outcomes.';
const SERVED =
  'Every record was scored by the challenger, whoever decided it: both arms are judged on the same records and outcomes.';
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export interface ReportOptions {
  /** Of a trial: nobody was served. */
  readonly simulated?: boolean;
}

/**
 * Renders a trial's result, or a deployment's history, as one HTML page that needs nothing else: no script, no font,
 * no network. The same document gives the same bytes.
 */
export function renderReport(
  document: ReportDocument | History,
  { simulated = true }: ReportOptions = {},
): string {
  const found = findings(document);
  const page = html`${{ html: '<!doctype html>' }}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.deployment}: ${simulated ? 'trial' : 'shadow deployment'} as of ${document.asOf}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
${opening(document, found, simulated)}
${section('slices', 'Where it stands', slicesTable(document), html`Next, see <a href="#evidence">how the proof grew</a>, and whether a lower bound that still lies below zero is on its way up.`)}
${section('evidence', 'What the days say', html`${chart(dailyChart(document, found), 'No day has a difference to show yet.')}${heldDays(found)}${evidenceFigure(document)}`, html`Next, see <a href="#traffic">which traffic</a> each promotion gave.`)}
${section('traffic', 'Which traffic it got', figureOf(exposureChart(document)), html`Next, see <a href="#money">what it is worth</a> in money.`)}
${section('money', 'What it is worth', html`${chart(moneyChart(document, found))}${errorsSection(document)}`, html`Next, see <a href="#log">the decisions</a> and the numbers that each one rested on.`)}
${'scores' in document ? section('outcomes', 'How good its scores are', outcomesAndScores(document), html`Next, see <a href="#log">the decisions</a> and the numbers that each one rested on.`) : null}
${section('log', 'What was decided, and why', decisionLog(document), html`Next, check <a href="#assumed">what was assumed</a>: another pay-off is another verdict.`)}
${section('assumed', 'What was assumed', html`${certificate(document)}${assumptions(document)}`, html`Is an assumption wrong? Correct it in the definition, and run the trial again.`)}
</main>
<footer>Records of ${document.from} to ${document.to}${place(document)}.</footer>
</body>
</html>
`;
  return page.html;
}

const chart = (of: Chart | null, empty?: string): Html | null =>
  of ? figureOf(of) : empty === undefined ? null : html`<p class="empty">${empty}</p>`;

function section(id: string, title: string, content: Html, look: Html): Html {
  return html`<section id="${id}"><h2>${title}</h2>\n${content}\n<p class="look">${look}</p></section>\n`;
}

function opening(document: ReportDocument, found: Findings, simulated: boolean): Html {
  const { verdict, money, traffic, next } = headline(document, found);
  const { definition } = document;
  return html`<header>
<h1>${document.deployment}: shadow ${simulated ? 'trial' : 'deployment'}, ${document.from} to ${document.to}</h1>
${definition.description === '' ? null : html`<p class="about">${definition.description}</p>`}
<p class="verdict">${verdict}</p>
${tiles(document, found)}
<div class="lead">
<p><strong>Money.</strong> ${money}</p>
<p><strong>Traffic.</strong> ${traffic}</p>
<p><strong>What happens next.</strong> ${next}</p>
<p class="note">${simulated ? SIMULATED : SERVED}</p>
</div>
</header>`;
}

function tiles({ currency, days }: ReportDocument, { gain, traffic, mature }: Findings): Html {
  const none = '–';
  const entries: readonly (readonly [string, string])[] = [
    [
      gain ? formatPerRecord(gain.perRecord, currency, { signed: true }) : none,
      'per record, against the incumbent',
    ],
    [gain ? formatMoney(gain.perDay, currency, { signed: true }) : none, 'per day, against the incumbent'],
    [traffic === null ? none : formatPercent(traffic), 'of the records decided by the challenger'],
    [formatCount(mature.length), `days of evidence, of ${formatCount(days.length)} with records`],
  ];
  return html`<dl class="tiles">${entries.map(([value, label]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function outcomesAndScores(history: History): Html {
  const { task, outcomes } = history.definition;
  const { scores } = history;
  const threshold = task.type === 'binary-classification' ? task.threshold : null;
  return html`${chart(coverageChart(history.days, outcomes), 'No day has been looked at yet.')}${
    scores
      ? html`${chart(calibrationChart(scores, outcomes.label))}${chart(scoresChart(scores, threshold))}${chart(driftChart(history))}`
      : null
  }`;
}

/** What the percentages rest on, and the digest that it can be checked by. */
function certificate({ rollout }: ReportDocument): Html | null {
  if (!rollout.certificate) return null;
  const { reviewId, sha256 } = rollout.certificate;
  return html`<h3>Certificate</h3><dl class="facts"><dt>Review that set the percentages</dt><dd>${reviewId}</dd><dt>SHA-256 of its canonical JSON (RFC 8785)</dt><dd class="digest">${sha256}</dd></dl>`;
}

const place = (document: ReportDocument | History): Html | null =>
  'dataDir' in document ? html`; log, metrics and decisions lie in ${document.dataDir}` : null;
