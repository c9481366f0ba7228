import { StreamError } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { expr, SparkSession } from "../../src/index.js";

async function messageOf(text: string): Promise<string> {
  const spark = await SparkSession.builder().create();
  return spark
    .sql(text)
    .collect()
    .then(
      () => "no error",
      (error: Error) => error.message,
    );
}

test("an error of a value shows the part of the SQL text that it comes from", async () => {
  const message = await messageOf("SELECT 1 / a AS b FROM VALUES (0) AS t(a)");
  expect(message).toMatch(/^\[DIVIDE_BY_ZERO\] .* SQLSTATE: 22012\n/);
  expect(message.split("\n").slice(1)).toEqual([
    "== SQL (line 1, position 8) ==",
    "SELECT 1 / a AS b FROM VALUES (0) AS t(a)",
    "       ^^^^^",
  ]);
});

test("in a text of several lines the line and its position are told", async () => {
  const message = await messageOf("SELECT\n  CAST(a AS INT) AS b\nFROM VALUES ('x') AS t(a)");
  expect(message).toMatch(/^\[CAST_INVALID_INPUT\] .* SQLSTATE: 22018\n/);
  expect(message.split("\n").slice(1)).toEqual([
    "== SQL (line 2, position 3) ==",
    "  CAST(a AS INT) AS b",
    "  ^^^^^^^^^^^^^^",
  ]);
});

test("a part over several lines is marked in each of them", async () => {
  const message = await messageOf("SELECT a\n  / 0 AS b FROM VALUES (1) AS t(a)");
  expect(message.split("\n").slice(1)).toEqual([
    "== SQL (line 1, position 8) ==",
    "SELECT a",
    "       ^",
    "  / 0 AS b FROM VALUES (1) AS t(a)",
    "^^^^^",
  ]);
});

test("of a long line 32 characters stay on each side", async () => {
  const head = "x".repeat(40);
  const tail = "y".repeat(40);
  const message = await messageOf(`SELECT '${head}', 1 / a, '${tail}' FROM VALUES (0) AS t(a)`);
  expect(message.split("\n").slice(1)).toEqual([
    `== SQL (line 1, position ${"SELECT ''".length + 40 + 3}) ==`,
    `...${"x".repeat(29)}', 1 / a, '${"y".repeat(29)}...`,
    `   ${" ".repeat(32)}^^^^^`,
  ]);
});

test("the text of an expression of the program is shown too", async () => {
  const spark = await SparkSession.builder().create();
  const failing = spark.range(1).select(expr("id / 0").as("b")).collect();
  await expect(failing).rejects.toThrow("== SQL (line 1, position 1) ==\nid / 0\n^^^^^^");
});

test("the error that ends a query names one SQLSTATE, its own", async () => {
  MemorySource.reset("runtime-errors");
  const spark = await SparkSession.builder().use(memorySource()).create();
  const rows = spark.readStream.format("memory").option("name", "runtime-errors").schema("v STRING").load();
  const query = await rows.selectExpr("CAST(v AS INT) AS i").writeStream.format("noop").start();
  MemorySource.addData("runtime-errors", "x");
  const error = await query.awaitTermination().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(StreamError.is(error, "STREAM_FAILED")).toBe(true);
  const { message } = error as StreamError;
  expect(message).toContain("[CAST_INVALID_INPUT] The value 'x'");
  expect(message.match(/SQLSTATE: \w+/g)).toEqual(["SQLSTATE: XXKST"]);
  expect((error as StreamError).cause).toMatchObject({ condition: "CAST_INVALID_INPUT", sqlState: "22018" });
});
