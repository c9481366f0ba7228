import { BinaryType, type Column, LongType, StreamError, type Value, valueAt } from "@ss/core";
import type { AggregateFunction } from "../../expression/function.js";
import { requireType } from "./define.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";

/** Bytes of every bitmap. */
const BITMAP_BYTES = 4096;

abstract class BitmapLogic implements GroupLogic<Uint8Array> {
  create(): Uint8Array {
    return new Uint8Array(BITMAP_BYTES);
  }
  abstract add(bitmap: Uint8Array, args: readonly Column[], i: number): void;
  merge(bitmap: Uint8Array, [other]: readonly Value[]): void {
    this.combine(bitmap, other as Uint8Array);
  }
  /** Takes in another bitmap, which may be shorter. */
  protected combine(bitmap: Uint8Array, other: Uint8Array): void {
    const length = Math.min(other.length, BITMAP_BYTES);
    for (let k = 0; k < length; k++) bitmap[k]! |= other[k]!;
  }
  buffers(bitmap: Uint8Array): readonly Value[] {
    return [bitmap];
  }
  result(bitmap: Uint8Array): Value {
    return bitmap;
  }
  byteSize(): number {
    return BITMAP_BYTES;
  }
}

class ConstructLogic extends BitmapLogic {
  add(bitmap: Uint8Array, [column]: readonly Column[], i: number): void {
    const position = valueAt(column!, i) as bigint | null;
    if (position === null) return;
    if (position < 0n || position >= BigInt(8 * BITMAP_BYTES)) throw invalidPosition(position);
    bitmap[Number(position) >> 3]! |= 1 << (Number(position) & 7);
  }
}

class UnionLogic extends BitmapLogic {
  add(bitmap: Uint8Array, [column]: readonly Column[], i: number): void {
    const other = valueAt(column!, i) as Uint8Array | null;
    if (other) this.combine(bitmap, other);
  }
}

class IntersectionLogic extends UnionLogic {
  override create(): Uint8Array {
    return new Uint8Array(BITMAP_BYTES).fill(0xff);
  }
  protected override combine(bitmap: Uint8Array, other: Uint8Array): void {
    // what a shorter bitmap lacks counts as zero
    for (let k = 0; k < BITMAP_BYTES; k++) bitmap[k]! &= other[k] ?? 0;
  }
}

function invalidPosition(position: bigint): StreamError {
  return new StreamError({
    condition: "INVALID_BITMAP_POSITION",
    sqlState: "22003",
    parameters: {
      bitPosition: String(position),
      bitmapNumBytes: String(BITMAP_BYTES),
      bitmapNumBits: String(8 * BITMAP_BYTES),
    },
    message: `The bit position ${position} is outside of a bitmap of ${8 * BITMAP_BYTES} bits.`,
  });
}

function define(
  name: string,
  expected: typeof LongType | typeof BinaryType,
  logic: BitmapLogic,
): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => ({
      args: requireType(args, [expected], context),
      type: BinaryType,
      nullable: false,
    }),
    buffer: () => [{ name: "bitmap", type: BinaryType, nullable: false }],
    accumulator: () => new ObjectAccumulator(logic, [BinaryType], BinaryType),
  };
}

/** `bitmap_construct_agg(position)`: a bitmap of 4096 bytes with a bit set at every position. */
export const bitmapConstructAgg: AggregateFunction = define(
  "bitmap_construct_agg",
  LongType,
  new ConstructLogic(),
);
/** `bitmap_or_agg(bitmap)`: the bits that some bitmap has. */
export const bitmapOrAgg: AggregateFunction = define("bitmap_or_agg", BinaryType, new UnionLogic());
/** `bitmap_and_agg(bitmap)`: the bits that all bitmaps have. */
export const bitmapAndAgg: AggregateFunction = define("bitmap_and_agg", BinaryType, new IntersectionLogic());
