import {
  INSTALL_MS,
  missingForPostgres,
  type Postgres,
  startPostgres,
  temporaryFolder,
} from "@ss/app-servers";
import { postgresSink } from "@ss/sink-postgres";
import { MemorySource, memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession } from "@ss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";
import { Database } from "./postgres/database.js";

describeWith([missingForPostgres()], "DataFrames in PostgreSQL", () => {
  let postgres: Postgres;
  let database: Database;
  let spark: SparkSession;
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await Database.open(postgres);
    await database.run("SET TimeZone = 'UTC'");
    spark = await SparkSession.builder()
      .config("spark.sql.session.timeZone", "America/New_York")
      .use(postgresSink({ url: postgres.url }), memorySource())
      .create();
  }, INSTALL_MS + 60_000);
  afterAll(async () => {
    await spark?.stop();
    await database?.close();
    await postgres?.stop();
  });

  const save = (
    rows: DataFrame,
    table: string,
    mode: "append" | "overwrite" | "ignore" | "error" = "append",
  ) => rows.write.format("postgres").option("dbtable", table).mode(mode).save();

  /** What a column holds, as PostgreSQL prints it, and the type that it was given. */
  const held = async (table: string): Promise<unknown[]> => {
    const rows = await database.rows(`SELECT v::text FROM ${table}`);
    const type = await database.value(
      `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = 'v'`,
    );
    return [type, ...rows.flat()];
  };

  let tables = 0;
  test.each([
    ["true", "boolean", "true"],
    ["CAST(-128 AS TINYINT)", "smallint", "-128"],
    ["32767S", "smallint", "32767"],
    ["-2147483648", "integer", "-2147483648"],
    ["9223372036854775807L", "bigint", "9223372036854775807"],
    ["CAST(0.1 AS FLOAT)", "real", "0.1"],
    ["CAST('-Infinity' AS FLOAT)", "real", "-Infinity"],
    ["1.7976931348623157E308D", "double precision", "1.7976931348623157e+308"],
    ["CAST('NaN' AS DOUBLE)", "double precision", "NaN"],
    ["CAST(-0.05 AS DECIMAL(10,2))", "numeric(10,2)", "-0.05"],
    [
      "CAST('12345678901234567890123456789.012345678' AS DECIMAL(38,9))",
      "numeric(38,9)",
      "12345678901234567890123456789.012345678",
    ],
    ["'tab\\t, line\\n, \\\\, grüße, 🦉'", "text", "tab\t, line\n, \\, grüße, 🦉"],
    ["X'00FF5C'", "bytea", "\\x00ff5c"],
    ["DATE'2024-02-29'", "date", "2024-02-29"],
    ["DATE'0001-01-01'", "date", "0001-01-01"],
    ["DATE'-0044-03-15'", "date", "0045-03-15 BC"],
    ["TIMESTAMP'2024-07-01 12:00:00.123456'", "timestamp with time zone", "2024-07-01 16:00:00.123456+00"],
    ["TIMESTAMP_NTZ'2024-07-01 12:00:00'", "timestamp without time zone", "2024-07-01 12:00:00"],
    ["TIME'23:59:59.5'", "time(6) without time zone", "23:59:59.5"],
    ["INTERVAL '1-2' YEAR TO MONTH", "interval", "1 year 2 mons"],
    ["INTERVAL '-1 02:03:04.5' DAY TO SECOND", "interval", "-26:03:04.5"],
    ["make_interval(1, 2, 0, 3, 4)", "interval", "1 year 2 mons 3 days 04:00:00"],
    ["array(1, null, 3)", "integer[]", "{1,NULL,3}"],
    ["array('a\"b', '', 'c,d')", "text[]", '{"a\\"b","","c,d"}'],
    ["array(array(1, 2), array(3, 4))", "integer[]", "{{1,2},{3,4}}"],
    ["array(TIMESTAMP'2024-07-01 12:00:00')", "timestamp with time zone[]", '{"2024-07-01 16:00:00+00"}'],
    ["array(X'01')", "bytea[]", '{"\\\\x01"}'],
    ["named_struct('a', 1.50, 'b', array('x'))", "jsonb", '{"a": 1.50, "b": ["x"]}'],
    ["map('k', 9007199254740993L)", "jsonb", '{"k": 9007199254740993}'],
    ["parse_json('{\"b\": [1, null]}')", "jsonb", '{"b": [1, null]}'],
  ])("%s is kept as %s", async (expression, type, text) => {
    const table = `types_${++tables}`;
    const rows = spark.sql(`SELECT ${expression} AS v UNION ALL SELECT NULL AS v`);
    await save(rows, table);
    expect(await held(table)).toEqual([type, text, null]);
  });

  test("rows go into columns of other types that take them", async () => {
    await database.run(`CREATE TYPE mood AS ENUM ('calm');
      CREATE DOMAIN positive AS numeric CHECK (VALUE > 0);
      CREATE TABLE given (id uuid, m mood, n positive, j json, local timestamp, list varchar[], made int DEFAULT 7)`);
    const rows = spark.sql(`SELECT '00000000-0000-0000-0000-00000000000a' AS ID, 'calm' AS m, 5L AS n,
      array(named_struct('a', 1)) AS j, TIMESTAMP'2024-07-01 12:00:00' AS local, array('x') AS list`);
    await save(rows, "given");
    expect(await database.rows("SELECT id, m, n, j::text, local::text, list, made FROM given")).toEqual([
      ["00000000-0000-0000-0000-00000000000a", "calm", "5", '[{"a":1}]', "2024-07-01 12:00:00", ["x"], 7],
    ]);
  });

  describe("save modes", () => {
    const numbers = (from: number, to: number) => spark.sql(`SELECT id AS n FROM range(${from}, ${to})`);
    const sum = (table: string) => database.value(`SELECT string_agg(n::text, ',' ORDER BY n) FROM ${table}`);

    test("append adds, overwrite replaces, ignore leaves, error refuses", async () => {
      await save(numbers(0, 2), "modes", "error");
      await save(numbers(2, 3), "modes");
      expect(await sum("modes")).toBe("0,1,2");
      await save(numbers(9, 10), "modes", "ignore");
      await expect(save(numbers(9, 10), "modes", "error")).rejects.toThrow("TABLE_OR_VIEW_ALREADY_EXISTS");
      expect(await sum("modes")).toBe("0,1,2");
      await save(numbers(5, 7), "modes", "overwrite");
      expect(await sum("modes")).toBe("5,6");
    });

    test("overwrite makes the table anew, and with truncate keeps it", async () => {
      await database.run(
        "CREATE TABLE kept (n bigint, more text DEFAULT 'd'); CREATE INDEX kept_n ON kept (n)",
      );
      const columns = () =>
        database.value(
          "SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attnum > 0",
        );
      const write = numbers(0, 2).write.format("postgres").option("dbtable", "kept").mode("overwrite");
      await write.option("truncate", true).save();
      expect(await columns()).toBe(2);
      await save(numbers(1, 3), "kept", "overwrite");
      expect(await columns()).toBe(1);
      expect(await sum("kept")).toBe("1,2");
    });

    test("a write that fails leaves the table as it was, also one that replaces it", async () => {
      await save(numbers(0, 2), "safe");
      const failing = spark.sql("SELECT id, CAST(if(id = 9000, 'x', '1') AS INT) AS n FROM range(0, 10000)");
      await expect(save(failing, "safe", "overwrite")).rejects.toThrow("CAST_INVALID_INPUT");
      expect(await sum("safe")).toBe("0,1");
    });

    test("upsert changes the rows of a table by their keys", async () => {
      const write = (rows: DataFrame) =>
        rows.write
          .format("postgres")
          .mode("append")
          .options({ dbtable: "upserted", keyColumns: "n", upsert: true })
          .save();
      await write(spark.sql("SELECT id AS n, 'first' AS w FROM range(0, 2)"));
      await write(spark.sql("SELECT id AS n, 'second' AS w FROM range(1, 3)"));
      expect(await database.value("SELECT string_agg(n || w, ',' ORDER BY n) FROM upserted")).toBe(
        "0first,1second,2second",
      );
    });
  });

  test("counts of a stream are kept by their keys, and a new run goes on with them", async () => {
    const checkpoint = temporaryFolder("postgres-checkpoint");
    const run = async (mode: "update" | "complete", table: string) => {
      const counts = spark.readStream
        .format("memory")
        .option("name", "words")
        .schema("value STRING")
        .load()
        .groupBy("value")
        .count();
      const query = await counts.writeStream
        .format("postgres")
        .outputMode(mode)
        .options({ dbtable: table, keyColumns: "value", checkpointLocation: `${checkpoint}/${mode}` })
        .trigger({ availableNow: true })
        .start();
      await query.awaitTermination();
    };
    const words = (table: string) =>
      database.value(`SELECT string_agg(value || count, ',' ORDER BY value) FROM ${table}`);
    MemorySource.addData("words", "owl", "cat", "owl");
    await run("update", "counts");
    await run("complete", "all_counts");
    expect([await words("counts"), await words("all_counts")]).toEqual(["cat1,owl2", "cat1,owl2"]);
    MemorySource.addData("words", "owl", "dog");
    await run("update", "counts");
    await run("complete", "all_counts");
    await run("update", "counts");
    expect([await words("counts"), await words("all_counts")]).toEqual(["cat1,dog1,owl3", "cat1,dog1,owl3"]);
    expect(await database.value("SELECT count(*)::int FROM ss_commits")).toBe(2);
  });
});
