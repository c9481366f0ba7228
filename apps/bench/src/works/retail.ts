import { col, sum, window } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { FILES_PER_BATCH } from "./ad-events.js";
import { turnoverByHand } from "./by-hand.js";
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
  stream: (spark, { input, scratch }) => {
    const totals = spark.readStream
      .schema(RETAIL)
      .option("header", true)
      .option("maxFilesPerTrigger", FILES_PER_BATCH)
      .csv(input)
      .selectExpr("CustomerID", "UnitPrice * Quantity as total_cost", "InvoiceDate")
      .groupBy(col("CustomerID"), window("InvoiceDate", "1 day"))
      .agg(sum("total_cost").as("n"));
    return runToEnd(spark, totals, scratch);
  },
  expected: turnoverByHand,
  byHand: turnoverByHand,
  duckdb: ({ input }) => [
    `select count(*) as groups, sum(n)::double as total from (select CustomerID, CAST(InvoiceDate AS DATE) d, sum(Quantity*UnitPrice) n from read_csv('${input}/*.csv', header=true, columns={InvoiceNo:'VARCHAR',StockCode:'VARCHAR',Description:'VARCHAR',Quantity:'INTEGER',InvoiceDate:'TIMESTAMP',UnitPrice:'DOUBLE',CustomerID:'INTEGER',Country:'VARCHAR'}) group by all)`,
  ],
  agreed: new Map([[5_000_000, { groups: 1_563_951, total: 605_790_334.11 }]]),
};
