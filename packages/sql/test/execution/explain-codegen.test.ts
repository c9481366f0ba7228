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

test("explain refuses a mode that there is none of, with those that there are", async () => {
  spark = await SparkSession.builder()
    .printTo((text) => {
      printed += text;
    })
    .create();
  const rows = spark.range(1);
  for (const mode of ["formatted", "cost", "codgen", null]) {
    await expect(rows.explain(mode as never)).rejects.toThrow(
      `Unknown explain mode: ${mode}. Accepted explain modes are 'simple', 'extended', 'codegen'.`,
    );
  }
  expect(printed).toBe("");
  await rows.explain("EXTENDED" as never);
  expect(printed).toContain("== Optimized Logical Plan ==");
});
