import type { Result } from '@penumbra/core/problem';
import { numberList } from '../number-list.ts';
import { type Given, guessPlan, type Plan, type Samples } from './plan.ts';
import type { Sample } from './sample.ts';

/** Asks a person; undefined where the answer is to stop. */
export interface Asker {
  text(
    message: string,
    initial: string,
    check?: (text: string) => string | undefined,
  ): Promise<string | undefined>;
  choose(message: string, options: readonly string[], initial: string): Promise<string | undefined>;
}

const NONE = '(none)';

/** One question: what is asked given the plan so far, and what its answer fixes. */
type Question = (asker: Asker, plan: Plan, samples: Samples) => Promise<Given | undefined>;

const columnsOf = (sample: Sample | undefined) => sample?.columns.map(({ name }) => name) ?? [];

/** A choice among the columns of a sample that sets one field. */
const column =
  (
    field: keyof Given,
    message: string,
    options: (samples: Samples, plan: Plan) => readonly string[],
    initial: (plan: Plan) => string | undefined,
  ): Question =>
  async (asker, plan, samples) => {
    const found = options(samples, plan);
    if (found.length === 0) return {};
    const answer = await asker.choose(message, found, initial(plan) ?? NONE);
    return answer === undefined ? undefined : answer === NONE ? { [field]: null } : { [field]: answer };
  };

const QUESTIONS: readonly {
  readonly field: keyof Given;
  readonly ask: Question;
  readonly only?: Plan['type'];
}[] = [
  {
    field: 'name',
    ask: async (asker, plan) => {
      const name = await asker.text('Name of the deployment', plan.deployment, (text) =>
        /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text)
          ? undefined
          : 'Lower-case letters, digits and hyphens, a letter first',
      );
      return name === undefined ? undefined : { name };
    },
  },
  {
    field: 'id',
    ask: column(
      'id',
      'Which column tells records apart?',
      ({ records }) => columnsOf(records),
      ({ id }) => id,
    ),
  },
  {
    field: 'unit',
    ask: column(
      'unit',
      'Who keeps the same decider: which column is the customer, account, device?',
      ({ records }) => columnsOf(records),
      ({ unit }) => unit,
    ),
  },
  {
    field: 'incumbent',
    ask: column(
      'incumbent',
      'Which column is what decides today?',
      ({ records }) => columnsOf(records),
      ({ incumbent }) => incumbent,
    ),
  },
  {
    field: 'amount',
    ask: column(
      'amount',
      'Is there an amount at stake?',
      ({ records }) => [NONE, ...columnsOf(records)],
      ({ amount }) => amount,
    ),
  },
  {
    field: 'label',
    ask: column(
      'label',
      'Which column of the outcomes is what happened?',
      ({ outcomes }) => columnsOf(outcomes),
      ({ outcomes }) => outcomes.label,
    ),
  },
  {
    field: 'currency',
    ask: async (asker, plan) => {
      const currency = await asker.text('Currency of every amount', plan.currency, (text) =>
        /^[A-Z]{3}$/.test(text) ? undefined : 'A code such as USD',
      );
      return currency === undefined ? undefined : { currency };
    },
  },
  {
    field: 'payoff',
    only: 'binary-classification',
    ask: async (asker, plan) => {
      const text = await asker.text(
        'Worth of: acted rightly, acted wrongly, wrongly let be, rightly let be (costs negative)',
        plan.payoff.join(', '),
        (given) => (numberList(given, 4) ? undefined : 'Four numbers with commas between them'),
      );
      return text === undefined ? undefined : { payoff: numberList(text, 4) ?? plan.payoff };
    },
  },
  {
    field: 'cost',
    only: 'regression',
    ask: async (asker, plan) => {
      const text = await asker.text(
        'Cost of one unit too high, and of one unit too low',
        plan.cost.join(', '),
        (given) => (numberList(given, 2) ? undefined : 'Two numbers with a comma between them'),
      );
      return text === undefined ? undefined : { cost: numberList(text, 2) ?? plan.cost };
    },
  },
  {
    field: 'sliceBy',
    ask: column(
      'sliceBy',
      'Which column cuts the traffic into slices?',
      (_, { sliceColumns }) => sliceColumns,
      ({ sliceColumns }) => sliceColumns[0],
    ),
  },
];

/** Asks for everything that was not given; later guesses know the earlier answers. Undefined where a person stopped. */
export async function askPlan(
  asker: Asker,
  samples: Samples,
  given: Given,
  name: string,
): Promise<{ readonly given: Given; readonly plan: Result<Plan> } | undefined> {
  let known = given;
  let plan = guessPlan(samples, known, name);
  for (const { field, ask, only } of QUESTIONS) {
    if (!plan.ok) break;
    if (known[field] !== undefined || (only !== undefined && plan.value.type !== only)) continue;
    const answer = await ask(asker, plan.value, samples);
    if (answer === undefined) return undefined;
    known = { ...known, ...answer };
    plan = guessPlan(samples, known, name);
  }
  return { given: known, plan };
}
