import { BinaryType, type Column, DoubleType, IntegerType, LongType, StringType, type Value } from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../../expression/coercion/type-expectation.js";
import {
  nonFoldableInput,
  unexpectedInputType,
  unexpectedNull,
  valueOutOfRange,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { AggregateFunction, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { murmurOfBytes } from "../digest/murmur3.js";
import { type ConstantText, shownConstants, withConstants } from "./constant-text.js";
import { JavaRandom } from "./java-random.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";

const VALUES: TypeExpectation = ["integral", StringType, BinaryType];
const PRIME = 0x7fffffffn;
/** Version, total, depth, width. */
const HEADER_BYTES = 4 + 8 + 4 + 4;

interface SketchState extends ConstantText {
  readonly depth: number;
  readonly width: number;
  readonly seed: number;
}

interface Sketch {
  total: bigint;
  readonly counts: BigInt64Array;
}

class SketchLogic implements GroupLogic<Sketch> {
  private readonly depth: number;
  private readonly width: number;
  private readonly factors: readonly bigint[];

  constructor({ depth, width, seed }: SketchState) {
    this.depth = depth;
    this.width = width;
    const random = new JavaRandom(BigInt(seed));
    this.factors = Array.from({ length: depth }, () => BigInt(random.nextInt(0x7fffffff)));
  }
  create(): Sketch {
    return { total: 0n, counts: new BigInt64Array(this.depth * this.width) };
  }
  add(sketch: Sketch, [column]: readonly Column[], i: number): void {
    if (column!.isNull(i)) return;
    for (let row = 0; row < this.depth; row++) {
      sketch.counts[row * this.width + this.place(column!, i, row)]! += 1n;
    }
    sketch.total += 1n;
  }
  private place(column: Column, i: number, row: number): number {
    switch (column.layout) {
      case "dictionary":
        return this.place(column.dictionary, column.codes[i]!, row);
      case "bytes": {
        const { data, starts, lengths } = column;
        const first = murmurOfBytes(data, starts[i]!, lengths[i]!, 0);
        const second = murmurOfBytes(data, starts[i]!, lengths[i]!, first);
        return Math.abs(((first + Math.imul(row, second)) | 0) % this.width);
      }
      case "int8":
      case "int16":
      case "int32":
      case "int64":
        return this.placeOfNumber(BigInt(column.values[i]!), row);
      default:
        throw new RangeError(`A column of layout ${column.layout} cannot be sketched.`);
    }
  }
  private placeOfNumber(value: bigint, row: number): number {
    const product = BigInt.asIntN(64, this.factors[row]! * value);
    const folded = BigInt.asIntN(64, product + (product >> 32n)) & PRIME;
    return Number(folded) % this.width;
  }
  merge(sketch: Sketch, [bytes]: readonly Value[]): void {
    const data = bytes as Uint8Array;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    sketch.total += view.getBigInt64(4);
    const base = HEADER_BYTES + 8 * this.depth;
    for (let k = 0; k < sketch.counts.length; k++) sketch.counts[k]! += view.getBigInt64(base + 8 * k);
  }
  buffers(sketch: Sketch): readonly Value[] {
    return [this.result(sketch)];
  }
  /** The bytes that Spark's `CountMinSketch` reads. */
  result({ total, counts }: Sketch): Value {
    const bytes = new Uint8Array(HEADER_BYTES + 8 * (this.depth + counts.length));
    const view = new DataView(bytes.buffer);
    view.setInt32(0, 1);
    view.setBigInt64(4, total);
    view.setInt32(12, this.depth);
    view.setInt32(16, this.width);
    [...this.factors, ...counts].forEach((value, k) => {
      view.setBigInt64(HEADER_BYTES + 8 * k, value);
    });
    return bytes;
  }
  byteSize({ counts }: Sketch): number {
    return counts.byteLength;
  }
}

function constantOf(
  arg: Expression,
  index: number,
  name: string,
  expected: TypeExpectation,
  context: FunctionContext,
): number {
  const cast = implicitCast(arg, expected, context.ansi);
  if (!cast) throw unexpectedInputType(context, index, expected, arg);
  const value = context.constant(cast);
  if (value === undefined) throw nonFoldableInput(context, name, typeOf(cast), arg);
  if (value === null) throw unexpectedNull(context, name);
  return Number(value as number | bigint);
}

function within(value: number, name: string, context: FunctionContext): number {
  if (value > 0 && value < 1) return value;
  throw valueOutOfRange(context, name, "(0.0, 1.0)", `${value}D`);
}

/** `count_min_sketch(x, eps, confidence, seed)`: a sketch from which frequencies can be told. */
export const countMinSketch: AggregateFunction = {
  form: "aggregate",
  names: ["count_min_sketch"],
  arity: [4, 4],
  resolve: (args, context) => {
    const values = implicitCast(args[0]!, VALUES, context.ansi);
    if (!values) throw unexpectedInputType(context, 0, VALUES, args[0]!);
    const eps = constantOf(args[1]!, 1, "eps", DoubleType, context);
    if (!(eps > 0)) throw valueOutOfRange(context, "eps", "(0.0, 1.7976931348623157E308]", `${eps}D`);
    const confidence = within(
      constantOf(args[2]!, 2, "confidence", DoubleType, context),
      "confidence",
      context,
    );
    const state: SketchState = {
      depth: Math.ceil(-Math.log1p(-confidence) / Math.log(2)),
      width: Math.ceil(2 / eps),
      seed: constantOf(args[3]!, 3, "seed", [IntegerType, LongType], context),
      shown: shownConstants(args.slice(1)),
    };
    return { args: [values], type: BinaryType, nullable: false, state };
  },
  buffer: () => [{ name: "sketch", type: BinaryType, nullable: false }],
  accumulator: ({ state }) =>
    new ObjectAccumulator(new SketchLogic(state as SketchState), [BinaryType], BinaryType),
  pretty: withConstants,
};
