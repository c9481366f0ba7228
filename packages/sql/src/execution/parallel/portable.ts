import { StructType, type WorkerForm } from "@ss/core";
import type { SqlFunction } from "../../expression/function.js";
import type { FunctionRegistry } from "../../functions/registry.js";

/** Marks a value that is not what it looks like: `{ $: "struct", fields }`. */
type Marked =
  | { readonly $: "struct"; readonly fields: unknown }
  | { readonly $: "function"; readonly name: string }
  | { readonly $: "object"; readonly entries: unknown };

/** Why a plan cannot go to another thread, in the words of `explain`. */
export class NotPortable extends Error {}

/**
 * A plan as data that can be sent to a thread: functions of the registry become their names, schemas their fields. What holds other code
 * (a function of the program) throws {@link NotPortable}. The forms of functions that plug-ins brought are added to `forms`.
 */
export function toPortable(value: unknown, functions: FunctionRegistry, forms: WorkerForm[] = []): unknown {
  if (typeof value === "function") throw new NotPortable("it calls a function of the program");
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => toPortable(item, functions, forms));
  if (value instanceof StructType) return { $: "struct", fields: toPortable(value.fields, functions, forms) };
  if (ArrayBuffer.isView(value) || value instanceof Date) return value;
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotPortable(`it holds a ${(value as object).constructor?.name ?? "value"} of the driver`);
  }
  if (isFunction(value)) {
    const name = value.names[0]!;
    if (value.form === "aggregate" && value.ofProgram !== undefined)
      throw new NotPortable(`it calls the aggregator ${value.ofProgram} of the program`);
    if (functions.lookup(name) !== value) throw new NotPortable(`the function ${name} is not built in`);
    if (value.form === "scalar" && value.columnar) {
      const form = value.columnar.worker;
      if (form === undefined) throw new NotPortable(`the function ${name} has no worker form`);
      forms.push(form);
    }
    return { $: "function", name };
  }
  const entries: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) entries[key] = toPortable(item, functions, forms);
  return "$" in entries ? { $: "object", entries } : entries;
}

/** What {@link toPortable} was given, made anew. */
export function fromPortable(value: unknown, functions: FunctionRegistry): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => fromPortable(item, functions));
  if (ArrayBuffer.isView(value) || value instanceof Date) return value;
  if ("$" in value) return unmark(value as Marked, functions);
  return mapped(value, functions);
}

function unmark(value: Marked, functions: FunctionRegistry): unknown {
  switch (value.$) {
    case "struct":
      return new StructType(fromPortable(value.fields, functions) as StructType["fields"]);
    case "function":
      return functions.lookup(value.name);
    case "object":
      return mapped(value.entries as object, functions);
  }
}

function mapped(value: object, functions: FunctionRegistry): unknown {
  const entries: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) entries[key] = fromPortable(item, functions);
  return entries;
}

function isFunction(value: object): value is SqlFunction {
  return "form" in value && "names" in value && Array.isArray(value.names) && "arity" in value;
}
