import type { Readable, Writable } from 'node:stream';
import { isCancel, select, text } from '@clack/prompts';
import type { Asker } from './questions.ts';

/** Asks on a terminal, by default this process's; Ctrl-C or Escape stops. */
export function terminalAsker(on: { readonly input?: Readable; readonly output?: Writable } = {}): Asker {
  return {
    async text(message, initial, check) {
      const answer = await text({
        ...on,
        message,
        initialValue: initial,
        validate: (given) => check?.(given ?? ''),
      });
      return isCancel(answer) ? undefined : answer;
    },
    async choose(message, options, initial) {
      const answer = await select({
        ...on,
        message,
        options: options.map((value) => ({ value, label: value })),
        initialValue: initial,
        maxItems: 10,
      });
      return isCancel(answer) ? undefined : answer;
    },
  };
}
