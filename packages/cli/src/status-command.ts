import { type Result, success } from '@penumbra/core/problem';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { viewDeployment } from '@penumbra/functions/api/deployment-view';
import type { Command } from 'commander';
import { EXIT } from './exit-code.ts';
import { meantBy } from './recorded-deployment.ts';
import { ask, type Remote, type RemoteOptions, withRemoteOptions } from './remote.ts';
import { type DeploymentStatus, type DeploymentView, statusOf } from './status-of.ts';
import { statusLines } from './status-text.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface StatusOptions extends TargetOptions, RemoteOptions {
  readonly json?: boolean;
}

/** Wires `penumbra status`. */
export function addStatusCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(withRemoteOptions(program.command('status')))
    .description('Where a deployment stands: each slice with its percentage, its numbers and its next step.')
    .argument('<deployment>', 'name of the deployment, or the folder or data directory of a trial')
    .option('--json', 'print one JSON document instead of a table')
    .addHelpText(
      'after',
      `
Examples:
  penumbra status examples/flight-delays
  penumbra status flight-delays --url https://penumbra.example.com --json
${TARGET_HELP}

Exit codes: 0 done · 1 no such deployment, or no access · 2 unknown command or option.`,
    )
    .action(async (deployment: string, options: StatusOptions) => finish(await status(deployment, options)));
}

async function status(asked: string, { url, key, json, ...options }: StatusOptions): Promise<number> {
  const tell = (found: DeploymentStatus): number => {
    if (json) printJson(found);
    else for (const line of statusLines(found)) printLine(line);
    return EXIT.success;
  };
  if (url !== undefined) {
    const found = await remoteStatus({ url, key }, asked);
    return found.ok ? tell(found.value) : reportProblems(found.problems);
  }
  const { where, deployment } = await meantBy(asked, options);
  return withTarget(where, {}, async ({ pipeline }) => {
    const registered = await pipeline.rollouts(deployment);
    return tell(statusOf(viewDeployment(registered), registered.state.lastReview));
  });
}

async function remoteStatus(remote: Remote, deployment: string): Promise<Result<DeploymentStatus>> {
  const path = `/v1/deployments/${encodeURIComponent(deployment)}`;
  const view = await ask(remote, path);
  if (!view.ok) return view;
  const reviews = await ask(remote, `${path}/reviews?limit=1`);
  if (!reviews.ok) return reviews;
  const page = reviews.value.body as { readonly reviews: readonly { readonly data: RolloutReview }[] };
  return success(statusOf(view.value.body as DeploymentView, page.reviews[0]?.data));
}
