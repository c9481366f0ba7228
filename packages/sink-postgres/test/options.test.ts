import { readFileSync } from "node:fs";
import { Options, parseDdl, type SessionContext, type WriteRequest } from "@ss/core";
import { describe, expect, test } from "vitest";
import { postgresSink, postgresTable } from "../src/index.js";
import { parseConnectionUrl } from "../src/options/connection-url.js";
import { writeSettings } from "../src/options/write-settings.js";
import { parseTableName, quoteText } from "../src/table/table-name.js";

const warnings: string[] = [];
const session = {
  timeZone: "UTC",
  conf: () => undefined,
  warn: (message: string) => warnings.push(message),
} as unknown as SessionContext;

function requestOf(options: Record<string, unknown>, ddl = "id INT, day DATE, n BIGINT"): WriteRequest {
  const schema = parseDdl(ddl);
  return {
    format: "postgres",
    options: new Options(options),
    path: undefined,
    partitionBy: [],
    schema,
    session,
  };
}

const settingsOf = (options: Record<string, unknown>, given = {}) => writeSettings(requestOf(options), given);
const NEEDED = { dbtable: "t", user: "u" };

describe("a URL", () => {
  test("says everything of a connection, also in JDBC's form", () => {
    expect(parseConnectionUrl("postgresql://u%40x:p%3A@db:5433/sales?sslmode=require")).toEqual({
      host: "db",
      port: 5433,
      database: "sales",
      user: "u@x",
      password: "p:",
      sslmode: "require",
    });
    expect(parseConnectionUrl("jdbc:postgresql://db/sales?user=u&password=p&ssl=true")).toEqual({
      host: "db",
      database: "sales",
      user: "u",
      password: "p",
      sslmode: "verify-full",
    });
    expect(parseConnectionUrl("postgres://[::1]:80/")).toEqual({ host: "::1", port: 80 });
  });

  test.each([
    "mysql://u:secret@db/x",
    "postgresql://u:secret@db:port/x",
    "postgres:secret",
    "postgres://a:%zz@secret",
  ])("that is none is refused without being shown: %s", (url) => {
    expect(() => parseConnectionUrl(url)).toThrow(/SS_INVALID_OPTION/);
    expect(() => parseConnectionUrl(url)).not.toThrow(/secret/);
  });
});

describe("the name of a table", () => {
  test.each([
    ["Orders", '"orders"', "orders"],
    ["sales.Orders", '"sales"."orders"', "sales.orders"],
    ['"Sales"."Or""ders.x"', '"Sales"."Or""ders.x"', 'Sales.Or"ders.x'],
  ])("%s", (text, sql, shown) => {
    expect(parseTableName(text, "dbtable")).toEqual({ sql, text: shown });
  });

  test.each(["", "a.b.c", "(SELECT 1) t", "a; DROP TABLE b", 'a"', "a."])("is not %j", (text) => {
    expect(() => parseTableName(text, "dbtable")).toThrow(/SS_INVALID_OPTION.*'dbtable'/);
  });

  test("stands in SQL as it is", () => {
    expect(quoteText("it's")).toBe("'it''s'");
    expect(quoteText("a\\'b")).toBe(" E'a\\\\''b'");
  });
});

describe("the options of a write", () => {
  test("take what they do not say from the URL and from the plug-in", () => {
    const given = { host: "given", port: 1, user: "given", password: "given", ssl: true };
    const { connection } = settingsOf({ ...NEEDED, url: "postgres://db/x", port: 7 }, given);
    expect(connection).toMatchObject({
      host: "db",
      port: 7,
      database: "x",
      user: "u",
      password: "given",
      ssl: {},
    });
    expect(connection.server).toBe("db:7/x");
  });

  test.each([
    [{}, false],
    [{ ssl: true }, {}],
    [{ sslmode: "require" }, { rejectUnauthorized: false }],
    [{ sslmode: "disable" }, false],
    [{ url: "postgres://u@h/d?sslmode=verify-full" }, {}],
    [{ url: "postgres://u@h/d?sslmode=disable", ssl: true }, {}],
    [{ url: "postgres://u@h/d?sslmode=require", ssl: false }, false],
  ])("%j", (options, ssl) => {
    expect(settingsOf({ ...NEEDED, ...options }).connection.ssl).toEqual(ssl);
  });

  test("check the server's certificate where they name the authorities to trust, unless they say how", () => {
    const file = { sslrootcert: import.meta.filename };
    const sslOf = (options: Record<string, unknown>, given = {}) =>
      settingsOf({ ...NEEDED, ...options }, given).connection.ssl;
    const checked = { ca: readFileSync(import.meta.filename, "utf8") };
    expect(sslOf(file)).toEqual(checked);
    expect(sslOf({ url: `postgres://u@h/d?sslrootcert=${import.meta.filename}` })).toEqual(checked);
    expect(sslOf(file, { ssl: { servername: "db" } })).toEqual(checked);
    expect(sslOf({ ...file, sslmode: "require" })).toEqual({ ...checked, rejectUnauthorized: false });
    expect(sslOf({ ...file, ssl: false })).toBe(false);
  });

  test.each([
    [{ dbtable: undefined }, "SS_MISSING_OPTION.*'dbtable'"],
    [{ user: undefined }, "SS_MISSING_OPTION.*'user'|connects"],
    [{ keyColumns: "id, other" }, "SS_INVALID_OPTION.*'keyColumns' is 'other'"],
    [{ upsert: true }, "SS_MISSING_OPTION.*'keyColumns'"],
    [{ lockTimeout: "-1s" }, "SS_INVALID_OPTION.*'lockTimeout'"],
    [{ sslmode: "allow" }, "SS_INVALID_OPTION.*'sslmode'"],
    [{ url: "postgres://u@h/d?sslmode=prefer" }, "SS_INVALID_OPTION.*'sslmode'"],
    [
      { createTableColumnTypes: "ID BIGINT, other INT" },
      "SS_INVALID_OPTION.*'createTableColumnTypes' is 'other'",
    ],
    [{ sslmode: "verify-full", sslrootcert: "nowhere.pem" }, "SS_INVALID_OPTION.*'sslrootcert'"],
  ])("refuse %j", (options, message) => {
    expect(() => settingsOf({ ...NEEDED, ...options })).toThrow(new RegExp(message));
  });

  test("name keys by their columns, whatever stands in the names", () => {
    const ddl = '`a, b` INT, `c"d` INT, e INT';
    const keys = ["a, b", 'c"d', "e"];
    const { keyColumns } = postgresTable({ dbtable: "t", keyColumns: keys });
    expect(writeSettings(requestOf({ ...NEEDED, keyColumns }, ddl), {}).keys).toEqual(keys);
    expect(writeSettings(requestOf({ ...NEEDED, keyColumns: " e , " }, ddl), {}).keys).toEqual(["e"]);
    const wrong = requestOf({ ...NEEDED, keyColumns: '"e' }, ddl);
    expect(() => writeSettings(wrong, {})).toThrow("SS_INVALID_OPTION");
  });

  test("say once of Spark's names what has no meaning here", () => {
    warnings.length = 0;
    settingsOf({ ...NEEDED, batchSize: 1000, numPartitions: 4 });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("'batchsize'");
  });

  test("name parameters of a URL that have no meaning here, without their values", () => {
    warnings.length = 0;
    settingsOf({ ...NEEDED, url: "postgres://u@h/d?ssl=true&currentSchema=hidden&sslkey=hidden" });
    expect(warnings).toEqual([
      "These parameters of the option 'url' change nothing here: currentSchema, sslkey.",
    ]);
  });

  test("are refused before there is a connection where no column could be created", async () => {
    const start = postgresSink().sinks![0]!.stream!(requestOf(NEEDED, "a INT, nothing VOID"));
    await expect(start).rejects.toThrow(/UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*`nothing`.*"VOID"/);
  });
});
