import { describeField } from '@penumbra/core/definition';
import type { Plan } from './plan.ts';

/** Days until outcomes are judged, and the share of the records that has one by then. */
export interface Lateness {
  readonly maturityDays: number;
  readonly minCoverage: number;
  readonly because: string;
}

/** A definition as a person would write it, and the comment of each of its fields. */
export function definitionOf(
  plan: Plan,
  { maturityDays, minCoverage, because }: Lateness,
  counted: boolean,
): { readonly definition: Record<string, unknown>; readonly comments: Record<string, string> } {
  const { deployment, format, id, unit, incumbent, amount, features, outcomes, predictions } = plan;
  const definition = {
    deployment,
    description: '',
    task: taskOf(plan),
    records: { format, id, unit, incumbent, ...(amount === undefined ? {} : { amount }), features },
    outcomes: {
      format: outcomes.format,
      id: outcomes.id,
      label: outcomes.label,
      ...(outcomes.money === undefined ? {} : { money: outcomes.money }),
      maturityDays,
      minCoverage,
    },
    ...(predictions
      ? { predictions }
      : { model: { modelName: deployment, ...(plan.command ? { command: plan.command } : {}) } }),
    slices: plan.slices,
    policy: {
      margin: 0,
      require: 'MEETS',
      shadowDays: 21,
      minRowsPerDay: 100,
      stages: [1, 5, 25, 50, 100].map((percent) => ({ percent })),
    },
  };
  return { definition, comments: commentsOf(plan, because, counted) };
}

function taskOf({ type, currency, payoff, cost, threshold }: Plan) {
  if (type === 'regression') return { type, cost: { currency, perUnitOver: cost[0], perUnitUnder: cost[1] } };
  const [truePositive, falsePositive, falseNegative, trueNegative] = payoff.map((fixed) => ({ fixed }));
  return { type, threshold, payoff: { currency, truePositive, falsePositive, falseNegative, trueNegative } };
}

function commentsOf(plan: Plan, lateness: string, counted: boolean): Record<string, string> {
  const meaning = (path: string) => describeField(path.split('.')) ?? '';
  const of = (path: string, own = '') => [path, `${meaning(path)}${own === '' ? '' : ` Here: ${own}.`}`];
  const worth = counted
    ? 'NOBODY SAID WHAT A DECISION IS WORTH: these amounts count errors. Write what each costs or earns your business; everything is judged by it.'
    : 'What each combination of decision and outcome is worth; costs are negative.';
  const task =
    plan.type === 'regression'
      ? [['task.cost', worth]]
      : [
          [
            'task.threshold',
            'The challenger acts where its score is at least this: the break-even of the amounts below, if the score is a probability.',
          ],
          ['task.payoff', `${worth} perAmount and perMoney may be used beside fixed: docs/definition.md.`],
        ];
  return Object.fromEntries([
    of('deployment'),
    of('description'),
    ...task,
    of('records.id', plan.because['records.id']),
    of('records.unit', plan.because['records.unit']),
    of('records.incumbent', plan.because['records.incumbent']),
    ...(plan.amount === undefined ? [] : [of('records.amount')]),
    of('records.features'),
    of('outcomes.label', plan.because['outcomes.label']),
    of('outcomes.maturityDays', lateness),
    of('outcomes.minCoverage'),
    ...(plan.predictions
      ? [of('predictions')]
      : [
          [
            'model',
            plan.command
              ? meaning('model')
              : 'The challenger as a SageMaker model. For a trial on this machine add "command": ["…"], which starts its container, or "url".',
          ],
        ]),
    of('slices', plan.because.slices),
    of('policy.margin'),
    of('policy.require'),
    of('policy.shadowDays'),
    of('policy.minRowsPerDay'),
    of('policy.stages'),
  ]);
}
