/**
 * What a decision is worth, in US dollars per flight, against a punctual flight that is left alone. An
 * assumption, spelled out so that it can be argued with. A flight carries about four connections that a
 * delay of 15 minutes breaks one time in two.
 *  - A broken connection costs 160: an agent's time, a meal, a hotel for one in four, goodwill. Two of them: 320.
 *  - Rebooking ahead costs 15 each for the message and the seat held on a later flight: 60 for the four,
 *    whether the flight is late or not.
 *  - Of a late flight's 320, rebooking ahead leaves 20, for those who could not be reached: 60 + 20 = 80.
 */
export const payoff = {
  truePositive: -80,
  falsePositive: -60,
  falseNegative: -320,
  trueNegative: 0,
} as const;

/**
 * The probability of lateness from which rebooking pays: the false alarm's cost over that cost plus what a
 * warning in time saves.
 */
export function breakEven(): number {
  const alarm = payoff.trueNegative - payoff.falsePositive;
  const saved = payoff.truePositive - payoff.falseNegative;
  return alarm / (alarm + saved);
}

/** The pay-off of one flight, in US dollars. */
export function payoffOf(rebooks: boolean, late: boolean): number {
  if (rebooks) return late ? payoff.truePositive : payoff.falsePositive;
  return late ? payoff.falseNegative : payoff.trueNegative;
}
