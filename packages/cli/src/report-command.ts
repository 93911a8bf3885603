import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CalendarDate } from '@penumbra/core/calendar';
import type { History } from '@penumbra/core/history';
import { recordedEvents } from '@penumbra/core/pipeline/recorded-events';
import { historyOf } from '@penumbra/evaluator/history';
import { renderReport } from '@penumbra/report/report';
import type { Command } from 'commander';
import { date } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { printPdf } from './print-pdf.ts';
import { meantBy } from './recorded-deployment.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface ReportOptions extends TargetOptions {
  readonly asOf?: CalendarDate;
  readonly out?: string;
  readonly pdf?: string;
  readonly json?: boolean;
}

/** Wires `penumbra report`. */
export function addReportCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('report'))
    .description('Write a deployment down for people without access: one HTML file that needs nothing else.')
    .argument('<deployment>', 'name of the deployment, or the folder or data directory of a trial')
    .option('--as-of <date>', 'as it was known with the review of that date (default: the last one)', date)
    .option('--out <file>', 'where the HTML goes (default: <deployment>-report.html)')
    .option('--pdf <file>', 'print it as PDF too, by the Chromium or Chrome of this machine')
    .option('--json', 'print what the report is made of, as one JSON document, and write nothing')
    .addHelpText(
      'after',
      `
Examples:
  penumbra report examples/flight-delays
  penumbra report flight-delays --as-of 2001-03-20 --out march.html --pdf march.pdf
${TARGET_HELP}

Exit codes: 0 done · 1 no such deployment, or no browser to print with · 2 unknown command or option.`,
    )
    .action(async (deployment: string, options: ReportOptions) => finish(await report(deployment, options)));
}

async function report(asked: string, { asOf, out, pdf, json, ...options }: ReportOptions): Promise<number> {
  const { where, deployment } = await meantBy(asked, options);
  return withTarget(where, {}, async ({ pipeline, simulated }) => {
    const history = historyOf(await recordedEvents(pipeline.log, deployment), asOf);
    if (!history) return reportProblems([nothingYet(deployment)]);
    if (json) {
      printJson({ ...history, simulated });
      return EXIT.success;
    }
    return write(history, { simulated, out: out ?? `${deployment}-report.html`, pdf });
  });
}

async function write(
  history: History,
  {
    simulated,
    out,
    pdf,
  }: { readonly simulated: boolean; readonly out: string; readonly pdf: string | undefined },
): Promise<number> {
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, renderReport(history, { simulated }));
  printLine(out);
  if (pdf === undefined) return EXIT.success;
  await mkdir(dirname(pdf), { recursive: true });
  const problem = await printPdf(out, pdf);
  if (problem) return reportProblems([problem]);
  printLine(pdf);
  return EXIT.success;
}

const nothingYet = (deployment: string) => ({
  where: deployment,
  what: 'the log registers no deployment',
  remedy: 'Register it with penumbra deployment register, or run penumbra trial first',
});
