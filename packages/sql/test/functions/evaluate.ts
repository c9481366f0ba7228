import { type Column, columnBuilder, type DataType, type Value, valueAt } from "@ss/core";
import { isConstant } from "../../src/analyzer/constant.js";
import { Stage } from "../../src/execution/codegen/stage.js";
import { mapChildren } from "../../src/expression/children.js";
import { castIsNullable } from "../../src/expression/coercion/cast-rules.js";
import { type Attribute, call, type Expression, freshId, literal } from "../../src/expression/expression.js";
import type { FunctionContext } from "../../src/expression/function.js";
import { nullableOf, typeOf } from "../../src/expression/type-of.js";
import { builtinFunctions, FunctionRegistry } from "../../src/functions/registry.js";

export interface Settings {
  readonly ansi?: boolean;
  readonly timeZone?: string;
  readonly conf?: Readonly<Record<string, string>>;
  readonly nowMs?: number;
}

const registry = new FunctionRegistry(builtinFunctions());

/** Resolves calls bottom-up, as the analyzer does with resolved leaves. */
export function resolve(e: Expression, settings: Settings = {}): Expression {
  if (e.kind === "lambda") return e;
  const children = mapChildren(e, (child) => resolve(child, settings));
  const ansi = settings.ansi ?? true;
  if (children.kind === "cast") return { ...children, ansi: children.ansi ?? ansi };
  if (children.kind !== "call") return children;
  const name = children.name[0]!;
  const fn = registry.lookup(name.toLowerCase());
  if (fn?.form !== "scalar") throw new Error(`no scalar function ${name}`);
  const context: FunctionContext = {
    ansi,
    timeZone: settings.timeZone ?? "UTC",
    conf: (key) => settings.conf?.[key],
    name,
    sql: name,
    origin: children.origin,
    answer: () => {
      throw new Error("no function that is built in waits for anything");
    },
    constant: (one) => (isConstant(one) ? evaluate(one, settings) : undefined),
  };
  const rewritten = fn.rewrite?.(children.args, context);
  if (rewritten) return resolve(rewritten, settings);
  const { args, type, nullable, state } = fn.resolve(children.args, context);
  const isNullable = nullable ?? args.some((arg) => nullableOf(arg));
  return { kind: "scalar", fn, args, type, nullable: isNullable, name, state, origin: children.origin };
}

/** The value of an expression without columns. */
export function evaluate(e: Expression, settings: Settings = {}): Value {
  return evaluateRows(e, [], [[]], settings)[0]!;
}

/** An input column by name. */
export function input(name: string, type: DataType, nullable = true): Attribute {
  return { kind: "attribute", id: freshId(), name, type, nullable, qualifier: [] };
}

/** The values of an expression over rows of input columns. */
export function evaluateRows(
  e: Expression,
  inputs: readonly Attribute[],
  rows: readonly (readonly Value[])[],
  settings: Settings = {},
): Value[] {
  const columns = inputs.map((attribute, k) =>
    columnOf(
      attribute.type,
      rows.map((row) => row[k] ?? null),
    ),
  );
  const resolved = resolve(e, settings);
  const stage = new Stage(
    { input: inputs, conditions: [], outputs: [resolved] },
    { ansi: settings.ansi ?? true, timeZone: settings.timeZone ?? "UTC" },
  );
  const clock = { nowMs: () => settings.nowMs ?? 0, partition: () => 0 };
  const out = stage.run(columns, rows.length, clock);
  return rows.map((_, i) => valueAt(out.columns[0]!, i));
}

export function columnOf(type: DataType, values: readonly Value[]): Column {
  const builder = columnBuilder(type);
  for (const value of values) builder.append(value);
  return builder.finish();
}

export { call, castIsNullable, literal, typeOf };
