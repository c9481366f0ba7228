/** Where tables get their arrays from. */
export interface TableMemory {
  /** A zeroed array. */
  int32(length: number): Int32Array;
  /** An array of whatever. Columns go on referring to it after the table has given it back. */
  bytes(length: number): Uint8Array;
  /** Gives an array back that the table reads and writes no more. */
  free(array: ArrayBufferView): void;
}

/** Ordinary arrays. */
export const plainMemory: TableMemory = {
  int32: (length) => new Int32Array(length),
  bytes: (length) => new Uint8Array(length),
  free: () => {},
};
