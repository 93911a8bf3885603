import { type Model, predict } from './model.ts';

/** A line that the model cannot read, with where it went wrong (both counted from 1). */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
  readonly line: number;
  readonly column: number;
  constructor(line: number, column: number, problem: string) {
    super(`Line ${line}, column ${column}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}

/**
 * Scores lines of CSV without a header: a number or nothing (missing) for each feature, in the model's order.
 * Returns one probability a line, with six decimals.
 */
export function scoreCsv(model: Model, text: string): string {
  const scores = predict(model, readColumns(model.features, text));
  let output = '';
  for (const score of scores) output += `${score.toFixed(6)}\n`;
  return output;
}

function readColumns(features: readonly string[], text: string): Float64Array[] {
  const rows = countLines(text);
  const columns = features.map(() => new Float64Array(rows));
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline;
    const end = next > start && text.charCodeAt(next - 1) === CARRIAGE_RETURN ? next - 1 : next;
    let from = start;
    for (let column = 0; column < columns.length; column++) {
      if (from > end) {
        throw new MalformedInput(row + 1, column, `${columns.length} features expected, ${column} found.`);
      }
      let to = from;
      while (to < end && text.charCodeAt(to) !== COMMA) to += 1;
      const value = readNumber(text, from, to);
      if (value === undefined) {
        const cell = JSON.stringify(text.slice(from, Math.min(to, from + 40)));
        throw new MalformedInput(row + 1, column + 1, `${features[column]} is ${cell}, not a number.`);
      }
      (columns[column] as Float64Array)[row] = value;
      from = to + 1;
    }
    if (from <= end) {
      throw new MalformedInput(
        row + 1,
        columns.length + 1,
        `${columns.length} features expected, more found.`,
      );
    }
    start = next + 1;
  }
  return columns;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return text === '' || text.endsWith('\n') ? lines : lines + 1;
}

const COMMA = 44;
const CARRIAGE_RETURN = 13;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const POWERS = Float64Array.from({ length: 16 }, (_, decimals) => Number(`1e${decimals}`));

/**
 * The number in `text[from, to)`, NaN for an empty cell, undefined for anything else. Plain decimals, nearly
 * all cells, are read without a string for each: digits as one integer over a power of ten, which is exact
 * (one rounding) up to 15 digits.
 */
function readNumber(text: string, from: number, to: number): number | undefined {
  if (from === to) return Number.NaN;
  let digits = 0;
  let decimals = -1;
  let mantissa = 0;
  const negative = text.charCodeAt(from) === MINUS;
  for (let at = negative ? from + 1 : from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits += 1;
      if (decimals >= 0) decimals += 1;
    } else if (digit === POINT - ZERO && decimals < 0) {
      decimals = 0;
    } else {
      return readOther(text.slice(from, to));
    }
  }
  if (digits === 0 || digits > 15) return readOther(text.slice(from, to));
  const value = decimals > 0 ? mantissa / (POWERS[decimals] as number) : mantissa;
  return negative ? -value : value;
}

/** Exponents and long numbers; Number() alone would take a blank for zero. */
function readOther(cell: string): number | undefined {
  const value = Number(cell);
  return cell.trim() === '' || !Number.isFinite(value) ? undefined : value;
}
