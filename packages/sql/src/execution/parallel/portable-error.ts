import { StreamError } from "@ss/core";
import type { PortableError } from "./messages.js";

/** An error as plain data. */
export function toPortableError(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined };
  const { name, message, stack, cause } = error;
  const plain = { name, message, stack, ...(cause === undefined ? {} : { cause: toPortableError(cause) }) };
  if (!StreamError.is(error)) return plain;
  const { condition, sqlState, parameters, recovery, queryContext } = error;
  return {
    ...plain,
    fields: { condition, sqlState, parameters, recovery, queryContext, message: error.text },
  };
}

/** The error again. Its stack is that of the thread in which it was thrown. */
export function fromPortableError(plain: PortableError): Error {
  const cause = plain.cause === undefined ? undefined : fromPortableError(plain.cause);
  const error: Error = plain.fields
    ? new StreamError({ ...plain.fields, cause })
    : Object.assign(new Error(plain.message, cause && { cause }), { name: plain.name });
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}
