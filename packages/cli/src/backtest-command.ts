import { readFile } from 'node:fs/promises';
import type { Definition } from '@penumbra/core/definition';
import { parseDefinition } from '@penumbra/core/definition';
import type { Policy } from '@penumbra/core/policy-schema';
import { failure, type Result, success } from '@penumbra/core/problem';
import { backtest } from '@penumbra/evaluator/backtest';
import type { RecordedLog } from '@penumbra/evaluator/recorded-log';
import type { Command } from 'commander';
import { backtestText } from './backtest-text.ts';
import { EXIT } from './exit-code.ts';
import { withRecorded } from './recorded-deployment.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems } from './with-target.ts';

interface BacktestOptions extends TargetOptions {
  readonly policy: string;
  readonly json?: boolean;
}

/** Wires `penumbra backtest`. */
export function addBacktestCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('backtest'))
    .description('What another policy would have decided on the recorded evidence. Changes nothing.')
    .argument('<deployment>', 'name of the deployment, or the folder or data directory of a trial')
    .requiredOption('--policy <file>', 'JSON of the other policy, or a definition that has it')
    .option('--json', 'print one JSON document instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  penumbra backtest examples/flight-delays --policy examples/policies/canary.json
  echo '{ "onUnproven": "skip" }' > skip.json && penumbra backtest flight-delays --policy skip.json
${TARGET_HELP}

Exit codes: 0 done · 1 no such deployment, or a policy that cannot be read · 2 unknown command or option`,
    )
    .action(async (deployment: string, options: BacktestOptions) =>
      finish(await backtestCommand(deployment, options)),
    );
}

function backtestCommand(asked: string, { policy: file, json, ...where }: BacktestOptions): Promise<number> {
  return withRecorded(asked, where, async ({ log, simulated }) => {
    const policy = await readPolicy(file, log);
    if (!policy.ok) return reportProblems(policy.problems);
    const found = backtest(log, policy.value);
    if (json) printJson({ ...found, simulated });
    else for (const line of backtestText(found, simulated, process.stdout.columns ?? 100)) printLine(line);
    return EXIT.success;
  });
}

/** Read within the recorded definition, because a policy is valid only beside its task. */
async function readPolicy(file: string, { rollout }: RecordedLog): Promise<Result<Policy>> {
  const text = await readFile(file, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) {
    return failure({ where: file, what: text.message, remedy: 'Give a file with a policy as JSON' });
  }
  const definition = rollout.reduce<Definition | undefined>(
    (found, { type, data }) =>
      type === 'DeploymentRegistered' || type === 'DefinitionRevised' ? data.definition : found,
    undefined,
  );
  try {
    const json: unknown = JSON.parse(text);
    const policy = typeof json === 'object' && json !== null && 'policy' in json ? json.policy : json;
    const parsed = parseDefinition({ ...definition, policy }, file);
    return parsed.ok ? success(parsed.value.policy) : parsed;
  } catch (error) {
    return failure({
      where: file,
      what: `this is not JSON: ${(error as Error).message}`,
      remedy: 'Mend the syntax there',
    });
  }
}
