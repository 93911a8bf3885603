import { readFile } from 'node:fs/promises';
import { LoadError } from './decision.ts';
import type { Source } from './source.ts';

export interface FileSourceOptions {
  /** Path of the document, or how a deployment's is found. */
  readonly path: string | ((deployment: string) => string);
  /** Seconds between two looks at the file. */
  readonly everySeconds?: number;
}

/**
 * Documents in files that something else keeps up to date. The text itself is compared, not times or inodes: a
 * file may be replaced by a rename, behind a link, or on a network drive. What is half written is read again.
 *
 * ```ts
 * const source = fileSource({ path: (deployment) => `/etc/penumbra/${deployment}.json` });
 * ```
 */
export function fileSource({ path, everySeconds = 1 }: FileSourceOptions): Source {
  return {
    open(deployment, sink, clock) {
      const file = typeof path === 'string' ? path : path(deployment);
      let known: string | undefined;
      let closed = false;
      let cancel = () => {};

      const look = async () => {
        try {
          const text = await readFile(file, 'utf8');
          if (closed) return;
          if (text === known) sink.unchanged();
          else known = sink.document(JSON.parse(text)) ? text : undefined;
        } catch (cause) {
          known = undefined;
          if (!closed) sink.failed(failureOf(cause, file));
        }
      };
      const run = async () => {
        await look();
        if (!closed) cancel = clock.after(everySeconds * 1000, () => (looking = run()));
      };
      let looking = run();
      return async () => {
        closed = true;
        cancel();
        await looking;
      };
    },
  };
}

function failureOf(cause: unknown, file: string): LoadError {
  return cause instanceof SyntaxError
    ? new LoadError('UNREADABLE', `${file} is no JSON: ${cause.message}`, { cause })
    : new LoadError('UNREACHABLE', `${file} cannot be read: ${String(cause)}`, { cause });
}
