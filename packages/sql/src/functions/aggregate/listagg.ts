import {
  ArrayType,
  BinaryType,
  type Column,
  type DataType,
  StringType,
  StructField,
  StructType,
  type Value,
  valueAt,
} from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../../expression/coercion/type-expectation.js";
import {
  analysisError,
  dataDiffTypes,
  nonFoldableInput,
  quotedName,
  quotedType,
  sqlOf,
  unexpectedInputType,
} from "../../expression/errors.js";
import { type Expression, literal, type SortOrder } from "../../expression/expression.js";
import { prettyName } from "../../expression/expression-text.js";
import type { AggregateFunction, AggregateShape, FunctionContext } from "../../expression/function.js";
import { sameExpression } from "../../expression/same-expression.js";
import { typeOf } from "../../expression/type-of.js";
import { type ValueOrder, valueOrder } from "../value-order.js";
import { boxedBytes } from "./boxed-bytes.js";
import { type ConstantText, withConstants } from "./constant-text.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";

const TEXT: TypeExpectation = [StringType, BinaryType];
/** Types that a cast to STRING may map to one text where they differ, or to many where they are equal. */
const UNSAFE: ReadonlySet<string> = new Set(["float", "double", "timestamp"]);

interface ListaggState extends ConstantText {
  readonly delimiter: Value;
}

interface Item {
  readonly value: Value;
  readonly keys: readonly Value[];
}

/** Texts or bytes, put together at the end in the order that is asked for. */
class ListaggLogic implements GroupLogic<Item[]> {
  private readonly delimiter: Value;
  private readonly binary: boolean;
  private readonly orders: readonly ValueOrder[];

  constructor(shape: AggregateShape) {
    this.delimiter = (shape.state as ListaggState).delimiter;
    this.binary = shape.type.kind === "binary";
    this.orders = shape.orderBy.map(keyOrder);
  }
  create(): Item[] {
    return [];
  }
  add(state: Item[], [values, ...keys]: readonly Column[], i: number): void {
    if (values!.isNull(i)) return;
    state.push({ value: valueAt(values!, i), keys: keys.map((key) => valueAt(key, i)) });
  }
  merge(state: Item[], [items]: readonly Value[]): void {
    for (const [value, ...keys] of items as readonly (readonly Value[])[])
      state.push({ value: value!, keys });
  }
  buffers(state: Item[]): readonly Value[] {
    return [state.map(({ value, keys }) => [value, ...keys])];
  }
  result(state: Item[]): Value {
    if (state.length === 0) return null;
    const items = this.orders.length === 0 ? state : [...state].sort((a, b) => this.compare(a, b));
    const values = items.map(({ value }) => value);
    if (!this.binary) return values.join((this.delimiter as string | null) ?? "");
    return joinBytes(
      values as readonly Uint8Array[],
      (this.delimiter as Uint8Array | null) ?? new Uint8Array(0),
    );
  }
  private compare(a: Item, b: Item): number {
    for (let k = 0; k < this.orders.length; k++) {
      const order = this.orders[k]!(a.keys[k]!, b.keys[k]!);
      if (order !== 0) return order;
    }
    return 0;
  }
  byteSize(state: Item[]): number {
    return state.reduce((sum, { value, keys }) => sum + 40 + boxedBytes(value) + boxedBytes(keys), 0);
  }
}

function keyOrder({ child, ascending, nullsFirst }: SortOrder): ValueOrder {
  const order = valueOrder(typeOf(child));
  const sign = ascending ? 1 : -1;
  const nulls = nullsFirst ? -1 : 1;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nulls : -nulls;
    return sign * order(a, b);
  };
}

function joinBytes(parts: readonly Uint8Array[], delimiter: Uint8Array): Uint8Array {
  return Buffer.concat(parts.flatMap((part, k) => (k === 0 ? [part] : [delimiter, part])));
}

function itemsType(shape: AggregateShape): DataType {
  const keys = shape.orderBy.map((order, k) => StructField(`key${k}`, typeOf(order.child)));
  return ArrayType(new StructType([StructField("value", shape.type), ...keys]), false);
}

function delimiterOf(arg: Expression | undefined, type: DataType, context: FunctionContext): Value {
  if (!arg) return null;
  const own = typeOf(arg);
  if (own.kind === "void") return null;
  const cast = implicitCast(arg, TEXT, context.ansi);
  if (!cast) throw unexpectedInputType(context, 1, TEXT, arg);
  const value = context.constant(cast);
  if (value === undefined) throw nonFoldableInput(context, "delimiter", typeOf(cast), arg);
  if (typeOf(cast).kind !== type.kind) throw dataDiffTypes(context, [type, typeOf(cast)], "listagg");
  return value;
}

/** With DISTINCT only the values themselves can be ordered by, or what they were cast from if the cast keeps them apart. */
function checkDistinctOrder(arg: Expression, cast: Expression, orderBy: readonly SortOrder[]): void {
  const key = orderBy.length === 1 ? orderBy[0]!.child : undefined;
  const source = cast.kind === "cast" ? cast.child : cast;
  if (key && sameExpression(key, cast)) return;
  const funcName = quotedName("listagg");
  if (!key || !sameExpression(key, source)) {
    const orderingExpr = orderBy.map((order) => sqlOf(order.child)).join(", ");
    throw analysisError(
      "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT",
      "42K0K",
      `${funcName} with DISTINCT has to be ordered by its argument ${sqlOf(arg)}, not by ${orderingExpr}.`,
      { funcName, funcArg: sqlOf(arg), orderingExpr },
    );
  }
  if (!UNSAFE.has(typeOf(source).kind)) return;
  const inputType = quotedType(typeOf(source));
  const castType = quotedType(typeOf(cast));
  throw analysisError(
    "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST",
    "42K0K",
    `${funcName} with DISTINCT cannot be ordered by a value of type ${inputType}, which is cast to ${castType}.`,
    { funcName, inputType, castType },
  );
}

/** `listagg(x[, delimiter]) [WITHIN GROUP (ORDER BY ...)]`, `string_agg`: the values, nulls left out, in one text. */
export const listagg: AggregateFunction = {
  form: "aggregate",
  names: ["listagg", "string_agg"],
  arity: [1, 2],
  ordered: true,
  resolve: (args, context, { distinct, orderBy }) => {
    const values = implicitCast(args[0]!, TEXT, context.ansi);
    if (!values) throw unexpectedInputType(context, 0, TEXT, args[0]!);
    const type = typeOf(values).kind === "binary" ? BinaryType : StringType;
    const delimiter = delimiterOf(args[1], type, context);
    if (distinct && orderBy.length > 0) checkDistinctOrder(args[0]!, values, orderBy);
    const shown = [args[1] ? prettyName(args[1]) : prettyName(literal(null, StringType))];
    return { args: [values], type, nullable: true, state: { delimiter, shown } satisfies ListaggState };
  },
  buffer: (shape) => [{ name: "items", type: itemsType(shape), nullable: false }],
  accumulator: (shape) => new ObjectAccumulator(new ListaggLogic(shape), [itemsType(shape)], shape.type),
  pretty: (args, _, state) =>
    state || args.length > 1
      ? withConstants(args, "listagg", state)
      : withConstants([...args, "NULL"], "listagg"),
};
