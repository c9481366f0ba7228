import { parseDdl, StreamError, type StructType, type WriteRequest } from "@ss/core";
import { type TimeZone, timeZone, UTC } from "@ss/kernels";
import { invalidOption, keysMissing } from "../errors.js";
import type { PostgresSinkOptions } from "../plugin.js";
import { parseTableName, type TableName } from "../table/table-name.js";
import { type ConnectionSettings, connectionSettings } from "./connection-settings.js";
import { parseKeyColumns } from "./key-columns.js";

/** What a write is told: everything but the rows. */
export interface WriteSettings {
  readonly connection: ConnectionSettings;
  readonly table: TableName;
  readonly schema: StructType;
  /** The columns of the rows by which a row of the table is found again; none where that is not asked for. */
  readonly keys: readonly string[];
  readonly createTable: boolean;
  readonly createTableOptions: string;
  /** Types of Spark for created columns, by the names of the columns. */
  readonly createdTypes: StructType;
  /** Whether a table is emptied by TRUNCATE. */
  readonly truncate: boolean;
  readonly cascadeTruncate: boolean;
  /** Whether rows replace those with their keys, also in mode append. */
  readonly upsert: boolean;
  readonly commitsTable: TableName;
  readonly zone: TimeZone;
  readonly caseSensitive: boolean;
}

const COMMITS_TABLE = "ss_commits";

/** Options of Spark's JDBC sink that have no meaning here, since a batch is one transaction on one connection. */
const WITHOUT_MEANING = ["batchsize", "numPartitions", "isolationLevel", "driver", "fetchsize"];

export function writeSettings(request: WriteRequest, given: PostgresSinkOptions): WriteSettings {
  const { options, schema, session, partitionBy } = request;
  for (const name of WITHOUT_MEANING)
    if (options.has(name))
      session.warn?.(
        `The option '${name}' has no meaning for the format 'postgres': a batch is one transaction.`,
      );
  if (partitionBy.length > 0) throw partitioned();
  const keys = parseKeyColumns(options.text("keyColumns", ""), schema);
  const upsert = options.boolean("upsert", false);
  if (upsert && keys.length === 0) throw keysMissing();
  const caseSensitive = session.conf("spark.sql.caseSensitive") === "true";
  return {
    connection: connectionSettings(options, given, session.warn),
    table: parseTableName(
      options.get("dbtable") ?? request.path ?? options.required("dbtable", "postgres"),
      "dbtable",
    ),
    schema,
    keys,
    createTable: options.boolean("createTable", true),
    createTableOptions: options.text("createTableOptions", ""),
    createdTypes: createdTypesOf(options.text("createTableColumnTypes", ""), schema, caseSensitive),
    truncate: options.boolean("truncate", false),
    cascadeTruncate: options.boolean("cascadeTruncate", false),
    upsert,
    commitsTable: parseTableName(
      options.get("commitsTable") ?? given.commitsTable ?? COMMITS_TABLE,
      "commitsTable",
    ),
    zone: timeZone(session.timeZone) ?? UTC,
    caseSensitive,
  };
}

/** Types for columns of the rows; one for a column that they lack is most likely misspelt. */
function createdTypesOf(text: string, schema: StructType, caseSensitive: boolean): StructType {
  const types = parseDdl(text);
  const form = (name: string): string => (caseSensitive ? name : name.toLowerCase());
  const names = new Set(schema.fieldNames().map(form));
  const unknown = types.fieldNames().find((name) => !names.has(form(name)));
  if (unknown === undefined) return types;
  const columns = schema.fieldNames().join(", ");
  throw invalidOption("createTableColumnTypes", unknown, `types for columns of the rows: ${columns}`);
}

function partitioned(): StreamError {
  return new StreamError({
    condition: "SS_POSTGRES_PARTITION_BY",
    sqlState: "0A000",
    message:
      "partitionBy has no meaning for the format 'postgres': create the table partitioned, and leave it out here.",
  });
}
