import { type Bins, cut } from './bins.ts';
import { addTree, type Columns, type Model, sigmoid, type Tree } from './model.ts';
import { random } from './random.ts';

/** How the trees are grown. */
export type Boosting = {
  readonly trees: number;
  readonly leaves: number;
  readonly learningRate: number;
  /** The fewest sampled rows in a leaf. */
  readonly minRows: number;
  /** Added to every leaf's sum of second derivatives (L2). */
  readonly lambda: number;
  /** Share of the rows, and of the features, that each tree sees. */
  readonly rowShare: number;
  readonly featureShare: number;
  readonly bins: number;
  readonly seed: number;
};

/**
 * Gradient-boosted trees for the log loss of a binary label, grown best leaf first over histograms (Friedman
 * 2001; Ke et al. 2017), with second-order leaf values. The same input and seed give the same model.
 */
export function boost(
  names: readonly string[],
  columns: Columns,
  labels: Uint8Array,
  options: Boosting,
): Model {
  const rows = labels.length;
  const share = labels.reduce((sum, label) => sum + label, 0) / rows;
  if (!(share > 0 && share < 1)) throw new Error('Boosting needs rows of both labels.');
  const base = rounded(Math.log(share / (1 - share)));
  const binned = cut(columns, options.bins);
  const next = random(options.seed);
  const scores = new Float64Array(rows).fill(base);
  const gradients = new Float64Array(rows);
  const hessians = new Float64Array(rows);
  const trees: Tree[] = [];
  for (let round = 0; round < options.trees; round++) {
    for (let row = 0; row < rows; row++) {
      const probability = sigmoid(scores[row] as number);
      gradients[row] = probability - (labels[row] as number);
      hessians[row] = probability * (1 - probability);
    }
    const sample = sampleRows(rows, options.rowShare, next);
    const allowed = sampleFeatures(names.length, options.featureShare, next);
    const tree = grow(binned, gradients, hessians, sample, allowed, options);
    addTree(tree, columns, scores);
    trees.push(tree);
  }
  return { version: 1, features: names, base, trees };
}

type Leaf = {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly histogram: Float64Array;
  readonly split: Split | undefined;
};
type Split = { readonly feature: number; readonly bin: number; readonly gain: number };

// A histogram holds, for each feature and bin, the sums of first and second derivatives and the rows.
const WIDTH = 3;

function grow(
  { bounds, bins }: Bins,
  gradients: Float64Array,
  hessians: Float64Array,
  rows: Int32Array,
  allowed: readonly number[],
  options: Boosting,
): Tree {
  const tree = { feature: [-1], threshold: [0], left: [0], value: [0] };
  const scratch = new Int32Array(rows.length);

  const histogramOf = (from: number, to: number): Float64Array => {
    const histogram = new Float64Array(bins.length * options.bins * WIDTH);
    for (const feature of allowed) {
      const column = bins[feature] as Uint8Array;
      const offset = feature * options.bins;
      for (let index = from; index < to; index++) {
        const row = rows[index] as number;
        const cell = (offset + (column[row] as number)) * WIDTH;
        histogram[cell] = (histogram[cell] as number) + (gradients[row] as number);
        histogram[cell + 1] = (histogram[cell + 1] as number) + (hessians[row] as number);
        histogram[cell + 2] = (histogram[cell + 2] as number) + 1;
      }
    }
    return histogram;
  };
  const leafOf = (node: number, from: number, to: number, histogram: Float64Array): Leaf => {
    const { split, value } = assess(histogram, bounds, allowed, options);
    tree.value[node] = rounded(value);
    return { node, from, to, histogram, split };
  };

  const leaves = [leafOf(0, 0, rows.length, histogramOf(0, rows.length))];
  while (leaves.length < options.leaves) {
    let best = -1;
    for (let index = 0; index < leaves.length; index++) {
      const gain = leaves[index]?.split?.gain ?? 0;
      if (gain > (leaves[best]?.split?.gain ?? 0)) best = index;
    }
    const leaf = leaves[best];
    if (leaf?.split === undefined) break;
    const { feature, bin } = leaf.split;
    const middle = partition(rows, scratch, bins[feature] as Uint8Array, bin, leaf.from, leaf.to);
    const left = tree.feature.length;
    tree.feature[leaf.node] = feature;
    tree.threshold[leaf.node] = (bounds[feature] as Float64Array)[bin] as number;
    tree.left[leaf.node] = left;
    tree.value[leaf.node] = 0;
    tree.feature.push(-1, -1);
    tree.threshold.push(0, 0);
    tree.left.push(0, 0);
    tree.value.push(0, 0);
    // Only the smaller child is counted: the other's histogram is the parent's less this one.
    const leftIsSmaller = middle - leaf.from < leaf.to - middle;
    const counted = leftIsSmaller ? histogramOf(leaf.from, middle) : histogramOf(middle, leaf.to);
    const rest = leaf.histogram;
    for (let cell = 0; cell < rest.length; cell++) {
      rest[cell] = (rest[cell] as number) - (counted[cell] as number);
    }
    leaves[best] = leafOf(left, leaf.from, middle, leftIsSmaller ? counted : rest);
    leaves.push(leafOf(left + 1, middle, leaf.to, leftIsSmaller ? rest : counted));
  }
  return tree;
}

/** The best split of a leaf (bins up to and including `bin` go left) and the leaf's value without it. */
function assess(
  histogram: Float64Array,
  bounds: readonly Float64Array[],
  allowed: readonly number[],
  { lambda, minRows, learningRate, bins }: Boosting,
): { split: Split | undefined; value: number } {
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  const first = (allowed[0] as number) * bins * WIDTH;
  for (let cell = first; cell < first + bins * WIDTH; cell += WIDTH) {
    gradient += histogram[cell] as number;
    hessian += histogram[cell + 1] as number;
    count += histogram[cell + 2] as number;
  }
  const whole = (gradient * gradient) / (hessian + lambda);
  let split: Split | undefined;
  for (const feature of allowed) {
    let leftGradient = 0;
    let leftHessian = 0;
    let leftCount = 0;
    for (let bin = 0; bin < (bounds[feature] as Float64Array).length; bin++) {
      const cell = (feature * bins + bin) * WIDTH;
      leftGradient += histogram[cell] as number;
      leftHessian += histogram[cell + 1] as number;
      leftCount += histogram[cell + 2] as number;
      if (leftCount < minRows || count - leftCount < minRows) continue;
      const rightGradient = gradient - leftGradient;
      const gain =
        (leftGradient * leftGradient) / (leftHessian + lambda) +
        (rightGradient * rightGradient) / (hessian - leftHessian + lambda) -
        whole;
      if (gain > (split?.gain ?? 1e-9)) split = { feature, bin, gain };
    }
  }
  return { split, value: (-learningRate * gradient) / (hessian + lambda) };
}

/** Reorders `rows[from, to)` stably, bins up to `bin` first, and returns where the others start. */
function partition(
  rows: Int32Array,
  scratch: Int32Array,
  column: Uint8Array,
  bin: number,
  from: number,
  to: number,
): number {
  let left = from;
  let right = 0;
  for (let index = from; index < to; index++) {
    const row = rows[index] as number;
    if ((column[row] as number) <= bin) rows[left++] = row;
    else scratch[right++] = row;
  }
  rows.set(scratch.subarray(0, right), left);
  return left;
}

function sampleRows(rows: number, share: number, next: () => number): Int32Array {
  const sample = new Int32Array(rows);
  let size = 0;
  for (let row = 0; row < rows; row++) if (next() < share) sample[size++] = row;
  return sample.slice(0, size);
}

function sampleFeatures(count: number, share: number, next: () => number): number[] {
  const drawn = Array.from({ length: count }, (_, feature) => ({ feature, key: next() }));
  drawn.sort((a, b) => a.key - b.key);
  const kept = drawn.slice(0, Math.max(1, Math.round(count * share)));
  return kept.map(({ feature }) => feature).sort((a, b) => a - b);
}

/** Six decimals: enough for a score, and the file stays small. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
