import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import type { Slice } from '@penumbra/core/slice';
import type { FileFormat } from '@penumbra/evaluator/column-spec';
import {
  guessAmount,
  guessDate,
  guessFeatures,
  guessId,
  guessIncumbent,
  guessLabel,
  guessLanded,
  guessMoney,
  guessScore,
  guessUnit,
  proposeSlices,
  sliceColumns,
} from './guess.ts';
import type { Sample } from './sample.ts';

/** What a person said; everything else is guessed. */
export interface Given {
  readonly name?: string;
  readonly id?: string;
  readonly unit?: string;
  readonly incumbent?: string;
  /** null: there is none. */
  readonly amount?: string | null;
  readonly label?: string;
  readonly money?: string;
  readonly features?: readonly string[];
  readonly sliceBy?: string;
  readonly currency?: string;
  /** True positive, false positive, false negative, true negative. */
  readonly payoff?: readonly number[];
  /** Of each unit that a forecast is above and below the outcome. */
  readonly cost?: readonly number[];
  readonly threshold?: number;
  readonly maturityDays?: number;
  readonly command?: readonly string[];
  readonly date?: string;
  readonly landed?: string;
}

export interface Samples {
  readonly records: Sample;
  readonly outcomes: Sample | undefined;
  readonly predictions: Sample | undefined;
}

export interface Plan {
  readonly deployment: string;
  readonly format: FileFormat;
  readonly type: 'binary-classification' | 'regression';
  readonly id: string;
  readonly unit: string;
  readonly incumbent: string;
  readonly amount: string | undefined;
  readonly features: readonly string[];
  readonly outcomes: {
    readonly format: FileFormat;
    readonly id: string;
    readonly label: string;
    readonly money: string | undefined;
  };
  readonly predictions:
    | { readonly format: FileFormat; readonly id: string; readonly score: string }
    | undefined;
  readonly command: readonly string[] | undefined;
  readonly currency: string;
  readonly payoff: readonly [number, number, number, number];
  readonly cost: readonly [number, number];
  readonly threshold: number;
  readonly slices: readonly Slice[];
  readonly sliceColumns: readonly string[];
  /** Columns of the dates on which a record was made, and on which an outcome landed. */
  readonly date: string | undefined;
  readonly landed: string | undefined;
  /** Why a field is what it is, by its path in the definition. */
  readonly because: Readonly<Record<string, string>>;
}

/** Errors counted: what a pay-off is until a person says what a decision is worth. */
const COUNTED = [0, -1, -1, 0] as const;
const COUNTED_COST = [1, 1] as const;

/** Fills everything that was not given from the samples. The problems name the option that helps. */
export function guessPlan(
  { records, outcomes, predictions }: Samples,
  given: Given,
  name: string,
): Result<Plan> {
  const unknown = unknownColumns(records, outcomes, given);
  if (unknown.length > 0) return failure(...unknown);
  const id = given.id === undefined ? guessId(records) : said(given.id);
  if (!id) return missing(records, '--id', 'no column tells its records apart: every value must be another');
  const task =
    given.incumbent === undefined ? guessIncumbent(records, [id.value]) : taskOf(records, given.incumbent);
  if (!task)
    return missing(records, '--incumbent', 'no column holds what decides today: 0 or 1, or a forecast');
  const unit = given.unit === undefined ? guessUnit(records, id.value) : said(given.unit);
  const outcomeId = outcomes && sameColumn(outcomes, id.value);
  const label =
    given.label === undefined
      ? ((outcomes && guessLabel(outcomes, task.type, outcomeId ?? id.value)) ?? {
          value: 'label',
          because: 'correct it: no sample of outcomes was given',
        })
      : said(given.label);
  const amount =
    given.amount === undefined
      ? guessAmount(records, [id.value, unit.value, task.value])
      : (given.amount ?? undefined);
  const date = given.date ?? guessDate(records);
  const by = given.sliceBy ?? sliceColumns(records, [id.value, unit.value])[0];
  const slices = proposeSlices(records, by, amount ?? given.sliceBy, date);
  if (slices.value.length === 0) {
    return missing(
      records,
      '--slice-by',
      'no column cuts the traffic into slices: none has 2 to 20 texts, and there is no amount',
    );
  }
  const payoff = fourOf(given.payoff ?? COUNTED);
  const money = outcomes && (given.money ?? guessMoney(outcomes, [outcomeId ?? '', label.value]));
  const predictionId = predictions && (sameColumn(predictions, id.value) ?? predictions.columns[0]?.name);
  const score = predictions && predictionId && guessScore(predictions, predictionId);
  if (predictions && !(predictionId && score))
    return missing(predictions, '--predictions', 'no column of it is a score');
  return success({
    deployment: given.name ?? name,
    format: records.format,
    type: task.type,
    id: id.value,
    unit: unit.value,
    incumbent: task.value,
    amount,
    features: given.features ?? guessFeatures(records, [id.value, unit.value, task.value]),
    outcomes: {
      format: outcomes?.format ?? records.format,
      id: outcomeId ?? id.value,
      label: label.value,
      money,
    },
    predictions:
      predictions && predictionId && score
        ? { format: predictions.format, id: predictionId, score }
        : undefined,
    command: given.command,
    currency: given.currency ?? 'USD',
    payoff,
    cost: [given.cost?.[0] ?? COUNTED_COST[0], given.cost?.[1] ?? COUNTED_COST[1]],
    threshold: given.threshold ?? breakEven(payoff),
    slices: slices.value,
    sliceColumns: sliceColumns(records, [id.value, unit.value]),
    date,
    landed: outcomes && (given.landed ?? guessLanded(outcomes)),
    because: {
      'records.id': id.because,
      'records.unit': unit.because,
      'records.incumbent': task.because,
      'outcomes.label': label.because,
      slices: slices.because,
    },
  });
}

const said = (value: string) => ({ value, because: 'as you said' });

/** From this score on acting is worth more than not acting, if the score is a probability. */
export function breakEven([
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
]: Plan['payoff']): number {
  const gain = truePositive - falseNegative;
  const loss = trueNegative - falsePositive;
  const share = loss / (gain + loss);
  return Number.isFinite(share) && share > 0 && share < 1 ? Number(share.toFixed(3)) : 0.5;
}

const fourOf = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): Plan['payoff'] => [a, b, c, d];

function taskOf(records: Sample, incumbent: string) {
  const column = records.columns.find(({ name }) => name === incumbent);
  const type = column?.kind === 'binary' ? ('binary-classification' as const) : ('regression' as const);
  return { ...said(incumbent), type };
}

/** The column of another file that holds the record's id: of the same name, or named like one. */
function sameColumn({ columns, rows }: Sample, id: string): string | undefined {
  const names = columns.map(({ name }) => name);
  return names.includes(id)
    ? id
    : columns.find(({ distinct, kind }) => distinct > rows / 2 && (kind === 'text' || kind === 'number'))
        ?.name;
}

function unknownColumns(records: Sample, outcomes: Sample | undefined, given: Given): Problem[] {
  const check = (sample: Sample | undefined, option: string, name: string | undefined): Problem[] => {
    if (sample === undefined || name === undefined) return [];
    const names = sample.columns.map((column) => column.name);
    if (names.includes(name)) return [];
    return [
      {
        where: option,
        what: `${sample.path} has no column "${name}"`,
        remedy: `Choose one of ${names.join(', ')}`,
      },
    ];
  };
  const ofRecords = {
    '--id': given.id,
    '--unit': given.unit,
    '--incumbent': given.incumbent,
    '--amount': given.amount ?? undefined,
    '--slice-by': given.sliceBy,
    '--date': given.date,
  };
  const ofOutcomes = { '--label': given.label, '--money': given.money, '--landed': given.landed };
  return [
    ...Object.entries(ofRecords).flatMap(([option, name]) => check(records, option, name)),
    ...(given.features ?? []).flatMap((name) => check(records, '--features', name)),
    ...Object.entries(ofOutcomes).flatMap(([option, name]) => check(outcomes, option, name)),
  ];
}

const missing = ({ path }: Sample, option: string, what: string) =>
  failure({ where: path, what, remedy: `Name the column with ${option}, or give another sample` });
