import {
  BooleanColumn,
  BooleanType,
  type Column,
  type DataType,
  type DecimalType,
  DoubleType,
  Float64Column,
  Int32Column,
  Int64Column,
  Int128Column,
  LongType,
  layoutOf,
} from "@ss/core";
import { decimalSum } from "../../expression/coercion/decimal-rules.js";
import { castTo } from "../../expression/coercion/implicit-cast.js";
import { NUMERIC_AND_ANSI_INTERVAL } from "../../expression/coercion/type-expectation.js";
import type { Accumulator, AggregateFunction, AggregateShape } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnsiInterval, isIntegral } from "../../expression/type-predicates.js";
import { growFloat64, growInt32, growUint8, validityOf } from "./accumulator-arrays.js";
import { requireType } from "./define.js";
import { arithmeticOverflow, numericValueOutOfRange } from "./errors.js";

const TWO_32 = 4294967296;

/** What a sum does when it leaves the range of its type. */
export type OverflowMode = "error" | "wrap" | "null";

/** What a sum that is not one of the `try_` forms does: intervals are exact without ANSI mode too. */
export function overflowMode(type: DataType, ansi: boolean): OverflowMode {
  if (ansi || isAnsiInterval(type)) return "error";
  return type.kind === "decimal" ? "null" : "wrap";
}

/** The type of a sum of values of a type, as in Spark. */
export function sumType(type: DataType): DataType {
  if (isIntegral(type)) return LongType;
  if (type.kind === "decimal") return decimalSum(type);
  if (isAnsiInterval(type)) return type;
  return DoubleType;
}

/** A sum kept in typed arrays by slot; null until a value came. */
export interface SumAccumulator extends Accumulator {
  /** Whether a slot has seen a value: 1, or 2 if its sum has left the range and stays null. */
  readonly seen: Uint8Array;
}

/** Tells a sum that overflowed from one without values when partial sums are merged. */
class TolerantSum implements Accumulator {
  private readonly sum: SumAccumulator;

  constructor(sum: SumAccumulator) {
    this.sum = sum;
  }
  resize(slotCount: number): void {
    this.sum.resize(slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    this.sum.update(slots, args, rowCount, selected);
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    this.sum.merge(slots, buffers, rowCount);
    const [sums, empty] = buffers as [Column, BooleanColumn];
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! >= 0 && sums.isNull(i) && empty.values[i] === 0) this.sum.seen[slots[i]!] = 2;
    }
  }
  buffers(slotCount: number): readonly Column[] {
    const empty = this.sum.seen.map((flag) => (flag === 0 ? 1 : 0));
    return [...this.sum.buffers(slotCount), new BooleanColumn(BooleanType, slotCount, null, empty)];
  }
  results(slotCount: number): Column {
    return this.sum.results(slotCount);
  }
  reset(): void {
    this.sum.reset();
  }
  byteSize(): number {
    return this.sum.byteSize();
  }
}

/** Makes the accumulator for sums of a type (already the type of the sum). */
export function sumAccumulator(type: DataType, mode: OverflowMode): SumAccumulator {
  switch (layoutOf(type)) {
    case "int64":
      return type.kind === "decimal" ? new DecimalSum(type, mode) : new Int64Sum(type, mode);
    case "int32":
      return new Int32Sum(type, mode);
    case "int128":
      return new DecimalSum(type as DecimalType, mode);
    default:
      return new DoubleSum(type);
  }
}

/** Sums of doubles, in the order of the rows. */
class DoubleSum implements SumAccumulator {
  readonly type: DataType;
  seen: Uint8Array = new Uint8Array(0);
  private sums: Float64Array = new Float64Array(0);

  constructor(type: DataType) {
    this.type = type;
  }
  resize(slotCount: number): void {
    this.sums = growFloat64(this.sums, slotCount);
    this.seen = growUint8(this.seen, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const { sums, seen } = this;
    const { values, validity } = args[0] as Float64Column;
    if (validity === null && !selected) {
      for (let i = 0; i < rowCount; i++) {
        const slot = slots[i]!;
        sums[slot]! += values[i]!;
        seen[slot] = 1;
      }
      return;
    }
    for (let i = 0; i < rowCount; i++) {
      if (selected && selected[i] === 0) continue;
      if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
      const slot = slots[i]!;
      sums[slot]! += values[i]!;
      seen[slot] = 1;
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const column = buffers[0] as Float64Column;
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! < 0 || column.isNull(i)) continue;
      this.sums[slots[i]!]! += column.values[i]!;
      this.seen[slots[i]!] = 1;
    }
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    return new Float64Column(this.type, slotCount, validityOf(this.seen, slotCount), this.sums);
  }
  reset(): void {
    this.sums.fill(0);
    this.seen.fill(0);
  }
  byteSize(): number {
    return this.sums.byteLength + this.seen.byteLength;
  }
}

/** Sums of 64-bit integers as pairs of words with a carry: no bigint is made per row. */
class Int64Sum implements SumAccumulator {
  private readonly type: DataType;
  private readonly mode: OverflowMode;
  seen: Uint8Array = new Uint8Array(0);
  private words: Int32Array = new Int32Array(0);

  constructor(type: DataType, mode: OverflowMode) {
    this.type = type;
    this.mode = mode;
  }
  resize(slotCount: number): void {
    this.words = growInt32(this.words, slotCount * 2);
    this.seen = growUint8(this.seen, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0] as Int64Column;
    const { words } = column;
    const nullable = column.validity !== null;
    for (let i = 0; i < rowCount; i++) {
      if (selected && selected[i] === 0) continue;
      if (nullable && column.isNull(i)) continue;
      this.add(slots[i]!, words[2 * i]!, words[2 * i + 1]!);
    }
  }
  private add(slot: number, low: number, high: number): void {
    if (this.seen[slot] === 2) return;
    const { words } = this;
    const sumLow = (words[2 * slot]! >>> 0) + (low >>> 0);
    const sumHigh = words[2 * slot + 1]! + high + (sumLow >= TWO_32 ? 1 : 0);
    this.seen[slot] = 1;
    if (sumHigh > 0x7fffffff || sumHigh < -0x80000000) {
      if (this.mode === "error") throw arithmeticOverflow(this.type);
      // 2 marks a sum that overflowed and stays null
      if (this.mode === "null") this.seen[slot] = 2;
    }
    words[2 * slot] = sumLow | 0;
    if (sumLow >= TWO_32) words[2 * slot] = (sumLow - TWO_32) | 0;
    words[2 * slot + 1] = sumHigh | 0;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const column = buffers[0] as Int64Column;
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! >= 0 && !column.isNull(i))
        this.add(slots[i]!, column.words[2 * i]!, column.words[2 * i + 1]!);
    }
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    const values = new BigInt64Array(this.words.buffer, 0, this.words.length >> 1);
    const flags = this.mode === "null" ? this.seen.map((flag) => (flag === 1 ? 1 : 0)) : this.seen;
    return new Int64Column(this.type, slotCount, validityOf(flags, slotCount), values);
  }
  reset(): void {
    this.words.fill(0);
    this.seen.fill(0);
  }
  byteSize(): number {
    return this.words.byteLength + this.seen.byteLength;
  }
}

/** Sums of year-month intervals. */
class Int32Sum implements SumAccumulator {
  private readonly type: DataType;
  private readonly mode: OverflowMode;
  seen: Uint8Array = new Uint8Array(0);
  private sums: Int32Array = new Int32Array(0);

  constructor(type: DataType, mode: OverflowMode) {
    this.type = type;
    this.mode = mode;
  }
  resize(slotCount: number): void {
    this.sums = growInt32(this.sums, slotCount);
    this.seen = growUint8(this.seen, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0] as Extract<Column, { layout: "int32" }>;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || slots[i]! < 0 || column.isNull(i)) continue;
      this.add(slots[i]!, column.values[i]!);
    }
  }
  private add(slot: number, value: number): void {
    if (this.seen[slot] === 2) return;
    const sum = this.sums[slot]! + value;
    this.seen[slot] = 1;
    if (sum !== (sum | 0)) {
      if (this.mode !== "null") throw arithmeticOverflow(this.type);
      // 2 marks a sum that overflowed and stays null
      this.seen[slot] = 2;
    }
    this.sums[slot] = sum;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    this.update(slots, buffers, rowCount);
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    const flags = this.mode === "null" ? this.seen.map((flag) => (flag === 1 ? 1 : 0)) : this.seen;
    return new Int32Column(this.type, slotCount, validityOf(flags, slotCount), this.sums);
  }
  reset(): void {
    this.sums.fill(0);
    this.seen.fill(0);
  }
  byteSize(): number {
    return this.sums.byteLength + this.seen.byteLength;
  }
}

/** Exact sums of decimals. */
class DecimalSum implements SumAccumulator {
  private readonly type: DecimalType;
  private readonly mode: OverflowMode;
  private readonly limit: bigint;
  seen: Uint8Array = new Uint8Array(0);
  private sums: bigint[] = [];

  constructor(type: DecimalType, mode: OverflowMode) {
    this.type = type;
    this.mode = mode;
    this.limit = 10n ** BigInt(type.precision);
  }
  resize(slotCount: number): void {
    while (this.sums.length < slotCount) this.sums.push(0n);
    this.seen = growUint8(this.seen, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0]!;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || slots[i]! < 0 || column.isNull(i)) continue;
      this.add(slots[i]!, unscaledAt(column, i));
    }
  }
  private add(slot: number, value: bigint): void {
    if (this.seen[slot] === 2) return;
    const sum = this.sums[slot]! + value;
    this.seen[slot] = 1;
    if (sum >= this.limit || sum <= -this.limit) {
      if (this.mode === "error") throw numericValueOutOfRange(sum, this.type);
      this.seen[slot] = 2;
    }
    this.sums[slot] = sum;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    this.update(slots, buffers, rowCount);
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    const flags = this.seen.map((flag) => (flag === 1 ? 1 : 0));
    return decimalColumn(this.type, this.sums, validityOf(flags, slotCount), slotCount);
  }
  reset(): void {
    this.sums.fill(0n);
    this.seen.fill(0);
  }
  byteSize(): number {
    return this.sums.length * 24 + this.seen.byteLength;
  }
}

/** The unscaled value of row `i` of a decimal column. */
export function unscaledAt(column: Column, i: number): bigint {
  if (column.layout === "int64") return column.values[i]!;
  if (column.layout === "dictionary") return unscaledAt(column.dictionary, column.codes[i]!);
  const { values } = column as Int128Column;
  return (values[2 * i + 1]! << 64n) | BigInt.asUintN(64, values[2 * i]!);
}

/** A decimal column from unscaled values. */
export function decimalColumn(
  type: DecimalType,
  values: readonly bigint[],
  validity: Uint8Array | null,
  length: number,
): Column {
  if (type.precision <= 18) {
    const out = new BigInt64Array(length);
    for (let i = 0; i < length; i++) out[i] = BigInt.asIntN(64, values[i]!);
    return new Int64Column(type, length, validity, out);
  }
  const out = new BigInt64Array(length * 2);
  for (let i = 0; i < length; i++) {
    out[2 * i] = BigInt.asIntN(64, values[i]!);
    out[2 * i + 1] = BigInt.asIntN(64, values[i]! >> 64n);
  }
  return new Int128Column(type, length, validity, out);
}

function define(
  names: readonly string[],
  overflow: (shape: AggregateShape) => OverflowMode,
): AggregateFunction {
  return {
    form: "aggregate",
    names,
    arity: [1, 1],
    resolve: (args, context) => {
      const [arg] = requireType(args, [NUMERIC_AND_ANSI_INTERVAL], context);
      const type = sumType(typeOf(arg!));
      const wide = type.kind === "decimal" ? arg! : castTo(arg!, type, context.ansi);
      return { args: [wide], type, nullable: true };
    },
    buffer: (shape) => [
      { name: "sum", type: shape.type, nullable: true },
      ...(overflow(shape) === "null" ? [{ name: "isEmpty", type: BooleanType, nullable: false }] : []),
    ],
    accumulator: (shape) => {
      const sum = sumAccumulator(shape.type, overflow(shape));
      return overflow(shape) === "null" ? new TolerantSum(sum) : sum;
    },
  };
}

/** `sum(x)`: LONG for integers (overflow is an error in ANSI mode), wider DECIMAL for decimals, else DOUBLE. */
export const sum: AggregateFunction = define(["sum"], ({ ansi, type }) => overflowMode(type, ansi));

/** `try_sum(x)`: null where `sum` would overflow. */
export const trySum: AggregateFunction = define(["try_sum"], () => "null");
