import { requireAlpha, requireCount } from './domain.ts';
import { normalUpperQuantile, normalUpperTail } from './normal-distribution.ts';
import { crossing } from './root.ts';

/** Where the lower end of the grid stands, in standard deviations: what lies beyond weighs 1e-15. */
const GRID_START = -8;

/** Even, for Simpson's rule. 400 keep 1e-7 in z up to 20 looks. */
const GRID_STEPS = 400;

const MAX_LOOKS = 100;

/** The density of z at a look among the paths that crossed no earlier boundary, with Simpson's weights. */
interface Survivors {
  readonly z: Float64Array;
  /** Density times the weight of its grid point. */
  readonly mass: Float64Array;
}

export interface GroupSequentialOptions {
  /** Number of equally spaced looks, 1 to 100, planned beforehand. */
  readonly looks: number;
  /** One-sided level over all looks together; above 0, below ½. */
  readonly alpha: number;
}

/**
 * The z values to exceed at each of K equally spaced looks: Lan and DeMets' spending of alpha after O'Brien and
 * Fleming, alpha(t) = 2 (1 - Phi(z_{alpha/2} / sqrt(t))), one-sided, without a futility boundary. For teams that
 * look on fixed dates only and want the power that an always-valid bound gives away.
 *
 * Sources: Lan and DeMets, Biometrika 70 (1983) 659; recursive integration: Armitage, McPherson, Rowe, JRSS A 132
 * (1969) 235, and Jennison and Turnbull, "Group Sequential Methods" (2000), ch. 19; `sfLDOF` in the R package
 * gsDesign. Simpson's rule on a fixed grid.
 *
 * @throws RangeError when looks or alpha are outside their domain.
 */
export function obrienFlemingBoundaries({ looks, alpha }: GroupSequentialOptions): number[] {
  requireAlpha(alpha);
  requireCount(looks, 'looks');
  if (looks < 1 || looks > MAX_LOOKS) throw new RangeError(`looks is ${looks}; give 1 to ${MAX_LOOKS}`);
  const boundaries: number[] = [];
  let spent = 0;
  let survivors: Survivors | undefined;
  for (let look = 1; look <= looks; look++) {
    const spend = obrienFlemingSpending(look / looks, alpha) - spent;
    const before = survivors;
    const boundary =
      before === undefined
        ? normalUpperQuantile(spend)
        : crossing((z) => spend - crossingProbability(before, look, z));
    boundaries.push(boundary);
    spent += spend;
    survivors = survivorsOf(before, look, boundary);
  }
  return boundaries;
}

/** The part of alpha that may be spent up to the share `t` of the information, in (0, 1]. */
export function obrienFlemingSpending(t: number, alpha: number): number {
  requireAlpha(alpha);
  if (!(t > 0 && t <= 1)) throw new RangeError(`t is ${t}; give a share of the information in (0, 1]`);
  return 2 * normalUpperTail(normalUpperQuantile(alpha / 2) / Math.sqrt(t));
}

/**
 * With information 1 a look, the sum at look k is z sqrt(k), and the step to it is standard normal whatever came
 * before.
 */
function crossingProbability(before: Survivors, look: number, boundary: number): number {
  return before.z.reduce((sum, z, index) => {
    const step = boundary * Math.sqrt(look) - z * Math.sqrt(look - 1);
    return sum + (before.mass[index] ?? 0) * normalUpperTail(step);
  }, 0);
}

function survivorsOf(before: Survivors | undefined, look: number, boundary: number): Survivors {
  const width = (boundary - GRID_START) / GRID_STEPS;
  const z = Float64Array.from({ length: GRID_STEPS + 1 }, (_, index) => GRID_START + index * width);
  const mass = z.map((point, index) => simpsonWeight(index) * width * density(before, look, point));
  return { z, mass };
}

function density(before: Survivors | undefined, look: number, z: number): number {
  if (before === undefined) return normalDensity(z);
  const arrived = before.z.reduce((sum, from, index) => {
    const step = z * Math.sqrt(look) - from * Math.sqrt(look - 1);
    return sum + (before.mass[index] ?? 0) * normalDensity(step);
  }, 0);
  return arrived * Math.sqrt(look);
}

function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

function simpsonWeight(index: number): number {
  if (index === 0 || index === GRID_STEPS) return 1 / 3;
  return index % 2 === 1 ? 4 / 3 : 2 / 3;
}
