const LOCALE = 'en-US';
/** Beyond this many decimals an amount per record is noise. */
const MOST_DECIMALS = 8;

export interface MoneyStyle {
  /** Shows a plus too: for differences. */
  readonly signed?: boolean;
  /** From 100 on without cents: for what is read at a glance. */
  readonly rounded?: boolean;
}

/** A sum of money: cents below 1,000, whole units from there on. Never a negative zero. */
export function formatMoney(value: number, currency: string, style: MoneyStyle = {}): string {
  const whole = style.rounded ? 99.5 : 999.5;
  const decimals = Math.abs(value) >= whole ? 0 : currencyDecimals(currency);
  return withDecimals(currency, decimals, style)(value);
}

/**
 * A formatter for amounts per record that gives all of `values` the same decimals, so that a column of them
 * lines up: as many as the smallest one needs for two significant digits, and no fewer than the currency has.
 */
export function perRecordFormat(
  currency: string,
  values: readonly (number | null)[],
  style: MoneyStyle = {},
): (value: number) => string {
  return withDecimals(currency, perRecordDecimals(currency, values), style);
}

/** One amount per record, with the decimals that it needs: $1.84, $0.012. */
export function formatPerRecord(value: number, currency: string, style: MoneyStyle = {}): string {
  return perRecordFormat(currency, [value], style)(value);
}

/** A formatter for the ticks of an axis of money whose ticks lie `step` apart and reach `largest`. */
export function moneyTickFormat(currency: string, step: number, largest: number): (value: number) => string {
  if (largest >= 1e6) {
    const format = numberFormat({
      ...currencyStyle(currency),
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: 2,
    });
    return (value) => minus(format.format(value === 0 ? 0 : value));
  }
  const needed = decimalsFor(step, 1);
  return withDecimals(currency, needed === 0 ? 0 : Math.max(needed, currencyDecimals(currency)));
}

/** A whole number with thousands separated. */
export function formatCount(value: number): string {
  return minus(numberFormat({ maximumFractionDigits: 0 }).format(value === 0 ? 0 : value));
}

/** A plain number with up to `decimals` decimals. */
export function formatNumber(value: number, decimals: number): string {
  const format = numberFormat({ maximumFractionDigits: decimals, signDisplay: 'negative' });
  return minus(format.format(value));
}

/** Percent, as in `25 %`, the two kept on one line; what is little and not nothing stays so: `0.3 %`. */
export function formatPercent(percent: number): string {
  const size = Math.abs(percent);
  const decimals = size !== 0 && size < 0.05 ? 3 : size < 10 ? 1 : 0;
  return `${formatNumber(percent, decimals)}\u00a0%`;
}

/** `1 day`, `2 days`: a count with its noun. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)}\u00a0${count === 1 ? noun : plural}`;
}

function withDecimals(currency: string, decimals: number, { signed = false }: MoneyStyle = {}) {
  const format = numberFormat({
    ...currencyStyle(currency),
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
  return (value: number): string => minus(format.format(value));
}

function perRecordDecimals(currency: string, values: readonly (number | null)[]): number {
  const sizes = values.flatMap((value) => (value === null || value === 0 ? [] : [Math.abs(value)]));
  const least = currencyDecimals(currency);
  if (sizes.length === 0) return least;
  // A value far below the largest of its column may show as zero: three more digits than the largest are enough.
  const needed = decimalsFor(Math.min(...sizes), 2);
  const enough = decimalsFor(Math.max(...sizes), 4);
  return Math.max(least, Math.min(needed, Math.max(enough, least)));
}

/** Decimals that show `value` with so many significant digits. */
function decimalsFor(value: number, significant: number): number {
  const magnitude = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return Math.min(MOST_DECIMALS, Math.max(0, significant - 1 - magnitude));
}

function currencyStyle(currency: string) {
  return { style: 'currency', currency } as const;
}

function currencyDecimals(currency: string): number {
  return numberFormat(currencyStyle(currency)).resolvedOptions().maximumFractionDigits ?? 2;
}

/** A hyphen is too short for a minus beside tabular figures. */
function minus(text: string): string {
  return text.replace('-', '−');
}

const formats = new Map<string, Intl.NumberFormat>();

/** Building a formatter costs as much as a hundred uses of it, and a chart of a year has thousands. */
function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(LOCALE, options);
  formats.set(key, made);
  return made;
}
