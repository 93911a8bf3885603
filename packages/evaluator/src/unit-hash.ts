import type { TextColumn } from './column-batch.ts';
import { addressIn, handText, type Kernel } from './kernel.ts';

/**
 * Hashes the units of a column as core/bucketing.ts hashes texts, on the bytes as they were read: a string for every
 * record of a large day would cost more than the comparison. `into[row]` is an unsigned 32-bit number.
 */
export function unitHasher(
  flagKey: string,
  kernel?: Kernel,
): (units: TextColumn, rows: number, into: Uint32Array) => void {
  const plainly = plainHasher(flagKey);
  const inKernel = kernel && kernelHasher(flagKey, kernel);
  return (units, rows, into) => {
    if (!inKernel?.(units, rows, into)) plainly(units, rows, into);
  };
}

/** Longest prefix and unit together, in bytes, that the kernel hashes. */
const KERNEL_BYTES = 1 << 14;

function kernelHasher(
  flagKey: string,
  kernel: Kernel,
): (units: TextColumn, rows: number, into: Uint32Array) => boolean {
  const prefix = new TextEncoder().encode(flagKey);
  const scratch = kernel.arena.uint8(KERNEL_BYTES);
  const scratchAt = addressIn(kernel, scratch);
  if (scratchAt !== undefined) scratch.set(prefix);
  return (units, rows, into) => {
    const handed = handText(kernel, units, rows);
    const intoAt = addressIn(kernel, into);
    if (!handed || intoAt === undefined || scratchAt === undefined) return false;
    const { bytes, starts, lengths } = handed;
    return (
      kernel.calls.hashUnits(
        ...[bytes, starts, lengths, rows, scratchAt, prefix.length, KERNEL_BYTES, intoAt],
      ) !== 0
    );
  };
}

function plainHasher(flagKey: string): (units: TextColumn, rows: number, into: Uint32Array) => void {
  const prefix = new TextEncoder().encode(flagKey);
  let scratch = new Uint8Array(512);
  scratch.set(prefix);
  return ({ bytes, starts, lengths }, rows, into) => {
    for (let row = 0; row < rows; row += 1) {
      const length = Math.max(0, lengths[row] as number);
      const whole = prefix.length + length;
      if (whole > scratch.length) {
        scratch = new Uint8Array(2 * whole);
        scratch.set(prefix);
      }
      const start = starts[row] as number;
      for (let at = 0; at < length; at += 1) scratch[prefix.length + at] = bytes[start + at] as number;
      into[row] = murmur3Bytes(scratch, whole);
    }
  };
}

/** murmur3_x86_32 with seed 0 of the first `length` bytes. */
function murmur3Bytes(bytes: Uint8Array, length: number): number {
  const blocks = length - (length % 4);
  let hash = 0;
  for (let at = 0; at < blocks; at += 4) {
    const block =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash ^= scramble(block);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = length - 1; at >= blocks; at -= 1) tail = (tail << 8) | (bytes[at] as number);
  hash ^= scramble(tail) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
