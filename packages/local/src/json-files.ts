import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type JsonFiles<Value> = {
  all(): Value[];
  /** Replaces the file in one step: a reader, or a start after a crash, meets the old value or the new one. */
  write(name: string, value: Value): void;
  remove(name: string): void;
};

/** One JSON file a value in `directory`. Names must be safe as file names: the caller has validated them. */
export function openJsonFiles<Value>(directory: string): JsonFiles<Value> {
  mkdirSync(directory, { recursive: true });
  const pathOf = (name: string) => join(directory, `${name}.json`);
  return {
    all: () =>
      readdirSync(directory)
        .filter((file) => file.endsWith('.json'))
        .map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Value),
    write(name, value) {
      writeFileSync(`${pathOf(name)}.new`, JSON.stringify(value, undefined, 2));
      renameSync(`${pathOf(name)}.new`, pathOf(name));
    },
    remove: (name) => rmSync(pathOf(name), { force: true }),
  };
}
