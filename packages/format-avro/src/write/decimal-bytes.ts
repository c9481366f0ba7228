import type { Int64Column, Int128Column } from "@ss/core";

/** Unscaled values of a column of decimals as bytes, the highest first, in as few as hold them. */
export interface DecimalBytes {
  /** The value that was read ends where these end. */
  readonly bytes: Uint8Array;
  /** Where it begins. */
  start: number;
  /** Puts row `i` there. */
  read(i: number): void;
}

/** Reads the rows of a column of decimals as bytes. */
export function decimalBytes(column: Int64Column | Int128Column): DecimalBytes {
  const width = column.layout === "int64" ? 8 : 16;
  const { buffer, byteOffset } = column.values;
  const memory = new Uint8Array(buffer, byteOffset, column.values.length * 8);
  const bytes = new Uint8Array(width);
  return {
    bytes,
    start: 0,
    read(i) {
      const last = (i + 1) * width - 1;
      // memory has the lowest byte first
      for (let k = 0; k < width; k++) bytes[k] = memory[last - k]!;
      const fill = bytes[0]! >= 0x80 ? 0xff : 0;
      let start = 0;
      while (start < width - 1 && bytes[start] === fill && ((bytes[start + 1]! ^ fill) & 0x80) === 0) start++;
      this.start = start;
    },
  };
}
