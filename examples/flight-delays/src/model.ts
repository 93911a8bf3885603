import { readFileSync } from 'node:fs';

/**
 * A binary tree in arrays, root first. Inner nodes send a value below `threshold`, or a missing one, to node
 * `left`, the others to `left + 1`. `feature` is -1 at a leaf, whose `value` is added to the log-odds.
 */
export type Tree = {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly value: readonly number[];
};

/** Boosted trees: the sum of `base` and one leaf of every tree is the log-odds of a late arrival. */
export type Model = {
  readonly version: 1;
  readonly features: readonly string[];
  readonly base: number;
  readonly trees: readonly Tree[];
};

/** One row per flight, one column per feature of the model, in its order; NaN is a missing value. */
export type Columns = readonly Float64Array[];

/** Reads a model that {@link serializeModel} wrote, and refuses anything else. */
export function readModel(path: string | URL): Model {
  const model = JSON.parse(readFileSync(path, 'utf8')) as Partial<Model>;
  if (model.version !== 1 || !Array.isArray(model.features) || !Array.isArray(model.trees)) {
    throw new Error(`${path} is no model of version 1: train it with "npm run train".`);
  }
  return model as Model;
}

/** The text of a model: the same model gives the same bytes, one tree a line. */
export function serializeModel({ version, features, base, trees }: Model): string {
  const lines = trees.map((tree) => `    ${JSON.stringify(tree)}`);
  return `{
  "version": ${version},
  "features": ${JSON.stringify(features)},
  "base": ${base},
  "trees": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** The probability of a late arrival for each row. */
export function predict(model: Model, columns: Columns): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const scores = new Float64Array(rows).fill(model.base);
  for (const tree of model.trees) addTree(tree, columns, scores);
  for (let row = 0; row < rows; row++) scores[row] = sigmoid(scores[row] as number);
  return scores;
}

/** Adds a tree's leaf values to the log-odds. */
export function addTree(tree: Tree, columns: Columns, scores: Float64Array): void {
  const features = Int32Array.from(tree.feature);
  const thresholds = Float64Array.from(tree.threshold);
  const lefts = Int32Array.from(tree.left);
  const values = Float64Array.from(tree.value);
  // Tree by tree keeps a tree's few nodes in the processor's cache while all rows pass through it.
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    let feature = features[0] as number;
    while (feature >= 0) {
      const value = (columns[feature] as Float64Array)[row] as number;
      node = (lefts[node] as number) + (value >= (thresholds[node] as number) ? 1 : 0);
      feature = features[node] as number;
    }
    scores[row] = (scores[row] as number) + (values[node] as number);
  }
}

/** The probability of given log-odds. */
export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
