import { type DataType, StreamError, simpleString } from "@ss/core";
import type { AggregateShape } from "../../../expression/function.js";
import { thrownText, valueText } from "../../../expression/value-text.js";
import { DEPTH_MAX } from "./object-bytes.js";

/** What a method of an aggregator threw, told as the aggregator's own. */
export function aggregatorFailed(
  name: string,
  method: string,
  { argTypes, type }: AggregateShape,
  error: unknown,
): unknown {
  if (StreamError.is(error)) return error;
  const reason = thrownText(error);
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

/** A buffer is something at any time, one with several fields an object. */
export function noBuffer(name: string, found: unknown, by: string, isStruct: boolean): StreamError {
  const value = isPromise(found) ? "a promise" : valueText(found);
  const wanted = isStruct ? "an object with the fields of its buffer" : "a value of its type";
  const origin = found === undefined ? `${by} gave none: does it lack a return?` : `it comes from ${by}.`;
  return new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: {
      value,
      type: isStruct ? "struct" : "value",
      what: `the buffer of the aggregator \`${name}\``,
    },
    message: `The buffer of the aggregator \`${name}\` is ${value}, where ${wanted} was expected; ${origin}`,
  });
}

/** A whole number that a number of JavaScript cannot hold exactly. */
export function beyondDoubles(error: unknown): unknown {
  if (!StreamError.is(error) || error.condition !== "SS_VALUE_NOT_OF_TYPE") return error;
  const { value = "", type = "", what = "" } = error.parameters;
  if (type !== "bigint" || !Number.isInteger(Number(value)) || Number.isSafeInteger(Number(value)))
    return error;
  return new StreamError({
    condition: error.condition,
    parameters: { value, type, what },
    message: `${what}: ${value} is not exact as a number. Numbers are exact up to 2^53: give a BigInt, and set ss.collect.longs to bigint so that BIGINT values come as such.`,
    cause: error,
  });
}

/** A buffer that all groups would have in common. */
export function sharedZero(name: string): StreamError {
  return new StreamError({
    condition: "SS_AGGREGATOR_ZERO",
    parameters: { aggregator: `\`${name}\`` },
    message: `zero of the aggregator \`${name}\` gives the same object each time, which all groups would share: make one for each call, or freeze it if nothing changes it.`,
  });
}

/** A buffer that lacks what its type declares. */
export function missingField(name: string, field: string): StreamError {
  return new StreamError({
    condition: "SS_AGGREGATOR_ZERO",
    parameters: { aggregator: `\`${name}\``, field },
    message: `zero of the aggregator \`${name}\` gives an object without the field '${field}' of its buffer.`,
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
