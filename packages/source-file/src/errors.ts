import { type DataType, StreamError, sqlText } from "@ss/core";
import type { DatetimePatternError } from "@ss/kernels";

/** A record that mode FAILFAST does not let pass; `cause` says what is wrong with it. */
export function malformedRecord(record: string, where: string, column: string, cause?: unknown): StreamError {
  const field = column === "" ? "" : ` (column \`${column}\`)`;
  return new StreamError({
    condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
    sqlState: "22023",
    parameters: { badRecord: record, failFastMode: "FAILFAST" },
    message: `Malformed records are detected in record parsing: ${record}, ${where}${field}. Parse Mode: FAILFAST. To read on past malformed records, set the option 'mode' to PERMISSIVE.`,
    cause,
  });
}

/** A CSV record that cannot be taken apart, or that has another number of values than the schema has columns. */
export function malformedCsvRecord(record: string, reason: string): StreamError {
  return new StreamError({
    condition: "MALFORMED_CSV_RECORD",
    sqlState: "KD000",
    parameters: { badRecord: record },
    message: `Malformed CSV record: ${record}: ${reason}.`,
  });
}

/** A JSON value that is none of its column's type. */
export function unparsableField(
  column: string,
  value: string,
  jsonType: string,
  type: DataType,
): StreamError {
  return new StreamError({
    condition: "CANNOT_PARSE_JSON_FIELD",
    sqlState: "2203G",
    parameters: { fieldName: column, fieldValue: value, jsonType, dataType: `"${sqlText(type)}"` },
    message: `Cannot parse the field name \`${column}\` and the value ${value} of the JSON token type ${jsonType} to target Spark data type "${sqlText(type)}".`,
  });
}

/** A file that could not be read to its end. */
export function failedReadFile(path: string, cause: unknown): StreamError {
  if (StreamError.is(cause, "FAILED_READ_FILE")) return cause;
  const isMissing =
    StreamError.is(cause, "PATH_NOT_FOUND") || (cause as { code?: string })?.code === "ENOENT";
  const reason = StreamError.reasonOf(cause);
  if (isMissing) {
    return new StreamError({
      condition: "FAILED_READ_FILE.FILE_NOT_EXIST",
      sqlState: "KD001",
      parameters: { path },
      message: `Encountered error while reading file ${path}. The file does not exist; it was deleted after it had been listed. Set ignoreMissingFiles to true to pass over such files.`,
      cause,
    });
  }
  return new StreamError({
    condition: "FAILED_READ_FILE.NO_HINT",
    sqlState: "KD001",
    parameters: { path },
    message: `Encountered error while reading file ${path}: ${reason}`,
    cause,
  });
}

/** A type that a format cannot hold. */
export function unsupportedType(column: string, type: DataType, format: string): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
    sqlState: "0A000",
    parameters: { columnName: `\`${column}\``, columnType: `"${sqlText(type)}"`, format },
    message: `The ${format} datasource doesn't support the column \`${column}\` of the type "${sqlText(type)}". Give the column another type.`,
  });
}

/** A query that asks for nothing but the column of corrupt records. */
export function onlyCorruptColumn(): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN",
    sqlState: "0A000",
    message:
      "Queries from raw JSON/CSV/XML files may not refer to the corrupt record column alone: select a further column, or cache the parsed rows first.",
  });
}

/** A column of corrupt records that cannot take text. */
export function invalidCorruptColumn(column: string, type: DataType): StreamError {
  return new StreamError({
    condition: "INVALID_CORRUPT_RECORD_TYPE",
    sqlState: "42804",
    parameters: { columnName: `\`${column}\``, actualType: `"${sqlText(type)}"` },
    message: `The column \`${column}\` for corrupt records must have the nullable STRING type, but got "${sqlText(type)}".`,
  });
}

/** An option that has no such value. */
export function invalidOption(option: string, value: string, expected: string): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option, value, expected },
    message: `The option '${option}' is '${value}', but it has to be ${expected}.`,
  });
}

/** An encoding that nobody knows. */
export function unknownCharset(charset: string): StreamError {
  const charsets = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8";
  return new StreamError({
    condition: "INVALID_PARAMETER_VALUE.CHARSET",
    sqlState: "22023",
    parameters: { functionName: "`option`", parameter: "`charset`", charset, charsets },
    message: `The value of the option 'encoding' is invalid: expects one of the ${charsets}, or another name that TextDecoder knows, but got ${charset}.`,
  });
}

/** A date-time pattern that is refused. */
export function invalidPattern(option: string, pattern: string, cause: DatetimePatternError): StreamError {
  const { condition, parameters } = cause;
  return new StreamError({
    condition,
    sqlState: condition.startsWith("INCONSISTENT_BEHAVIOR") ? "42K0B" : "22007",
    parameters,
    message: `The option '${option}' has a date-time pattern that reads nothing: '${pattern}'. Use the letters of Spark's date-time patterns, such as yyyy-MM-dd HH:mm:ss.`,
    cause,
  });
}

/** A stream whose schema nobody gave. */
export function schemaRequired(format: string): StreamError {
  return new StreamError({
    condition: "SS_STREAM_SCHEMA_REQUIRED",
    parameters: { format },
    message: `Schema must be specified when creating a streaming source DataFrame of format ${format}. If some files already exist in the directory, then depending on the file format you may be able to create a static DataFrame on that directory with 'spark.read.load(directory)' and infer schema from it; or set spark.sql.streaming.schemaInference to true.`,
  });
}

/** A table of which no file tells the schema. */
export function unableToInfer(format: string): StreamError {
  return new StreamError({
    condition: "UNABLE_TO_INFER_SCHEMA",
    sqlState: "42KD9",
    parameters: { format },
    message: `Unable to infer schema for ${format}. It must be specified manually: set it with .schema(...).`,
  });
}
