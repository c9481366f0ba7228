import { type DataType, StreamError, sqlText } from "@ss/core";
import type { DatetimePatternError } from "@ss/kernels";

/** A type that a format cannot hold. */
export function unsupportedType(column: string, type: DataType, format: string): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
    sqlState: "0A000",
    parameters: { columnName: `\`${column}\``, columnType: `"${sqlText(type)}"`, format },
    message: `The ${format} datasource doesn't support the column \`${column}\` of the type "${sqlText(type)}". Give the column another type.`,
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

/** An encoding in which nothing is written. */
export function unknownCharset(charset: string, charsets: string): StreamError {
  return new StreamError({
    condition: "INVALID_PARAMETER_VALUE.CHARSET",
    sqlState: "22023",
    parameters: { functionName: "`option`", parameter: "`charset`", charset, charsets },
    message: `The value of the option 'encoding' is invalid: expects one of the ${charsets}, but got ${charset}.`,
  });
}

/** A date-time pattern that is refused. */
export function invalidPattern(option: string, pattern: string, cause: DatetimePatternError): StreamError {
  const { condition, parameters } = cause;
  return new StreamError({
    condition,
    sqlState: condition.startsWith("INCONSISTENT_BEHAVIOR") ? "42K0B" : "22007",
    parameters,
    message: `The option '${option}' has a date-time pattern that writes nothing: '${pattern}'. Use the letters of Spark's date-time patterns, such as yyyy-MM-dd HH:mm:ss.`,
    cause,
  });
}

/** A partition value that no file system takes as a part of a path. */
export function unnamablePartition(column: string, value: string): StreamError {
  const shown = JSON.stringify(value);
  return new StreamError({
    condition: "SS_PARTITION_VALUE_WITH_NUL",
    sqlState: "22023",
    parameters: { column, value: shown },
    message: `The partition column '${column}' has the value ${shown}, and file systems take no NUL character in the name of a folder. Remove it from the value, or partition by another column.`,
  });
}

/** A folder that is there already. */
export function pathExists(path: string): StreamError {
  return new StreamError({
    condition: "PATH_ALREADY_EXISTS",
    sqlState: "42K04",
    parameters: { outputPath: path },
    message: `Path ${path} already exists. Set mode as "overwrite" to overwrite the existing path.`,
  });
}

/** A batch that another run has written. */
export function concurrentUpdate(batchId: number, path: string): StreamError {
  return new StreamError({
    condition: "CONCURRENT_STREAM_LOG_UPDATE",
    sqlState: "40000",
    parameters: { batchId: String(batchId) },
    message: `Concurrent update to the log. Multiple streaming jobs detected for ${batchId}: another run writes to ${path}. Stop one of the two.`,
  });
}

/** A column to partition by that the rows lack. */
export function partitionNotFound(column: string, schema: string): StreamError {
  return new StreamError({
    condition: "PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA",
    sqlState: "42000",
    parameters: { column, schema },
    message: `Partition column ${column} not found in schema ${schema}. Please provide an existing column for partitioning.`,
  });
}

/** A column to partition by whose type has no text. */
export function invalidPartitionType(type: DataType): StreamError {
  return new StreamError({
    condition: "INVALID_PARTITION_COLUMN_DATA_TYPE",
    sqlState: "0A000",
    parameters: { type: `"${sqlText(type)}"` },
    message: `Cannot use "${sqlText(type)}" for partition column: partition by columns of simple types.`,
  });
}

/** Rows of which nothing would be left in the files. */
export function onlyPartitionColumns(): StreamError {
  return new StreamError({
    condition: "ALL_PARTITION_COLUMNS_NOT_ALLOWED",
    sqlState: "KD005",
    message: "Cannot use all columns for partition columns: leave at least one column for the files.",
  });
}
