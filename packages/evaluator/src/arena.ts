/** Where the columns of batches stand: on the heap, or at the front of a kernel's memory, where it need not be handed them. */
export interface Arena {
  /** Bytes as they are, of whatever was there before: only what is written to takes memory. */
  readonly bytes: (length: number) => Uint8Array;
  readonly uint8: (length: number) => Uint8Array;
  readonly int16: (length: number) => Int16Array;
  readonly int32: (length: number) => Int32Array;
  readonly uint32: (length: number) => Uint32Array;
  readonly float64: (length: number) => Float64Array;
  /** What is taken after a mark is free again once that is released. */
  readonly mark: () => number;
  readonly release: (mark: number) => void;
}

export const HEAP: Arena = {
  bytes: (length) => new Uint8Array(length),
  uint8: (length) => new Uint8Array(length),
  int16: (length) => new Int16Array(length),
  int32: (length) => new Int32Array(length),
  uint32: (length) => new Uint32Array(length),
  float64: (length) => new Float64Array(length),
  mark: () => 0,
  release: () => undefined,
};

/** Vectors of the kernel are 16 bytes, and it reads as many beyond an end. */
const ALIGNMENT = 16;

/** Arrays from `start` to `end` of a buffer, zeroed but for `bytes`; on the heap once there is no room left. */
export function arenaOf(buffer: ArrayBuffer, start: number, end: number): Arena {
  let next = start;
  const take = (bytes: number): number | undefined => {
    const at = next;
    const after = at + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT + ALIGNMENT;
    if (after > end) return undefined;
    next = after;
    return at;
  };
  const taking =
    <Taken>(
      size: number,
      from: (at: number, length: number) => Taken,
      otherwise: (length: number) => Taken,
    ) =>
    (length: number): Taken => {
      const at = take(length * size);
      if (at === undefined) return otherwise(length);
      new Uint8Array(buffer, at, length * size).fill(0);
      return from(at, length);
    };
  return {
    bytes: (length) => {
      const at = take(length);
      return at === undefined ? HEAP.bytes(length) : new Uint8Array(buffer, at, length);
    },
    uint8: taking(1, (at, length) => new Uint8Array(buffer, at, length), HEAP.uint8),
    int16: taking(2, (at, length) => new Int16Array(buffer, at, length), HEAP.int16),
    int32: taking(4, (at, length) => new Int32Array(buffer, at, length), HEAP.int32),
    uint32: taking(4, (at, length) => new Uint32Array(buffer, at, length), HEAP.uint32),
    float64: taking(8, (at, length) => new Float64Array(buffer, at, length), HEAP.float64),
    mark: () => next,
    release: (mark) => {
      next = mark;
    },
  };
}
