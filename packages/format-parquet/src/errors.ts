import { type DataType, StreamError, sqlText } from "@ss/core";

/** A type that Parquet files of this package cannot hold. */
export function unsupportedType(column: string, type: DataType): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
    sqlState: "0A000",
    parameters: { columnName: `\`${column}\``, columnType: `"${sqlText(type)}"`, format: "Parquet" },
    message: `The Parquet datasource doesn't support the column \`${column}\` of the type "${sqlText(type)}". Give the column another type.`,
  });
}

/** A column whose type in a file is another than the one that is read. */
export function typeMismatch(path: string, column: string, expected: DataType, actual: string): StreamError {
  return new StreamError({
    condition: "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
    sqlState: "KD001",
    parameters: {
      path,
      column: `[${column}]`,
      expectedType: sqlText(expected).toLowerCase(),
      actualType: actual,
    },
    message: `Encountered error while reading file ${path}. Data type mismatches when reading Parquet column ${column}. Expected type: ${sqlText(expected)}, actual type: ${actual}. Correct the schema, or cast after reading.`,
  });
}

/** A file that is no Parquet file, or a damaged one. */
export function badFooter(path: string, cause: unknown): StreamError {
  return new StreamError({
    condition: "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER",
    sqlState: "KD001",
    parameters: { path },
    message: `Encountered error while reading file ${path}. Could not read footer: ${reasonOf(cause)}. Please ensure that the file is in Parquet format; to skip damaged files set ignoreCorruptFiles to true.`,
    cause,
  });
}

/** A file whose data cannot be read. */
export function badData(path: string, cause: unknown): StreamError {
  return new StreamError({
    condition: "FAILED_READ_FILE.NO_HINT",
    sqlState: "KD001",
    parameters: { path },
    message: `Encountered error while reading file ${path}: ${reasonOf(cause)}`,
    cause,
  });
}

/** A column of a row group whose data cannot be read. */
export function badColumn(
  path: string,
  column: string | undefined,
  rowGroup: number,
  cause: unknown,
): StreamError {
  const place =
    column === undefined ? `row group ${rowGroup}` : `column \`${column}\`, row group ${rowGroup}`;
  return new StreamError({
    condition: "FAILED_READ_FILE.NO_HINT",
    sqlState: "KD001",
    parameters: { path, ...(column === undefined ? {} : { column }) },
    message: `Encountered error while reading file ${path}, ${place}: ${reasonOf(cause)}`,
    cause,
  });
}

/** Files whose schemas do not fit together. */
export function cannotMerge(left: string, right: string): StreamError {
  return new StreamError({
    condition: "CANNOT_MERGE_SCHEMAS",
    sqlState: "42KD9",
    parameters: { left, right },
    message: `Failed merging schemas: ${left} and ${right}. Read the files apart, or give a schema.`,
  });
}

/** A STRING whose bytes are no text. */
export function invalidText(column: string, bytes: Uint8Array): StreamError {
  const shown = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => {
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
  const str = bytes.length > SHOWN_BYTES ? `${shown}...` : shown;
  return new StreamError({
    condition: "INVALID_UTF8_STRING",
    sqlState: "22029",
    parameters: { str },
    message: `Invalid UTF-8 in the column \`${column}\`, which cannot be written to a Parquet file as a STRING: ${str}. Write the column as BINARY, or make it valid by make_valid_utf8 or try_validate_utf8.`,
  });
}

const SHOWN_BYTES = 32;

/** A compression codec that cannot be written. */
export function unknownCodec(name: string, available: readonly string[]): StreamError {
  return new StreamError({
    condition: "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
    sqlState: "56038",
    parameters: { codecName: name, availableCodecs: available.join(", ") },
    message: `The codec ${name} is not available. Available codecs are ${available.join(", ")}.`,
  });
}

// what WebAssembly code throws is often a bare text
function reasonOf(cause: unknown): string {
  return StreamError.reasonOf(cause);
}
