import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import type { JudgedDay } from '@penumbra/core/history';
import type { RolloutReview, SliceEvidence, SliceReview, Verdict } from '@penumbra/core/rollout-events';
import type { ReportDocument } from '../document.ts';

/** A trial's document. */
export interface TrialFixture extends ReportDocument {
  readonly reviews: readonly RolloutReview[];
  readonly unknownOutcomes: { readonly count: number; readonly example: string | null };
  readonly dataDir: string;
}

/** What a made-up trial is made of; everything else follows from it. */
export interface FixtureOptions {
  readonly days?: number;
  /** Slice names, each with its true mean difference per record and its rows a day. */
  readonly slices?: readonly FixtureSlice[];
  readonly maturityDays?: number;
  readonly margin?: number;
  readonly regression?: boolean;
  readonly description?: string;
  readonly currency?: string;
  /** Index of a day, and why it is held. */
  readonly held?: Readonly<Record<number, string>>;
}

export interface FixtureSlice {
  readonly slice: string;
  readonly effect: number;
  readonly rows: number;
  /** Day from which on the effect is `later` instead. */
  readonly turnsAt?: number;
  readonly later?: number;
}

const FOUR: readonly FixtureSlice[] = [
  { slice: 'regional', effect: 2.4, rows: 2400 },
  { slice: 'midsize', effect: 1.9, rows: 4300 },
  { slice: 'large', effect: 1.1, rows: 5200 },
  { slice: 'hub', effect: 0.3, rows: 4900 },
];
const START = '2001-02-01';
const HELD: Readonly<Record<number, string>> = {
  9: 'outcome coverage 91 % is below 95 %',
  10: 'outcome coverage 93 % is below 95 %',
  24: 'the transform failed 3 times: AlgorithmError',
};

/** A plausible trial of 60 days and four slices, the same on every call; options make it another one. */
export function trialFixture(options: FixtureOptions = {}): TrialFixture {
  const { days: span = 60, slices = FOUR, maturityDays = 3, held = HELD } = options;
  const definition = fixtureDefinition(options, slices, maturityDays);
  const to = addDays(START, span - 1);
  const asOf = to;
  const random = generator(7);
  const days = datesFrom(START, to).map((date, index): JudgedDay => {
    const waiting = addDays(date, maturityDays) > asOf;
    const reason = held[index];
    const weekday = 1 + 0.12 * Math.cos((2 * Math.PI * index) / 7);
    const each = slices.map(({ slice, effect, rows, turnsAt, later }) => {
      const mean = turnsAt !== undefined && index >= turnsAt ? (later ?? 0) : effect;
      return [slice, { rows: Math.round(rows * weekday), meanDifference: mean + 1.6 * random() }] as const;
    });
    const rows = each.reduce((sum, [, day]) => sum + day.rows, 0);
    const sum = each.reduce((total, [, day]) => total + day.rows * day.meanDifference, 0);
    return {
      date,
      status: waiting ? 'waiting' : reason === undefined ? 'mature' : 'held',
      reason: waiting ? `matures on ${addDays(date, maturityDays)}` : (reason ?? ''),
      rows,
      labelled: waiting ? 0 : Math.round(rows * 0.99),
      meanDifference: waiting || reason?.includes('transform') ? null : sum / rows,
      slices: Object.fromEntries(each),
    };
  });
  const reviews = reviewAll(definition, days, maturityDays);
  return { ...conclude(definition, days, reviews), from: START, to, asOf };
}

function fixtureDefinition(
  { margin = 0.25, regression = false, description, currency = 'USD' }: FixtureOptions,
  slices: readonly FixtureSlice[],
  maturityDays: number,
): Definition {
  const parsed = parseDefinition({
    deployment: 'flight-delays',
    description: description ?? 'Which flights will be late, so that tight connections are rebooked ahead?',
    task: regression
      ? { type: 'regression', cost: { currency, perUnitOver: 2, perUnitUnder: 5 } }
      : {
          type: 'binary-classification',
          threshold: 0.2,
          payoff: {
            currency,
            truePositive: { fixed: -80 },
            falsePositive: { fixed: -60 },
            falseNegative: { fixed: -320 },
            trueNegative: { fixed: 0 },
          },
        },
    records: { format: 'csv', id: 'flight', unit: 'itinerary', incumbent: 'rule', features: ['hour'] },
    outcomes: { format: 'csv', id: 'flight', label: 'late', maturityDays },
    model: { modelName: 'flight-delays' },
    slices: slices.map(({ slice }, index) => ({ slice, when: [{ field: 'tier', equals: index }] })),
    policy: { margin },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

interface Standing {
  stage: number;
  since: number;
}

/** A simple policy in the shape of the real one: a slice opens when the one before it has half its traffic. */
function reviewAll(
  definition: Definition,
  days: readonly JudgedDay[],
  maturityDays: number,
): RolloutReview[] {
  const { policy } = definition;
  const standings = definition.slices.map((): Standing => ({ stage: 0, since: 0 }));
  return days.flatMap(({ date: asOf }, index): RolloutReview[] => {
    if (index < maturityDays) return [];
    const aged = days.slice(0, index - maturityDays + 1);
    const mature = aged.filter(({ status }) => status === 'mature');
    const newest = aged.at(-1);
    return [
      {
        asOf,
        definitionVersion: 1,
        entered: [],
        held: newest?.status === 'held' ? [{ date: newest.date, reason: newest.reason }] : [],
        slices: definition.slices.map(({ slice }, position) => {
          const evidence = evidenceOf(slice, mature, policy.margin);
          const standing = standings[position] ?? { stage: 0, since: 0 };
          const open = position === 0 || (standings[position - 1]?.stage ?? 0) >= 4;
          return decideSlice(slice, evidence, standing, open, policy.stages);
        }),
      },
    ];
  });
}

function decideSlice(
  slice: string,
  evidence: SliceEvidence,
  standing: Standing,
  open: boolean,
  stages: Definition['policy']['stages'],
): SliceReview {
  const exposure = (stage: number) => ({ stage, percent: stages[stage - 1]?.percent ?? 0 });
  const from = exposure(standing.stage);
  const daysInStage = evidence.matureDays - standing.since;
  const proven = evidence.verdict === 'MEETS' || evidence.verdict === 'EXCEEDS';
  const needed = standing.stage === 0 ? 21 : 7;
  const decided = (action: SliceReview['action'], rule: string, reason: string): SliceReview => ({
    slice,
    from,
    to: exposure(standing.stage),
    action,
    rule,
    reasons: [reason],
    evidence,
    daysInStage,
  });
  if (evidence.verdict === 'HARMS' && standing.stage > 0) {
    Object.assign(standing, { stage: 0, since: evidence.matureDays });
    return decided('roll-back', 'harm', 'the upper bound lies below minus the margin');
  }
  if (standing.stage === stages.length) return decided('hold', 'complete', 'the slice has all its traffic');
  if (!open) return decided('hold', 'order', 'the slice before it has less than 50 % of its traffic');
  if (daysInStage < needed) {
    return decided('hold', 'minimum-days', `${daysInStage} of ${needed} mature days in this stage`);
  }
  if (!proven) return decided('hold', 'verdict', 'the lower bound is not above minus the margin');
  Object.assign(standing, { stage: standing.stage + 1, since: evidence.matureDays });
  return decided('promote', 'proven', `the lower bound is above minus the margin after ${daysInStage} days`);
}

function evidenceOf(slice: string, mature: readonly JudgedDay[], margin: number): SliceEvidence {
  const values = mature.flatMap((day) => day.slices[slice]?.meanDifference ?? []);
  const days = values.length;
  const mean = days === 0 ? null : values.reduce((sum, value) => sum + value, 0) / days;
  const variance = values.reduce((sum, value) => sum + (value - (mean ?? 0)) ** 2, 0) / Math.max(1, days - 1);
  const half = days < 4 || mean === null ? null : (3.1 * Math.sqrt(variance)) / Math.sqrt(days - 2);
  const lowerBound = half === null || mean === null ? null : mean - half;
  const upperBound = half === null || mean === null ? null : mean + half;
  return {
    matureDays: days,
    rows: mature.reduce((sum, day) => sum + (day.slices[slice]?.rows ?? 0), 0),
    meanDifference: mean,
    lowerBound,
    upperBound,
    standardDeviation: days < 2 ? null : Math.sqrt(variance),
    autocorrelation: null,
    effectiveDays: null,
    verdict: verdictOf(lowerBound, upperBound, margin),
  };
}

function verdictOf(lower: number | null, upper: number | null, margin: number): Verdict {
  if (lower === null || upper === null) return 'NOT_ASSESSABLE';
  if (lower > 0) return 'EXCEEDS';
  if (lower > -margin) return 'MEETS';
  return upper < -margin ? 'HARMS' : 'INCONCLUSIVE';
}

/** Counts whose difference is worth `gain` by the pay-off above: 60 a false alarm, 240 a miss avoided. */
function confusionOf(labelled: number, gain: number): NonNullable<ReportDocument['cumulative']['confusion']> {
  const share = (percent: number) => Math.round((labelled * percent) / 100);
  const alarms = share(2);
  const caught = Math.round((gain + 60 * alarms) / 240);
  const cells = (truePositive: number, falsePositive: number) => ({
    truePositive,
    falsePositive,
    falseNegative: share(21) - truePositive,
    trueNegative: labelled - share(21) - falsePositive,
  });
  return { incumbent: cells(share(9), share(14)), challenger: cells(share(9) + caught, share(14) + alarms) };
}

type Concluded = Omit<TrialFixture, 'from' | 'to' | 'asOf'>;

function conclude(definition: Definition, days: readonly JudgedDay[], reviews: RolloutReview[]): Concluded {
  const mature = days.filter(({ status }) => status === 'mature');
  const labelled = mature.reduce((sum, day) => sum + day.labelled, 0);
  const gain = mature.reduce((sum, day) => sum + day.labelled * (day.meanDifference ?? 0), 0);
  const regression = definition.task.type === 'regression';
  const any = mature.length > 0;
  const last = reviews.at(-1);
  return {
    deployment: definition.deployment,
    definition,
    currency:
      definition.task.type === 'regression' ? definition.task.cost.currency : definition.task.payoff.currency,
    slices: definition.slices.map(({ slice }) => {
      const review = last?.slices.find((candidate) => candidate.slice === slice);
      const evidence = review?.evidence ?? evidenceOf(slice, [], 0);
      const { verdict, matureDays, rows, meanDifference, lowerBound, upperBound } = evidence;
      const reasons = review?.reasons ?? ['no review yet'];
      const { stage, percent } = review?.to ?? { stage: 0, percent: 0 };
      return {
        slice,
        percent,
        stage,
        verdict,
        reasons,
        matureDays,
        rows,
        meanDifference,
        lowerBound,
        upperBound,
      };
    }),
    cumulative: {
      days: mature.length,
      rows: mature.reduce((sum, day) => sum + day.rows, 0),
      labelled,
      auc: any && !regression ? 0.7312 : null,
      brier: any && !regression ? 0.1489 : null,
      logLoss: any && !regression ? 0.4623 : null,
      confusion: any && !regression ? confusionOf(labelled, gain) : null,
      error:
        any && regression
          ? {
              challenger: { meanAbsolute: 4.31, rootMeanSquared: 6.2 },
              incumbent: { meanAbsolute: 4.92, rootMeanSquared: 7.75 },
            }
          : null,
      valuePerRecord: any ? { challenger: -54 + gain / labelled, incumbent: -54 } : null,
    },
    unknownOutcomes: { count: 0, example: null },
    days,
    reviews,
    rollout: {
      deployment: definition.deployment,
      version: reviews.length,
      definitionVersion: 1,
      asOf: last?.asOf ?? null,
      validUntil: last ? `${addDays(last.asOf, 4)}T00:00:00Z` : null,
      certificate: last
        ? { reviewId: `${definition.deployment}/review/${last.asOf}`, sha256: '0'.repeat(64) }
        : null,
      slices: definition.slices.map(({ slice, when }) => ({
        slice,
        when,
        percent: last?.slices.find((candidate) => candidate.slice === slice)?.to.percent ?? 0,
      })),
    },
    dataDir: '.penumbra/flight-delays',
  };
}

/** Numbers around zero, about normal, the same sequence for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}

/** The first date of every made-up trial. */
export const FIXTURE_START: CalendarDate = START;
