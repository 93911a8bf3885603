import { stdin, stdout } from 'node:process';
import { failure, type Result, success } from '@penumbra/core/problem';

/** Whether a person sits there who can be asked. */
export const canAsk = (): boolean => stdin.isTTY === true && stdout.isTTY === true;

/** Longest reason that the log takes. */
const LONGEST_REASON = 1000;

const missing = (what: string) =>
  failure({
    where: '--reason',
    what,
    remedy: 'Say why with --reason "…": everybody who reads the log sees it',
  });

/** The reason for what a person decides: as given, or asked for where somebody can be. */
export async function reasonFor(given: string | undefined): Promise<Result<string>> {
  if (given === undefined && !canAsk()) return missing('the reason is missing');
  const said = given ?? (await askForReason());
  if (said === undefined || said.trim() === '') return missing('no reason was given, and nothing was done');
  if (said.length > LONGEST_REASON) return missing(`it is longer than ${LONGEST_REASON} characters`);
  return success(said.trim());
}

async function askForReason(): Promise<string | undefined> {
  const { isCancel, text } = await import('@clack/prompts');
  const said = await text({ message: 'Why? Everybody who reads the log sees it.' });
  return isCancel(said) ? undefined : said;
}
