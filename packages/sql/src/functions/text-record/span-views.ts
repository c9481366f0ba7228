import { assert, BytesBuilder, type Column } from "@ss/core";

/** A column of texts whose bytes are kept elsewhere: rows are views of one array, and nothing is copied. */
export class SpanViews extends BytesBuilder {
  override appendFrom(column: Column, i: number): void {
    this.appendRange(column, i, i + 1);
  }

  override appendRange(column: Column, from: number, to: number): void {
    assert(column.layout === "bytes", `a column of texts was expected, not of ${column.layout}`);
    const at = this.nextRange(column, from, to);
    this.data = column.data;
    this.starts.set(column.starts.subarray(from, to), at);
    this.lengths.set(column.lengths.subarray(from, to), at);
  }
}
