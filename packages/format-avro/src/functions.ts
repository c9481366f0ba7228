import type { FunctionSubject } from "@ss/core";

/** Options of a function, by name. */
export type FunctionOptions = Readonly<Record<string, string>>;

/**
 * The value that Avro bytes hold: by a schema as JSON; by the schema of a subject in a registry, which options name
 * (`schema.registry.subject`); or by a subject and the registry's address.
 *
 * @example from_avro(col("value"), '{"type":"record","name":"r","fields":[{"name":"id","type":"long"}]}')
 */
export function from_avro<C extends FunctionSubject<C>>(
  value: C,
  schema: string | FunctionOptions,
  ...more: readonly (string | FunctionOptions)[]
): C {
  return value.callFunction("from_avro", schema, ...more.filter(isGiven));
}

/** The Avro bytes of a value: by the schema that its type has, by a schema as JSON, or for a registry as in {@link from_avro}. */
export function to_avro<C extends FunctionSubject<C>>(
  value: C,
  ...schema: readonly (string | FunctionOptions)[]
): C {
  return value.callFunction("to_avro", ...schema.filter(isGiven));
}

/** Options without entries are none. */
function isGiven(argument: string | FunctionOptions): boolean {
  return typeof argument === "string" || Object.keys(argument).length > 0;
}
