import type { Command, Option } from 'commander';

/** What a command offers, as data: for completion scripts and for the page of all commands. */
export interface CommandNode {
  /** Words after `penumbra`, such as `dlq list`; empty for the whole. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  /** As help shows it: `penumbra dlq show [options] <message-id>`. */
  readonly usage: string;
  readonly options: readonly OptionNode[];
  readonly children: readonly CommandNode[];
  /** Help from the examples on. */
  readonly more: string;
}

export interface OptionNode {
  /** As help shows it: `--limit <count>`. */
  readonly flags: string;
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The tree of all commands. */
export function commandTree(command: Command, parent = ''): CommandNode {
  const isRoot = command.parent === null;
  const path = isRoot ? '' : `${parent} ${command.name()}`.trim();
  const help = command.createHelp();
  const commands = help
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help' && command.commands.includes(child));
  return {
    path,
    name: command.name(),
    description: command.description(),
    usage: help.commandUsage(command),
    options: help.visibleOptions(command).map(optionNode),
    children: commands.map((child) => commandTree(child, path)),
    more: moreHelp(command),
  };
}

/** A tree as a list, parents first. */
export const flatten = (node: CommandNode): CommandNode[] => [node, ...node.children.flatMap(flatten)];

function optionNode(option: Option): OptionNode {
  return {
    flags: option.flags,
    long: option.long ?? option.short ?? '',
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

/** Commander keeps what `addHelpText` gave as listeners only: it is what help has after its own text. */
function moreHelp(command: Command): string {
  let whole = '';
  const own = command.helpInformation();
  const configured = command.configureOutput();
  command.configureOutput({
    ...configured,
    writeOut: (text) => {
      whole += text;
    },
  });
  command.outputHelp();
  command.configureOutput(configured);
  return whole.slice(whole.indexOf(own) + own.length).trim();
}
