import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Boosting, boost } from './boosting.ts';
import { features } from './features.ts';
import { daysOf, type Flights, readJanuary } from './january.ts';
import { type Model, predict, serializeModel } from './model.ts';
import { breakEven } from './payoff.ts';
import { auc, logLoss, meanPayoff } from './quality.ts';
import { candidates, type Rule } from './rule.ts';
import { flightsFile } from './source.ts';

const options: Boosting = {
  trees: 80,
  leaves: 8,
  learningRate: 0.08,
  minRows: 2000,
  lambda: 20,
  rowShare: 0.5,
  featureShare: 0.5,
  bins: 64,
  seed: 20010101,
};

// 25 January: the last week is kept apart while choosing.
const VALIDATION_FROM = 24;

/** What a decision maker did on flights that it has not seen. */
export type Quality = {
  readonly decidedBy: string;
  readonly auc: number;
  /** In nats; undefined for the rule, whose share is no probability. */
  readonly logLoss: number | undefined;
  /** US dollars per flight. */
  readonly payoff: number;
};

/**
 * Learns model and rule from the first part of January, compares them on its last week, and learns both
 * again from the whole month, with nothing changed. February and later are never read.
 */
export async function train(source: string): Promise<{ model: Model; rule: Rule; validation: Quality[] }> {
  const january = await readJanuary(source);
  const early = daysOf(january, (day) => day < VALIDATION_FROM);
  const lastWeek = daysOf(january, (day) => day >= VALIDATION_FROM);
  const names = features.map((feature) => feature.name);
  const trial = predict(boost(names, early.features, early.late, options), lastWeek.features);
  const trialRule = chooseRule(early);
  const shares = sharesOf(lastWeek, trialRule);
  const always = new Float64Array(lastWeek.late.length);
  return {
    model: boost(names, january.features, january.late, options),
    rule: chooseRule(january),
    validation: [
      {
        decidedBy: 'model',
        auc: auc(trial, lastWeek.late),
        logLoss: logLoss(trial, lastWeek.late),
        payoff: meanPayoff(trial, lastWeek.late, breakEven()),
      },
      {
        decidedBy: `rule (${describe(trialRule)})`,
        auc: auc(shares, lastWeek.late),
        logLoss: undefined,
        payoff: meanPayoff(shares, lastWeek.late, trialRule.limit),
      },
      {
        decidedBy: 'never rebook',
        auc: 0.5,
        logLoss: undefined,
        payoff: meanPayoff(always, lastWeek.late, 1),
      },
      {
        decidedBy: 'always rebook',
        auc: 0.5,
        logLoss: undefined,
        payoff: meanPayoff(always, lastWeek.late, 0),
      },
    ],
  };
}

/** The rule and limit (in steps of .01) with the highest pay-off: the fairest incumbent is the best one. */
export function chooseRule(flights: Flights): Rule {
  let best: Rule | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [index, candidate] of candidates.entries()) {
    for (let percent = 1; percent <= 100; percent++) {
      const limit = percent / 100;
      const payoff = meanPayoff(flights.shares[index] as Float64Array, flights.late, limit);
      if (payoff > highest) {
        highest = payoff;
        best = { ...candidate, limit };
      }
    }
  }
  if (best === undefined) throw new Error('A rule is chosen among at least one candidate.');
  return best;
}

function sharesOf(flights: Flights, { place, days }: Rule): Float64Array {
  const index = candidates.findIndex((candidate) => candidate.place === place && candidate.days === days);
  return flights.shares[index] as Float64Array;
}

function describe({ place, days, limit }: Rule): string {
  return `${place}, ${days} days, from ${limit}`;
}

async function main(): Promise<void> {
  const started = performance.now();
  const { model, rule, validation } = await train(flightsFile());
  writeFileSync(new URL('../model.json', import.meta.url), serializeModel(model));
  writeFileSync(new URL('../rule.json', import.meta.url), `${JSON.stringify(rule, null, 2)}\n`);
  console.log('The last week of January, by what was learned from the days before:');
  console.table(
    validation.map((row) => ({
      'decided by': row.decidedBy,
      AUC: row.auc.toFixed(4),
      'log loss': row.logLoss?.toFixed(4) ?? '',
      'USD per flight': row.payoff.toFixed(3),
    })),
  );
  console.log(`Rule for February on: ${describe(rule)}.`);
  console.log(`Wrote model.json and rule.json in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
