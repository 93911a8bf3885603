type Scalar = string | number | boolean;

/** One condition on one field: a value, some values, or a range of numbers that lacks one end at most. */
export type Condition =
  | { field: string; equals: Scalar }
  | { field: string; oneOf: Scalar[] }
  | { field: string; atLeast?: number | undefined; below?: number | undefined };

/** A part of the traffic, by conditions that must all hold. */
export interface Slice {
  /** Its name, as people read it. */
  slice: string;
  when: Condition[];
}
