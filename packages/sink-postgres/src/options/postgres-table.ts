import { keyColumnsText } from "./key-columns.js";

/** What {@link postgresTable} takes. */
export interface PostgresTableOptions {
  /** `orders` or `sales.orders`; parts in double quotes keep their case. */
  readonly dbtable: string;
  /** The columns by which a row is found again; needed in output mode update. */
  readonly keyColumns?: readonly string[];
  /** Rows replace those with their keys, in output mode append and in batch writes too. Default false. */
  readonly upsert?: boolean;
  /** Create the table where there is none. Default true. */
  readonly createTable?: boolean;
  /** Types of created columns, as DDL: `name VARCHAR(64), price DECIMAL(9,2)`. */
  readonly createTableColumnTypes?: string;
  /** What stands behind a created table's columns: `WITH (fillfactor = 70)`. */
  readonly createTableOptions?: string;
  /** Empty the table by TRUNCATE where rows replace all others. Default false. */
  readonly truncate?: boolean;
  /** And the tables that refer to it. Default false. */
  readonly cascadeTruncate?: boolean;
  /** The table that remembers which batches are committed. */
  readonly commitsTable?: string;
}

/**
 * The options of a write to a table, with their types checked.
 *
 * @example
 * ```ts
 * const table = postgresTable({ dbtable: "counts", keyColumns: ["campaign", "start"] });
 * await counts.writeStream.format("postgres").options(table).outputMode("update").start();
 * ```
 */
export function postgresTable({
  keyColumns,
  ...options
}: PostgresTableOptions): Readonly<Record<string, string | boolean>> {
  return keyColumns === undefined ? options : { ...options, keyColumns: keyColumnsText(keyColumns) };
}
