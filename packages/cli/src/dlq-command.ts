import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { type Diagnosed, listDeadLetters, redrive } from '@penumbra/functions/dead-letters';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { wholeNumber } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { oneLine } from './printable.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface DlqOptions extends TargetOptions {
  readonly queue?: QueueName;
  readonly limit: number;
  readonly json?: boolean;
}

/** Wires `penumbra dlq list|show|redrive`. */
export function addDlqCommand(program: Command, finish: (exitCode: number) => void): void {
  const dlq = program
    .command('dlq')
    .description('Messages that failed again and again: what they are, why, and sending them again.')
    .addHelpText('after', help('dlq list', 'dlq redrive --dry-run'));
  const command = (name: string) =>
    withTargetOptions(dlq.command(name))
      .addOption(new Option('--queue <queue>', 'only the dead letters of this queue').choices(QUEUE_NAMES))
      .option('--limit <count>', 'most messages of a queue to look at', wholeNumber(1, 999_999), 1000)
      .option('--json', 'print one JSON document instead of a table');

  command('list')
    .description('List the dead letters, each with the reason.')
    .addHelpText('after', help('dlq list --trial my-model'))
    .action(async (options: DlqOptions) => finish(await list(options)));
  command('show')
    .description('Show one dead letter whole.')
    .argument('<message-id>', 'id of the message, or how it begins')
    .addHelpText('after', help('dlq show 3f2a --trial my-model'))
    .action(async (id: string, options: DlqOptions) => finish(await show(id, options)));
  command('redrive')
    .description(
      'Send dead letters to the queue that they came from. Poison stays, unless --poison is given.',
    )
    .argument('[message-id...]', 'ids of messages (default: all)')
    .option('--poison', 'poison too: after an upgrade that can read it')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .addHelpText('after', help('dlq redrive --dry-run', 'dlq redrive --queue transform-complete'))
    .action(async (ids: string[], options: RedriveArguments) => finish(await sendAgain(ids, options)));
}

const help = (...examples: string[]) => `
Examples:
${examples.map((example) => `  penumbra ${example}`).join('\n')}
${TARGET_HELP}

Exit codes: 0 done · 1 no such message or trial · 2 unknown command or option · 130 stopped by Ctrl-C: nothing is
lost, and the same command goes on.`;

const shown = ({ receipt: _, ...letter }: Diagnosed) => letter;

function list({ queue, limit, json, ...target }: DlqOptions): Promise<number> {
  return withTarget(target, {}, async ({ deadLetters }) => {
    const letters = await listDeadLetters(deadLetters, { queue, limit });
    if (json) printJson(letters.map(shown));
    else printTable(letters);
    return EXIT.success;
  });
}

function printTable(letters: readonly Diagnosed[]): void {
  const poison = letters.filter(({ kind }) => kind === 'poison').length;
  if (letters.length > 0) {
    const table = new Table({
      head: ['queue', 'message', 'kind', 'sent', 'reason'],
      style: { head: [], border: [] },
      colWidths: [null, 10, null, 22, 64],
      wordWrap: true,
    });
    for (const { queue, messageId, kind, sentAt, reason } of letters)
      table.push([
        queue,
        oneLine(messageId, 8).replace('…', ''),
        kind,
        sentAt.slice(0, 19),
        oneLine(reason, 300),
      ]);
    printLine(table.toString());
  }
  printLine(
    `${letters.length} dead letters: ${poison} poison, ${letters.length - poison} transient${
      letters.length > poison ? ' (penumbra dlq redrive sends these again)' : ''
    }`,
  );
}

function show(id: string, { queue, limit, json, ...target }: DlqOptions): Promise<number> {
  return withTarget(target, {}, async ({ deadLetters }) => {
    const letters = await listDeadLetters(deadLetters, { queue, limit });
    const [letter, ...others] = letters.filter(({ messageId }) => messageId.startsWith(id));
    if (!letter || others.length > 0) {
      return reportProblems([
        {
          where: id,
          what: letter ? `${1 + others.length} dead letters begin so` : 'there is no such dead letter',
          remedy: 'See penumbra dlq list for the ids',
        },
      ]);
    }
    if (json) printJson(shown(letter));
    else {
      for (const [field, value] of Object.entries(shown(letter)))
        printLine(`${field.padEnd(10)} ${field === 'body' ? '' : (value ?? 'not recorded')}`);
      printLine(letter.body);
    }
    return EXIT.success;
  });
}

interface RedriveArguments extends DlqOptions {
  readonly poison?: boolean;
  readonly dryRun?: boolean;
}

function sendAgain(
  ids: readonly string[],
  { queue, limit, json, poison, dryRun, ...target }: RedriveArguments,
): Promise<number> {
  return withTarget(target, {}, async ({ deadLetters }, signal) => {
    const results = await redrive(deadLetters, {
      queue,
      limit,
      messageIds: ids.length > 0 ? ids : undefined,
      poison,
      dryRun,
      signal,
      onProgress: ({ letter, outcome }) => {
        if (!json)
          printLine(
            `${outcome}: ${letter.queue} ${letter.messageId} (${letter.kind}) ${oneLine(letter.reason, 100)}`,
          );
      },
    });
    if (json) printJson(results.map(({ letter, outcome }) => ({ ...shown(letter), outcome })));
    const sent = results.filter(({ outcome }) => outcome !== 'left').length;
    if (!json)
      printLine(`${sent} of ${results.length} dead letters ${dryRun ? 'would be sent' : 'sent'} again`);
    return EXIT.success;
  });
}
