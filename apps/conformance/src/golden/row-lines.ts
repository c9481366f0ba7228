import { type StructType, type Value, valueAt } from "@ss/core";
import { timeZone, UTC } from "@ss/kernels";
import type { DataFrame, SparkSession } from "@ss/sql";
import { hiveText } from "./hive-text.js";

const DESCRIBE_WIDTH = 20;

/** Runs a DataFrame and returns its rows as lines: cells as Hive prints them, joined by tabs. */
export async function rowLines(spark: SparkSession, df: DataFrame): Promise<string[]> {
  const schema = await df.schema();
  const zone = timeZone(spark.conf.timeZone) ?? UTC;
  const binaryStyle = spark.conf.find("spark.sql.binaryOutputStyle");
  const texts = schema.fields.map((field) => hiveText(field.type, { zone, binaryStyle }));
  const line = lineWriter(schema);
  const lines: string[] = [];
  for await (const { columns, rowCount } of (await df.executor.execute(df.plan)).rows) {
    for (let i = 0; i < rowCount; i++)
      lines.push(line(columns.map((column, k) => texts[k]!(valueAt(column, i) as Value))));
  }
  return lines;
}

/** Hive pads the columns of DESCRIBE, and lists tables and views by name alone. */
function lineWriter(schema: StructType): (cells: readonly string[]) => string {
  switch (schema.fieldNames().join(",")) {
    case "col_name,data_type,comment":
      return (cells) => cells.map((cell) => (cell === "NULL" ? "" : cell).padEnd(DESCRIBE_WIDTH)).join("\t");
    case "namespace,tableName,isTemporary":
    case "namespace,viewName,isTemporary":
      return (cells) => cells[1]!;
    default:
      return (cells) => cells.join("\t");
  }
}
