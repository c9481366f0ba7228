import { StreamError } from "@ss/core";
import { describe, expect, test } from "vitest";
import {
  parseAttributePath,
  parserConf,
  parseStatement,
  parseTableName,
  parseType,
} from "../../src/parser/parser.js";

describe("commands", () => {
  test("views keep their query and its text", () => {
    expect(
      parseStatement("CREATE OR REPLACE GLOBAL TEMP VIEW v (a COMMENT 'x', b) AS SELECT 1, 2;"),
    ).toMatchObject({
      kind: "createView",
      name: ["v"],
      columns: ["a", "b"],
      replace: true,
      temporary: true,
      global: true,
      ifNotExists: false,
      text: "SELECT 1, 2",
      plan: { kind: "project" },
    });
  });

  test("a view over files is a read", () => {
    expect(
      parseStatement("CREATE TEMPORARY VIEW v (a INT) USING csv OPTIONS (path '/x', header true)"),
    ).toMatchObject({
      kind: "createView",
      plan: { kind: "read", format: "csv", options: { path: "/x", header: "true" }, streaming: false },
    });
  });

  test("DROP, SET and RESET", () => {
    expect(parseStatement("DROP VIEW IF EXISTS a.v")).toEqual({
      kind: "dropView",
      name: ["a", "v"],
      ifExists: true,
    });
    expect(parseStatement("drop table t")).toEqual({ kind: "dropTable", name: ["t"], ifExists: false });
    expect(parseStatement("SET spark.sql.x.y = some value ;")).toEqual({
      kind: "set",
      key: "spark.sql.x.y",
      value: "some value",
    });
    expect(parseStatement("SET `a b`=`c`")).toEqual({ kind: "set", key: "a b", value: "c" });
    expect(parseStatement("SET a")).toEqual({ kind: "set", key: "a" });
    expect(parseStatement("set")).toEqual({ kind: "set" });
    expect(parseStatement("RESET a.b")).toEqual({ kind: "reset", key: "a.b" });
    expect(parseStatement("SET TIME ZONE 'Asia/Tokyo'")).toEqual({
      kind: "set",
      key: "spark.sql.session.timeZone",
      value: "Asia/Tokyo",
    });
    expect(parseStatement("SET TIME ZONE INTERVAL -'3:30' HOUR TO MINUTE")).toMatchObject({
      value: "-03:30",
    });
  });

  test("EXPLAIN and DESCRIBE of queries", () => {
    expect(parseStatement("EXPLAIN EXTENDED SELECT 1")).toMatchObject({ kind: "explain", mode: "extended" });
    expect(parseStatement("EXPLAIN SELECT 1")).toMatchObject({ kind: "explain", mode: "simple" });
    expect(parseStatement("DESC QUERY SELECT 1")).toMatchObject({ kind: "describeQuery" });
    expect(parseStatement("DESCRIBE WITH a AS (SELECT 1) SELECT * FROM a")).toMatchObject({
      kind: "describeQuery",
    });
  });

  test.each([
    ["ALTER TABLE t ADD COLUMN x INT", "ALTER TABLE"],
    ["CREATE TABLE t (a INT NOT NULL DEFAULT 1) USING parquet", "CREATE TABLE"],
    ["CREATE FUNCTION f AS 'x'", "CREATE FUNCTION"],
    ["INSERT INTO t VALUES (1)", "INSERT INTO"],
    ["SHOW TABLES", "SHOW TABLES"],
    ["USE mydb", "USE"],
    ["CACHE TABLE t", "CACHE TABLE"],
    ["WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "INSERT INTO"],
    ["FROM t INSERT INTO a SELECT * INSERT INTO b SELECT *", "INSERT"],
    ["DESCRIBE t", "DESCRIBE TABLE"],
    ["BEGIN SELECT 1; END", "BEGIN"],
  ])("%s is known as %s and not carried out", (sql, name) => {
    expect(parseStatement(sql)).toMatchObject({ kind: "unsupported", name });
  });

  test("tables and inserts come with their parts", () => {
    expect(parseStatement("INSERT INTO a.t (x, y) VALUES (1, 2)")).toMatchObject({
      detail: {
        kind: "insert",
        name: ["a", "t"],
        columns: ["x", "y"],
        overwrite: false,
        plan: { kind: "inlineTable" },
      },
    });
    expect(parseStatement("CREATE TABLE t (a INT NOT NULL, b STRING) USING parquet")).toMatchObject({
      detail: {
        kind: "createTable",
        format: "parquet",
        schema: {
          fields: [
            { name: "a", nullable: false },
            { name: "b", nullable: true },
          ],
        },
      },
    });
    expect(parseStatement("CREATE TABLE t AS SELECT 1")).toMatchObject({
      detail: { plan: { kind: "project" } },
    });
  });
});

describe("errors", () => {
  function errorOf(sql: string): StreamError {
    try {
      parseStatement(sql);
    } catch (error) {
      if (StreamError.is(error)) return error;
      throw error;
    }
    throw new Error(`${sql} was taken`);
  }

  test.each([
    ["SELEC 1", "'SELEC'", ""],
    ["SELECT 1 +", "end of input", ""],
    ["WITH t() AS (SELECT 1) SELECT * FROM t", "')'", ""],
    ["SELECT * FROM t GROUP BY WITH ROLLUP", "'ROLLUP'", ": extra input 'ROLLUP'"],
    ["SELECT interval 30 day day day", "'day'", ": extra input 'day'"],
    ["SELECT .e3", "'.'", ""],
    ["SELECT * EXCEPT name FROM t", "'name'", ""],
    ["SELECT 'a", "'''", ""],
    ["from t |> from t", "'from'", ""],
  ])("%s", (sql, error, hint) => {
    expect(errorOf(sql)).toMatchObject({
      condition: "PARSE_SYNTAX_ERROR",
      sqlState: "42601",
      parameters: { error, hint },
    });
  });

  test("say the line and the position", () => {
    expect(errorOf("SELECT 1\nFROM t )").message).toContain("(line 2, position 8)");
  });

  test("an empty text is no statement", () => {
    expect(errorOf("  -- nothing")).toMatchObject({ condition: "PARSE_EMPTY_STATEMENT", sqlState: "42617" });
  });

  test("a hyphen in a name is shown with the name", () => {
    expect(errorOf("SELECT * FROM my-table")).toMatchObject({
      condition: "INVALID_IDENTIFIER",
      parameters: { ident: "my-table" },
    });
  });

  test("deep nesting is read in time that grows with the text", () => {
    const depth = 60;
    const nested = (open: string, core: string, close: string): string =>
      open.repeat(depth) + core + close.repeat(depth);
    expect(parseStatement(`SELECT ${nested("(", "(SELECT 1) + 1", ")")}`).kind).toBe("query");
    expect(parseStatement(`SELECT ${nested("substring(", "a", ", 1)")}`).kind).toBe("query");
    expect(parseStatement(`SELECT ${nested("trim(", "a", ")")}`).kind).toBe("query");
    expect(parseStatement(nested("(", "SELECT 1", ")")).kind).toBe("query");
  });
});

describe("types and names", () => {
  test("types nest", () => {
    expect(parseType("MAP<STRING, ARRAY<STRUCT<a: INT NOT NULL, b TIMESTAMP_NTZ>>>")).toMatchObject({
      kind: "map",
      valueType: {
        kind: "array",
        elementType: { fields: [{ name: "a", nullable: false }, { type: { kind: "timestamp_ntz" } }] },
      },
    });
    expect(parseType("interval day to second")).toEqual({
      kind: "dayTimeInterval",
      start: "day",
      end: "second",
    });
    expect(parseType("STRUCT<>")).toMatchObject({ fields: [] });
    expect(parseType("timestamp without time zone")).toEqual({ kind: "timestamp_ntz" });
    expect(parseType("timestamp", { timestampType: "timestamp_ntz" })).toEqual({ kind: "timestamp_ntz" });
  });

  test("unknown and broken types are refused by name", () => {
    expect(() => parseType("baz")).toThrow(
      expect.objectContaining({ condition: "UNSUPPORTED_DATATYPE", parameters: { typeName: '"BAZ"' } }),
    );
    expect(() => parseType("array")).toThrow(/INCOMPLETE_TYPE_DEFINITION.ARRAY/);
    expect(() => parseType("decimal(40)")).toThrow(/DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION/);
    expect(() => parseType("varchar")).toThrow(/DATATYPE_MISSING_SIZE/);
  });

  test("names of tables have parts", () => {
    expect(parseTableName("a.`b.c`.d")).toEqual(["a", "b.c", "d"]);
    expect(() => parseTableName("a b")).toThrow(/PARSE_SYNTAX_ERROR/);
  });

  test("names of columns in programs are no SQL", () => {
    expect(parseAttributePath("a.b c.`d.``e`")).toEqual(["a", "b c", "d.`e"]);
    expect(parseAttributePath("")).toEqual([""]);
    for (const wrong of ["a.", ".a", "a..b", "`a", "a`b`", "`a`b"]) {
      expect(() => parseAttributePath(wrong)).toThrow(/INVALID_ATTRIBUTE_NAME_SYNTAX/);
    }
  });

  test("the parser's settings come out of the session's", () => {
    const conf = new Map([
      ["spark.sql.timestampType", "timestamp_ntz"],
      ["spark.sql.session.timeZone", "UTC"],
      ["spark.sql.ansi.doubleQuotedIdentifiers", "true"],
    ]);
    expect(parserConf((key) => conf.get(key))).toMatchObject({
      timestampType: "timestamp_ntz",
      timeZone: "UTC",
      doubleQuotedIdentifiers: true,
      legacyInterval: false,
    });
  });
});
