import {
  ArrayType,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type DataType,
  IntegerType,
  StructField,
  StructType,
  type Value,
  valueAt,
} from "@ss/core";
import { compareCells } from "../../expression/cell-order.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import {
  invalidOrderingType,
  nonFoldableInput,
  unexpectedInputType,
  valueOutOfRange,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  Accumulator,
  AggregateFunction,
  AggregateShape,
  FunctionContext,
} from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isOrderable } from "../../expression/type-predicates.js";
import { type ValueOrder, valueOrder } from "../value-order.js";
import { boxedBytes } from "./boxed-bytes.js";
import { type ConstantText, shownConstants, withConstants } from "./constant-text.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";

/** The value of the row with the greatest or least ordering; of several the last one. */
class ExtremumByAccumulator implements Accumulator {
  private readonly values: ColumnBuilder;
  private readonly keys: ColumnBuilder;
  private readonly sign: 1 | -1;
  private readonly compare: ReturnType<typeof compareCells>;

  constructor(valueType: DataType, keyType: DataType, sign: 1 | -1) {
    this.values = columnBuilder(valueType);
    this.keys = columnBuilder(keyType);
    this.sign = sign;
    this.compare = compareCells(keyType);
  }
  resize(slotCount: number): void {
    while (this.values.length < slotCount) {
      this.values.appendNull();
      this.keys.appendNull();
    }
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const [values, keys] = args as [Column, Column];
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || keys.isNull(i)) continue;
      const slot = slots[i]!;
      if (slot < 0) continue;
      if (!this.keys.isNull(slot) && this.compare(keys, i, this.keys, slot) * this.sign < 0) continue;
      this.keys.setFrom(slot, keys, i);
      this.values.setFrom(slot, values, i);
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    this.update(slots, buffers, rowCount);
  }
  buffers(slotCount: number): readonly Column[] {
    this.resize(slotCount);
    return [this.values.view(), this.keys.view()];
  }
  results(slotCount: number): Column {
    this.resize(slotCount);
    return this.values.view();
  }
  reset(): void {
    this.values.reset();
    this.keys.reset();
  }
  byteSize(): number {
    return this.values.byteSize() + this.keys.byteSize();
  }
}

interface Candidate {
  readonly value: Value;
  readonly key: Value;
}

/** The values of the first `k` rows in the ordering, best first. */
class FirstByLogic implements GroupLogic<Candidate[]> {
  private readonly k: number;
  private readonly before: ValueOrder;

  constructor(k: number, keyType: DataType, sign: 1 | -1) {
    const order = valueOrder(keyType);
    this.k = k;
    this.before = (a, b) => -sign * order(a, b);
  }
  create(): Candidate[] {
    return [];
  }
  add(state: Candidate[], [values, keys]: readonly Column[], i: number): void {
    if (!keys!.isNull(i)) this.take(state, valueAt(values!, i), valueAt(keys!, i));
  }
  merge(state: Candidate[], [list]: readonly Value[]): void {
    for (const pair of list as readonly (readonly Value[])[]) this.take(state, pair[0]!, pair[1]!);
  }
  private take(state: Candidate[], value: Value, key: Value): void {
    if (state.length === this.k && this.before(state[this.k - 1]!.key, key) <= 0) return;
    let at = state.length;
    while (at > 0 && this.before(state[at - 1]!.key, key) > 0) at--;
    state.splice(at, 0, { value, key });
    if (state.length > this.k) state.pop();
  }
  buffers(state: Candidate[]): readonly Value[] {
    return [state.map(({ value, key }) => [value, key])];
  }
  result(state: Candidate[]): Value {
    return state.map(({ value }) => value);
  }
  byteSize(state: Candidate[]): number {
    return state.reduce((sum, { value, key }) => sum + 32 + boxedBytes(value) + boxedBytes(key), 0);
  }
}

interface CountState extends ConstantText {
  /** Undefined: one value, not a list. */
  readonly k?: number;
}

function pairsType(shape: AggregateShape): DataType {
  const [value, key] = shape.argTypes as [DataType, DataType];
  return ArrayType(new StructType([StructField("value", value), StructField("key", key)]), false);
}

const MAX_COUNT = 100000;

function countOf(arg: Expression, context: FunctionContext): number {
  const cast = implicitCast(arg, IntegerType, context.ansi);
  if (!cast) throw unexpectedInputType(context, 2, IntegerType, arg);
  const k = context.constant(cast);
  if (k === undefined) throw nonFoldableInput(context, "k", typeOf(arg), arg);
  if (k === null || (k as number) <= 0 || (k as number) > MAX_COUNT) {
    throw valueOutOfRange(context, "k", `[1, ${MAX_COUNT}]`, String(k ?? "NULL"));
  }
  return k as number;
}

function define(name: string, sign: 1 | -1): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [2, 3],
    ordered: true,
    resolve: (args, context) => {
      const [value, key, limit] = args as [Expression, Expression, Expression | undefined];
      const keyType = typeOf(key);
      if (!isOrderable(keyType)) throw invalidOrderingType(context, name, keyType);
      if (!limit)
        return { args: [value, key], type: typeOf(value), nullable: true, state: {} satisfies CountState };
      const k = countOf(limit, context);
      const state: CountState = { k, shown: shownConstants([limit]) };
      return { args: [value, key], type: ArrayType(typeOf(value), true), nullable: false, state };
    },
    buffer: (shape) => {
      if ((shape.state as CountState).k !== undefined)
        return [{ name: "heap", type: pairsType(shape), nullable: false }];
      return [
        { name: "valueWithExtremumOrdering", type: shape.argTypes[0]!, nullable: true },
        { name: "extremumOrdering", type: shape.argTypes[1]!, nullable: true },
      ];
    },
    accumulator: (shape) => {
      const { k } = shape.state as CountState;
      const [value, key] = shape.argTypes as [DataType, DataType];
      if (k === undefined) return new ExtremumByAccumulator(value, key, sign);
      return new ObjectAccumulator(new FirstByLogic(k, key, sign), [pairsType(shape)], shape.type);
    },
    pretty: withConstants,
  };
}

/** `max_by(x, y)`: x where y is greatest. `max_by(x, y, k)`: the k ones with the greatest y. */
export const maxBy: AggregateFunction = define("max_by", 1);
/** `min_by(x, y)`: x where y is least. `min_by(x, y, k)`: the k ones with the least y. */
export const minBy: AggregateFunction = define("min_by", -1);
