import { StreamError } from "../errors/stream-error.js";

/** The part of a connector that an error is about: what it is, and its description or the name of its format. */
export interface ConnectorPart {
  readonly role: "source" | "table" | "sink";
  readonly name: string;
}

/** The error for a connector that does not do what its interface promises: SS_CONNECTOR_CONTRACT. */
export function brokenContract(
  { role, name }: ConnectorPart,
  breach: { readonly member: string; readonly found: string; readonly contract: string },
): StreamError {
  const { member, found, contract } = breach;
  return new StreamError({
    condition: "SS_CONNECTOR_CONTRACT",
    parameters: { connector: name, member, found },
    message: `The ${role} '${name}' does not keep the contract of connectors: ${member} ${found}. ${contract} Mend the connector, or tell its author.`,
  });
}

/** A value in a few words, for messages about values that should not be there. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (typeof value === "string")
    return value.length > 40 ? `the string '${value.slice(0, 40)}...'` : `the string '${value}'`;
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof (value as { readonly then?: unknown }).then === "function") return "a promise";
  const kind: unknown = (value as object).constructor?.name;
  if (typeof kind === "string" && kind !== "" && kind !== "Object") return `an object of the class ${kind}`;
  return `an object with ${Object.keys(value).join(", ") || "no fields"}`;
}

/** What keeps a value from being an object with some methods, in words; null if nothing does. */
export function missingMethod(value: unknown, methods: readonly string[]): string | null {
  if (typeof value !== "object" || value === null) return inWords(value);
  const missing = methods.find((name) => typeof (value as Record<string, unknown>)[name] !== "function");
  return missing === undefined ? null : `${inWords(value)}, which has no method '${missing}'`;
}

/** Whether `for await` can go through a value. */
export function isIterable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}
