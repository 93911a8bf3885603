import { isCancel, select, text } from '@clack/prompts';
import type { Asker } from './questions.ts';

/** Asks on the terminal; Ctrl-C or Escape stops. */
export const terminalAsker: Asker = {
  async text(message, initial, check) {
    const answer = await text({
      message,
      initialValue: initial,
      validate: (given) => check?.(given ?? ''),
    });
    return isCancel(answer) ? undefined : answer;
  },
  async choose(message, options, initial) {
    const answer = await select({
      message,
      options: options.map((value) => ({ value, label: value })),
      initialValue: initial,
      maxItems: 10,
    });
    return isCancel(answer) ? undefined : answer;
  },
};
