import type { StructType } from "@ss/core";
import type { DataFrame, SparkSession } from "@ss/sql";
import type { Folders } from "./folders.js";
import { count, duration, type Story } from "./story.js";
import { cleaned, penceByGroup, totalsPerDay } from "./totals.js";

/** What the stream is compared with. */
export interface BatchAnswer {
  readonly schema: StructType;
  readonly totals: ReadonlyMap<string, number>;
  readonly cleanRows: number;
  readonly rows: number;
}

/** The question asked of a table: all files at once. */
export async function batchChapter(
  spark: SparkSession,
  folders: Folders,
  story: Story,
): Promise<BatchAnswer> {
  story.heading("The files as a table");
  const sales = spark.read
    .format("csv")
    .option("header", true)
    .option("inferSchema", true)
    .load(folders.byDay);
  const schema = await sales.schema();
  story.say("The schema, found in the files:");
  story.block(schema.treeString());

  sales.createOrReplaceTempView("sales");
  story.say("\nBy SQL, over a temporary view:");
  story.block(await countriesBySales(spark).showString());

  story.say('\ngroupBy(col("CustomerId"), window(col("InvoiceDate"), "1 day")).sum("total_cost").show(5):');
  const started = performance.now();
  story.block(await totalsPerDay(sales).showString(5, false));
  const rows = await sales.count();
  const totals = await penceByGroup(totalsPerDay(sales));
  const cleanRows = await cleaned(sales).count();
  const elapsed = performance.now() - started;
  story.aside(
    `${count(rows)} rows, ${count(totals.size)} sums, ${count(cleanRows)} rows of known customers: ` +
      `four queries over all files in ${duration(elapsed)}`,
  );
  return { schema, totals, cleanRows, rows };
}

function countriesBySales(spark: SparkSession): DataFrame {
  return spark.sql(`
    SELECT Country, count(DISTINCT InvoiceNo) AS invoices, round(sum(UnitPrice * Quantity), 2) AS total
    FROM sales GROUP BY Country ORDER BY total DESC LIMIT 3`);
}
