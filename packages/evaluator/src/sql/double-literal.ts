/** A double as an SQL literal that is a double again, to the last bit: without an exponent it would be a DECIMAL. */
export function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} has no SQL literal`);
  const [digits = '0', power = '0'] = value.toExponential().split('e');
  return `${digits}E${Number(power)}`;
}
