import { compareUtf8 } from './utf8-order.ts';

export type ListOptions = {
  prefix: string;
  delimiter: string;
  maxKeys: number;
  /** Where the previous page ended: at a key, or at a common prefix, all of which has then been told. */
  after: { key: string } | { commonPrefix: string } | undefined;
};

export type KeyPage = {
  keys: string[];
  commonPrefixes: string[];
  /** Where the next page goes on; undefined on the last one. */
  next: ListOptions['after'];
};

export type KeyIndex = {
  add(key: string): void;
  remove(key: string): void;
  list(options: ListOptions): KeyPage;
};

/** The keys of one bucket in the order in which S3 lists them. A page costs its own length, not the bucket's. */
export function createKeyIndex(): KeyIndex {
  const keys: string[] = [];

  function firstAt(from: number, isPast: (key: string) => boolean): number {
    let low = from;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isPast(keys[middle] ?? '')) high = middle;
      else low = middle + 1;
    }
    return low;
  }
  const positionOf = (key: string) => firstAt(0, (other) => compareUtf8(other, key) >= 0);
  const endOfPrefix = (prefix: string, from: number) =>
    firstAt(from, (key) => !key.startsWith(prefix) && compareUtf8(key, prefix) > 0);

  return {
    add(key) {
      const position = positionOf(key);
      if (keys[position] !== key) keys.splice(position, 0, key);
    },
    remove(key) {
      const position = positionOf(key);
      if (keys[position] === key) keys.splice(position, 1);
    },
    list({ prefix, delimiter, maxKeys, after }) {
      const page: KeyPage = { keys: [], commonPrefixes: [], next: undefined };
      let last: ListOptions['after'];
      let position = positionOf(prefix);
      if (after && 'key' in after) {
        position = Math.max(
          position,
          firstAt(0, (key) => compareUtf8(key, after.key) > 0),
        );
      } else if (after) {
        position = Math.max(position, endOfPrefix(after.commonPrefix, 0));
      }
      if (maxKeys <= 0) return page;
      for (let key = keys[position]; key?.startsWith(prefix); key = keys[position]) {
        if (page.keys.length + page.commonPrefixes.length >= maxKeys) return { ...page, next: last };
        const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        if (cut === -1) {
          page.keys.push(key);
          last = { key };
          position += 1;
        } else {
          const commonPrefix = key.slice(0, cut + delimiter.length);
          page.commonPrefixes.push(commonPrefix);
          last = { commonPrefix };
          position = endOfPrefix(commonPrefix, position);
        }
      }
      return page;
    },
  };
}
