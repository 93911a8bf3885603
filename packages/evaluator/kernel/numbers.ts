/*
 * Decimal numbers, rounded correctly or given up. Sources: W. D. Clinger, "How to read floating point numbers
 * accurately", PLDI 1990, for those of few digits; D. Lemire, "Number parsing at a gigabyte per second", Software:
 * Practice and Experience 51 (2021), for the others.
 */

export const NUMBER_READ: i32 = 0;
/** A number, but one for a slower way. */
export const NUMBER_GIVEN_UP: i32 = 1;
/** Not written as sign, digits, point and digits, exponent. */
export const NUMBER_IRREGULAR: i32 = 2;

/** Powers of ten that `powers` holds, 16 bytes each (high word, low word), from -LARGEST_POWER on. */
const LARGEST_POWER: i32 = 80;
const EXACT_POWER: i32 = 22;
const EXACT_DIGITS: u64 = 1 << 53;
/** More digits may not fit 64 bits. */
const MOST_DIGITS: i32 = 19;

/** What parseNumber read last. */
export let parsed: f64 = 0;

export function parseNumber(from: usize, to: usize, powers: usize): i32 {
  let at = from;
  const negative = load<u8>(at) == 45;
  if (negative) at++;
  let digits: u64 = 0;
  const whole = at;
  while (at < to && isDigit(load<u8>(at))) {
    digits = digits * 10 + <u64>(load<u8>(at) - 48);
    at++;
  }
  let length = <i32>(at - whole);
  if (length == 0) return NUMBER_IRREGULAR;
  let power: i32 = 0;
  if (at < to && load<u8>(at) == 46) {
    at++;
    const part = at;
    while (at < to && isDigit(load<u8>(at))) {
      digits = digits * 10 + <u64>(load<u8>(at) - 48);
      at++;
    }
    const places = <i32>(at - part);
    if (places == 0) return NUMBER_IRREGULAR;
    length += places;
    power = -places;
  }
  if (at < to && (load<u8>(at) | 32) == 101) {
    at++;
    let sign: i32 = 1;
    if (at < to && (load<u8>(at) == 45 || load<u8>(at) == 43)) {
      if (load<u8>(at) == 45) sign = -1;
      at++;
    }
    const part = at;
    let exponent: i32 = 0;
    while (at < to && isDigit(load<u8>(at)) && at - part < 5) {
      exponent = exponent * 10 + <i32>(load<u8>(at) - 48);
      at++;
    }
    if (at == part) return NUMBER_IRREGULAR;
    power += sign * exponent;
  }
  if (at != to) return NUMBER_IRREGULAR;
  if (length > MOST_DIGITS) return NUMBER_GIVEN_UP;
  let value: f64 = 0;
  if (digits == 0) value = 0;
  else if (digits < EXACT_DIGITS && power >= -EXACT_POWER && power <= EXACT_POWER) {
    const ten = load<f64>(powers + exactAt(power < 0 ? -power : power));
    value = power < 0 ? <f64>digits / ten : <f64>digits * ten;
  } else {
    const bits = rounded(digits, power, powers);
    if (bits == 0) return NUMBER_GIVEN_UP;
    value = reinterpret<f64>(bits);
  }
  parsed = negative ? -value : value;
  return NUMBER_READ;
}

@inline
function isDigit(byte: u8): bool {
  return <u8>(byte - 48) < 10;
}

/** 10^0 to 10^22 as doubles stand behind the table of powers. */
@inline
function exactAt(power: i32): usize {
  return <usize>(2 * LARGEST_POWER + 1) * 16 + ((<usize>power) << 3);
}

/** The bits of digits x 10^power rounded to even, or 0 where 128 bits do not tell, or the table does not reach. */
function rounded(digits: u64, power: i32, powers: usize): u64 {
  if (power < -LARGEST_POWER || power > LARGEST_POWER) return 0;
  const at = powers + ((<usize>(power + LARGEST_POWER)) << 4);
  const zeros = clz(digits);
  const wide = digits << zeros;
  let exponent: i64 = ((217706 * <i64>power) >> 16) + 64 + 1023 - <i64>zeros;

  let high = highOf(wide, load<u64>(at));
  let low = wide * load<u64>(at);
  if ((high & 0x1ff) == 0x1ff && low + wide < wide) {
    const second = highOf(wide, load<u64>(at, 8));
    const rest = wide * load<u64>(at, 8);
    const merged = low + second;
    if (merged < low) high++;
    if ((high & 0x1ff) == 0x1ff && merged + 1 == 0 && rest + wide < wide) return 0;
    low = merged;
  }
  const top = high >> 63;
  let mantissa = high >> (top + 9);
  exponent -= <i64>(1 ^ top);
  if (low == 0 && (high & 0x1ff) == 0 && (mantissa & 3) == 1) return 0;
  mantissa += mantissa & 1;
  mantissa >>= 1;
  if (mantissa >> 53 > 0) {
    mantissa >>= 1;
    exponent++;
  }
  if (exponent < 1 || exponent >= 0x7ff) return 0;
  return (<u64>exponent << 52) | (mantissa & 0xfffffffffffff);
}

/** The high word of a product of two 64-bit words. */
@inline
function highOf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const low = a0 * b0;
  const left = a1 * b0 + (low >> 32);
  const right = a0 * b1 + (left & 0xffffffff);
  return a1 * b1 + (left >> 32) + (right >> 32);
}
