/** The part of a stage's runtime that stores texts; see StageRuntime. */
export interface StageBytes {
  put(value: string): void;
  copy(data: Uint8Array, start: number, length: number): number;
}
