import { type DataType, StreamError, simpleString } from "@ss/core";
import type { AggregateShape } from "../../../expression/function.js";
import { DEPTH_MAX } from "./object-bytes.js";

/** What a method of an aggregator threw, told as the aggregator's own. */
export function aggregatorFailed(
  name: string,
  method: string,
  { argTypes, type }: AggregateShape,
  error: unknown,
): unknown {
  if (StreamError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const signature = argTypes.map(simpleString).join(", ");
  const functionName = `\`${name}\``;
  const result = simpleString(type);
  return new StreamError({
    condition: "FAILED_EXECUTE_UDF",
    sqlState: "39000",
    parameters: { functionName, signature, result, reason },
    message: `${method} of the aggregator ${functionName} (${signature}) => ${result} failed: ${reason}`,
    cause: error,
  });
}

/** A buffer with several fields is an object at any time. */
export function noBuffer(name: string, found: unknown): StreamError {
  const value = String(found);
  return new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: { value, type: "struct", what: `the buffer of the aggregator \`${name}\`` },
    message: `The buffer of the aggregator \`${name}\` is ${value}, where an object with the fields of its buffer was expected: give one from zero, reduce and merge.`,
  });
}

/** A method that gave the promise of a value. */
export function notAwaited(name: string, method: string, type: DataType): StreamError {
  const what = `${method} of the aggregator \`${name}\``;
  return new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: { value: "a promise", type: simpleString(type), what },
    message: `${what} gave a promise, where a value was expected: an aggregation cannot wait. Make it a function that is not async.`,
  });
}

/** A buffer whose bytes cannot be counted. */
export function nestedTooDeep(name: string): StreamError {
  return new StreamError({
    condition: "SS_AGGREGATOR_BUFFER_TOO_DEEP",
    parameters: { aggregator: name, levels: String(DEPTH_MAX) },
    message: `The buffer of the aggregator \`${name}\` is nested deeper than ${DEPTH_MAX} levels, as objects are that refer to what they are part of, or to the next one of a list. Keep arrays of plain values in it.`,
  });
}

/** Whether somebody wrote an async method, for which an aggregation cannot wait. */
export function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
