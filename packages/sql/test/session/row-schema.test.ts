import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

test("the type of a column of objects holds the fields of all of them", async () => {
  const spark = await SparkSession.builder().create();
  const rows = await spark
    .createDataFrame([
      { a: { x: 1 }, l: [1] },
      { a: { x: 1.5, y: "b" }, l: [0.5] },
    ] as object[])
    .collect();
  expect(rows).toEqual([
    { a: { x: 1, y: null }, l: [1] },
    { a: { x: 1.5, y: "b" }, l: [0.5] },
  ]);
});
