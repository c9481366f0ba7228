import { type Column, type DataType, Int32Column, IntegerType, type KeyTable, takeColumn } from "@ss/core";
import type { Accumulator, AggregateShape } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePart, GroupKey } from "../../physical/plan.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";
import { rowNumbers } from "../row-numbers.js";
import { flattenKeys, keyParts } from "./key-columns.js";

/** What the accumulators of some aggregate calls need to know. */
export function shapesOf(parts: readonly AggregatePart[], ansi: boolean): AggregateShape[] {
  return parts.map(({ call }) => ({
    argTypes: call.args.map(typeOf),
    type: call.type,
    state: call.state,
    ansi,
    orderBy: call.orderBy ?? [],
  }));
}

/** Accumulators for some aggregate calls, together. */
export class Accumulators {
  readonly each: readonly Accumulator[];
  /** Number of buffer columns of each. */
  private readonly widths: readonly number[];

  constructor(parts: readonly AggregatePart[], shapes: readonly AggregateShape[]) {
    this.each = parts.map(({ call }, k) => call.fn.accumulator(shapes[k]!));
    this.widths = parts.map(({ call }, k) => call.fn.buffer(shapes[k]!).length);
  }

  resize(slotCount: number): void {
    for (const one of this.each) one.resize(slotCount);
  }
  buffers(slotCount: number): readonly Column[] {
    return this.each.flatMap((one) => one.buffers(slotCount));
  }
  results(slotCount: number): readonly Column[] {
    return this.each.map((one) => one.results(slotCount));
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    let at = 0;
    this.each.forEach((one, k) => {
      one.merge(slots, buffers.slice(at, at + this.widths[k]!), rowCount);
      at += this.widths[k]!;
    });
  }
  byteSize(): number {
    return this.each.reduce((sum, one) => sum + one.byteSize(), 0);
  }
  reset(): void {
    for (const one of this.each) one.reset();
  }
}

/** Groups and their accumulators: takes batches of keys and arguments, gives columns by slot. */
export class GroupTable {
  readonly table: KeyTable;
  readonly accumulators: Accumulators;
  private readonly keys: readonly GroupKey[];
  private readonly parts: readonly AggregatePart[];
  private readonly distinct: readonly (KeyTable | undefined)[];
  private slots: Int32Array = new Int32Array(0);

  constructor(keys: readonly GroupKey[], parts: readonly AggregatePart[], ansi: boolean) {
    this.keys = keys;
    this.parts = parts;
    this.table = kernelKeyTable(keyParts(keys).map((part) => part.type));
    this.accumulators = new Accumulators(parts, shapesOf(parts, ansi));
    this.distinct = parts.map(({ call }) =>
      call.distinct ? kernelKeyTable([IntegerType as DataType, ...call.args.map(typeOf)]) : undefined,
    );
  }

  get groupCount(): number {
    return this.table.slotCount;
  }

  /** Takes rows whose columns are the keys, then per call its arguments and its filter. */
  add(rows: Rows): void {
    const { rowCount, columns } = rows;
    if (this.slots.length < rowCount) this.slots = new Int32Array(Math.max(rowCount, 4096));
    const keyColumns = flattenKeys(this.keys, columns.slice(0, this.keys.length));
    this.table.findOrAdd(keyColumns, rowCount, this.slots);
    this.accumulators.resize(this.table.slotCount);
    this.update(this.slots, rows);
  }

  /**
   * Takes rows as groups of their own, whether their keys are the same or not, and gives them as partial results, valid until the next call. The table
   * has to be empty, and is to be reset before it takes others.
   */
  apart(rows: Rows): Rows {
    const { rowCount, columns } = rows;
    this.accumulators.reset();
    this.accumulators.resize(rowCount);
    this.update(rowNumbers(rowCount), rows);
    const keys = flattenKeys(this.keys, columns.slice(0, this.keys.length));
    return { columns: [...keys, ...this.accumulators.buffers(rowCount)], rowCount };
  }

  private update(slots: Int32Array, { rowCount, columns }: Rows): void {
    let at = this.keys.length;
    this.parts.forEach(({ call }, k) => {
      const args = columns.slice(at, at + call.args.length);
      at += call.args.length;
      const filter = call.filter ? columns[at++]! : undefined;
      const selected = this.selected(k, args, filter, rowCount);
      const order = columns.slice(at, at + (call.orderBy?.length ?? 0));
      at += order.length;
      this.accumulators.each[k]!.update(slots, [...args, ...order], rowCount, selected);
    });
  }

  /** Takes partial results: the parts of the keys, then the buffers of the accumulators. */
  merge({ columns, rowCount }: Rows): void {
    const keyCount = this.table.types.length;
    if (this.slots.length < rowCount) this.slots = new Int32Array(Math.max(rowCount, 4096));
    this.table.findOrAdd(columns.slice(0, keyCount), rowCount, this.slots);
    this.accumulators.resize(this.table.slotCount);
    this.accumulators.merge(this.slots, columns.slice(keyCount), rowCount);
  }

  /** Makes the one group of an aggregation without keys, which is there without rows too. */
  addGlobalGroup(): void {
    if (this.slots.length < 1) this.slots = new Int32Array(1);
    this.table.findOrAdd([], 1, this.slots);
    this.accumulators.resize(1);
  }

  private selected(
    k: number,
    args: readonly Column[],
    filter: Column | undefined,
    rowCount: number,
  ): Uint8Array | undefined {
    const passing = filter ? truths(filter, rowCount) : undefined;
    const table = this.distinct[k];
    return table ? this.firstOccurrences(table, args, rowCount, passing) : passing;
  }

  /** 1 for rows whose arguments are new in their group. */
  private firstOccurrences(
    table: KeyTable,
    args: readonly Column[],
    rowCount: number,
    passing: Uint8Array | undefined,
  ): Uint8Array {
    const selected = new Uint8Array(rowCount);
    const group = new Int32Column(IntegerType, rowCount, null, this.slots);
    let columns: readonly Column[] = [group, ...args];
    let positions: Int32Array | undefined;
    let count = rowCount;
    if (passing) {
      // rows that a filter rules out must not count as seen
      positions = positionsOf(passing);
      count = positions.length;
      columns = columns.map((column) => takeColumn(column, positions!, count));
    }
    const slots = new Int32Array(count);
    let next = table.slotCount;
    table.findOrAdd(columns, count, slots);
    for (let i = 0; i < count; i++) {
      if (slots[i] !== next) continue;
      selected[positions ? positions[i]! : i] = 1;
      next++;
    }
    return selected;
  }

  byteSize(): number {
    const distinct = this.distinct.reduce((sum, table) => sum + (table?.byteSize() ?? 0), 0);
    return this.table.byteSize() + distinct + this.accumulators.byteSize();
  }

  reset(): void {
    this.table.clear();
    this.accumulators.reset();
    for (const table of this.distinct) table?.clear();
  }
}

/** The rows that are marked with 1. */
function positionsOf(marks: Uint8Array): Int32Array {
  const positions = new Int32Array(marks.length);
  let count = 0;
  for (let i = 0; i < marks.length; i++) if (marks[i] === 1) positions[count++] = i;
  return positions.subarray(0, count);
}

/** 1 where a condition is true. */
export function truths(column: Column, rowCount: number): Uint8Array {
  const out = new Uint8Array(rowCount);
  if (column.layout !== "boolean") return out;
  for (let i = 0; i < rowCount; i++) out[i] = !column.isNull(i) && column.values[i] === 1 ? 1 : 0;
  return out;
}
