import { type DataType, StreamError, sqlText } from "@ss/core";

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
