import { requireAlpha, requireCount } from '../../inference/domain.ts';
import { normalUpperQuantile, normalUpperTail } from '../../inference/normal-distribution.ts';
import { crossing } from '../../inference/root.ts';

/** Ends of the grid of z. Paths below weigh 1e-15; above, next to nothing even against the alpha of a first look. */
const GRID_START = -8;
const GRID_END = 12;

/** Even, for Simpson's rule. Four times as many change no boundary by 1e-6 up to 20 looks, nor by 1e-4 at 100. */
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
    const boundary = boundaryAt(before, look, spend);
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

/** Infinity where alpha leaves less to spend than a double can hold. */
function boundaryAt(before: Survivors | undefined, look: number, spend: number): number {
  if (before === undefined || spend <= 0) return normalUpperQuantile(Math.max(0, spend));
  return crossing((z) => spend - crossingProbability(before, look, z));
}

/**
 * With information 1 a look, the sum at look k is z sqrt(k), and the step to it is standard normal whatever came
 * before.
 */
function crossingProbability(before: Survivors, look: number, boundary: number): number {
  return arriving(before, look, boundary, normalUpperTail);
}

function survivorsOf(before: Survivors | undefined, look: number, boundary: number): Survivors {
  const width = (Math.min(boundary, GRID_END) - GRID_START) / GRID_STEPS;
  const z = Float64Array.from({ length: GRID_STEPS + 1 }, (_, index) => GRID_START + index * width);
  const mass = z.map((point, index) => simpsonWeight(index) * width * density(before, look, point));
  return { z, mass };
}

function density(before: Survivors | undefined, look: number, z: number): number {
  if (before === undefined) return normalDensity(z);
  return arriving(before, look, z, normalDensity) * Math.sqrt(look);
}

/** The integral over where the survivors stand of what `ofStep` gives for the step that takes them to `z`. */
function arriving(before: Survivors, look: number, z: number, ofStep: (step: number) => number): number {
  const target = z * Math.sqrt(look);
  const scale = Math.sqrt(look - 1);
  let sum = 0;
  for (let index = 0; index < before.z.length; index++) {
    sum += (before.mass[index] ?? 0) * ofStep(target - (before.z[index] ?? 0) * scale);
  }
  return sum;
}

function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

function simpsonWeight(index: number): number {
  if (index === 0 || index === GRID_STEPS) return 1 / 3;
  return index % 2 === 1 ? 4 / 3 : 2 / 3;
}
