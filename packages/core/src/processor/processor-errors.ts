import { StreamError } from "../errors/stream-error.js";
import type { TimeMode } from "./time-mode.js";

/** The handle of a processor that does not run. */
export function handleMissing(): StreamError {
  return new StreamError({
    condition: "STATE_STORE_HANDLE_NOT_INITIALIZED",
    sqlState: "42802",
    message:
      "The handle has not been initialized for this StatefulProcessor. Use getHandle() from init() on, of a processor that transformWithState runs.",
  });
}

/** A call at a time when it cannot be made. */
export function wrongHandleState(operationType: string, handleState: string): StreamError {
  return new StreamError({
    condition: "STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE",
    sqlState: "42802",
    parameters: { operationType, handleState },
    message: `Failed to perform stateful processor operation=${operationType} with invalid handle state=${handleState}: state variables are made in init(), timers are set where rows and timers are handled.`,
  });
}

/** Timers without a time. */
export function wrongTimeMode(operationType: string, timeMode: TimeMode): StreamError {
  return new StreamError({
    condition: "STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE",
    sqlState: "42802",
    parameters: { operationType, timeMode },
    message: `Failed to perform stateful processor operation=${operationType} with invalid timeMode=${timeMode}: timers ask for TimeMode.ProcessingTime or TimeMode.EventTime.`,
  });
}

/** Two variables of one name. */
export function duplicateVariable(stateVarName: string): StreamError {
  return new StreamError({
    condition: "STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED",
    sqlState: "42802",
    parameters: { stateVarName },
    message: `State variable with name ${stateVarName} has already been defined in the StatefulProcessor.`,
  });
}

/** State that ends by itself, by a time that is not there. */
export function ttlWithoutTime(stateName: string, timeMode: TimeMode): StreamError {
  return new StreamError({
    condition: "STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL",
    sqlState: "42802",
    parameters: { stateName, timeMode },
    message: `Cannot use TTL for state=${stateName} in timeMode=${timeMode}, use TimeMode.ProcessingTime instead.`,
  });
}

/** State that would end at once. */
export function ttlNotPositive(operationType: string, stateName: string): StreamError {
  return new StreamError({
    condition: "STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE",
    sqlState: "42802",
    parameters: { operationType, stateName },
    message: `TTL duration must be greater than zero for State store operation=${operationType} on state=${stateName}.`,
  });
}

/** State that would end after the end of time. */
export function ttlTooLong(stateName: string, ttlMs: number): StreamError {
  return new StreamError({
    condition: "SS_INVALID_TTL",
    sqlState: "22023",
    parameters: { stateName, ttlMs: String(ttlMs) },
    message: `A TTL of ${ttlMs} ms for state=${stateName} cannot be kept: give at most ${Number.MAX_SAFE_INTEGER}, or 0 for values without end.`,
  });
}

/** A timer at no point in time. */
export function noPointInTime(operationType: string, timeMs: number): StreamError {
  return new StreamError({
    condition: "SS_INVALID_TIMER",
    sqlState: "22023",
    parameters: { operationType, timeMs: String(timeMs) },
    message: `Failed to perform stateful processor operation=${operationType}: ${timeMs} is no point in time. Give milliseconds since 1970; what is never to come needs no timer.`,
  });
}

/** Null where a value has to be. */
export function nullValue(stateName: string): StreamError {
  return new StreamError({
    condition: "ILLEGAL_STATE_STORE_VALUE.NULL_VALUE",
    sqlState: "42601",
    parameters: { stateName },
    message: `Cannot write null values for State state=${stateName}: clear it instead.`,
  });
}

/** No value where one has to be. */
export function emptyList(stateName: string): StreamError {
  return new StreamError({
    condition: "ILLEGAL_STATE_STORE_VALUE.EMPTY_LIST_VALUE",
    sqlState: "42601",
    parameters: { stateName },
    message: `Cannot write empty list values for State state=${stateName}: clear it instead.`,
  });
}

/** A name that a variable cannot have. */
export function invalidName(colFamilyName: string): StreamError {
  const operationName = "create_col_family";
  return new StreamError({
    condition: "STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME",
    sqlState: "42802",
    parameters: { operationName, colFamilyName },
    message: `Failed to perform column family operation=${operationName} with invalid name=${colFamilyName}: a name is not empty, not 'default', and neither begins nor ends with a space.`,
  });
}

/** A name that begins as those of the engine do. */
export function reservedName(colFamilyName: string): StreamError {
  return new StreamError({
    condition: "STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS",
    sqlState: "42802",
    parameters: { colFamilyName },
    message: `Failed to create column family with unsupported starting character and name=${colFamilyName}: '$' is reserved.`,
  });
}

/** State of no key. */
export function noKeyAtHand(stateName: string): StreamError {
  return new StreamError({
    condition: "INTERNAL_ERROR_TWS",
    sqlState: "XX000",
    parameters: { message: `Implicit key not found in state store for stateName=${stateName}` },
    message: `Implicit key not found in state store for stateName=${stateName}: state is read and written while the processor is called for a key.`,
  });
}
