import type { DataType } from "@ss/core";
import { type Column, columnBuilder, sliceColumn, takeColumn } from "@ss/core";
import type { Accumulator } from "../../expression/function.js";
import type { Frames } from "./frame-bounds.js";
import type { OrderedRows } from "./ordered-rows.js";

/** The result of an aggregate for every place. `passing` is 1 at places that its FILTER takes. */
export function aggregateFrames(
  accumulator: Accumulator,
  type: DataType,
  args: readonly Column[],
  passing: Uint8Array | undefined,
  frames: Frames,
  rows: OrderedRows,
): Column {
  if (rows.rowCount === 0) return columnBuilder(type).finish();
  if (frames.whole) return wholePartitions(accumulator, args, passing, rows);
  return movingFrames(
    accumulator,
    type,
    new RowFeed(accumulator, args, passing, rows.rowCount),
    frames,
    rows,
  );
}

function wholePartitions(
  accumulator: Accumulator,
  args: readonly Column[],
  passing: Uint8Array | undefined,
  { rowCount, starts }: OrderedRows,
): Column {
  const partitions = starts.length - 1;
  const slots = new Int32Array(rowCount);
  for (let p = 0; p < partitions; p++) slots.fill(p, starts[p]!, starts[p + 1]!);
  accumulator.resize(partitions);
  accumulator.update(slots, args, rowCount, passing);
  return takeColumn(accumulator.results(partitions), slots, rowCount);
}

/**
 * Takes rows into the accumulator while the frame only grows at its end, and starts anew where it loses rows: results are
 * sums in the order of the rows, bit for bit those of a frame taken alone.
 */
function movingFrames(
  accumulator: Accumulator,
  type: DataType,
  feed: RowFeed,
  { lower, upper }: Frames,
  { starts }: OrderedRows,
): Column {
  const out = columnBuilder(type);
  for (let p = 0; p + 1 < starts.length; p++) {
    let from = -1;
    let to = -1;
    let result: Column | undefined;
    for (let i = starts[p]!; i < starts[p + 1]!; i++) {
      const begin = lower[i]!;
      const end = Math.max(begin, upper[i]!);
      if (begin !== from || end < to) {
        accumulator.reset();
        accumulator.resize(1);
        from = begin;
        to = begin;
        result = undefined;
      }
      if (end > to) {
        feed.take(to, end);
        to = end;
        result = undefined;
      }
      result ??= accumulator.results(1);
      out.appendFrom(result, 0);
    }
  }
  return out.finish();
}

/** Hands ranges of rows to an accumulator. Columns can be cut without a copy at multiples of 8 only: rows before are masked. */
class RowFeed {
  private readonly accumulator: Accumulator;
  private readonly args: readonly Column[];
  private readonly passing: Uint8Array | undefined;
  private readonly rowCount: number;
  /** All rows go to slot 0. */
  private readonly slots: Int32Array;
  private readonly mask: Uint8Array;
  private base = -1;
  private cut: readonly Column[] = [];

  constructor(
    accumulator: Accumulator,
    args: readonly Column[],
    passing: Uint8Array | undefined,
    rowCount: number,
  ) {
    this.accumulator = accumulator;
    this.args = args;
    this.passing = passing;
    this.rowCount = rowCount;
    this.slots = new Int32Array(rowCount);
    this.mask = new Uint8Array(rowCount);
  }

  take(from: number, to: number): void {
    const base = from & ~7;
    if (base !== this.base) {
      this.base = base;
      this.cut = this.args.map((arg) => sliceColumn(arg, base, this.rowCount));
    }
    this.accumulator.update(this.slots, this.cut, to - base, this.selected(base, from, to));
  }

  private selected(base: number, from: number, to: number): Uint8Array | undefined {
    if (from === base) return this.passing?.subarray(base, to);
    const { mask, passing } = this;
    mask.fill(0, 0, from - base);
    if (passing) mask.set(passing.subarray(from, to), from - base);
    else mask.fill(1, from - base, to - base);
    return mask;
  }
}
