import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

// names as Spark gives them
test.each([
  ["rand(1)", "rand(1)"],
  ["random(1)", "random(1)"],
  ["randn(2)", "randn(2)"],
  ["unix_timestamp()", "unix_timestamp(current_timestamp(), yyyy-MM-dd HH:mm:ss)"],
  ["unix_timestamp('2020-01-01 00:00:00')", "unix_timestamp(2020-01-01 00:00:00, yyyy-MM-dd HH:mm:ss)"],
  ["to_unix_timestamp('2020-01-01', 'yyyy-MM-dd')", "to_unix_timestamp(2020-01-01, yyyy-MM-dd)"],
])("the column of %s is named %s", async (call, name) => {
  const spark = await SparkSession.builder().create();
  try {
    expect(await spark.range(1).selectExpr(call).columns()).toEqual([name]);
  } finally {
    await spark.stop();
  }
});
