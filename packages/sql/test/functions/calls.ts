import { type DataType, takeColumn, type Value, valueAt } from "@ss/core";
import { isConstant } from "../../src/analyzer/constant.js";
import { shapesOf } from "../../src/execution/aggregate/group-table.js";
import type {
  AggregateCall,
  Expression,
  SortOrder,
  WindowCall,
  WindowExpression,
  WindowSpec,
} from "../../src/expression/expression.js";
import type { FunctionContext, SqlFunction } from "../../src/expression/function.js";
import { aggregateFunctions } from "../../src/functions/aggregate/index.js";
import { windowFunctions } from "../../src/functions/window/index.js";
import { columnOf, evaluate, resolve, type Settings } from "./evaluate.js";

export interface Clauses {
  readonly distinct?: boolean;
  readonly filter?: Expression;
  readonly orderBy?: readonly SortOrder[];
  readonly ignoreNulls?: boolean;
}

function lookup(name: string): SqlFunction {
  const fn = [...aggregateFunctions, ...windowFunctions].find((one) => one.names.includes(name));
  if (!fn) throw new Error(`no function ${name}`);
  return fn;
}

function contextOf(name: string, settings: Settings): FunctionContext {
  return {
    ansi: settings.ansi ?? true,
    timeZone: settings.timeZone ?? "UTC",
    conf: (key) => settings.conf?.[key],
    name,
    sql: name,
    answer: () => {
      throw new Error("no function that is built in waits for anything");
    },
    constant: (e) => (isConstant(e) ? evaluate(e, settings) : undefined),
  };
}

/** A resolved call of an aggregate or window function. */
export function callOf(
  name: string,
  args: readonly Expression[],
  clauses: Clauses = {},
  settings: Settings = {},
): AggregateCall | WindowCall {
  const fn = lookup(name);
  const inner = args.map((arg) => resolve(arg, settings));
  const context = contextOf(name, settings);
  const { distinct = false, orderBy = [], filter, ignoreNulls } = clauses;
  if (fn.form === "window") {
    const { args: cast, type, nullable = true, state } = fn.resolve(inner, context);
    const nulls = ignoreNulls === undefined ? {} : { ignoreNulls };
    return { kind: "windowFunction", fn, args: cast, type, nullable, name, state, ...nulls };
  }
  if (fn.form !== "aggregate") throw new Error(`${name} is a ${fn.form} function`);
  const rewritten = fn.rewrite?.(inner, context);
  if (rewritten?.kind === "call") return callOf(rewritten.name[0]!, rewritten.args, clauses, settings);
  const resolution = fn.resolve(inner, context, { distinct, orderBy });
  const { args: cast, type, nullable = true, state } = resolution;
  const nulls = ignoreNulls === undefined ? {} : { ignoreNulls };
  const own = { ...(state as object | undefined), ...nulls };
  return {
    kind: "aggregate",
    fn,
    args: cast,
    type,
    nullable,
    name,
    distinct,
    state: own,
    orderBy: resolution.orderBy ?? orderBy,
    ...(filter ? { filter } : {}),
  };
}

/** A call over a window. */
export function over(call: AggregateCall | WindowCall, spec: Partial<WindowSpec>): WindowExpression {
  return { kind: "window", call, spec: { partitionBy: [], orderBy: [], ...spec } };
}

export function ascending(child: Expression): SortOrder {
  return { kind: "sortOrder", child, ascending: true, nullsFirst: true };
}

export function descending(child: Expression): SortOrder {
  return { kind: "sortOrder", child, ascending: false, nullsFirst: false };
}

export interface AggregateInput {
  readonly types: readonly DataType[];
  readonly rows: readonly (readonly Value[])[];
}

/** How the rows are split among accumulators that are merged afterwards: not, in two, or one each. */
export type Split = "whole" | "halves" | "rows";

/** The result of a call whose arguments (and orderings) are the columns of the input, in turn. */
export function aggregate(
  call: AggregateCall,
  input: AggregateInput,
  split: Split,
  settings: Settings = {},
): Value {
  const attribute = {
    kind: "attribute",
    id: 0,
    name: "r",
    type: call.type,
    nullable: true,
    qualifier: [],
  } as const;
  const [shape] = shapesOf([{ call, attribute }], settings.ansi ?? true);
  const columns = input.types.map((type, k) =>
    columnOf(
      type,
      input.rows.map((row) => row[k] ?? null),
    ),
  );
  const total = call.fn.accumulator(shape!);
  total.resize(1);
  const count = input.rows.length;
  if (split === "whole") {
    total.update(new Int32Array(count), columns, count);
    return valueAt(total.results(1), 0);
  }
  const parts = split === "rows" ? count : 2;
  for (let p = 0; p < parts; p++) {
    const from = Math.floor((p * count) / parts);
    const to = Math.floor(((p + 1) * count) / parts);
    const positions = Int32Array.from({ length: to - from }, (_, k) => from + k);
    const partial = call.fn.accumulator(shape!);
    partial.resize(1);
    const own = columns.map((column) => takeColumn(column, positions, to - from));
    partial.update(new Int32Array(to - from), own, to - from);
    const buffers = partial.buffers(1);
    call.fn.buffer(shape!).forEach((field, k) => {
      if (buffers[k]!.type.kind !== field.type.kind)
        throw new Error(`buffer ${field.name} is a ${buffers[k]!.type.kind}`);
    });
    total.merge(new Int32Array(1), buffers, 1);
  }
  return valueAt(total.results(1), 0);
}
