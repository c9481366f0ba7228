import type { Column, ListColumn, MapColumn } from "@ss/core";

/**
 * Writes cells one after the other into a buffer that grows. Every cell tells by itself where it ends, so that the cells of a row need nothing
 * between them and the beginning of one row is never the beginning of another with other cells:
 *
 *     flag      1 byte: 0 for a null, which ends the cell, else 1
 *     value     numbers and times: their bytes, little-endian; texts: length, bytes; lists: length, cells; maps: length, pairs of cells;
 *               structs: cells
 *
 * Lengths are 4 bytes. With `canonical` equal keys have equal bytes: NaN and zero have one form each, and maps their entries in one order.
 */
export class RowWriter {
  private buffer: Buffer = Buffer.alloc(256);
  private used = 0;
  private readonly canonical: boolean;

  constructor(canonical: boolean) {
    this.canonical = canonical;
  }

  get length(): number {
    return this.used;
  }

  clear(): void {
    this.used = 0;
  }

  /** What was written, until more is. */
  written(from = 0): Buffer {
    return this.buffer.subarray(from, this.used);
  }

  uint8(value: number): void {
    // room may give the writer another buffer
    const at = this.room(1);
    this.buffer[at] = value;
  }

  uint32(value: number): void {
    const at = this.room(4);
    this.buffer.writeUInt32LE(value, at);
  }

  int64(value: bigint): void {
    const at = this.room(8);
    this.buffer.writeBigInt64LE(value, at);
  }

  bytes(source: Uint8Array, start = 0, length: number = source.length - start): void {
    const at = this.room(length);
    if (length <= 32) for (let k = 0; k < length; k++) this.buffer[at + k] = source[start + k]!;
    else this.buffer.set(source.subarray(start, start + length), at);
  }

  /** Writes a row of columns. */
  row(columns: readonly Column[], row: number): void {
    for (let k = 0; k < columns.length; k++) this.cell(columns[k]!, row);
  }

  private cell(column: Column, row: number): void {
    if (column.isNull(row)) return this.uint8(0);
    if (column.layout === "dictionary") return this.cell(column.dictionary, column.codes[row]!);
    this.uint8(1);
    switch (column.layout) {
      case "boolean":
      case "int8":
        return this.uint8(column.values[row]! & 0xff);
      case "int16": {
        const at = this.room(2);
        this.buffer.writeInt16LE(column.values[row]!, at);
        return;
      }
      case "int32":
        return this.uint32(column.values[row]! >>> 0);
      case "int64":
        this.uint32(column.words[2 * row]! >>> 0);
        return this.uint32(column.words[2 * row + 1]! >>> 0);
      case "int128":
        this.int64(BigInt.asIntN(64, column.values[2 * row]!));
        return this.int64(column.values[2 * row + 1]!);
      case "float32": {
        const at = this.room(4);
        this.buffer.writeFloatLE(this.number(column.values[row]!), at);
        return;
      }
      case "float64": {
        const at = this.room(8);
        this.buffer.writeDoubleLE(this.number(column.values[row]!), at);
        return;
      }
      case "bytes":
        this.uint32(column.lengths[row]!);
        return this.bytes(column.data, column.starts[row]!, column.lengths[row]!);
      case "interval":
        this.uint32(column.months[row]! >>> 0);
        this.uint32(column.days[row]! >>> 0);
        return this.int64(column.micros[row]!);
      case "list":
        return this.list(column, row);
      case "map":
        return this.map(column, row);
      case "struct":
        for (const child of column.children) this.cell(child, row);
        return;
      case "null":
        return;
    }
  }

  private list({ elements, starts, lengths }: ListColumn, row: number): void {
    this.uint32(lengths[row]!);
    const end = starts[row]! + lengths[row]!;
    for (let k = starts[row]!; k < end; k++) this.cell(elements, k);
  }

  private map({ keys, mapValues, starts, lengths }: MapColumn, row: number): void {
    this.uint32(lengths[row]!);
    const end = starts[row]! + lengths[row]!;
    const from = this.used;
    const entries: Buffer[] = [];
    for (let k = starts[row]!; k < end; k++) {
      const entry = this.used;
      this.cell(keys, k);
      this.cell(mapValues, k);
      if (this.canonical) entries.push(Buffer.from(this.written(entry)));
    }
    if (!this.canonical) return;
    this.used = from;
    for (const entry of entries.sort(Buffer.compare)) this.bytes(entry);
  }

  private number(value: number): number {
    if (!this.canonical) return value;
    // adding zero makes a zero of a negative one
    return Number.isNaN(value) ? Number.NaN : value + 0;
  }

  private room(length: number): number {
    const at = this.used;
    this.used += length;
    if (this.used > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.used, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    return at;
  }
}
