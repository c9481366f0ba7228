import { type DataType, StreamError, sqlText } from "@ss/core";

/** An option that has no such value. */
export function invalidOption(option: string, value: string, expected: string): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option, value, expected },
    message: `The option '${option}' is '${value}', but it has to be ${expected}.`,
  });
}

/** A URL that cannot be read. It is not shown: it may hold a password. */
export function invalidUrl(): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: "url", expected: "a URL" },
    message:
      "The option 'url' is no URL of PostgreSQL: write postgresql://host:5432/database, with characters such as @, : and / in a user or a password as %40, %3A and %2F.",
  });
}

/** A type that no column of PostgreSQL is created for. */
export function unsupportedType(column: string, type: DataType): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
    sqlState: "0A000",
    parameters: { columnName: `\`${column}\``, columnType: `"${sqlText(type)}"`, format: "postgres" },
    message: `The postgres datasource doesn't support the column \`${column}\` of the type "${sqlText(type)}". Cast it to another type.`,
  });
}

/** A table that is not there and is not to be created. */
export function tableNotFound(table: string): StreamError {
  return new StreamError({
    condition: "TABLE_OR_VIEW_NOT_FOUND",
    sqlState: "42P01",
    parameters: { relationName: table },
    message: `The table ${table} cannot be found. Create it, or leave the option 'createTable' at true.`,
  });
}

/** A table that is there already. */
export function tableExists(table: string): StreamError {
  return new StreamError({
    condition: "TABLE_OR_VIEW_ALREADY_EXISTS",
    sqlState: "42P07",
    parameters: { relationName: table },
    message: `Cannot create the table ${table} because it already exists. Choose another name, or the mode append, overwrite or ignore.`,
  });
}

/** A table that cannot take the rows. */
export function tableMismatch(table: string, problems: readonly string[]): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_TABLE_MISMATCH",
    sqlState: "42804",
    parameters: { table, problems: problems.join("; ") },
    message: `The table ${table} cannot take the rows: ${problems.join("; ")}. Select, cast and rename columns so that they match, or change the table.`,
  });
}

/** Rows to be found again by keys that the option does not name. */
export function keysMissing(): StreamError {
  return new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: "keyColumns", format: "postgres" },
    message: `Rows that are updated need the option 'keyColumns': the columns by which a row is found again, as in .option("keyColumns", "id, day").`,
  });
}

/** A key column that the rows lack. */
export function unknownKey(key: string, columns: readonly string[]): StreamError {
  return invalidOption("keyColumns", key, `columns of the rows, separated by commas: ${columns.join(", ")}`);
}

/** Keys without a unique index, which `ON CONFLICT` needs. */
export function noUniqueKey(table: string, keys: readonly string[]): StreamError {
  const list = keys.join(", ");
  return new StreamError({
    condition: "SS_POSTGRES_NO_UNIQUE_KEY",
    sqlState: "42P10",
    parameters: { table, keyColumns: list },
    message: `The table ${table} has no unique index on (${list}), by which rows could be found again: create one, as in CREATE UNIQUE INDEX ON ${table} (${list}).`,
  });
}

/** A null in a key, which a unique index would take for another one each time. */
export function nullKey(column: string): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_NULL_KEY",
    sqlState: "23502",
    parameters: { column },
    message: `The key column '${column}' has a null: the row could not be found again by its key. Filter such rows out, replace the null, or (from PostgreSQL 15 on) make the unique index NULLS NOT DISTINCT.`,
  });
}

/** A character that no text of PostgreSQL can hold. */
export function nulCharacter(column: string): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_NUL_CHARACTER",
    sqlState: "22021",
    parameters: { column },
    message: `The column '${column}' has a text with the character U+0000, which PostgreSQL cannot keep. Remove it, as in replace(${column}, char(0), '').`,
  });
}

/** A batch that another run of the same query writes. */
export function takenOver(batchId: number): StreamError {
  return new StreamError({
    condition: "CONCURRENT_STREAM_LOG_UPDATE",
    sqlState: "40000",
    parameters: { batchId: String(batchId) },
    message: `Concurrent update to the log. Multiple streaming jobs detected for ${batchId}: another run of this query writes to its table by now. Stop one of the two.`,
  });
}

/** A batch whose connection broke before it was committed. */
export function batchLost(batchId: number, cause: unknown): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_BATCH_LOST",
    sqlState: "08006",
    parameters: { batchId: String(batchId) },
    message: `The connection to PostgreSQL broke while batch ${batchId} was written (${StreamError.reasonOf(cause)}), and the server has undone it. Start the query again: it writes the batch anew.`,
    cause,
  });
}

/** A table write of which nobody knows whether it was committed. */
export function commitUnknown(table: string, cause: unknown): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_COMMIT_UNKNOWN",
    sqlState: "08007",
    parameters: { table },
    message: `The connection to PostgreSQL broke while the write to ${table} was committed (${StreamError.reasonOf(cause)}): it may be there or not, but not in part. Look at the table before you repeat the write.`,
    cause,
  });
}

/** Rows of a writer that gave up in the middle of them. */
export function partGivenUp(): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_PART_GIVEN_UP",
    message:
      "A part of the batch was given up after some of its rows were sent, so the batch is not committed.",
  });
}
