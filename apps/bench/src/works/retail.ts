import { col, sum, window } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { linesOf } from "./lines.js";
import { runToEnd } from "./run-to-end.js";
import type { Work } from "./work.js";

const RETAIL =
  "InvoiceNo STRING, StockCode STRING, Description STRING, Quantity INT, InvoiceDate TIMESTAMP, UnitPrice DOUBLE, CustomerID STRING, Country STRING";

/** W3: turnover per customer and day from CSV, in update mode. */
export const w3: Work = {
  name: "w3",
  unit: "rows",
  defaultRows: 5_000_000,
  tolerance: 1e-9,
  prepare: async (root, rows) => dataSet("retail", root, rows),
  units: (rows) => rows,
  stream: (spark, input, _root, checkpoint) => {
    const totals = spark.readStream
      .schema(RETAIL)
      .option("header", true)
      .option("maxFilesPerTrigger", 4)
      .csv(input)
      .selectExpr("CustomerID", "UnitPrice * Quantity as total_cost", "InvoiceDate")
      .groupBy(col("CustomerID"), window("InvoiceDate", "1 day"))
      .agg(sum("total_cost").as("n"));
    return runToEnd(spark, totals, ["CustomerID", "window"], checkpoint);
  },
  expected: async (input) => {
    const totals = new Map<string, number>();
    let total = 0;
    for await (const line of linesOf(input)) {
      if (line.startsWith("InvoiceNo")) continue;
      // a comma within quotes stands in the description only
      const fields = line.replace(/"[^"]*"/, "quoted").split(",");
      const amount = Number(fields[3]) * Number(fields[5]);
      const key = `${fields[6]} ${fields[4]!.slice(0, 10)}`;
      totals.set(key, (totals.get(key) ?? 0) + amount);
      total += amount;
    }
    return { groups: totals.size, total };
  },
  duckdb: (input) =>
    `select count(*) as groups, sum(n)::double as total from (select CustomerID, CAST(InvoiceDate AS DATE) d, sum(Quantity*UnitPrice) n from read_csv('${input}/*.csv', header=true, columns={InvoiceNo:'VARCHAR',StockCode:'VARCHAR',Description:'VARCHAR',Quantity:'INTEGER',InvoiceDate:'TIMESTAMP',UnitPrice:'DOUBLE',CustomerID:'INTEGER',Country:'VARCHAR'}) group by all)`,
};
