/** Where tables get their arrays from. Arrays are zeroed. */
export interface TableMemory {
  int32(length: number): Int32Array;
  bytes(length: number): Uint8Array;
  /** Gives an array back that nobody reads or writes any more. */
  free(array: ArrayBufferView): void;
}

/** Ordinary arrays. */
export const plainMemory: TableMemory = {
  int32: (length) => new Int32Array(length),
  bytes: (length) => new Uint8Array(length),
  free: () => {},
};
