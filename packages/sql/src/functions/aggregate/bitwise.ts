import { type Column, type DataType, type Value, valueAt } from "@ss/core";
import type { AggregateFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { requireType } from "./define.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";

type Combine = (a: bigint, b: bigint) => bigint;

interface BitState {
  value: bigint | null;
}

class BitLogic implements GroupLogic<BitState> {
  private readonly type: DataType;
  private readonly combine: Combine;

  constructor(type: DataType, combine: Combine) {
    this.type = type;
    this.combine = combine;
  }
  create(): BitState {
    return { value: null };
  }
  add(state: BitState, [column]: readonly Column[], i: number): void {
    this.take(state, valueAt(column!, i));
  }
  merge(state: BitState, [value]: readonly Value[]): void {
    this.take(state, value!);
  }
  private take(state: BitState, value: Value): void {
    if (value === null) return;
    const bits = BigInt(value as number | bigint);
    state.value = state.value === null ? bits : this.combine(state.value, bits);
  }
  buffers(state: BitState): readonly Value[] {
    return [this.result(state)];
  }
  result({ value }: BitState): Value {
    return value === null || this.type.kind === "long" ? value : Number(value);
  }
  byteSize(): number {
    return 16;
  }
}

function define(name: string, combine: Combine): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => {
      const cast = requireType(args, ["integral"], context);
      return { args: cast, type: typeOf(cast[0]!), nullable: true };
    },
    buffer: (shape) => [{ name, type: shape.type, nullable: true }],
    accumulator: (shape) =>
      new ObjectAccumulator(new BitLogic(shape.type, combine), [shape.type], shape.type),
  };
}

/** `bit_and(x)`: the bits that all values have. */
export const bitAnd: AggregateFunction = define("bit_and", (a, b) => a & b);
/** `bit_or(x)`: the bits that some value has. */
export const bitOr: AggregateFunction = define("bit_or", (a, b) => a | b);
/** `bit_xor(x)`: the bits that an odd number of values has. */
export const bitXor: AggregateFunction = define("bit_xor", (a, b) => a ^ b);
