import { col, SparkSession } from "@ss/sql";
import { expect, test } from "vitest";
import { byte_length, byteLength } from "../src/byte-length.js";

test("the function of the guide is called in SQL text and on columns", async () => {
  const spark = await SparkSession.builder()
    .use({ name: "guide", functions: [byteLength] })
    .create();
  const rows = spark.sql("SELECT * FROM VALUES (X'0102'), (NULL) AS t(value)");
  const lengths = await rows.select(byte_length(col("value")).plus(1).as("n")).collect();
  expect(lengths).toEqual([{ n: 3 }, { n: null }]);
  expect(await spark.sql("SELECT byte_length(X'010203') AS n").collect()).toEqual([{ n: 3 }]);
  await spark.stop();
});
