/** Most numbers of a call that the kernel leaves to be read here: 4 words each, see ../kernel/csv.ts. */
export const MOST_SLOW = 1024;

/**
 * Reads numbers of many digits or of large exponents to their columns, which are by the column's number in the file;
 * false where one is beyond what a double holds.
 */
export function readSlowly(
  slow: Uint32Array,
  bytes: Uint8Array,
  numbers: ReadonlyMap<number, Float64Array>,
): boolean {
  for (let at = 0; at < slow.length; at += 4) {
    const [field, row, start, length] = slow.subarray(at, at + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
    const value = Number(text);
    if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? ''))) return false;
    const values = numbers.get(field);
    if (values) values[row] = value;
  }
  return true;
}
