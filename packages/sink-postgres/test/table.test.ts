import { Options, parseDdl, type SessionContext, type WriteRequest } from "@ss/core";
import { describe, expect, test } from "vitest";
import { type WriteSettings, writeSettings } from "../src/options/write-settings.js";
import { createTableSql } from "../src/table/create-table.js";
import { matchColumns } from "../src/table/match-columns.js";
import type { TableColumn, UniqueKey } from "../src/table/table-columns.js";
import { planWrite } from "../src/table/write-plan.js";

const session = { timeZone: "UTC", conf: () => undefined } as unknown as SessionContext;

function settingsOf(ddl: string, options: Record<string, unknown> = {}): WriteSettings {
  const request: WriteRequest = {
    format: "postgres",
    options: new Options({ dbtable: "t", user: "u", ...options }),
    path: undefined,
    partitionBy: [],
    schema: parseDdl(ddl),
    session,
  };
  return writeSettings(request, {});
}

function column(name: string, baseType: string, more: Partial<TableColumn> = {}): TableColumn {
  const category = ["text", "varchar"].includes(baseType)
    ? "S"
    : /^(int|num|float)/.test(baseType)
      ? "N"
      : "U";
  const none = { isArray: baseType.startsWith("_"), isRequired: false, isGenerated: false };
  return { name, type: baseType, baseType, category, ...none, ...more };
}

describe("a created table", () => {
  test("has Spark's types for PostgreSQL, and further ones", () => {
    const ddl =
      "a BOOLEAN, b TINYINT, c FLOAT NOT NULL, d DECIMAL(9,2), e TIMESTAMP, f ARRAY<ARRAY<INT>>, g MAP<STRING, INT>";
    expect(createTableSql(settingsOf(ddl), 150000)).toBe(
      'CREATE TABLE "t" ("a" boolean, "b" smallint, "c" real NOT NULL, "d" numeric(9, 2), ' +
        '"e" timestamp with time zone, "f" integer[][], "g" jsonb)',
    );
  });

  test("takes types and clauses of the options", () => {
    const options = {
      createTableColumnTypes: "NAME VARCHAR(64)",
      createTableOptions: "WITH (fillfactor = 70)",
    };
    expect(createTableSql(settingsOf("name STRING", options), 150000)).toBe(
      'CREATE TABLE "t" ("name" varchar(64)) WITH (fillfactor = 70)',
    );
  });

  test("is unique by its keys, also where they may be null", () => {
    const keys = { keyColumns: "k" };
    expect(createTableSql(settingsOf("k INT NOT NULL, v INT", keys), 150000)).toContain('PRIMARY KEY ("k")');
    expect(createTableSql(settingsOf("k INT, v INT", keys), 150000)).toContain(
      'UNIQUE NULLS NOT DISTINCT ("k")',
    );
    expect(createTableSql(settingsOf("k INT, v INT", keys), 140000)).toContain('PRIMARY KEY ("k")');
  });
});

describe("a table takes rows", () => {
  const match = (ddl: string, columns: readonly TableColumn[], caseSensitive = false) => {
    const { schema, table } = settingsOf(ddl);
    return matchColumns(schema, columns, table, caseSensitive).map((matched) => matched.column.name);
  };

  test("by the names of its columns, whose case does not count", () => {
    const columns = [column("Name", "text"), column("id", "int8"), column("made", "timestamptz")];
    expect(match("ID INT, name STRING", columns)).toEqual(["id", "Name"]);
    expect(() => match("ID INT", columns, true)).toThrow(/no column 'ID', only Name, id, made/);
  });

  test("but not without what it needs, nor what it computes, nor of other types; all is told at once", () => {
    const columns = [
      column("needed", "int4", { isRequired: true }),
      column("computed", "int4", { isGenerated: true }),
      column("n", "int4"),
    ];
    const rows = "n STRING, computed INT, missing INT";
    expect(() => match(rows, columns)).toThrow(
      /SS_POSTGRES_TABLE_MISMATCH.*'n' is int4.*string.*'computed' is computed.*no column 'missing'.*'needed' takes no null/,
    );
  });

  test.each([
    ["BIGINT", "int4", true],
    ["BIGINT", "numeric", true],
    ["DOUBLE", "int4", false],
    ["STRING", "uuid", true],
    ["STRING", "jsonb", true],
    ["STRING", "bytea", false],
    ["BINARY", "bytea", true],
    ["INT", "text", true],
    ["TIMESTAMP", "timestamp", true],
    ["TIMESTAMP_NTZ", "timestamptz", false],
    ["DATE", "timestamptz", false],
    ["ARRAY<INT>", "_int8", true],
    ["ARRAY<STRING>", "_uuid", true],
    ["ARRAY<STRING>", "_date", false],
    ["ARRAY<STRUCT<a: INT>>", "jsonb", true],
    ["STRUCT<a: INT>", "text", true],
    ["MAP<STRING, INT>", "int4", false],
  ])("%s into %s: %s", (type, baseType, taken) => {
    const attempt = () => match(`v ${type}`, [column("v", baseType)]);
    if (taken) expect(attempt()).toEqual(["v"]);
    else expect(attempt).toThrow("SS_POSTGRES_TABLE_MISMATCH");
  });
});

describe("the statements of a batch", () => {
  const columns = [column("k", "int4"), column("v", "text")];
  const plan = (mode: "append" | "upsert" | "replace", uniqueKeys: UniqueKey[] = [], options = {}) =>
    planWrite(settingsOf("k INT, v STRING", options), { columns, uniqueKeys }, mode);
  const byKey: UniqueKey = { columns: ["k"], nullsAreEqual: false };

  test("append straight to the table", () => {
    const copySql = 'COPY "t" ("k", "v") FROM STDIN';
    expect(plan("append")).toMatchObject({ copySql, publishSql: undefined, publishesNothing: false });
  });

  test("replace all rows at once, also by none", () => {
    const insert = 'INSERT INTO "t" ("k", "v") SELECT "k", "v" FROM pg_temp.ss_rows';
    expect(plan("replace")).toMatchObject({
      publishSql: `DELETE FROM "t"; ${insert}`,
      publishesNothing: true,
    });
    const options = { truncate: true, cascadeTruncate: true };
    expect(plan("replace", [], options).publishSql).toBe(`TRUNCATE TABLE "t" CASCADE; ${insert}`);
  });

  test("upsert the last row of each key", () => {
    expect(plan("upsert", [byKey], { keyColumns: "k" }).publishSql).toBe(
      'INSERT INTO "t" ("k", "v") SELECT DISTINCT ON ("k") "k", "v" FROM pg_temp.ss_rows ' +
        'ORDER BY "k", "ss_row" DESC ON CONFLICT ("k") DO UPDATE SET "v" = EXCLUDED."v"',
    );
  });

  test("need keys, and a unique index on them", () => {
    expect(() => plan("upsert")).toThrow(/SS_MISSING_OPTION.*'keyColumns'/);
    const other: UniqueKey = { columns: ["k", "v"], nullsAreEqual: true };
    expect(() => plan("upsert", [other], { keyColumns: "k" })).toThrow(
      /SS_POSTGRES_NO_UNIQUE_KEY.*ON t \(k\)/,
    );
  });
});
