import { murmur3 } from '@penumbra/core/bucketing';

/** A number in [0, 1) that belongs to some words. */
export type Draw = (...words: readonly (string | number)[]) => number;

/** Chance without a sequence: the same words always draw the same number, whoever draws them first. */
export const draws =
  (seed: number): Draw =>
  (...words) =>
    murmur3(words.join('|'), seed) / 2 ** 32;
