/** The part of a stage's runtime that stores texts; see `put` of StageRuntime. */
export interface StageBytes {
  put(value: string): void;
}
