/** The part of a stage's runtime that stores texts; see StageRuntime. */
export interface StageBytes {
  put(value: string): void;
  copy(data: Uint8Array, start: number, length: number): number;
}

/** The arena of a stage's runtime, for functions that write a text there themselves; see StageRuntime. */
export interface StageArena {
  readonly bytes: Uint8Array;
  reserve(extra: number): number;
  close(length: number): void;
}
