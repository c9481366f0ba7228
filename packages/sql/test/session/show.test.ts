import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../src/index.js";

let printed = "";
let spark: SparkSession;
let rows: DataFrame;

beforeEach(async () => {
  printed = "";
  spark = await SparkSession.builder()
    .printTo((text) => {
      printed += text;
    })
    .create();
  rows = spark.sql("SELECT id, concat('name ', id) AS name FROM range(3)");
});
afterEach(() => spark.stop());

test("show prints one line per value where it is asked to be vertical", async () => {
  await rows.show(2, 5, true);
  expect(printed).toBe(
    "-RECORD 0-----\n id   | 0     \n name | na... \n-RECORD 1-----\n id   | 1     \n name | na... \nonly showing top 2 rows\n\n",
  );
});

test("show prints no rows where it is asked for fewer than none, and all where there are not more", async () => {
  await rows.show(-1);
  expect(printed).toBe("+---+----+\n| id|name|\n+---+----+\n+---+----+\nonly showing top 0 rows\n\n");
  printed = "";
  await rows.limit(1).show(2147483647);
  expect(printed).toBe("+---+------+\n| id|  name|\n+---+------+\n|  0|name 0|\n+---+------+\n\n");
});

test.each([
  ["numRows", "a whole number", ["a"]],
  ["numRows", "a whole number", [1.5]],
  ["numRows", "a whole number", [null]],
  ["truncate", "true, false or a whole number", [2, "wide"]],
  ["vertical", "true or false", [2, true, "yes"]],
])("show refuses a value of %s that is not %s", async (argument, expected, args) => {
  await expect(rows.show(...(args as never[]))).rejects.toMatchObject({
    condition: "SS_INVALID_ARGUMENT",
    parameters: { method: "show", argument, expected },
  });
  expect(printed).toBe("");
});
