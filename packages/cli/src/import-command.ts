import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { lineReader } from '@penumbra/core/log-line';
import { importEvent } from '@penumbra/core/pipeline/import-log';
import { rebuild } from '@penumbra/core/pipeline/rebuild';
import type { Problem } from '@penumbra/core/problem';
import type { Command } from 'commander';
import { EXIT } from './exit-code.ts';
import { linesFromParquet } from './parquet-log.ts';
import { rateProgress } from './rate-progress.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface ImportOptions extends TargetOptions {
  readonly json?: boolean;
}

/** Problems that are told at once. */
const MOST_PROBLEMS = 20;

/** Wires `penumbra import`. */
export function addImportCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('import'))
    .description(
      'Load an exported log, and project it. The whole file is checked before anything is written.',
    )
    .argument('<file>', 'JSON lines, or Parquet where the name ends in .parquet')
    .option('--json', 'print one JSON document instead of sentences')
    .addHelpText(
      'after',
      `
Examples:
  penumbra import flight-delays.jsonl --data-dir elsewhere
  penumbra import flight-delays.parquet --data-dir elsewhere
${TARGET_HELP}

An empty or new directory becomes a data directory. Events that are there already are skipped; another event in the
same place ends the import. Exit codes: 0 done · 1 the file is no log, or of another one · 2 unknown command or option ·
130 stopped by Ctrl-C: the same command goes on.`,
    )
    .action(async (file: string, options: ImportOptions) => finish(await importLog(file, options)));
}

async function importLog(file: string, { json, ...where }: ImportOptions): Promise<number> {
  const checked = await check(file);
  if (checked.problems.length > 0) return reportProblems(checked.problems);
  return withTarget(where, { create: true }, async (target, signal) => {
    const { pipeline, projections } = target;
    const progress = rateProgress(process.stderr, 'events', checked.events);
    const counts = { imported: 0, there: 0 };
    const read = lineReader();
    let line = 0;
    for await (const text of linesOf(file)) {
      if (signal.aborted) break;
      line += 1;
      const event = read(text, { where: file, line });
      // A file that changes between two readings.
      if (!event.ok) return reportProblems(event.problems);
      counts[await importEvent(pipeline, event.value)] += 1;
      progress.update(line, event.value.stream);
    }
    progress.stop();
    if (!signal.aborted) {
      for (const deployment of checked.deployments)
        await rebuild({ log: pipeline.log, documents: pipeline.documents, projections }, deployment);
    }
    const { deployments } = checked;
    if (json) printJson({ deployments, ...counts });
    else
      printLine(
        `${counts.imported} events imported, ${counts.there} were there already: ${deployments.join(', ')}`,
      );
    return EXIT.success;
  });
}

interface Checked {
  readonly events: number;
  readonly deployments: readonly string[];
  readonly problems: readonly Problem[];
}

async function check(file: string): Promise<Checked> {
  const unreadable = (what: string): Checked => ({
    events: 0,
    deployments: [],
    problems: [{ where: file, what, remedy: 'Give a file that penumbra export wrote' }],
  });
  try {
    if (!(await stat(file)).isFile()) return unreadable('this is no file');
    const read = lineReader();
    const deployments = new Set<string>();
    const problems: Problem[] = [];
    let events = 0;
    for await (const text of linesOf(file)) {
      events += 1;
      const event = read(text, { where: file, line: events });
      if (event.ok) deployments.add(event.value.deployment);
      else problems.push(...event.problems);
      if (problems.length >= MOST_PROBLEMS) break;
    }
    return events === 0
      ? unreadable('it holds no event')
      : { events, deployments: [...deployments], problems };
  } catch (error) {
    return unreadable((error as Error).message);
  }
}

async function* linesOf(file: string): AsyncIterable<string> {
  if (file.endsWith('.parquet')) yield* await linesFromParquet(file);
  else yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}
