import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

test("df.col means the column of that table, also where another has one of the same name", async () => {
  const spark = await SparkSession.builder().create();
  const people = spark.createDataFrame(
    [
      [1, "ann"],
      [2, "bob"],
    ],
    "id INT, name STRING",
  );
  const visits = spark.createDataFrame(
    [
      [2, "home"],
      [2, "cart"],
    ],
    "id INT, name STRING",
  );
  const joined = people
    .join(visits, people.col("id").eq(visits.col("id")))
    .select(people.col("name").as("who"), visits.col("name").as("page"))
    .orderBy("page");
  expect(await joined.collect()).toEqual([
    { who: "bob", page: "cart" },
    { who: "bob", page: "home" },
  ]);
});

test("df.col reaches the table's own column below a select list that has one of the same name", async () => {
  const spark = await SparkSession.builder().create();
  const table = spark.createDataFrame([[1]], "id INT");
  const changed = table.selectExpr("id + 1 AS id");
  expect(await changed.filter(table.col("id").eq(1)).collect()).toEqual([{ id: 2 }]);
  expect(await changed.filter(changed.col("id").eq(1)).collect()).toEqual([]);
});
