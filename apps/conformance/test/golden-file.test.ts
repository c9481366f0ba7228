import { expect, test } from "vitest";
import { expectedAnswer } from "../src/golden/expected-answer.js";
import { parseGoldenFile } from "../src/golden/golden-file.js";
import { settingsOfInput } from "../src/golden/input-settings.js";
import { MissingTables } from "../src/golden/missing-tables.js";
import { isOrdered } from "../src/golden/sql-words.js";

const FILE = `-- Automatically generated
-- !query
CREATE VIEW v AS
SELECT 1
-- !query schema
struct<>
-- !query output



-- !query
SELECT * FROM v
-- !query schema
struct<a:string>
-- !query output

 first line was empty


`;

test("a golden file is read statement by statement, with the empty lines of a cell", () => {
  expect(parseGoldenFile(FILE)).toEqual([
    { index: 0, sql: "CREATE VIEW v AS\nSELECT 1", schema: "struct<>", output: "" },
    { index: 1, sql: "SELECT * FROM v", schema: "struct<a:string>", output: "\n first line was empty" },
  ]);
});

test("an output is nothing, rows or an error", () => {
  expect(expectedAnswer("struct<>", "")).toEqual({ kind: "nothing" });
  expect(expectedAnswer("struct<a:int>", "1\n2")).toEqual({ kind: "rows", text: "1\n2" });
  expect(expectedAnswer("struct<>", "java.lang.ArithmeticException\nlong overflow")).toEqual({
    kind: "error",
    parameters: {},
    fragments: [],
    message: "long overflow",
  });
  const json = `{"errorClass": "DIVIDE_BY_ZERO", "sqlState": "22012", "messageParameters": {"config": "x"},
    "queryContext": [{"objectType": "", "startIndex": 8, "stopIndex": 12, "fragment": "1 / 0"}]}`;
  expect(expectedAnswer("struct<>", `org.apache.spark.SparkArithmeticException\n${json}`)).toEqual({
    kind: "error",
    condition: "DIVIDE_BY_ZERO",
    sqlState: "22012",
    parameters: { config: "x" },
    fragments: ["1 / 0"],
  });
});

test("the settings of an input are the product of its dimensions", () => {
  const input = `--IMPORT other.sql
--SET spark.x = 1
--SET spark.y=2;
--CONFIG_DIM1 a=1
--CONFIG_DIM1 a=2,b=3
--CONFIG_DIM2 c=4
--CONFIG_DIM2 c=5
SELECT 1; --SET ignored=1 in the middle of a line`;
  const always = { "spark.x": "1", "spark.y": "2" };
  expect(settingsOfInput(input)).toEqual([
    { ...always, a: "1", c: "4" },
    { ...always, a: "1", c: "5" },
    { ...always, a: "2", b: "3", c: "4" },
    { ...always, a: "2", b: "3", c: "5" },
  ]);
  expect(settingsOfInput("SELECT 1")).toEqual([{}]);
});

test("only an ORDER BY outside parentheses orders the rows", () => {
  expect(isOrdered("SELECT a FROM t ORDER\n BY a")).toBe(true);
  expect(isOrdered("select a from t order /* by */ by a")).toBe(true);
  expect(isOrdered("SELECT row_number() OVER (ORDER BY a) FROM (SELECT * FROM t ORDER BY a)")).toBe(false);
  expect(isOrdered("SELECT 'x ORDER BY y' FROM t -- ORDER BY a")).toBe(false);
});

test("a statement that reads a test table is skipped by the name of that table, unless the file creates it", () => {
  const tables = new MissingTables();
  expect(tables.next("SELECT * FROM testData")).toBe("testdata");
  expect(tables.next("SELECT testdata FROM t")).toBeUndefined();
  expect(tables.next("SELECT * FROM t1 a, tenk1 b")).toBe("tenk1");
  expect(tables.next("CREATE TEMPORARY VIEW v AS SELECT * FROM onek")).toBe("onek");
  expect(tables.next("SELECT * FROM v")).toBe("onek");
  expect(
    tables.next("CREATE OR REPLACE TEMPORARY VIEW testData AS SELECT * FROM VALUES (1) AS testData(a)"),
  ).toBeUndefined();
  expect(tables.next("SELECT * FROM testData JOIN t")).toBeUndefined();
});
