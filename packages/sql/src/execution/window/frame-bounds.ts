import { type Column, type Value, valueAt } from "@ss/core";
import { compareValues } from "../../expression/cell-order.js";
import type { FrameBound, SortOrder } from "../../expression/expression.js";
import { typeOf } from "../../expression/type-of.js";
import { frameShift, type Shift } from "./frame-shift.js";
import type { OrderedRows } from "./ordered-rows.js";

/** The frames of all rows, by place: of place i, places `lower[i] .. upper[i])`. */
export interface Frames {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** Every frame is the whole partition. */
  readonly whole: boolean;
}

/** A bound with its offset computed. */
export interface BoundValue {
  readonly bound: FrameBound["bound"];
  readonly offset?: Value;
  readonly offsetType?: import("@ss/core").DataType;
}

/** A frame with its offsets computed. */
export interface FrameValue {
  readonly type: "rows" | "range";
  readonly lower: BoundValue;
  readonly upper: BoundValue;
}

/** What a RANGE frame with offsets measures. */
export interface FrameOrder {
  /** The order column, in the order of the window. */
  readonly column: Column;
  readonly order: SortOrder;
  readonly ansi: boolean;
  readonly timeZone: string;
}

/** The frames of ordered rows. `order` is needed for RANGE with an offset. */
export function frameBounds(frame: FrameValue, rows: OrderedRows, order: FrameOrder | undefined): Frames {
  const lower = new Int32Array(rows.rowCount);
  const upper = new Int32Array(rows.rowCount);
  fillBound(frame, "lower", rows, order, lower);
  fillBound(frame, "upper", rows, order, upper);
  const whole = frame.lower.bound === "unboundedPreceding" && frame.upper.bound === "unboundedFollowing";
  return { lower, upper, whole };
}

function fillBound(
  frame: FrameValue,
  side: "lower" | "upper",
  rows: OrderedRows,
  order: FrameOrder | undefined,
  out: Int32Array,
): void {
  const { bound, offset } = frame[side];
  const { starts, rowCount } = rows;
  switch (bound) {
    case "unboundedPreceding":
    case "unboundedFollowing": {
      const edge = bound === "unboundedPreceding" ? 0 : 1;
      for (let p = 0; p + 1 < starts.length; p++) out.fill(starts[p + edge]!, starts[p]!, starts[p + 1]!);
      return;
    }
    case "currentRow":
      if (frame.type === "range") out.set(side === "lower" ? rows.peers : rows.peerEnds);
      else for (let i = 0; i < rowCount; i++) out[i] = side === "lower" ? i : i + 1;
      return;
  }
  const sign = bound === "preceding" ? -1 : 1;
  if (frame.type === "rows") {
    const distance = sign * Number(offset as number | bigint) + (side === "lower" ? 0 : 1);
    for (let p = 0; p + 1 < starts.length; p++) {
      const [start, end] = [starts[p]!, starts[p + 1]!];
      for (let i = start; i < end; i++) out[i] = Math.min(Math.max(i + distance, start), end);
    }
    return;
  }
  rangeBound(frame[side], side, rows, order!, sign, out);
}

/** Both the order values and the bounds only grow, in the direction of the ordering, so one pass finds every bound. */
function rangeBound(
  { offset, offsetType }: BoundValue,
  side: "lower" | "upper",
  rows: OrderedRows,
  { column, order, ...settings }: FrameOrder,
  sign: 1 | -1,
  out: Int32Array,
): void {
  const direction = order.ascending ? sign : (-sign as 1 | -1);
  const shift: Shift = frameShift(typeOf(order.child), offset!, offsetType!, direction, settings);
  const compare = valueOrder(order);
  const passed = side === "lower" ? 0 : 1;
  const { starts, peers, peerEnds } = rows;
  for (let p = 0; p + 1 < starts.length; p++) {
    const end = starts[p + 1]!;
    let at = starts[p]!;
    let value = at < end ? valueAt(column, at) : null;
    for (let i = at; i < end; i = peerEnds[i]!) {
      const limit = shift(valueAt(column, i));
      while (at < end && compare(value, limit) < passed) {
        at = peerEnds[at]!;
        if (at < end) value = valueAt(column, at);
      }
      out.fill(at, peers[i]!, peerEnds[i]!);
    }
  }
}

function valueOrder(order: SortOrder): (a: Value, b: Value) => number {
  const sign = order.ascending ? 1 : -1;
  const nulls = order.nullsFirst ? -1 : 1;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nulls : -nulls;
    return sign * compareValues(a, b);
  };
}
