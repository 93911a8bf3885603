import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { type SteeringCommand, steer } from '@penumbra/core/pipeline/steer';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { announcementOfOverride } from '@penumbra/functions/announcements';
import type { Command } from 'commander';
import { wholeNumber } from './arguments.ts';
import { reasonFor } from './ask.ts';
import { EXIT } from './exit-code.ts';
import { meantBy } from './recorded-deployment.ts';
import { ask, detailOf, type Remote, type RemoteOptions, withRemoteOptions } from './remote.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface SteeringOptions extends TargetOptions, RemoteOptions {
  readonly reason?: string;
  readonly json?: boolean;
}
interface ApproveOptions extends SteeringOptions {
  readonly slice: string;
  readonly stage: number;
}
interface OverrideOptions extends SteeringOptions {
  readonly slice?: string;
}

/** A command that lacks only the reason. */
type Unreasoned = SteeringCommand extends infer Each
  ? Each extends SteeringCommand
    ? Omit<Each, 'reason'>
    : never
  : never;

/** Wires `penumbra pause|resume|approve|override`. */
export function addSteeringCommands(program: Command, finish: (exitCode: number) => void): void {
  const command = (name: string, description: string, ...examples: string[]) =>
    withTargetOptions(withRemoteOptions(program.command(name)))
      .description(description)
      .argument('<deployment>', 'name of the deployment, or the folder or data directory of a trial')
      .option('--reason <text>', 'why, for everybody who reads the log; asked for in a terminal')
      .option('--json', 'print one JSON document instead of sentences')
      .addHelpText('after', help(examples));
  const give = async (deployment: string, given: Unreasoned, options: SteeringOptions) =>
    finish(await steerDeployment(deployment, given, options));

  command(
    'pause',
    'Keep every slice at its percentage: nothing is promoted. Rolling back goes on.',
    'pause flight-delays --reason "prices change tomorrow"',
    'pause flight-delays --url https://penumbra.example.com --reason "prices change tomorrow"',
  ).action((deployment: string, options: SteeringOptions) => give(deployment, { type: 'Pause' }, options));
  command(
    'resume',
    'End a pause or an override: promotions go on.',
    'resume flight-delays --reason "prices have settled"',
  ).action((deployment: string, options: SteeringOptions) => give(deployment, { type: 'Resume' }, options));
  command(
    'approve',
    'Approve the next stage of a slice whose policy asks a person.',
    'approve flight-delays --slice hub --stage 2 --reason "risk committee, minutes of 3 May"',
  )
    .requiredOption('--slice <slice>', 'name of the slice')
    .requiredOption('--stage <number>', 'the stage that is approved: the next one', wholeNumber(1, 1000))
    .action((deployment: string, options: ApproveOptions) => {
      const { slice, stage } = options;
      return give(deployment, { type: 'Approve', slice, stage }, options);
    });
  command(
    'override',
    'The kill switch: the incumbent decides everything in a slice, or everywhere, at once.',
    'override flight-delays --reason "wrong fares since 9:00"',
    'override flight-delays --slice hub --url https://penumbra.example.com --reason "wrong fares since 9:00"',
  )
    .option('--slice <slice>', 'only this slice (default: every slice)')
    .action((deployment: string, options: OverrideOptions) =>
      give(deployment, { type: 'Override', slice: options.slice ?? null }, options),
    );
}

const help = (examples: readonly string[]) => `
Examples:
${examples.map((example) => `  penumbra ${example}`).join('\n')}
${TARGET_HELP}
With --url it goes through the HTTP API, by a key with command access in PENUMBRA_KEY.

Exit codes: 0 done, or nothing to do and why · 1 no such deployment, no reason, or no access · 2 unknown command or
option.`;

/** What became of a command: recorded, or why there was nothing to record. */
interface Given {
  readonly deployment: string;
  readonly recorded: string | undefined;
  readonly nothing: string | undefined;
  readonly rollout: Pick<RolloutDocument, 'slices'> | undefined;
}

async function steerDeployment(
  asked: string,
  given: Unreasoned,
  { url, key, reason, json, ...where }: SteeringOptions,
): Promise<number> {
  const why = await reasonFor(reason);
  if (!why.ok) return reportProblems(why.problems);
  const command = { ...given, reason: why.value };
  const tell = ({ deployment, recorded, nothing, rollout }: Given): number => {
    const slices = rollout?.slices.map(({ slice, percent }) => ({ slice, percent })) ?? [];
    if (json) printJson({ deployment, recorded: recorded ?? null, nothing: nothing ?? null, slices });
    else {
      const served = slices.map(({ slice, percent }) => `${slice} ${percent} %`).join(', ');
      printLine(
        recorded === undefined
          ? `${deployment}: ${nothing}`
          : `${deployment}: ${recorded}. Served: ${served}`,
      );
    }
    return EXIT.success;
  };
  return url === undefined
    ? steerLog(asked, command, where, tell)
    : steerRemote(asked, command, { url, key }, tell);
}

/** By the same use case as the API's, on a trial or on the stage of `sst shell`. */
async function steerLog(
  asked: string,
  command: SteeringCommand,
  options: TargetOptions,
  tell: (given: Given) => number,
): Promise<number> {
  const { where, deployment } = await meantBy(asked, options);
  return withTarget(where, {}, async ({ pipeline, announcements }) => {
    const actor = { kind: 'person', name: userInfo().username } as const;
    const causationId = `command ${randomUUID()}`;
    const steered = await steer(pipeline, { deployment, command, actor, causationId });
    if (command.type === 'Override')
      await announcements.publish([announcementOfOverride(deployment, actor.name, command)]);
    return tell({
      deployment,
      recorded: steered.appended?.event.type,
      nothing: steered.nothing,
      rollout: steered.document,
    });
  });
}

interface SteeredAnswer {
  readonly event?: { readonly type?: string };
  readonly rollout?: Pick<RolloutDocument, 'slices'>;
}

async function steerRemote(
  deployment: string,
  { type, ...body }: SteeringCommand,
  remote: Remote,
  tell: (given: Given) => number,
): Promise<number> {
  const path = `/v1/deployments/${encodeURIComponent(deployment)}/${type.toLowerCase()}`;
  const answer = await ask(remote, path, body);
  if (!answer.ok) return reportProblems(answer.problems);
  const { event, rollout } = answer.value.body as SteeredAnswer;
  const nothing = answer.value.status === 409 ? detailOf(answer.value.body) : undefined;
  return tell({ deployment, recorded: event?.type, nothing, rollout });
}
