import { StreamError } from "@ss/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { col, type DataFrame, SparkSession } from "../../src/index.js";

let spark: SparkSession;
beforeEach(async () => {
  spark = await SparkSession.builder().create();
});
afterEach(() => spark.stop());

const sales = (): DataFrame =>
  spark.sql(
    "SELECT * FROM VALUES ('a', 1), ('b', 2), ('a', 3), (NULL, 4), ('b', 5), (NULL, 6) AS sales(shop, amount)",
  );

const byShop = () => sales().groupByKey("shop");
const amounts = (rows: Iterable<object>): number[] =>
  [...rows].map((row) => (row as { amount: number }).amount);

test("mapGroups gives out one row for each group, with its rows in their order", async () => {
  const lists = byShop().mapGroups({ shop: "string", amounts: "array<int>" }, (shop, rows) => ({
    shop: shop as string,
    amounts: amounts(rows),
  }));
  expect(await lists.collect()).toEqual([
    { shop: "a", amounts: [1, 3] },
    { shop: "b", amounts: [2, 5] },
    { shop: null, amounts: [4, 6] },
  ]);
});

test("flatMapGroups gives out any number of rows, and goes through its rows more than once", async () => {
  const shares = byShop().flatMapGroups({ shop: "string", share: "double" }, function* (shop, rows) {
    const total = amounts(rows).reduce((a, b) => a + b);
    for (const amount of amounts(rows))
      if (shop !== "a") yield { shop: shop as string, share: amount / total };
  });
  expect(await shares.collect()).toEqual([
    { shop: "b", share: 2 / 7 },
    { shop: "b", share: 5 / 7 },
    { shop: null, share: 0.4 },
    { shop: null, share: 0.6 },
  ]);
});

test("a key of several columns is an object, and may be computed", async () => {
  const counts = sales()
    .groupByKey(col("shop"), col("amount").gt(2).as("large"))
    .mapGroups({ key: "string", n: "int" }, (key, rows) => ({
      key: JSON.stringify(key),
      n: [...rows].length,
    }));
  expect(await counts.where("n > 1").collect()).toEqual([{ key: '{"shop":null,"large":true}', n: 2 }]);
});

test("cogroup sees the keys of both tables, with the rows of each", async () => {
  const owners = spark.sql(
    "SELECT * FROM VALUES ('b', 'Bo'), ('c', 'Cy'), ('b', 'Bea') AS owners(shop, owner)",
  );
  const both = byShop().cogroup(
    owners.groupByKey("shop") as never,
    { shop: "string", total: "int", owners: "array<string>" },
    (shop, rows, others) => [
      {
        shop: shop as string,
        total: amounts(rows).reduce((a, b) => a + b, 0),
        owners: [...(others as Iterable<{ owner: string }>)].map(({ owner }) => owner),
      },
    ],
  );
  expect(await both.collect()).toEqual([
    { shop: "a", total: 4, owners: [] },
    { shop: "b", total: 7, owners: ["Bo", "Bea"] },
    { shop: null, total: 10, owners: [] },
    { shop: "c", total: 0, owners: ["Cy"] },
  ]);
});

test("tables are seen together under keys of the same types only", async () => {
  const others = spark.sql("SELECT 1 AS shop").groupByKey("shop");
  const both = byShop().cogroup(others as never, { shop: "string" }, () => []);
  const error = await both.collect().catch((e: unknown) => e);
  expect(StreamError.is(error, "SS_COGROUP_KEYS")).toBe(true);
});

test("what the function throws is told as its own, with its cause", async () => {
  const failing = byShop().mapGroups({ shop: "string" }, () => {
    throw new RangeError("no such shop");
  });
  const error = await failing.collect().catch((e: unknown) => e);
  expect(StreamError.is(error, "SS_USER_FUNCTION_ERROR")).toBe(true);
  expect((error as StreamError).cause).toBeInstanceOf(RangeError);
});
