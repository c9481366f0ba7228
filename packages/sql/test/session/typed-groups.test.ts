import { StreamError, schemaOf } from "@ss/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Aggregator, col, count, type DataFrame, SparkSession, sum } from "../../src/index.js";
import { Average, LongestName, Total } from "../aggregators.js";

let spark: SparkSession;
beforeEach(async () => {
  spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
});
afterEach(() => spark.stop());

const SALES = schemaOf({ shop: "string", amount: "int" });
const ROWS = [
  ["a", 1],
  ["b", 2],
  ["a", 3],
  [null, 4],
  ["b", 5],
  [null, 6],
];
const sales = () => spark.createDataFrame(ROWS, SALES);
const byShop = () => sales().groupByKey("shop");
const condition = (df: DataFrame): Promise<string> =>
  df.collect().then(
    () => "none",
    (error: StreamError) => error.condition,
  );

/** The amounts of whole rows, as text. */
class Amounts extends Aggregator<{ shop: string | null; amount: number | null }, string, string> {
  readonly buffer = "string";
  readonly output = "string";
  zero(): string {
    return "";
  }
  reduce(buffer: string, { shop, amount }: { shop: string | null; amount: number | null }): string {
    return `${buffer}${shop}${amount} `;
  }
  merge(a: string, b: string): string {
    return a + b;
  }
  finish(buffer: string): string {
    return buffer.trim();
  }
}

describe("agg", () => {
  test("gives the keys and the results of aggregators, which see whole rows", async () => {
    const df = byShop().agg(new Amounts().toColumn().as("rows"), count("*").as("n"), sum("amount").as("s"));
    expect(await df.collect()).toEqual([
      { shop: "a", rows: "a1 a3", n: 2, s: 4 },
      { shop: "b", rows: "b2 b5", n: 2, s: 7 },
      { shop: null, rows: "null4 null6", n: 2, s: 10 },
    ]);
  });

  test("finds the fields of a declared input among the columns, whatever their order", async () => {
    const table = spark.sql("SELECT * FROM VALUES (1, 7, 'x'), (1, 9, 'y') AS t(k, length, name)");
    const df = table.groupByKey("k").agg(new LongestName().toColumn().as("longest"));
    expect(await df.collect()).toEqual([{ k: 1, longest: { name: "y", length: 9 } }]);
    expect(await condition(byShop().agg(new LongestName().toColumn()))).toBe(
      "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    );
  });

  test("needs rows of one value for an aggregator of values", async () => {
    expect(await condition(byShop().agg(new Total().toColumn()))).toBe("SS_AGGREGATOR_INPUT");
    const totals = spark.range(4).groupByKey(col("id").mod(2).as("odd")).agg(new Total().toColumn().as("t"));
    expect(await totals.collect()).toEqual([
      { odd: 0, t: 2 },
      { odd: 1, t: 4 },
    ]);
  });

  test("takes one value of rows with several columns from mapValues", async () => {
    const table = spark.sql(
      "SELECT * FROM VALUES ('a', 1, 2D), ('a', 2, 4D), ('b', 3, 5D) AS t(shop, at, price)",
    );
    const df = table
      .groupByKey("shop")
      .mapValues("double", (row) => row.price as number)
      .agg(new Average().toColumn().as("mean"), count("*").as("n"));
    expect(await df.collect()).toEqual([
      { shop: "a", mean: 3, n: 2 },
      { shop: "b", mean: 5, n: 1 },
    ]);
  });

  test("shows the class of the aggregator where the column has no name", async () => {
    expect(await byShop().agg(new Amounts().toColumn()).columns()).toEqual(["shop", "Amounts()"]);
  });

  test("runs over a whole table too", async () => {
    expect(await sales().select(new Amounts().toColumn().as("all")).collect()).toEqual([
      { all: "a1 b2 a3 null4 b5 null6" },
    ]);
  });
});

test("keys gives each key once, count the number of its rows", async () => {
  expect(await byShop().keys().collect()).toEqual([{ shop: "a" }, { shop: "b" }, { shop: null }]);
  const counts = await byShop().count().collect();
  const numbers: number[] = counts.map((row) => row.count);
  expect(counts).toEqual([
    { shop: "a", count: 2 },
    { shop: "b", count: 2 },
    { shop: null, count: 2 },
  ]);
  expect(numbers).toEqual([2, 2, 2]);
  const computed = sales().groupByKey("shop", col("amount").gt(2).as("large"));
  expect(await computed.count().filter("count = 2").collect()).toEqual([
    { shop: null, large: true, count: 2 },
  ]);
});

describe("reduceGroups", () => {
  test("waits for no function, and says so", async () => {
    const waiting = byShop().reduceGroups((async (a: object) => a) as never);
    expect(await condition(waiting as never)).toBe("SS_VALUE_NOT_OF_TYPE");
  });

  test("makes one row of all rows of a group", async () => {
    const highest = byShop().reduceGroups((a, b) => (a.amount! > b.amount! ? a : b));
    const rows = await highest.collect();
    const amounts: (number | null)[] = rows.map((row) => row.reduced.amount);
    expect(rows).toEqual([
      { shop: "a", reduced: { shop: "a", amount: 3 } },
      { shop: "b", reduced: { shop: "b", amount: 5 } },
      { shop: null, reduced: { shop: null, amount: 6 } },
    ]);
    expect(amounts).toEqual([3, 5, 6]);
    expect((await highest.schema()).fields[1]!.type.kind).toBe("struct");
  });

  test("is not called for a group of one row, nor are nulls left out", async () => {
    const table = spark.sql("SELECT * FROM VALUES (1, NULL), (2, NULL), (2, 5) AS t(k, v)");
    const calls: unknown[] = [];
    const df = table
      .groupByKey("k")
      .mapValues("int", (row) => row["v"] as number)
      .reduceGroups((a, b) => {
        calls.push([a, b]);
        return b;
      });
    expect(await df.collect()).toEqual([
      { k: 1, reduced: null },
      { k: 2, reduced: 5 },
    ]);
    expect(calls).toEqual([[null, 5]]);
  });

  test("tells what the function throws as its own", async () => {
    const failing = byShop().reduceGroups(() => {
      throw new RangeError("odd");
    });
    const error = await failing.collect().catch((e: unknown) => e);
    expect(StreamError.is(error, "FAILED_EXECUTE_UDF")).toBe(true);
    expect((error as StreamError).message).toContain("reduce of the aggregator `reduceGroups`");
    expect((error as StreamError).cause).toBeInstanceOf(RangeError);
  });
});

describe("mapValues", () => {
  const doubled = () => byShop().mapValues("long", ({ amount }) => 2 * amount!);

  test("gives programs the value in place of the row", async () => {
    const lists = doubled().mapGroups({ shop: "string", list: "array<long>" }, (shop, values) => ({
      shop,
      list: [...values],
    }));
    expect(await lists.collect()).toEqual([
      { shop: "a", list: [2, 6] },
      { shop: "b", list: [4, 10] },
      { shop: null, list: [8, 12] },
    ]);
  });

  test("gives values to aggregators and to reduceGroups", async () => {
    const df = doubled().agg(
      new Average().toColumn().as("mean"),
      new Total().toColumn(),
      sum("value"),
      count("*"),
    );
    expect(await df.collect()).toEqual([
      { shop: "a", mean: 4, "Total()": 8, "sum(value)": 8, "count(1)": 2 },
      { shop: "b", mean: 7, "Total()": 14, "sum(value)": 14, "count(1)": 2 },
      { shop: null, mean: 10, "Total()": 20, "sum(value)": 20, "count(1)": 2 },
    ]);
    const sums = doubled().reduceGroups((a, b) => a + b);
    expect((await sums.collect()).map((row) => row.reduced)).toEqual([8, 14, 20]);
  });

  test("makes objects, whose fields aggregates mean before the columns of the row", async () => {
    const objects = byShop().mapValues({ shop: "string", amount: "long" }, ({ shop, amount }) => ({
      shop: `${shop}!`,
      amount: amount! * 100,
    }));
    expect(await objects.agg(new Amounts().toColumn().as("rows"), sum("amount")).collect()).toEqual([
      { shop: "a", rows: "a!100 a!300", "sum(amount)": 400 },
      { shop: "b", rows: "b!200 b!500", "sum(amount)": 700 },
      { shop: null, rows: "null!400 null!600", "sum(amount)": 1000 },
    ]);
    const named = byShop().mapValues({ length: "int", name: "string" }, ({ shop, amount }) => ({
      length: amount,
      name: shop,
    }));
    expect(await named.agg(new LongestName().toColumn().as("l")).filter("shop = 'b'").collect()).toEqual([
      { shop: "b", l: { name: "b", length: 5 } },
    ]);
  });

  test("shows long numbers as the session wants them, as every program over keys does", async () => {
    spark.conf.set("ss.collect.longs", "bigint");
    const seen: unknown[] = [];
    const table = spark.sql("SELECT 1 AS k, 9007199254740993 AS n").groupByKey("k");
    const df = table
      .mapValues("long", (row) => {
        seen.push(row["n"]);
        return row["n"] as number;
      })
      .reduceGroups((a) => a);
    expect(await df.collect()).toEqual([{ k: 1, reduced: 9007199254740993n }]);
    expect(seen).toEqual([9007199254740993n]);
  });

  test("goes on from the values that were made before", async () => {
    const texts = doubled().mapValues("string", (n) => `<${n}>`);
    expect((await texts.reduceGroups((a, b) => a + b).collect()).map((row) => row.reduced)).toEqual([
      "<2><6>",
      "<4><10>",
      "<8><12>",
    ]);
    expect(await texts.keys().count()).toBe(3);
  });

  test("gives states and processors what they begin with", async () => {
    const begin = spark
      .sql("SELECT * FROM VALUES ('a', 100), ('c', 7) AS t(shop, start)")
      .groupByKey("shop")
      .mapValues("int", (row) => row["start"] as number);
    const totals = byShop()
      .mapValues("int", ({ amount }) => amount!)
      .flatMapGroupsWithState(
        {
          state: "int",
          output: { shop: "string", total: "int" },
          outputMode: "append",
          initialState: begin as never,
        },
        (shop, values, state) => [
          { shop, total: [...values].reduce((a, b) => a + b, state.getOption() ?? 0) },
        ],
      );
    expect(await totals.orderBy("shop").collect()).toEqual([
      { shop: null, total: 10 },
      { shop: "a", total: 104 },
      { shop: "b", total: 7 },
      { shop: "c", total: 7 },
    ]);
    const pairs = spark
      .sql("SELECT * FROM VALUES ('a', 100, 3) AS t(shop, sum, rows)")
      .groupByKey("shop")
      .mapValues({ sum: "int", rows: "int" }, (row) => ({ sum: row["sum"], rows: row["rows"] }));
    const means = byShop().flatMapGroupsWithState(
      {
        state: { rows: "int", sum: "int" },
        output: { shop: "string", mean: "double" },
        outputMode: "append",
        initialState: pairs as never,
      },
      (shop, rows, state) => {
        const before = state.getOption() ?? { rows: 0, sum: 0 };
        const amounts = [...rows].map((row) => row.amount!);
        const all = amounts.reduce((a, b) => a + b, before.sum!);
        return [{ shop, mean: all / (amounts.length + before.rows!) }];
      },
    );
    expect(await means.filter("shop = 'a'").collect()).toEqual([{ shop: "a", mean: 20.8 }]);
  });

  test("tells what the function throws", async () => {
    const failing = byShop().mapValues("int", (): number => {
      throw new RangeError("no value");
    });
    const error = await failing
      .count()
      .filter("count > 0")
      .collect()
      .then(
        () => failing.reduceGroups((a) => a).collect(),
        (e: unknown) => e,
      )
      .catch((e: unknown) => e);
    expect(StreamError.is(error, "FAILED_EXECUTE_UDF")).toBe(true);
    expect((error as StreamError).parameters["functionName"]).toBe("`mapValues`");
  });
});

describe("sorted groups", () => {
  const texts = (rows: Iterable<{ shop: string | null; amount: number | null }>) =>
    [...rows].map((row) => row.amount).join(" ");

  test("flatMapSortedGroups sees the rows of each group in their order", async () => {
    const df = byShop().flatMapSortedGroups(
      [col("amount").desc()],
      { shop: "string", list: "string" },
      (shop, rows) => [{ shop, list: texts(rows) }],
    );
    expect(await df.orderBy("shop").collect()).toEqual([
      { shop: null, list: "6 4" },
      { shop: "a", list: "3 1" },
      { shop: "b", list: "5 2" },
    ]);
  });

  test("an order may be computed, and mean what mapValues made", async () => {
    const table = spark.createDataFrame([...ROWS, ["a", -2], ["a", 0]], SALES).groupByKey("shop");
    const far = table.flatMapSortedGroups(
      [col("amount").multiply(col("amount")), "amount"],
      { shop: "string", list: "string" },
      (shop, rows) => [{ shop, list: texts(rows) }],
    );
    expect(await far.filter("shop = 'a'").collect()).toEqual([{ shop: "a", list: "0 1 -2 3" }]);
    const values = table
      .mapValues("int", ({ amount }) => -amount!)
      .flatMapSortedGroups(["value"], { list: "string" }, (_, list) => [{ list: [...list].join(" ") }]);
    expect((await values.collect()).map((row) => row.list)).toContain("-3 -1 0 2");
  });

  test("cogroupSorted sees both tables in orders of their own", async () => {
    const df = byShop().cogroupSorted(
      byShop(),
      ["amount"],
      [col("amount").desc()],
      { shop: "string", list: "string" },
      (shop, rows, others) => [{ shop, list: `${texts(rows)}|${texts(others)}` }],
    );
    expect(await df.orderBy("shop").collect()).toEqual([
      { shop: null, list: "4 6|6 4" },
      { shop: "a", list: "1 3|3 1" },
      { shop: "b", list: "2 5|5 2" },
    ]);
  });
});
