import type { BytesColumn, Column } from "@ss/core";

const NO_BYTES = new Uint8Array(0);
const NO_NUMBERS = new Int32Array(0);

/** The rows of a column of STRING or BINARY, plain or by a dictionary, for loops that make no objects. */
export class ByteRows {
  data: Uint8Array = NO_BYTES;
  starts: Int32Array = NO_NUMBERS;
  lengths: Int32Array = NO_NUMBERS;
  private codes: Int32Array | null = null;
  private validity: Uint8Array | null = null;
  private isNull = true;

  /** Goes on with another column; without one all rows are null. */
  bind(column: Column | undefined): void {
    this.codes = null;
    this.validity = column?.validity ?? null;
    this.isNull = column === undefined || column.layout === "null";
    if (column === undefined || column.layout === "null") return;
    const plain = column.layout === "dictionary" ? column.dictionary : column;
    if (column.layout === "dictionary") this.codes = column.codes;
    const { data, starts, lengths } = plain as BytesColumn;
    this.data = data;
    this.starts = starts;
    this.lengths = lengths;
  }

  /** Where a row stands in `starts` and `lengths`; -1 where it is null. */
  at(row: number): number {
    if (this.isNull) return -1;
    const bits = this.validity;
    if (bits !== null && (bits[row >> 3]! & (1 << (row & 7))) === 0) return -1;
    return this.codes === null ? row : this.codes[row]!;
  }
}
