import type { FunctionSubject } from "@ss/core";

/** Options of a function, by name. */
export type FunctionOptions = Readonly<Record<string, string>>;

type Argument = string | Uint8Array | FunctionOptions;

/**
 * The message that bytes hold: by the name of its type and a set of file descriptors (its bytes, or the path of a file), or by
 * the schema of a subject in a registry, which options name (`schema.registry.subject`).
 *
 * @example from_protobuf(col("value"), "shop.Order", "descriptors.pb", { "emit.default.values": "true" })
 */
export function from_protobuf<C extends FunctionSubject<C>>(
  value: C,
  message: string | FunctionOptions,
  ...more: readonly Argument[]
): C {
  return value.callFunction("from_protobuf", message, ...more.filter(isGiven));
}

/** The bytes of a message, from a struct of its fields; the other arguments are those of {@link from_protobuf}. */
export function to_protobuf<C extends FunctionSubject<C>>(
  value: C,
  message: string | FunctionOptions,
  ...more: readonly Argument[]
): C {
  return value.callFunction("to_protobuf", message, ...more.filter(isGiven));
}

/** Options without entries are none. */
function isGiven(argument: Argument): boolean {
  return typeof argument === "string" || argument instanceof Uint8Array || Object.keys(argument).length > 0;
}
