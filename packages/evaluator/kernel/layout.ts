/* Where things stand in the memory that the loops share with the plain TypeScript; see ../src/kernel-memory.ts. */

/** Numbers that a call gives back beside its result. */
export const SINK: usize = 64;

/** A cell of the id table: 32 bytes; the key (16), a number (8), flags (4), a count (4). */
export const CELL_SHIFT: usize = 5;
export const NUMBER: usize = 16;
export const FLAGS: usize = 24;
export const COUNT: usize = 28;
export const HAS_OUTCOME: u32 = 4;
export const POSITIVE: u32 = 8;
export const IS_RECORD: u32 = 16;

/** Instead of a cell. */
export const ABSENT: i32 = -1;
export const OTHER_PASS: i32 = -2;

/** Length of a text that is not there. */
export const MISSING: i32 = -1;
