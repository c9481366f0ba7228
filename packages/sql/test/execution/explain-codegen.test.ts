import { afterEach, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

let printed = "";
let spark: SparkSession;

afterEach(async () => {
  printed = "";
  await spark.stop();
});

test("explain('codegen') prints the loops of a query that has not run, without its names and texts", async () => {
  spark = await SparkSession.builder()
    .printTo((text) => {
      printed += text;
    })
    .create();
  spark.sql("SELECT id AS secret_name FROM range(10)").createOrReplaceTempView("t");
  const rows = spark.sql(
    "SELECT secret_name * 2 AS twice, 'secret text' AS s FROM t WHERE secret_name % 3 = 1",
  );
  await rows.explain("codegen");
  const code = printed.slice(printed.indexOf("== Stage 1 of 1 =="));
  expect(code).toMatch(/row: for \(let i = 0; i < n; i\+\+\) \{/);
  expect(code).not.toMatch(/secret/);
});
