import type { Definition } from '@penumbra/core/definition';

/** What one decision or prediction is worth, given what happened; in the currency of the task. */
export interface PayOff {
  readonly currency: string;
  /** `choice` is 0 or 1 (classification) or the predicted number (regression). */
  value(choice: number, label: number, amount: number, money: number): number;
}

/** The pay-off of a task as plain code. */
export function payOff(task: Definition['task']): PayOff {
  if (task.type === 'regression') {
    const { currency, perUnitOver, perUnitUnder } = task.cost;
    return {
      currency,
      value: (prediction, label) => {
        const error = prediction - label;
        return error >= 0 ? -error * perUnitOver : error * perUnitUnder;
      },
    };
  }
  const { currency, truePositive, falsePositive, falseNegative, trueNegative } = task.payoff;
  return {
    currency,
    value: (decision, label, amount, money) => {
      const cell =
        decision === 1
          ? label === 1
            ? truePositive
            : falsePositive
          : label === 1
            ? falseNegative
            : trueNegative;
      return (
        cell.fixed +
        (cell.perAmount === 0 ? 0 : cell.perAmount * amount) +
        (cell.perMoney === 0 ? 0 : cell.perMoney * money)
      );
    },
  };
}
