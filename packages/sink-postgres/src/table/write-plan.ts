import { keysMissing, noUniqueKey } from "../errors.js";
import type { WriteSettings } from "../options/write-settings.js";
import { columnWriter } from "../rows/column-writer.js";
import { RowEncoder } from "../rows/row-encoder.js";
import { type MatchedColumn, matchColumns } from "./match-columns.js";
import type { TableShape, UniqueKey } from "./table-columns.js";
import { quoteName } from "./table-name.js";

/** What becomes of the rows that are in the table: they stay, they give way to those of the same key, or they all go. */
export type WriteMode = "append" | "upsert" | "replace";

/** The statements of a batch, and the form of its rows. */
export interface WritePlan {
  /** Once for a connection. */
  readonly prepareSql: string | undefined;
  readonly copySql: string;
  /** After the rows were sent, where they were not sent to the table itself. */
  readonly publishSql: string | undefined;
  /** Whether a batch without rows changes the table too. */
  readonly publishesNothing: boolean;
  encoder(): RowEncoder;
}

const STAGE = "pg_temp.ss_rows";
const ROW_NUMBER = quoteName("ss_row");

export function planWrite(settings: WriteSettings, shape: TableShape, mode: WriteMode): WritePlan {
  const { table, schema, caseSensitive } = settings;
  const matched = matchColumns(schema, shape.columns, table, caseSensitive);
  const columns = matched.map(({ column }) => quoteName(column.name)).join(", ");
  const uniqueKey = mode === "upsert" ? uniqueKeyOf(settings, matched, shape.uniqueKeys) : undefined;
  const encoder = (): RowEncoder => encoderOf(settings, matched, uniqueKey);
  const publishesNothing = mode === "replace";
  if (mode === "append") {
    const copySql = `COPY ${table.sql} (${columns}) FROM STDIN`;
    return { prepareSql: undefined, copySql, publishSql: undefined, publishesNothing, encoder };
  }
  return {
    prepareSql: stageSql(settings, columns),
    copySql: `COPY ${STAGE} (${columns}) FROM STDIN`,
    publishSql: uniqueKey
      ? upsertSql(settings, matched, columns, uniqueKey)
      : `${emptySql(settings)}; INSERT INTO ${table.sql} (${columns}) SELECT ${columns} FROM ${STAGE}`,
    publishesNothing,
    encoder,
  };
}

/** Readers see the old rows until the commit. TRUNCATE leaves no dead rows behind, but lets readers wait while it commits. */
export function emptySql({ table, truncate, cascadeTruncate }: WriteSettings): string {
  if (!truncate) return `DELETE FROM ${table.sql}`;
  return `TRUNCATE TABLE ${table.sql}${cascadeTruncate ? " CASCADE" : ""}`;
}

/**
 * A table of this connection alone, empty at the beginning of each transaction: while a batch is on its way, the table that
 * others read is not locked. Its rows are numbered as they come, so that of
 * two rows with the same key the later one can be told.
 */
function stageSql({ table }: WriteSettings, columns: string): string {
  const create = `CREATE TEMP TABLE ${STAGE} ON COMMIT DELETE ROWS AS SELECT ${columns} FROM ${table.sql} WITH NO DATA`;
  return `${create}; ALTER TABLE ${STAGE} ADD COLUMN ${ROW_NUMBER} bigint GENERATED ALWAYS AS IDENTITY`;
}

/** Rows are taken in the order of their keys: two writers that meet wait for each other in turn instead of in a circle. */
function upsertSql(
  { table }: WriteSettings,
  matched: readonly MatchedColumn[],
  columns: string,
  { columns: keys }: UniqueKey,
): string {
  const key = keys.map(quoteName).join(", ");
  const changed = matched.map(({ column }) => column.name).filter((name) => !keys.includes(name));
  const sets = changed.map((name) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`).join(", ");
  return (
    `INSERT INTO ${table.sql} (${columns}) SELECT DISTINCT ON (${key}) ${columns} FROM ${STAGE} ` +
    `ORDER BY ${key}, ${ROW_NUMBER} DESC ON CONFLICT (${key}) DO ${sets === "" ? "NOTHING" : `UPDATE SET ${sets}`}`
  );
}

function uniqueKeyOf(
  { keys, table }: WriteSettings,
  matched: readonly MatchedColumn[],
  uniqueKeys: readonly UniqueKey[],
): UniqueKey {
  if (keys.length === 0) throw keysMissing();
  const names = keys.map((key) => matched.find(({ field }) => field.name === key)!.column.name);
  const fitting = uniqueKeys.filter(
    ({ columns }) => columns.length === names.length && names.every((name) => columns.includes(name)),
  );
  const found = fitting.find(({ nullsAreEqual }) => nullsAreEqual) ?? fitting[0];
  if (found === undefined) throw noUniqueKey(table.text, names);
  return found;
}

function encoderOf(
  { zone }: WriteSettings,
  matched: readonly MatchedColumn[],
  uniqueKey: UniqueKey | undefined,
): RowEncoder {
  return new RowEncoder(
    matched.map(({ field, column }) => {
      const keepsInstants = /^_?timestamptz$/.test(column.baseType);
      return {
        name: field.name,
        writer: columnWriter(field.type, { isArray: column.isArray, keepsInstants }, zone),
        refusesNull: uniqueKey?.columns.includes(column.name) === true && !uniqueKey.nullsAreEqual,
      };
    }),
  );
}
