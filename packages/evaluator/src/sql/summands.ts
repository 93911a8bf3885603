import type { Definition } from '@penumbra/core/definition';
import { doubleLiteral } from './double-literal.ts';
import {
  type ExactSum,
  LARGEST_VALUE,
  LOSS_POWERS,
  SHARE_POWERS,
  SQUARE_POWERS,
  VALUE_POWERS,
} from './exact-sum.ts';
import { needsArms } from './sql-columns.ts';

/** A number of each record that is summed. */
export interface Summand extends ExactSum {
  /** Over "score", "label", "incumbent", "amount", "money", and the columns of `first`. */
  readonly sql: string;
}

/** What is summed over the records of a task, in two steps: the second reads what the first one names. */
export interface Summands {
  readonly first: readonly Summand[];
  readonly second: readonly Summand[];
  /** Holds where a number is too large to be summed exactly. */
  readonly tooLarge: string;
}

/** Scores are kept this far from 0 and 1 in the log loss, as update.ts does. */
const CLIP = 1e-15;

const summand = (name: string, sql: string, powers: readonly number[]): Summand => ({ name, sql, powers });
const square = (of: string): string => `"${of}" * "${of}"`;

export function summandsOf(definition: Definition): Summands {
  const { task } = definition;
  const arms = needsArms(definition)
    ? [
        summand('challenger_squared', square('challenger_value'), SQUARE_POWERS),
        summand('incumbent_squared', square('incumbent_value'), SQUARE_POWERS),
      ]
    : [];
  const difference = [
    summand(
      'difference_squared',
      '("challenger_value" - "incumbent_value") * ("challenger_value" - "incumbent_value")',
      SQUARE_POWERS,
    ),
    summand('difference', '"challenger_value" - "incumbent_value"', VALUE_POWERS),
  ];
  // What is no number at all is not at most anything either.
  const beyond = (of: string) => `NOT abs("${of}") <= ${doubleLiteral(LARGEST_VALUE)}`;
  const values = ['challenger_value', 'incumbent_value'];
  if (task.type === 'regression') {
    const { perUnitOver, perUnitUnder } = task.cost;
    const value = (guess: string) => {
      const error = `("${guess}" - "label")`;
      return `CASE WHEN ${error} >= ${doubleLiteral(0)} THEN -${error} * ${doubleLiteral(perUnitOver)} ELSE ${error} * ${doubleLiteral(perUnitUnder)} END`;
    };
    return {
      first: [
        summand('challenger_value', value('score'), VALUE_POWERS),
        summand('incumbent_value', value('incumbent'), VALUE_POWERS),
        summand('challenger_absolute', 'abs("score" - "label")', VALUE_POWERS),
        summand('incumbent_absolute', 'abs("incumbent" - "label")', VALUE_POWERS),
      ],
      second: [
        ...difference,
        summand('challenger_squared_error', square('challenger_absolute'), SQUARE_POWERS),
        summand('incumbent_squared_error', square('incumbent_absolute'), SQUARE_POWERS),
        ...arms,
      ],
      tooLarge: [...values, 'challenger_absolute', 'incumbent_absolute'].map(beyond).join(' OR '),
    };
  }
  const acts = {
    challenger: `"score" >= ${doubleLiteral(task.threshold)}`,
    incumbent: `"incumbent" = ${doubleLiteral(1)}`,
  };
  const clipped = `greatest(least("score", ${doubleLiteral(1 - CLIP)}), ${doubleLiteral(CLIP)})`;
  const hidden = hiddenOutcomes(definition, acts);
  return {
    first: [
      summand('challenger_value', worthSql(task.payoff, acts.challenger, '"label" = 1E0'), VALUE_POWERS),
      summand('incumbent_value', worthSql(task.payoff, acts.incumbent, '"label" = 1E0'), VALUE_POWERS),
      summand('brier', '("score" - "label") * ("score" - "label")', SHARE_POWERS),
      summand(
        'log_loss',
        `CASE "label" WHEN 1E0 THEN -ln(${clipped}) WHEN 0E0 THEN ${minusLog1p(clipped)} END`,
        LOSS_POWERS,
      ),
      summand('score_sum', 'CASE WHEN "label" IS NOT NULL THEN "score" END', SHARE_POWERS),
      ...hidden,
    ],
    second: [...difference, ...arms],
    tooLarge: [...values, ...hidden.map(({ name }) => name)].map(beyond).join(' OR '),
  };
}

/**
 * -log1p(-x), which SQL lacks: with u = 1 - x as it rounds, ln(u) × x / (u - 1) is as exact, for the quotient makes
 * good what rounding lost. Source: Goldberg, "What every computer scientist should know about floating-point arithmetic", 1991,
 * theorem 4.
 */
const minusLog1p = (x: string): string => `ln(1E0 - ${x}) * ${x} / ((1E0 - ${x}) - 1E0)`;

type PayOff = Extract<Definition['task'], { type: 'binary-classification' }>['payoff'];
type Cell = PayOff['truePositive'];

/** What a decision is worth, given the outcome; the same sums in the same order as update.ts. */
function worthSql(
  { truePositive, falsePositive, falseNegative, trueNegative }: PayOff,
  acts: string,
  positive: string,
): string {
  const cell = ({ fixed, perAmount, perMoney }: Cell) =>
    [
      doubleLiteral(fixed),
      ...(perAmount === 0 ? [] : [`${doubleLiteral(perAmount)} * "amount"`]),
      ...(perMoney === 0 ? [] : [`${doubleLiteral(perMoney)} * "money"`]),
    ].join(' + ');
  const either = (one: Cell, other: Cell) =>
    `CASE WHEN ${positive} THEN ${cell(one)} ELSE ${cell(other)} END`;
  return `CASE WHEN "label" IS NULL THEN CAST(NULL AS DOUBLE) WHEN ${acts} THEN ${either(truePositive, falsePositive)} ELSE ${either(falseNegative, trueNegative)} END`;
}

/** Whether the pay-off rests on money that is not seen where the outcome is hidden. */
export const unseenMoney = (definition: Definition): boolean =>
  definition.task.type === 'binary-classification' &&
  [
    definition.task.payoff.truePositive,
    definition.task.payoff.falsePositive,
    definition.task.payoff.falseNegative,
    definition.task.payoff.trueNegative,
  ].some(({ perMoney }) => perMoney !== 0);

/** Least and greatest difference that an outcome would give which the incumbent hid. */
function hiddenOutcomes(
  { task, outcomeObservableWhen }: Definition,
  acts: { readonly challenger: string; readonly incumbent: string },
): Summand[] {
  if (outcomeObservableWhen === undefined || task.type === 'regression') return [];
  const { payoff } = task;
  const amounts = (cell: Cell) =>
    `${doubleLiteral(cell.fixed)}${cell.perAmount === 0 ? '' : ` + ${doubleLiteral(cell.perAmount)} * "amount"`}`;
  const worth = (decides: string, acted: Cell, not: Cell) =>
    `CASE WHEN ${decides} THEN ${amounts(acted)} ELSE ${amounts(not)} END`;
  const difference = (acted: Cell, not: Cell) =>
    `(${worth(acts.challenger, acted, not)}) - (${worth(acts.incumbent, acted, not)})`;
  const negative = difference(payoff.falsePositive, payoff.trueNegative);
  const positive = difference(payoff.truePositive, payoff.falseNegative);
  const shown = outcomeObservableWhen === 'acted' ? acts.incumbent : `NOT (${acts.incumbent})`;
  const of = (choose: string) =>
    `CASE WHEN "label" IS NULL AND "score" IS NOT NULL AND NOT (${shown}) THEN ${choose}(${negative}, ${positive}) END`;
  return [summand('lowest', of('least'), VALUE_POWERS), summand('highest', of('greatest'), VALUE_POWERS)];
}
