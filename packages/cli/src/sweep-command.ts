import { sweep, viewOf } from '@penumbra/core/pipeline/sweep';
import { type Finding, planSweep } from '@penumbra/core/pipeline/sweep-plan';
import type { Command } from 'commander';
import { EXIT } from './exit-code.ts';
import { instant } from './instant.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, withTarget } from './with-target.ts';

interface SweepOptions extends TargetOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly at?: string;
}

/** Wires `penumbra sweep`. */
export function addSweepCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('sweep'))
    .description('Find days that are stuck or never became ready, and send their next action again.')
    .argument('<deployment>', 'name of the deployment')
    .option('--dry-run', 'say what is stuck, and send nothing')
    .option('--at <time>', "as if it were this time: a trial's days are long past", instant)
    .option('--json', 'print one JSON document instead of sentences')
    .addHelpText(
      'after',
      `
Examples:
  penumbra sweep flight-delays --dry-run
  penumbra sweep flight-delays --trial examples/flight-delays --at 2001-02-20T12:00:00Z
${TARGET_HELP}

On AWS a schedule does the same every hour. Exit codes: 0 done · 1 no such deployment or trial · 2 unknown command or
option.`,
    )
    .action(async (deployment: string, options: SweepOptions) => finish(await run(deployment, options)));
}

function run(deployment: string, { dryRun, json, at, ...where }: SweepOptions): Promise<number> {
  return withTarget(where, {}, async (target) => {
    const pipeline = at === undefined ? target.pipeline : { ...target.pipeline, now: () => at };
    const findings = dryRun
      ? planSweep(await viewOf(pipeline, deployment))
      : await sweep(pipeline, { deployment });
    if (json) printJson({ deployment, findings });
    else {
      for (const finding of findings) printLine(sentence(finding, dryRun ?? false));
      printLine(findings.length === 0 ? 'nothing is stuck' : `${findings.length} found`);
    }
    return EXIT.success;
  });
}

function sentence({ kind, date, what, message }: Finding, dryRun: boolean): string {
  const again = message ? `; ${dryRun ? 'would go' : 'sent'} to ${message.queue} again` : '';
  return `${date} ${kind}: ${what}${again}`;
}
