import { StreamError } from "../errors/stream-error.js";
import type { StructType } from "../schema/struct-type.js";
import { simpleString } from "../schema/type-text.js";

/** A file of the state that is missing, torn or altered. */
export function corruptStateFile(path: string, reason: string, cause?: unknown): StreamError {
  return new StreamError({
    condition: "SS_STATE_FILE_CORRUPT",
    parameters: { path, reason },
    message:
      `The state file ${path} cannot be used: ${reason}. Restore it from a copy, or start the query with a new checkpoint ` +
      `location.`,
    cause,
  });
}

/** The keys of a state family are not what the checkpoint holds. */
export function incompatibleKeys(family: string, stored: StructType, now: StructType): StreamError {
  const [storedKeySchema, newKeySchema] = [simpleString(stored), simpleString(now)];
  return new StreamError({
    condition: "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE",
    sqlState: "XXKST",
    parameters: { storedKeySchema, newKeySchema },
    message:
      `Provided key schema does not match existing state key schema. State of ${family}: existing ${storedKeySchema}, ` +
      `provided ${newKeySchema}. Undo the change of the query, or start it with a new checkpoint location.`,
  });
}

/** The values of a state family are not what the checkpoint holds. */
export function incompatibleValues(family: string, stored: StructType, now: StructType): StreamError {
  const [storedValueSchema, newValueSchema] = [simpleString(stored), simpleString(now)];
  return new StreamError({
    condition: "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE",
    sqlState: "XXKST",
    parameters: { storedValueSchema, newValueSchema },
    message:
      `Provided value schema does not match existing state value schema. State of ${family}: existing ` +
      `${storedValueSchema}, provided ${newValueSchema}. Undo the change of the query, or start it with a new checkpoint ` +
      `location.`,
  });
}

/** Stateful operators came or went. */
export function operatorsChanged(stored: string, now: string): StreamError {
  return new StreamError({
    condition: "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA",
    sqlState: "42K03",
    parameters: { OpsInMetadataSeq: stored, OpsInCurBatchSeq: now },
    message:
      `Streaming stateful operator name does not match with the operator in state metadata. Stateful operators in the ` +
      `checkpoint: [${stored}]; in the query: [${now}]. Undo the change of the query, or start it with a new checkpoint ` +
      `location.`,
  });
}

/** A checkpoint's logs tell of state, and nothing of it is there. */
export function missingState(folder: string, now: string): StreamError {
  return new StreamError({
    condition: "STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY",
    sqlState: "42K03",
    parameters: { OpsInCurBatchSeq: now },
    message:
      `Cannot restart streaming query with stateful operators because the state directory ${folder} is empty or missing. Stateful operators in the query: [${now}]. ` +
      `Restore it from a copy, or start the query with a new checkpoint location.`,
  });
}

/** Keys with a collation that holds different bytes for equal. */
export function unequalBytes(schema: StructType): StreamError {
  return new StreamError({
    condition: "STATE_STORE_UNSUPPORTED_OPERATION_BINARY_INEQUALITY",
    sqlState: "XXKST",
    parameters: { schema: JSON.stringify(schema) },
    message: `The state is kept by the bytes of its keys, and these have a collation for which different bytes are equal: ${simpleString(schema)}. Cast them to STRING COLLATE UTF8_BINARY, or group by lower(...).`,
  });
}

/** A setting of an operator that its state depends on is not what the checkpoint was made with. */
export function settingChanged(configName: string, oldConfig: string, newConfig: string): StreamError {
  return new StreamError({
    condition: "STATE_STORE_INVALID_CONFIG_AFTER_RESTART",
    sqlState: "42K06",
    parameters: { configName, oldConfig, newConfig },
    message:
      `${configName} = ${oldConfig} cannot be changed to ${newConfig} between restarts. Set ${configName} to ${oldConfig}, or start ` +
      `the query with a new checkpoint location.`,
  });
}

/** A state variable has become one of another kind. */
export function otherVariable(stateVarName: string, oldType: string, newType: string): StreamError {
  return new StreamError({
    condition: "STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE",
    sqlState: "42K06",
    parameters: { stateVarName, oldType, newType },
    message:
      `Cannot change ${stateVarName} to ${newType} between query restarts: in the checkpoint it is of the kind ${oldType}. Give the new ` +
      `variable another name, or start the query with a new checkpoint location.`,
  });
}
