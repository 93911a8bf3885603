import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline as flow } from 'node:stream/promises';
import type { EventLog } from '@penumbra/core/event-log';
import { toLine } from '@penumbra/core/log-line';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import type { Command } from 'commander';
import { EXIT } from './exit-code.ts';
import { linesToParquet } from './parquet-log.ts';
import { rateProgress } from './rate-progress.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { withTarget } from './with-target.ts';

interface ExportOptions extends TargetOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** Wires `penumbra export`. */
export function addExportCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('export'))
    .description('Write the log of a deployment as JSON lines, or as Parquet: one event a line or row.')
    .argument('<deployment>', 'name of the deployment')
    .option(
      '--out <file>',
      'file to write, Parquet where it ends in .parquet (default: JSON lines to standard output)',
    )
    .option('--json', 'JSON lines, which is what there is without it too')
    .addHelpText(
      'after',
      `
Examples:
  penumbra export flight-delays --trial examples/flight-delays --out flight-delays.jsonl
  penumbra export flight-delays --trial examples/flight-delays --out flight-delays.parquet
  penumbra export flight-delays --trial examples/flight-delays | jq .type | sort | uniq -c
${TARGET_HELP}

The same log gives the same bytes. Exit codes: 0 done · 1 no such deployment · 2 unknown command or option ·
130 stopped by Ctrl-C: a file appears only when it is whole.`,
    )
    .action(async (deployment: string, options: ExportOptions) =>
      finish(await exportLog(deployment, options)),
    );
}

function exportLog(deployment: string, { out, json: _, ...where }: ExportOptions): Promise<number> {
  return withTarget(where, {}, async ({ pipeline: { log } }, signal) => {
    let count = 0;
    // Events on standard output are the result; whoever reads them sees how it goes on.
    const progress = out === undefined ? undefined : rateProgress(process.stderr, 'events');
    const counted = async function* () {
      for await (const line of linesOf(log, deployment)) {
        if (signal.aborted) return;
        count += 1;
        progress?.update(count);
        yield line;
      }
      if (count === 0) throw new UnknownDeployment(deployment);
    };
    if (out === undefined) {
      for await (const line of counted()) await written(`${line}\n`);
      return EXIT.success;
    }
    const part = `${out}.part`;
    try {
      if (out.endsWith('.parquet')) await linesToParquet(counted(), part);
      else await flow(Readable.from(withLineEnds(counted())), createWriteStream(part));
      if (!signal.aborted) await rename(part, out);
    } finally {
      progress?.stop();
      await rm(part, { force: true });
    }
    process.stderr.write(`${count.toLocaleString('en')} events\n`);
    return EXIT.success;
  });
}

async function* linesOf(log: EventLog, deployment: string): AsyncIterable<string> {
  for await (const event of log.replay(deployment)) yield toLine(event);
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** Waits for a reader that is slower than the log. */
const written = (text: string) =>
  new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
