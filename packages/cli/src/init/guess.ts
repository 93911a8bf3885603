import type { Slice } from '@penumbra/core/slice';
import type { ColumnProfile, Sample } from './sample.ts';

/** A choice and why it was made; a person may make another one. */
export interface Guess<Value> {
  readonly value: Value;
  readonly because: string;
}

const ID = /(^|_)(id|key|uuid|number|no|ref|reference)$/i;
const UNIT =
  /(customer|user|account|member|client|passenger|device|household|merchant|card|patient|visitor|route)/i;
const INCUMBENT = /(rule|incumbent|decision|decided|approved|current|legacy|manual|action|flag|blocked)/i;
const FORECAST = /(forecast|estimate|prediction|predicted|incumbent|planned|rule|current|legacy)/i;
const AMOUNT = /(amount|price|value|total|fare|cost|revenue|basket|sum|limit)/i;
const LABEL = /(label|outcome|target|bad|fraud|default|late|churn|converted|returned|actual|result|y$)/i;
const MONEY = /(money|amount|refund|loss|revenue|cost|margin|value)/i;
const SCORE = /(score|probability|prob|prediction|predicted|p$)/i;
const SLICE = /(tier|segment|region|country|market|channel|category|type|size|class|plan|brand|group)/i;
const LANDED = /(landed|reported|known|observed|closed|paid|settled)/i;
const DATE = /(date|day|time|at$|on$)/i;

const named = (columns: readonly ColumnProfile[], pattern: RegExp) =>
  columns.find(({ name }) => pattern.test(name));

/** The column that tells records apart: every value is another. */
export function guessId({ columns, rows }: Sample): Guess<string> | undefined {
  const unique = columns.filter(
    ({ kind, distinct }) => distinct === rows && (kind === 'text' || kind === 'number'),
  );
  const found = named(unique, ID) ?? unique.find(({ kind }) => kind === 'text') ?? unique[0];
  if (!found) return undefined;
  return { value: found.name, because: `its ${rows.toLocaleString('en')} values are all different` };
}

/** The column whose values keep their arm: somebody who comes back. */
export function guessUnit({ columns, rows }: Sample, id: string): Guess<string> {
  const back = columns.filter(
    ({ name, kind, distinct }) => name !== id && kind !== 'date' && distinct > 20 && distinct < rows,
  );
  const found = named(back, UNIT) ?? back.find(({ kind, name }) => kind === 'text' && ID.test(name));
  return found
    ? {
        value: found.name,
        because: `${found.distinct.toLocaleString('en')} values come back in ${rows.toLocaleString('en')} records`,
      }
    : { value: id, because: 'no column looks like somebody who comes back: each record has its own arm' };
}

export interface TaskGuess extends Guess<string> {
  readonly type: 'binary-classification' | 'regression';
}

/** What decides today: a column of 0 and 1, or a number that is forecast. */
export function guessIncumbent({ columns }: Sample, taken: readonly string[]): TaskGuess | undefined {
  const free = columns.filter(({ name }) => !taken.includes(name));
  const binary = free.filter(({ kind }) => kind === 'binary');
  const numeric = free.filter(({ kind }) => kind === 'number');
  const forecast = named(numeric, FORECAST);
  const rule = named(binary, INCUMBENT) ?? (forecast ? undefined : binary[0]);
  if (rule) return { value: rule.name, type: 'binary-classification', because: 'it is 0 or 1' };
  if (!forecast) return undefined;
  return { value: forecast.name, type: 'regression', because: 'it is a number, named like a forecast' };
}

/** What happened. */
export function guessLabel(
  { columns }: Sample,
  task: TaskGuess['type'],
  id: string,
): Guess<string> | undefined {
  const kinds = task === 'regression' ? ['number', 'binary'] : ['binary'];
  const fit = columns.filter(({ name, kind }) => name !== id && kinds.includes(kind));
  const found = named(fit, LABEL) ?? fit[0];
  return found && { value: found.name, because: task === 'regression' ? 'it is a number' : 'it is 0 or 1' };
}

export const guessAmount = ({ columns }: Sample, taken: readonly string[]): string | undefined =>
  named(
    columns.filter(({ name, kind }) => kind === 'number' && !taken.includes(name)),
    AMOUNT,
  )?.name;

export const guessMoney = ({ columns }: Sample, taken: readonly string[]): string | undefined =>
  named(
    columns.filter(({ name, kind }) => kind === 'number' && !taken.includes(name)),
    MONEY,
  )?.name;

export function guessScore({ columns }: Sample, id: string): string | undefined {
  const numbers = columns.filter(({ name, kind }) => name !== id && (kind === 'number' || kind === 'binary'));
  return (named(numbers, SCORE) ?? numbers[0])?.name;
}

/** Numeric columns that nothing else has taken: what a model may look at. */
export const guessFeatures = ({ columns }: Sample, taken: readonly string[]): string[] =>
  columns
    .filter(({ name, kind }) => (kind === 'number' || kind === 'binary') && !taken.includes(name))
    .map(({ name }) => name);

export const guessDate = ({ columns }: Sample): string | undefined => {
  const dates = columns.filter(({ kind }) => kind === 'date');
  return (dates.find(({ name }) => DATE.test(name) && !LANDED.test(name)) ?? dates[0])?.name;
};

export const guessLanded = ({ columns }: Sample): string | undefined => {
  const dates = columns.filter(({ kind }) => kind === 'date');
  return (named(dates, LANDED) ?? dates[0])?.name;
};

/** Most slices that are proposed: each one is proven by its own days. */
const MOST_SLICES = 5;
/** Records of a slice that a day should have: the default of `policy.minRowsPerDay`. */
const LEAST_A_DAY = 100;

/** Columns that could cut the traffic, the likeliest first. */
export function sliceColumns({ columns }: Sample, taken: readonly string[]): string[] {
  const fit = columns.filter(
    ({ name, kind, distinct }) => kind === 'text' && distinct >= 2 && distinct <= 20 && !taken.includes(name),
  );
  const likely = fit.filter(({ name }) => SLICE.test(name));
  return [...likely, ...fit.filter((column) => !likely.includes(column))].map(({ name }) => name);
}

/**
 * Slices in order of risk, the least first: of a column's values, those with the fewest records first, small ones
 * together; of an amount, the small amounts first.
 */
export function proposeSlices(
  sample: Sample,
  by: string | undefined,
  amount: string | undefined,
  date: string | undefined,
): Guess<Slice[]> {
  const column = sample.columns.find(({ name }) => name === by);
  if (column && column.values.length > 1) {
    return {
      value: ofValues(column, LEAST_A_DAY * daysOf(sample, date)),
      because: `by ${column.name}, the fewest records first: put the least business risk first`,
    };
  }
  const sized = sample.columns.find(({ name }) => name === amount);
  const [half, most] = sized?.quantiles ?? [0, 0];
  if (sized && half < most)
    return {
      value: ofSizes(sized.name, nice(half), nice(most)),
      because: `by ${sized.name}, small amounts first`,
    };
  return {
    value: [],
    because: 'no column cuts the traffic',
  };
}

/** Days that a sample spans; without a date it may be one. */
const daysOf = ({ columns }: Sample, date: string | undefined) =>
  columns.find(({ name }) => name === date)?.distinct ?? 1;

/** Values one by one, or some of them together where they are too few a day, or too many slices. */
function ofValues({ name, values, rows }: ColumnProfile, leastRows: number): Slice[] {
  const least = Math.max(leastRows, rows / (2 * MOST_SLICES));
  const groups: { values: string[]; rows: number }[] = [];
  for (const { value, rows: of } of values) {
    const last = groups.at(-1);
    if (last && (last.rows < least || groups.length === MOST_SLICES)) {
      last.values.push(value);
      last.rows += of;
    } else groups.push({ values: [value], rows: of });
  }
  const used = new Set<string>();
  return groups.map(({ values: [first = '', ...others] }) => ({
    slice: sliceName(others.length === 0 ? first : `${first}-and-others`, used),
    when: [others.length === 0 ? { field: name, equals: first } : { field: name, oneOf: [first, ...others] }],
  }));
}

const ofSizes = (field: string, half: number, most: number): Slice[] => [
  { slice: 'small', when: [{ field, below: half }] },
  { slice: 'middle', when: [{ field, atLeast: half, below: most }] },
  { slice: 'large', when: [{ field, atLeast: most }] },
];

/** A number that people would have chosen: two significant digits. */
const nice = (value: number): number => Number(value.toPrecision(2));

function sliceName(text: string, used: Set<string>): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 34);
  const base = plain === '' ? 'slice' : plain;
  const name = used.has(base) ? `${base}-${used.size + 1}` : base;
  used.add(name);
  return name;
}

/** A name for a deployment from a folder's name. */
export function nameFrom(folder: string): string {
  const plain = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return plain === '' ? 'my-model' : plain;
}
