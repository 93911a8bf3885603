/**
 * What every method here asks of its input. A breach is a bug of the caller, never a finding about the data, so
 * each throws a RangeError that names the argument.
 */

/** A one-sided level must leave room for its double: methods that stand on a two-sided statistic spend 2 alpha. */
export function requireAlpha(alpha: number, sides: 'one' | 'two' = 'one'): void {
  const limit = sides === 'one' ? 0.5 : 1;
  if (!(alpha > 0 && alpha < limit)) {
    throw new RangeError(
      `alpha is ${alpha}; give a ${sides}-sided level above 0 and below ${limit}, such as 0.05`,
    );
  }
}

/** Sums cannot tell where a NaN or an infinity came in, so it is named here. */
export function requireFinite(values: readonly number[], name = 'values'): void {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new RangeError(`${name}[${index}] is ${values[index]}; leave out what could not be measured`);
  }
}

export function requirePositive(value: number, name: string): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${name} is ${value}; give a positive, finite number`);
  }
}

export function requireCount(value: number, name: string): void {
  if (!(Number.isInteger(value) && value >= 0)) {
    throw new RangeError(`${name} is ${value}; give a whole number, 0 or more`);
  }
}
