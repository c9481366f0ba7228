import { ArrayType, BooleanType, type Column, type DataType, LongType, type Value, valueAt } from "@ss/core";
import { analysisError, quotedName, unexpectedInputType, unexpectedNull } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { AggregateFunction, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { type ValueOrder, valueOrder } from "../value-order.js";
import { boxedBytes } from "./boxed-bytes.js";
import { hashTableOrder } from "./hash-table-order.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";
import { sameValueKey } from "./value-key.js";
import { checkOrderings, refuseDistinct, singleOrdering } from "./within-group.js";

interface ModeState {
  /** Of several values that came most often, the least or the greatest; undefined: whichever a hash table has first. */
  readonly pick?: "least" | "greatest";
}

interface Counted {
  readonly value: Value;
  count: number;
}

type Counts = Map<unknown, Counted>;

class ModeLogic implements GroupLogic<Counts> {
  private readonly pick: ModeState["pick"];
  private readonly type: DataType;
  private readonly order: ValueOrder;

  constructor(pick: ModeState["pick"], type: DataType) {
    this.pick = pick;
    this.type = type;
    this.order = valueOrder(type);
  }
  create(): Counts {
    return new Map();
  }
  add(state: Counts, [column]: readonly Column[], i: number): void {
    if (!column!.isNull(i)) this.take(state, valueAt(column!, i), 1);
  }
  merge(state: Counts, buffers: readonly Value[]): void {
    const [values, counts] = buffers as readonly [readonly Value[], readonly bigint[]];
    values.forEach((value, k) => {
      this.take(state, value, Number(counts[k]));
    });
  }
  private take(state: Counts, value: Value, count: number): void {
    const key = sameValueKey(value);
    const known = state.get(key);
    if (known) known.count += count;
    else state.set(key, { value, count });
  }
  buffers(state: Counts): readonly Value[] {
    const all = [...state.values()];
    return [all.map(({ value }) => value), all.map(({ count }) => BigInt(count))];
  }
  result(state: Counts): Value {
    if (state.size === 0) return null;
    const all = [...state.values()];
    const most = all.reduce((high, { count }) => Math.max(high, count), 0);
    if (this.pick === undefined) {
      const order = hashTableOrder(
        all.map(({ value }) => value),
        this.type,
      );
      return all[order.find((k) => all[k]!.count === most)!]!.value;
    }
    const sign = this.pick === "least" ? 1 : -1;
    const tied = all.filter(({ count }) => count === most).map(({ value }) => value);
    return tied.reduce((best, value) => (sign * this.order(value, best) < 0 ? value : best));
  }
  byteSize(state: Counts): number {
    let sum = 0;
    for (const { value } of state.values()) sum += 64 + boxedBytes(value);
    return sum;
  }
}

/** The second argument: whether ties go to the least value. */
function deterministic(arg: Expression, context: FunctionContext): boolean {
  const type = typeOf(arg);
  const name = "deterministic";
  if (type.kind !== "boolean" && type.kind !== "void") {
    const { parameters, queryContext } = unexpectedInputType(context, 1, BooleanType, arg);
    const functionName = quotedName(context.name);
    const { sqlExpr: _, inputSql, ...rest } = parameters;
    const origin = queryContext && context.origin;
    throw analysisError(
      "UNEXPECTED_INPUT_TYPE",
      "42K09",
      `The second parameter of ${functionName} has to be BOOLEAN.`,
      { functionName, inputSql: inputSql!, ...rest },
      origin,
    );
  }
  const value = context.constant(arg);
  if (value === undefined) {
    const funcName = quotedName(context.name);
    throw analysisError(
      "NON_FOLDABLE_ARGUMENT",
      "42K08",
      `The parameter ${quotedName(name)} of ${funcName} has to be a constant of type BOOLEAN.`,
      { funcName, paramName: quotedName(name), paramType: '"BOOLEAN"' },
      context.origin,
    );
  }
  if (value === null)
    throw unexpectedNull(
      { ...context, name: context.name, sql: "NULL", origin: context.origin },
      quotedName(name),
    );
  return value as boolean;
}

function bufferTypes(type: DataType): readonly [ArrayType, ArrayType] {
  return [ArrayType(type, true), ArrayType(LongType, false)];
}

/** `mode(x[, deterministic])`, `mode() WITHIN GROUP (ORDER BY x)`: the value that came most often. */
export const mode: AggregateFunction = {
  form: "aggregate",
  names: ["mode"],
  arity: [0, 2],
  ordered: true,
  resolve: (args, context, clauses) => {
    refuseDistinct(context, clauses);
    if (args.length === 0) {
      const { child, ascending } = singleOrdering(context, clauses);
      const state: ModeState = { pick: ascending ? "least" : "greatest" };
      return { args: [child], type: typeOf(child), nullable: true, state, orderBy: [] };
    }
    checkOrderings(context, clauses.orderBy, 0);
    const state: ModeState = args[1] && deterministic(args[1], context) ? { pick: "least" } : {};
    return { args: args.slice(0, 1), type: typeOf(args[0]!), nullable: true, state };
  },
  buffer: ({ type }) => [
    { name: "values", type: bufferTypes(type)[0], nullable: false },
    { name: "counts", type: bufferTypes(type)[1], nullable: false },
  ],
  accumulator: ({ type, state }) =>
    new ObjectAccumulator(new ModeLogic((state as ModeState).pick, type), bufferTypes(type), type),
  // the way Spark shows the ordering: turned round
  pretty: (args, name, state) => {
    const pick = (state as ModeState | undefined)?.pick;
    if (pick === undefined) return `${name}(${args.join(", ")})`;
    return `${name}() WITHIN GROUP (ORDER BY ${args[0]}${pick === "least" ? " DESC" : ""})`;
  },
};
