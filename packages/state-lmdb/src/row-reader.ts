import {
  BooleanBuilder,
  BytesBuilder,
  type ColumnBuilder,
  Float32Builder,
  Float64Builder,
  Int8Builder,
  Int16Builder,
  Int32Builder,
  Int64Builder,
  Int128Builder,
  IntervalBuilder,
  ListBuilder,
  MapBuilder,
  NullBuilder,
  StructBuilder,
} from "@ss/core";

/** Reads what a RowWriter wrote. */
export class RowReader {
  private buffer: Buffer = Buffer.alloc(0);
  at = 0;

  /** Goes to a place in a buffer, which has to stay as it is while it is read. */
  begin(buffer: Buffer, at: number): void {
    this.buffer = buffer;
    this.at = at;
  }

  /** Appends the cells of a row to the builders of its columns. */
  row(builders: readonly ColumnBuilder[]): void {
    for (let k = 0; k < builders.length; k++) this.cell(builders[k]!);
  }

  uint32(): number {
    this.at += 4;
    return this.buffer.readUInt32LE(this.at - 4);
  }

  private cell(builder: ColumnBuilder): void {
    if (this.buffer[this.at++] === 0) return builder.appendNull();
    const { buffer } = this;
    if (builder instanceof Int64Builder) {
      const i = builder.next(true);
      builder.values[i] = this.int64();
    } else if (builder instanceof BytesBuilder) {
      const length = this.uint32();
      builder.appendBytes(buffer, this.at, length);
      this.at += length;
    } else if (builder instanceof Float64Builder) {
      const i = builder.next(true);
      builder.values[i] = buffer.readDoubleLE(this.at);
      this.at += 8;
    } else if (builder instanceof Int32Builder) {
      const i = builder.next(true);
      builder.values[i] = this.uint32();
    } else if (builder instanceof BooleanBuilder || builder instanceof Int8Builder) {
      const i = builder.next(true);
      builder.values[i] = buffer[this.at++]!;
    } else if (builder instanceof Int16Builder) {
      const i = builder.next(true);
      builder.values[i] = buffer.readInt16LE(this.at);
      this.at += 2;
    } else if (builder instanceof Float32Builder) {
      const i = builder.next(true);
      builder.values[i] = buffer.readFloatLE(this.at);
      this.at += 4;
    } else this.wide(builder);
  }

  private wide(builder: ColumnBuilder): void {
    if (builder instanceof StructBuilder) {
      for (const child of builder.children) this.cell(child);
      builder.close();
    } else if (builder instanceof ListBuilder) {
      const start = builder.elements.length;
      for (let left = this.uint32(); left > 0; left--) this.cell(builder.elements);
      builder.close(start);
    } else if (builder instanceof MapBuilder) {
      const start = builder.keys.length;
      for (let left = this.uint32(); left > 0; left--) {
        this.cell(builder.keys);
        this.cell(builder.mapValues);
      }
      builder.close(start);
    } else if (builder instanceof Int128Builder) {
      const low = BigInt.asUintN(64, this.int64());
      builder.append((this.int64() << 64n) | low);
    } else if (builder instanceof IntervalBuilder) {
      const months = this.uint32() | 0;
      const days = this.uint32() | 0;
      builder.append({ months, days, micros: this.int64() });
    } else if (builder instanceof NullBuilder) builder.appendNull();
    else throw new TypeError(`no cell of ${builder.type.kind} can be read`);
  }

  private int64(): bigint {
    this.at += 8;
    return this.buffer.readBigInt64LE(this.at - 8);
  }
}
