import { type ColumnFunctionCall, StreamError } from "@ss/core";
import { ProtobufFault } from "../schema/protobuf-fault.js";
import type { UnwritableMessage } from "../write/unwritable-message.js";

/** Does something with a schema; what is wrong with it becomes an error of the call. */
export function withSchema<T>(call: ColumnFunctionCall, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ProtobufFault)) throw error;
    throw call.error(error.condition, error.sqlState, error.message, error.parameters, error);
  }
}

/** Bytes that are no message of the type. */
export function malformedMessage(reason: string, cause: unknown): StreamError {
  return malformed(cause, `The message cannot be parsed: ${reason}.`);
}

/** The same as the error that ends a query in the mode FAILFAST. */
export function refusedMessage(reason: string, cause: unknown): StreamError {
  return malformed(
    cause,
    `Malformed Protobuf messages are detected in message deserialization: ${reason}. Parse Mode: FAILFAST. To process malformed protobuf message as null result, try setting the option 'mode' as 'PERMISSIVE'.`,
  );
}

function malformed(cause: unknown, message: string): StreamError {
  return new StreamError({
    condition: "MALFORMED_PROTOBUF_MESSAGE",
    sqlState: "XX000",
    parameters: { failFastMode: "FAILFAST" },
    message,
    cause,
  });
}

/** A value that a message cannot hold. */
export function unwritable(fault: UnwritableMessage): StreamError {
  const { enumValue, message } = fault;
  if (enumValue) {
    return new StreamError({
      condition: "CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE",
      sqlState: "42846",
      parameters: { ...enumValue, sqlColumn: "", protobufColumn: "" },
      message: `${message}.`,
      cause: fault,
    });
  }
  return new StreamError({
    condition: "SS_PROTOBUF_VALUE",
    sqlState: "22023",
    parameters: { reason: message },
    message: `A value cannot be written as a Protobuf message: ${message}.`,
    cause: fault,
  });
}
