import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DoubleType, IntegerType, StringType, StructType, schemaOf, TimestampType } from "@ss/core";
import { fileSource } from "@ss/source-file";
import { col, SparkSession, window } from "@ss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provideSaleFiles } from "../src/sale-files.js";

let data: string;
let spark: SparkSession;
let printed = "";

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "forms-"));
  await provideSaleFiles(join(data, "by-day"), { days: 2, rows: 50 });
  spark = await SparkSession.builder()
    .appName("forms")
    .master("local[*]")
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource())
    .printTo((text) => (printed += text))
    .create();
});
afterAll(async () => {
  await spark.stop();
  await rm(data, { recursive: true, force: true });
});

const ddl =
  "InvoiceNo STRING, StockCode STRING, Description STRING, Quantity INT, InvoiceDate TIMESTAMP, UnitPrice DOUBLE, CustomerID INT, Country STRING";

const struct = new StructType()
  .add("InvoiceNo", StringType)
  .add("StockCode", StringType)
  .add("Description", StringType)
  .add("Quantity", IntegerType)
  .add("InvoiceDate", TimestampType)
  .add("UnitPrice", DoubleType)
  .add("CustomerID", "int")
  .add("Country", "string");

const typed = schemaOf({
  InvoiceNo: "string",
  StockCode: "string",
  Description: "string",
  Quantity: "int",
  InvoiceDate: "timestamp",
  UnitPrice: "double",
  CustomerID: "int",
  Country: "string",
});

describe("a schema may be", () => {
  test.each([
    ["DDL", ddl],
    ["a StructType", struct],
    ["Spark's JSON", JSON.stringify(struct)],
    ["a literal that TypeScript understands", typed],
  ])("%s", async (_, schema) => {
    const sales = spark.read
      .schema(schema as string)
      .option("header", true)
      .csv(join(data, "by-day"));
    expect((await sales.schema()).simpleString()).toBe(struct.simpleString());
    expect(await sales.count()).toBe(100);
  });
});

test("the program of the documentation runs as it stands there", async () => {
  const sales = spark.readStream
    .format("csv")
    .schema(struct)
    .option("header", true)
    .option("maxFilesPerTrigger", 1)
    .load(join(data, "by-day/*.csv"));
  const query = await sales
    .selectExpr("CustomerId", "(UnitPrice * Quantity) as total_cost", "InvoiceDate")
    .groupBy(col("CustomerId"), window(col("InvoiceDate"), "1 day"))
    .sum("total_cost")
    .writeStream.format("memory")
    .queryName("customer_purchases")
    .outputMode("complete")
    .start();
  const batches: number[] = [];
  spark.streams.addListener({ onQueryProgress: ({ progress }) => void batches.push(progress.numInputRows) });
  await query.processAllAvailable();
  await query.stop();
  expect(batches).toEqual([50, 50]);
  const days = await spark
    .sql("SELECT DISTINCT to_date(window.start) AS day FROM customer_purchases ORDER BY day")
    .collect();
  expect(days).toEqual([{ day: new Date("2010-12-01") }, { day: new Date("2010-12-02") }]);
});

test("a typed schema makes rows typed, and a misspelt column a compile error", async () => {
  const sales = spark.read.schema(typed).option("header", true).csv(join(data, "by-day"));
  const [row] = await sales.select("Quantity", "InvoiceDate").take(1);
  const quantity: number | null = row!.Quantity;
  const date: Date | null = row!.InvoiceDate;
  expect([typeof quantity, date instanceof Date]).toEqual(["number", true]);
  // @ts-expect-error there is no such column
  await expect(sales.select("Quantiti").collect()).rejects.toMatchObject({
    condition: "UNRESOLVED_COLUMN.WITH_SUGGESTION",
  });
  // @ts-expect-error there is no such column
  expect(() => sales.groupBy("Countri")).not.toThrow();
  // @ts-expect-error there is no such column
  expect(() => sales.withWatermark("InvoiceDat", "1 day")).not.toThrow();
});

test("show prints what Spark prints, an empty line at its end", async () => {
  printed = "";
  await spark.sql("SELECT 'a longer text than twenty' AS text").show(false);
  await spark.sql("SELECT 'a longer text than twenty' AS text").show();
  expect(printed.split("\n")).toEqual([
    "+-------------------------+",
    "|text                     |",
    "+-------------------------+",
    "|a longer text than twenty|",
    "+-------------------------+",
    "",
    "+--------------------+",
    "|                text|",
    "+--------------------+",
    "|a longer text tha...|",
    "+--------------------+",
    "",
    "",
  ]);
});
