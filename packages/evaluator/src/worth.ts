import type { Definition } from '@penumbra/core/definition';

/** What decisions or predictions are worth, as numbers for a loop; the same as pay-off.ts says one at a time. */
export type Worth =
  | {
      readonly type: 'binary-classification';
      readonly threshold: number;
      /** For no action and action (× 2), negative and positive outcome: fixed, per amount, per money. */
      readonly cells: Float64Array;
    }
  | { readonly type: 'regression'; readonly perUnitOver: number; readonly perUnitUnder: number };

export function worthOfTask(task: Definition['task']): Worth {
  if (task.type === 'regression') {
    const { perUnitOver, perUnitUnder } = task.cost;
    return { type: 'regression', perUnitOver, perUnitUnder };
  }
  const { trueNegative, falseNegative, falsePositive, truePositive } = task.payoff;
  const cells = [trueNegative, falseNegative, falsePositive, truePositive].flatMap(
    ({ fixed, perAmount, perMoney }) => [fixed, perAmount, perMoney],
  );
  return { type: 'binary-classification', threshold: task.threshold, cells: Float64Array.from(cells) };
}
