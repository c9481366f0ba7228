import { type ColumnFunctionCall, StreamError } from "@ss/core";
import { SchemaFault } from "../schema/schema-fault.js";
import type { UnwritableValue } from "../write/encoder.js";

/** Does something with a schema; what is wrong with it becomes an error of the call. */
export function withSchema<T>(call: ColumnFunctionCall, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    const reason = error.message;
    throw call.error(
      "SS_AVRO_SCHEMA",
      "22KD3",
      `The Avro schema cannot be used: ${reason}.`,
      { reason },
      error,
    );
  }
}

/** Bytes that are no record of the schema. */
export function malformedRecord(reason: string, cause: unknown): StreamError {
  return malformed(reason, cause, `The record cannot be parsed: ${reason}.`);
}

/** The same as the error that ends a query in the mode FAILFAST. */
export function refusedRecord(reason: string, cause: unknown): StreamError {
  return malformed(
    reason,
    cause,
    `Malformed records are detected in record parsing: ${reason}. Parse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.`,
  );
}

function malformed(reason: string, cause: unknown, message: string): StreamError {
  return new StreamError({
    condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
    sqlState: "22023",
    parameters: { badRecord: reason, failFastMode: "FAILFAST" },
    message,
    cause,
  });
}

/** A value that the schema does not take. */
export function unwritable(fault: UnwritableValue): StreamError {
  const { path, message, typeText } = fault;
  if (typeText !== undefined) {
    const name = `\`${path.replaceAll(".", "`.`")}\``;
    return new StreamError({
      condition: "AVRO_CANNOT_WRITE_NULL_FIELD",
      sqlState: "22004",
      parameters: { name, dataType: `"${typeText}"` },
      message: `Cannot write null value for field ${name} defined as non-null Avro data type "${typeText}". Give it a union with "null" in the schema.`,
      cause: fault,
    });
  }
  return new StreamError({
    condition: "SS_AVRO_VALUE",
    sqlState: "22023",
    parameters: { field: path, reason: message },
    message: `A value cannot be written as Avro${path === "" ? "" : ` (field ${path})`}: ${message}.`,
    cause: fault,
  });
}

/** A schema argument that is no constant text. */
export function notConstantSchema(call: ColumnFunctionCall, name: string, direction: string): StreamError {
  const msg = `The second argument of the ${name} SQL function must be a constant string containing the JSON representation of the schema to use for converting the value ${direction} AVRO format`;
  return call.mismatch("TYPE_CHECK_FAILURE_WITH_HINT", `${msg}.`, { msg, hint: "" });
}
