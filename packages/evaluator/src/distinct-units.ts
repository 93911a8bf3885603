/** Most units of one slice that are counted one by one. */
export const MOST_UNITS: number = 1 << 20;

/** Distinct units of a day, by their hashes. */
export interface DistinctUnits {
  readonly add: (hash: number) => void;
  readonly hashes: () => IterableIterator<number>;
}

/**
 * Counts distinct units; beyond a million of them, those of a sample that halves as often as it must. A unit is in
 * the sample by the low bits of its hash, and its bucket stands in the high ones, so that a sample has the same share
 * of every arm. The order of the units and how they were split does not matter.
 *
 * Source: Gibbons, "Distinct sampling for highly-accurate answers to distinct values queries", VLDB 2001.
 */
export function distinctUnits(most: number = MOST_UNITS): DistinctUnits {
  let mask = 0;
  let kept = hashSet(1 << 10);
  return {
    add: (hash) => {
      if ((hash & mask) !== 0 || !addHash(kept, hash)) return;
      if (kept.size > most) {
        do {
          mask = mask * 2 + 1;
          kept = refilled(kept, kept.slots.length, mask);
        } while (kept.size > most);
      } else if (kept.size * 2 > kept.slots.length) kept = refilled(kept, kept.slots.length * 2, mask);
    },
    hashes: () => valuesOf(kept),
  };
}

/** Open addressing over 32-bit hashes: a Set of numbers takes ten times as long and as much memory. */
interface HashSet {
  readonly slots: Uint32Array;
  /** An empty slot holds 0, so that hash is noted beside them. */
  hasZero: boolean;
  size: number;
}

const hashSet = (slots: number): HashSet => ({ slots: new Uint32Array(slots), hasZero: false, size: 0 });

/** False where the hash was there already. */
function addHash(set: HashSet, hash: number): boolean {
  if (hash === 0) {
    if (set.hasZero) return false;
    set.hasZero = true;
    set.size += 1;
    return true;
  }
  const { slots } = set;
  const last = slots.length - 1;
  // The high bits choose the slot: a sample has the low ones in common.
  let slot = (Math.imul(hash, 0x9e3779b1) >>> 8) & last;
  for (;;) {
    const held = slots[slot] as number;
    if (held === hash) return false;
    if (held === 0) break;
    slot = (slot + 1) & last;
  }
  slots[slot] = hash;
  set.size += 1;
  return true;
}

function refilled(from: HashSet, slots: number, mask: number): HashSet {
  const set = hashSet(slots);
  for (const hash of valuesOf(from)) if ((hash & mask) === 0) addHash(set, hash);
  return set;
}

function* valuesOf({ slots, hasZero }: HashSet): IterableIterator<number> {
  if (hasZero) yield 0;
  for (const hash of slots) if (hash !== 0) yield hash;
}
