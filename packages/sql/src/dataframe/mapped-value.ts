import { type DataType, StructType } from "@ss/core";
import { mapChildren } from "../expression/children.js";
import type { Alias, Expression, UnresolvedCall } from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { externalOptions } from "../expression/external-value.js";
import type { ScalarFunction } from "../expression/function.js";
import { objectMaker } from "../expression/object-reader.js";
import type { LogicalPlan } from "../logical/plan.js";
import { callOf } from "./aggregator.js";

/** What `mapValues` made of each row: a column of a table beside the columns of the row. */
export interface MappedValue {
  readonly column: string;
  readonly type: DataType;
}

/** A table with a column more: what a function makes of each row, or of the value that was made of it before. */
export function withMappedValue(
  plan: LogicalPlan,
  type: DataType,
  run: (value: unknown) => unknown,
  deterministic: boolean,
  before: MappedValue | undefined,
): { readonly plan: LogicalPlan; readonly value: MappedValue } {
  const value = { column: before === undefined ? "$value" : `${before.column}'`, type };
  const fn = valueFunction(type, run, deterministic, before !== undefined);
  const args: readonly Expression[] = [before === undefined ? { kind: "star" } : valueOf(before)];
  const child: UnresolvedCall = { kind: "call", name: ["mapValues"], fn, args };
  const alias: Alias = { kind: "alias", child, names: [value.column], id: 0 };
  return { plan: { kind: "project", child: plan, expressions: [{ kind: "star" }, alias] }, value };
}

function valueFunction(
  type: DataType,
  run: (value: unknown) => unknown,
  deterministic: boolean,
  ofValue: boolean,
): ScalarFunction {
  return {
    form: "scalar",
    names: ["mapvalues"],
    arity: [0, Number.POSITIVE_INFINITY],
    resolve: (args) => ({ args, type }),
    rewrite: (args, context) => {
      const external = externalOptions((key) => context.conf(key));
      let row: readonly unknown[] = [];
      const read = objectMaker(args.map(prettyName))(args.map((_, k) => () => row[k]));
      const ofRow = (...values: unknown[]): unknown => {
        row = values;
        return run(read(0));
      };
      const code = (ofValue ? run : ofRow) as (...values: never[]) => unknown;
      const base = { kind: "userFunction", name: "mapValues", nullable: true } as const;
      return { ...base, run: code, args, type, deterministic, external };
    },
  };
}

function valueOf({ column }: MappedValue): Expression {
  return { kind: "unresolvedAttribute", parts: [column] };
}

/**
 * An expression over the values in place of the rows: names of the value's fields mean these, and an aggregator of whole rows takes the value. It
 * keeps the name that it has as it was written.
 */
export function overValues(e: Expression, value: MappedValue): Expression {
  const over = replaced(e, value);
  if (over === e || e.kind === "alias") return over;
  return { kind: "alias", child: over, names: [nameOf(e)], id: 0 };
}

/** As {@link overValues}, for what has no name of its own. */
export function replaced(e: Expression, value: MappedValue): Expression {
  if (e.kind === "unresolvedAttribute" && e.table === undefined && isField(e.parts[0]!, value)) {
    const path = value.type instanceof StructType ? e.parts : e.parts.slice(1);
    return { ...e, parts: [value.column, ...path] };
  }
  if (e.kind === "call" && e.fn?.form === "aggregate" && e.fn.ofValue && e.args[0]?.kind === "star")
    return callOf(e.fn.ofValue, e.name[0]!, [valueOf(value)]);
  return mapChildren(e, (child) => replaced(child, value));
}

function isField(name: string, { type }: MappedValue): boolean {
  if (!(type instanceof StructType)) return name === "value";
  return type.fields.some((field) => field.name.toLowerCase() === name.toLowerCase());
}

function nameOf(e: Expression): string {
  if (e.kind === "call" && e.fn?.form === "aggregate" && e.fn.pretty)
    return e.fn.pretty(e.args.map(prettyName), e.name[0]!);
  return e.kind === "unresolvedAttribute" ? e.parts.at(-1)! : prettyName(e);
}
