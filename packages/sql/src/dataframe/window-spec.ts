import { LongType } from "@ss/core";
import type { FrameBound, WindowSpec } from "../expression/expression.js";
import { literal } from "../expression/expression.js";
import { type ColumnOrName, columnOf, sortOrderOf } from "./column.js";

/** PARTITION BY, ORDER BY and the frame of a window. Immutable. */
export class WindowSpecification {
  readonly spec: WindowSpec;
  constructor(spec: WindowSpec) {
    this.spec = spec;
  }
  partitionBy(...columns: ColumnOrName[]): WindowSpecification {
    return new WindowSpecification({
      ...this.spec,
      partitionBy: columns.map((column) => columnOf(column).expression),
    });
  }
  orderBy(...columns: ColumnOrName[]): WindowSpecification {
    return new WindowSpecification({ ...this.spec, orderBy: columns.map(sortOrderOf) });
  }
  /** Rows from `start` to `end`, relative to the current row. */
  rowsBetween(start: number, end: number): WindowSpecification {
    return this.framed("rows", start, end);
  }
  /** Rows whose ordering value is within `start` and `end` of the current row's. */
  rangeBetween(start: number, end: number): WindowSpecification {
    return this.framed("range", start, end);
  }
  private framed(type: "rows" | "range", start: number, end: number): WindowSpecification {
    return new WindowSpecification({ ...this.spec, frame: { type, lower: bound(start), upper: bound(end) } });
  }
}

function bound(offset: number): FrameBound {
  if (offset === Number.NEGATIVE_INFINITY) return { bound: "unboundedPreceding" };
  if (offset === Number.POSITIVE_INFINITY) return { bound: "unboundedFollowing" };
  if (offset === 0) return { bound: "currentRow" };
  const distance = literal(BigInt(Math.abs(offset)), LongType);
  return { bound: offset < 0 ? "preceding" : "following", offset: distance };
}

/** Where a window specification starts: `Window.partitionBy("a").orderBy("b")`. */
export const Window: {
  readonly unboundedPreceding: number;
  readonly unboundedFollowing: number;
  readonly currentRow: number;
  partitionBy(...columns: ColumnOrName[]): WindowSpecification;
  orderBy(...columns: ColumnOrName[]): WindowSpecification;
  rowsBetween(start: number, end: number): WindowSpecification;
  rangeBetween(start: number, end: number): WindowSpecification;
} = {
  unboundedPreceding: Number.NEGATIVE_INFINITY,
  unboundedFollowing: Number.POSITIVE_INFINITY,
  currentRow: 0,
  partitionBy: (...columns: ColumnOrName[]): WindowSpecification => EMPTY.partitionBy(...columns),
  orderBy: (...columns: ColumnOrName[]): WindowSpecification => EMPTY.orderBy(...columns),
  rowsBetween: (start: number, end: number): WindowSpecification => EMPTY.rowsBetween(start, end),
  rangeBetween: (start: number, end: number): WindowSpecification => EMPTY.rangeBetween(start, end),
};

const EMPTY = new WindowSpecification({ partitionBy: [], orderBy: [] });
