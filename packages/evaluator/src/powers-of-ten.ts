/** The table that ../kernel/numbers.ts rounds decimal numbers by. */
const LARGEST_POWER = 80;
const EXACT_POWER = 22;
const WORD = 64n;

const bitsOf = (value: bigint): bigint => BigInt(value.toString(2).length);

/** 10^power as 128 bits, the highest one set, rounded down. */
function mantissaOf(power: number): bigint {
  const ten = 10n ** BigInt(Math.abs(power));
  const bits = bitsOf(ten);
  if (power >= 0) return bits <= 128n ? ten << (128n - bits) : ten >> (bits - 128n);
  const inverse = (1n << (127n + bits)) / ten;
  return bitsOf(inverse) === 128n ? inverse : inverse >> 1n;
}

let table: Uint8Array | undefined;

/** 10^-80 to 10^80, a high and a low word each; then 10^0 to 10^22 as doubles, which hold those exactly. */
export function powersOfTen(): Uint8Array {
  if (table) return table;
  const bytes = new DataView(new ArrayBuffer((2 * LARGEST_POWER + 1) * 16 + (EXACT_POWER + 1) * 8));
  for (let power = -LARGEST_POWER; power <= LARGEST_POWER; power += 1) {
    const mantissa = mantissaOf(power);
    const at = (power + LARGEST_POWER) * 16;
    bytes.setBigUint64(at, mantissa >> WORD, true);
    bytes.setBigUint64(at + 8, BigInt.asUintN(64, mantissa), true);
  }
  for (let power = 0; power <= EXACT_POWER; power += 1) {
    bytes.setFloat64((2 * LARGEST_POWER + 1) * 16 + power * 8, Number(10n ** BigInt(power)), true);
  }
  table = new Uint8Array(bytes.buffer);
  return table;
}
