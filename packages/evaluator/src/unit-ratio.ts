import type { SampleRatio } from '@penumbra/core/rollout-events';
import { logSampleRatioEValue } from './inference/sample-ratio.ts';

/** E-value at which a sample-ratio mismatch holds: one false alarm in a thousand rollouts at most. */
const MISMATCH = 1000;

/** Distinct units of one day in each arm. */
export interface ArmUnits {
  readonly challengerUnits: number;
  readonly controlUnits: number;
}

/**
 * Whether each arm has its share of the units, `percent` being above 0 and below 100. One e-value a day, on the
 * distinct units of that day, and their plain mean over the days: units come back, so the days' counts are not
 * independent and must not be added up or multiplied. The mean of exchangeable e-values may be read after every day.
 *
 * Source: Ramdas and Manole, "Randomized and exchangeable improvements of Markov's, Chebyshev's and Chernoff's
 * inequalities", arXiv 2304.02611, theorem 1.2 (exchangeable Markov inequality).
 */
export function weighRatio(days: readonly ArmUnits[], percent: number): SampleRatio {
  const expectedShare = percent / 100;
  const shares = [expectedShare, 1 - expectedShare];
  const eValues = days.map(({ challengerUnits, controlUnits }) =>
    Math.exp(logSampleRatioEValue([challengerUnits, controlUnits], shares)),
  );
  // A day's e-value may be beyond what a double holds.
  const mean = eValues.reduce((sum, value) => sum + value, 0) / eValues.length;
  const eValue = Math.min(mean, Number.MAX_SAFE_INTEGER);
  return {
    challengerUnits: days.reduce((sum, { challengerUnits }) => sum + challengerUnits, 0),
    controlUnits: days.reduce((sum, { controlUnits }) => sum + controlUnits, 0),
    expectedShare,
    eValue,
    mismatch: eValue >= MISMATCH,
  };
}
