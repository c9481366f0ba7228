import type { ColumnBuilder } from "@ss/core";
import { type FieldColumn, JsonNested, KernelArrays, SpanList } from "@ss/kernels";
import { BAD, type FieldValues, PARTLY_BAD } from "../text-record/field-values.js";
import type { JsonRecord } from "./json-values.js";

/** Which items each row of a column of lists or maps has, and the values of all of them. */
export class JsonItems {
  /** 1 for rows that have a value. */
  present: Uint8Array = new Uint8Array(0);
  /** Where the items of each row begin among `items`. */
  starts: Int32Array = new Int32Array(0);
  lengths: Int32Array = new Int32Array(0);
  readonly nested: JsonNested;
  readonly arrays: KernelArrays = new KernelArrays();
  /** Where the items of the rows that are read stand. */
  readonly spans: SpanList = new SpanList(64, this.arrays);
  /** The first item of each row among `spans`. */
  offsets: Int32Array = new Int32Array(0);
  /** The values of the items of the batch. */
  readonly items: ColumnBuilder;
  private readonly values: FieldValues;
  private badItems: Uint8Array = new Uint8Array(0);

  constructor(values: FieldValues, record: JsonRecord) {
    this.nested = new JsonNested(record.grammar);
    this.values = values;
    this.items = values.builder(record.isBatch);
    values.useAll();
  }

  start(rowCount: number): void {
    if (this.present.length >= rowCount) return;
    const capacity = Math.max(rowCount, 2 * this.present.length);
    this.present = new Uint8Array(capacity);
    this.starts = new Int32Array(capacity);
    this.lengths = new Int32Array(capacity);
    this.arrays.free(this.offsets);
    this.offsets = this.arrays.int32(capacity + 1);
  }

  clear(): void {
    this.items.reset();
  }

  /** Reads what `spans` holds, and says for the rows of a kind from `from` to `to` what they have of it; other rows are null. */
  read(
    bytes: Uint8Array,
    { lengths, kinds }: FieldColumn,
    kind: number,
    from: number,
    to: number,
    bad: Uint8Array,
  ): void {
    const { present, starts, offsets, spans, items } = this;
    const first = items.length;
    const badCount = appendValues(this.values, bytes, spans, items, this.flags(spans.count));
    for (let row = from; row < to; row++) {
      const start = offsets[row]!;
      const end = offsets[row + 1]!;
      starts[row] = first + start;
      this.lengths[row] = end - start;
      const isItems = kinds[row] === kind;
      present[row] = isItems ? 1 : 0;
      if (!isItems) {
        if (lengths[row]! >= 0) bad[row]! |= BAD;
      } else if (badCount > 0) {
        this.judge(row, start, end, bad);
      }
    }
  }

  /** A value that is none spoils the whole; one that is read in part does not. */
  private judge(row: number, start: number, end: number, bad: Uint8Array): void {
    let flags = 0;
    for (let item = start; item < end; item++) flags |= this.badItems[item]!;
    if ((flags & BAD) !== 0) this.present[row] = 0;
    if (flags !== 0) bad[row]! |= (flags & BAD) === 0 ? PARTLY_BAD : BAD;
  }

  private flags(count: number): Uint8Array {
    if (this.badItems.length < count)
      this.badItems = new Uint8Array(Math.max(count, 2 * this.badItems.length));
    else this.badItems.fill(0, 0, count);
    return this.badItems;
  }
}

/** Reads the values of spans and appends them to a builder; returns how many of them are bad in some way. */
export function appendValues(
  values: FieldValues,
  bytes: Uint8Array,
  spans: SpanList,
  builder: ColumnBuilder,
  bad: Uint8Array,
): number {
  const { count } = spans;
  if (count === 0) return 0;
  values.start(count);
  values.clear();
  values.read(bytes, spans, 0, count, bad);
  builder.appendRange(values.column(count), 0, count);
  let badCount = 0;
  for (let item = 0; item < count; item++) badCount += bad[item]! === 0 ? 0 : 1;
  return badCount;
}
