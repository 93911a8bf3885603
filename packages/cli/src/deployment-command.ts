import type { CalendarDate } from '@penumbra/core/calendar';
import { checkModel } from '@penumbra/core/pipeline/check-model';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import { register } from '@penumbra/core/pipeline/register';
import { revise } from '@penumbra/core/pipeline/revise';
import { describeProblem, failure, type Result } from '@penumbra/core/problem';
import { viewDeployment } from '@penumbra/functions/api/deployment-view';
import { readDefinition } from '@penumbra/local/definition-file';
import type { Command } from 'commander';
import { date } from './arguments.ts';
import { deploymentLines, deploymentTable } from './deployment-text.ts';
import {
  DEPLOYMENTS_HELP,
  type DeploymentsOptions,
  type DeploymentsTarget,
  openDeployments,
  withDeploymentsOptions,
} from './deployments-target.ts';
import { EXIT } from './exit-code.ts';
import { printJson, printLine, reportProblems } from './with-target.ts';

interface Options extends DeploymentsOptions {
  readonly json?: boolean;
}
interface RegisterOptions extends Options {
  readonly startDate?: CalendarDate;
}

/** Wires `penumbra deployment register|revise|list|show`. */
export function addDeploymentCommand(program: Command, finish: (exitCode: number) => void): void {
  const deployment = program
    .command('deployment')
    .description('Deployments on AWS: registered, revised and looked at as data, without a deploy.')
    .addHelpText('after', help(['deployment list', 'deployment register my-model/penumbra.json']));
  const command = (name: string, ...examples: string[]) =>
    withDeploymentsOptions(deployment.command(name))
      .option('--json', 'print one JSON document instead of sentences')
      .addHelpText('after', help(examples));

  command(
    'register',
    'deployment register my-model/penumbra.json',
    'deployment register penumbra.json --start-date 2026-01-01 --table my-table --job-name-prefix penumbra-production',
  )
    .description(
      'Register a deployment, once its SageMaker model is found to be there and to fit. All in shadow.',
    )
    .argument('<definition>', 'file of the definition, such as penumbra.json')
    .option('--start-date <date>', 'first date of records that belongs to it (default: today, in UTC)', date)
    .action(async (file: string, options: RegisterOptions) =>
      finish(await onStage(options, (target) => registerFile(target, file, options))),
    );
  command('revise', 'deployment revise my-model/penumbra.json')
    .description('Revise the definition of a deployment. What was decided under the earlier one stays.')
    .argument('<definition>', 'file of the definition')
    .action(async (file: string, options: Options) =>
      finish(await onStage(options, (target) => reviseFile(target, file, options))),
    );
  command('list', 'deployment list')
    .description('List the deployments of a stage, each with where it stands.')
    .action(async (options: Options) => finish(await onStage(options, (target) => list(target, options))));
  command('show', 'deployment show flight-delays', 'deployment show flight-delays --json')
    .description('Show a deployment: its definition, and where each slice stands.')
    .argument('<deployment>', 'name of the deployment')
    .action(async (name: string, options: Options) =>
      finish(await onStage(options, (target) => show(target, name, options))),
    );
}

const help = (examples: readonly string[]) => `
Examples:
${examples.map((example) => `  penumbra ${example}`).join('\n')}
${DEPLOYMENTS_HELP}

Exit codes: 0 done, or done already · 1 a definition or model that does not fit, no such deployment, or no access · 2
unknown command or option.`;

/** What AWS refuses for reasons that a person can mend; everything else is a failure of ours. */
const REFUSALS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'Correct --table, --region or the account: there is no such table',
  AccessDeniedException: 'Attach the policy DeploymentOperator of the stage to your role',
  UnrecognizedClientException: 'Use credentials of the account of the stage',
  ExpiredTokenException: 'Sign in to AWS again',
  CredentialsProviderError: 'Sign in to AWS, or set AWS_PROFILE',
};

async function onStage(
  options: DeploymentsOptions,
  work: (target: DeploymentsTarget) => Promise<number>,
): Promise<number> {
  const target = openDeployments(options);
  if (!target.ok) return reportProblems(target.problems);
  try {
    return await work(target.value);
  } catch (error) {
    const { name, message } = error as Error;
    if (error instanceof UnknownDeployment) {
      const remedy = 'See penumbra deployment list for what there is, or register it first';
      return reportProblems([{ where: error.deployment, what: 'there is no such deployment', remedy }]);
    }
    const remedy = REFUSALS[name];
    if (remedy === undefined) throw error;
    return reportProblems([{ where: 'AWS', what: `${name}: ${message}`, remedy }]);
  }
}

const MISSING = 'Give the file of a definition; docs/definition.md says what it holds';

async function fittingDefinition(target: DeploymentsTarget, file: string) {
  const definition = await readDefinition(file, MISSING);
  if (!definition.ok) return definition;
  const fits = await checkModel(target.models, definition.value, target);
  return fits.ok ? definition : within(file, fits);
}

/** The problems of a definition's fields, told with the file that they are in. */
const within = (file: string, result: Result<unknown> & { ok: false }): Result<never> =>
  failure(...result.problems.map((problem) => ({ ...problem, where: `${file}: ${problem.where}` })));

async function registerFile(
  target: DeploymentsTarget,
  file: string,
  { startDate = target.now().slice(0, 10), json }: RegisterOptions,
): Promise<number> {
  const definition = await fittingDefinition(target, file);
  if (!definition.ok) return reportProblems(definition.problems);
  const { deployment } = definition.value;
  const { appended, nothing, state } = await register(target, { definition: definition.value, startDate });
  if (json) printJson({ deployment, registered: appended !== undefined, startDate: state.startDate });
  else if (appended) {
    printLine(`${deployment} is registered, in shadow; its records count from ${startDate} on`);
  } else printLine(`${deployment}: ${nothing}`);
  return EXIT.success;
}

async function reviseFile(target: DeploymentsTarget, file: string, { json }: Options): Promise<number> {
  const definition = await fittingDefinition(target, file);
  if (!definition.ok) return reportProblems(definition.problems);
  const { deployment } = definition.value;
  const { actor } = target;
  const { appended, nothing, state } = await revise(target, { definition: definition.value, actor });
  const { definitionVersion } = state;
  if (json) printJson({ deployment, revised: appended !== undefined, definitionVersion });
  else if (appended) printLine(`${deployment} has definition ${definitionVersion} now`);
  else printLine(`${deployment}: ${nothing}; it has definition ${definitionVersion}`);
  return EXIT.success;
}

async function list(target: DeploymentsTarget, { json }: Options): Promise<number> {
  const names = await target.deployments.list();
  const found = await Promise.all(names.map((name) => viewOf(target, name)));
  const deployments = found.filter((view) => view !== undefined);
  const halfway = names.filter((_, index) => found[index] === undefined);
  if (json) printJson({ deployments, halfway });
  else {
    printLine(deployments.length === 0 ? 'no deployment is registered' : deploymentTable(deployments));
    for (const name of halfway) printLine(`${name}: its registration ended halfway; register it again`);
  }
  return EXIT.success;
}

/** undefined where a name is listed, and its first event was never written. */
const viewOf = async (target: DeploymentsTarget, name: string) =>
  target.rollouts(name).then(viewDeployment, (error: unknown) => {
    if (error instanceof UnknownDeployment) return undefined;
    throw error;
  });

async function show(target: DeploymentsTarget, name: string, { json }: Options): Promise<number> {
  const view = viewDeployment(await target.rollouts(name));
  const fits = await checkModel(target.models, view.definition, target);
  const problems = fits.ok ? [] : fits.problems;
  if (json) printJson({ ...view, problems });
  else {
    for (const line of deploymentLines(view)) printLine(line);
    for (const problem of problems) printLine(`  ${describeProblem(problem)}`);
  }
  return EXIT.success;
}
