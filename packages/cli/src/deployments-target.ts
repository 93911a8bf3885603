import { userInfo } from 'node:os';
import type { Actor } from '@penumbra/core/envelope';
import { failure, type Result, success } from '@penumbra/core/problem';
import { type ComposedDeployments, composeDeployments } from '@penumbra/functions/deployments-composition';
import type { Command } from 'commander';
import { stageIn } from './stage.ts';

/** Where deployments are registered: the stage of `sst shell`, or what the flags say. */
export interface DeploymentsOptions {
  readonly table?: string;
  readonly jobNamePrefix?: string;
  readonly role?: string;
  readonly region?: string;
}

export const withDeploymentsOptions = (command: Command): Command =>
  command
    .option('--table <name>', 'DynamoDB table of the stage (default: that of sst shell, or TABLE_NAME)')
    .option('--job-name-prefix <prefix>', 'what its transform jobs are called (default: as above)')
    .option('--role <arn>', 'role that its models run as (default: as above)')
    .option('--region <region>', "region of the stage (default: the AWS SDK's)");

export const DEPLOYMENTS_HELP = `
Works on AWS, with the credentials of the AWS SDK. The stage is the one of \`npx sst shell --stage <stage> -- penumbra …\`;
elsewhere --table and --job-name-prefix say which it is.`;

export interface DeploymentsTarget extends ComposedDeployments {
  readonly actor: Actor;
  readonly jobNamePrefix: string;
  readonly stageRole: string | undefined;
}

/** Opens the registry of a stage. */
export function openDeployments(options: DeploymentsOptions): Result<DeploymentsTarget> {
  const stage = stageIn(process.env);
  if (!stage.ok) return stage;
  const table = options.table ?? stage.value?.table ?? process.env.TABLE_NAME;
  const jobNamePrefix = options.jobNamePrefix ?? stage.value?.jobNamePrefix ?? process.env.JOB_NAME_PREFIX;
  if (!table || !jobNamePrefix) {
    return failure({
      where: table ? '--job-name-prefix' : '--table',
      what: 'it is not known which stage is meant',
      remedy: 'Run the command in npx sst shell --stage <stage> --, or give --table and --job-name-prefix',
    });
  }
  // The clients of the AWS SDK look for their region in the environment of the process.
  if (options.region !== undefined) process.env.AWS_REGION = options.region;
  return success({
    ...composeDeployments(table),
    actor: { kind: 'person', name: userInfo().username },
    jobNamePrefix,
    stageRole: options.role ?? stage.value?.transformRole,
  });
}
