/** One share of the ids, by their hash: pass `index` of `count`. */
export interface Pass {
  readonly index: number;
  readonly count: number;
}

export const WHOLE: Pass = { index: 0, count: 1 };

/** What a lookup finds for a row that is not of this pass. */
export const OTHER_PASS = -2;

/** Whether an id is of another share, by bits of its hash other than those that choose its slot. */
export const otherPass = (hash: number, { index, count }: Pass): boolean =>
  count > 1 && (Math.imul(hash, 0x9e3779b1) >>> 8) % count !== index;
