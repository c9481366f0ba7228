import { ArrayType, type Column, columnBuilder, type Value, valueAt } from "@ss/core";
import type { Accumulator, AggregateFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { boxedBytes } from "./boxed-bytes.js";
import { requireType } from "./define.js";
import { sameValueKey } from "./value-key.js";

/** What a place in a list takes. */
const PLACE_BYTES = 8;

/** The values of a slot as a list, in the order of the rows; with `unique` each value once. */
class CollectAccumulator implements Accumulator {
  private readonly type: ArrayType;
  private readonly unique: boolean;
  private lists: Value[][] = [];
  private known: Set<unknown>[] = [];
  private heldBytes = 0;

  constructor(type: ArrayType, unique: boolean) {
    this.type = type;
    this.unique = unique;
  }
  resize(slotCount: number): void {
    while (this.lists.length < slotCount) {
      this.lists.push([]);
      if (this.unique) this.known.push(new Set());
    }
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0]!;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || column.isNull(i)) continue;
      this.add(slots[i]!, valueAt(column, i));
    }
  }
  protected add(slot: number, value: Value): void {
    if (this.unique) {
      const key = sameValueKey(value);
      if (this.known[slot]!.has(key)) return;
      this.known[slot]!.add(key);
      // a plain value is its own key
      this.heldBytes += 2 * PLACE_BYTES + (key === value ? 0 : boxedBytes(key as Value));
    }
    this.lists[slot]!.push(value);
    this.heldBytes += boxedBytes(value) + PLACE_BYTES;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! < 0) continue;
      for (const value of valueAt(buffers[0]!, i) as readonly Value[]) this.add(slots[i]!, value);
    }
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    const builder = columnBuilder(this.type);
    for (let slot = 0; slot < slotCount; slot++) builder.append(this.lists[slot] ?? []);
    return builder.finish();
  }
  reset(): void {
    this.lists = [];
    this.known = [];
    this.heldBytes = 0;
  }
  byteSize(): number {
    return this.heldBytes + 16 * this.lists.length;
  }
}

function define(names: readonly string[], unique: boolean): AggregateFunction {
  return {
    form: "aggregate",
    names,
    arity: [1, 1],
    ordered: true,
    resolve: (args) => ({ args, type: ArrayType(typeOf(args[0]!), false), nullable: false }),
    buffer: (shape) => [{ name: names[0]!, type: shape.type, nullable: false }],
    accumulator: (shape) => new CollectAccumulator(shape.type as ArrayType, unique),
  };
}

/** The elements of all lists, each once: lists are merged as partial results of `collect_set` are. */
class UnionAccumulator extends CollectAccumulator {
  override update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0]!;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || column.isNull(i)) continue;
      for (const value of valueAt(column, i) as readonly Value[]) {
        if (value !== null) this.add(slots[i]!, value);
      }
    }
  }
}

/** `collect_union(x)`: the distinct elements of all arrays but nulls, in the order of their first row. */
export const collectUnion: AggregateFunction = {
  form: "aggregate",
  names: ["collect_union"],
  arity: [1, 1],
  ordered: true,
  resolve: (args, context) => {
    const cast = requireType(args, ["array"], context);
    return {
      args: cast,
      type: ArrayType((typeOf(cast[0]!) as ArrayType).elementType, false),
      nullable: false,
    };
  },
  buffer: (shape) => [{ name: "collect_union", type: shape.type, nullable: false }],
  accumulator: (shape) => new UnionAccumulator(shape.type as ArrayType, true),
};

/** `collect_list(x)`: all values but nulls. */
export const collectList: AggregateFunction = define(["collect_list", "array_agg"], false);
/** `collect_set(x)`: the distinct values but null, in the order of their first row. */
export const collectSet: AggregateFunction = define(["collect_set"], true);
