import { col, type SparkSession } from "@ss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { to_avro } from "../src/index.js";
import { bytesFor } from "../src/schema/from-sql-type.js";
import { quoted, session, values } from "./session.js";

let spark: SparkSession;
beforeAll(async () => {
  spark = await session();
});
afterAll(() => spark.stop());

const written = (value: string, schema?: unknown, from = ""): Promise<unknown[]> => {
  const argument = schema === undefined ? "" : `, ${quoted(JSON.stringify(schema))}`;
  return values(spark.sql(`SELECT hex(to_avro(${value}${argument})) x ${from}`));
};

describe("values are written by the schema of their type, as Spark writes them", () => {
  test.each([
    ["1", "02"],
    ["1L", "02"],
    ["-9223372036854775808L", "FFFFFFFFFFFFFFFFFF01"],
    ["9223372036854775807L", "FEFFFFFFFFFFFFFFFF01"],
    ["2147483648L", "8080808010"],
    ["-2147483648", "FFFFFFFF0F"],
    ["true", "01"],
    ["1.5", "0F"],
    ["cast(1.5 as float)", "0000C03F"],
    ["1.5D", "000000000000F83F"],
    ["'ab'", "046162"],
    ["X'0102'", "040102"],
    ["DATE'1970-01-03'", "04"],
    ["TIMESTAMP'1970-01-01 00:00:01'", "80897A"],
    ["TIMESTAMP_NTZ'1970-01-01 00:00:01'", "80897A"],
    ["array(1,2)", "04020400"],
    ["array(1,null)", "0400020200"],
    ["array()", "00"],
    ["map('a',1)", "0202610200"],
    ["named_struct('a',1,'b','x')", "020278"],
    ["named_struct('a',cast(null as int),'b',named_struct('c',1.25))", "02007D"],
    ["interval '3' month", "06"],
    ["interval '1' day", "8080BBDD8305"],
    ["cast(12345678901234567890.12 as decimal(30,2))", "0000000042ED123B0BD8203A14"],
    ["TIME'12:00:00'", "80C0DDEEC102"],
    ["cast(1 as tinyint)", "02"],
    ["cast(-1.5 as decimal(4,2))", "FF6A"],
  ])("%s as %s", async (value, hex) => {
    expect(await written(value)).toEqual([hex]);
  });

  test("null is null; a value that may be null is a union with null behind it", async () => {
    expect(await written("NULL")).toEqual([null]);
    expect(await written("v", undefined, "FROM VALUES (1), (NULL) AS t(v)")).toEqual(["0002", null]);
    expect(await written("named_struct('a', v)", undefined, "FROM VALUES (1), (NULL) AS t(v)")).toEqual([
      "0002",
      "02",
    ]);
  });
});

describe("values are written by a given schema", () => {
  const record = (...fields: unknown[]): unknown => ({ type: "record", name: "r", fields });
  const letters = { type: "enum", name: "e", symbols: ["A", "B"] };
  test.each([
    ["named_struct('A', 1)", record({ name: "a", type: "int" }), "02"],
    ["named_struct('b', 2, 'a', 1)", record({ name: "a", type: "int" }, { name: "b", type: "int" }), "0204"],
    [
      "named_struct('a', 1)",
      record({ name: "a", type: "int" }, { name: "b", type: ["null", "int"], default: null }),
      "0200",
    ],
    ["'A'", letters, "00"],
    ["'B'", letters, "02"],
    ["1", "long", "02"],
    ["cast(1.5 as float)", "double", "000000000000F83F"],
    ["'a'", ["null", "string"], "020261"],
    ["'a'", ["string", "null"], "000261"],
    ["TIMESTAMP'1969-12-31 23:59:59.9995'", "long", "01"],
    ["TIMESTAMP_NTZ'1970-01-01 00:00:01'", "long", "D00F"],
    ["TIMESTAMP'1970-01-01 00:00:01'", { type: "long", logicalType: "timestamp-millis" }, "D00F"],
    ["1.25", { type: "bytes", logicalType: "decimal", precision: 3, scale: 2 }, "027D"],
    [
      "1.25",
      { type: "fixed", name: "f", size: 4, logicalType: "decimal", precision: 3, scale: 2 },
      "0000007D",
    ],
    [
      "-1.25",
      { type: "fixed", name: "f", size: 4, logicalType: "decimal", precision: 3, scale: 2 },
      "FFFFFF83",
    ],
    ["X'0102'", { type: "fixed", name: "f", size: 2 }, "0102"],
    ["named_struct('member0', 1, 'member1', cast(null as string))", ["int", "string"], "0002"],
    ["named_struct('member0', cast(null as int), 'member1', 'x')", ["null", "int", "string"], "040278"],
    [
      "named_struct('member0', cast(null as int), 'member1', cast(null as string))",
      ["null", "int", "string"],
      "00",
    ],
    ["1L", ["int", "long"], "0202"],
  ])("%s by %j as %s", async (value, schema, hex) => {
    expect(await written(value, schema)).toEqual([hex]);
  });

  test("a null where the schema has none names the field", async () => {
    await expect(
      written("named_struct('a', v)", record({ name: "a", type: "int" }), "FROM VALUES (1), (NULL) AS t(v)"),
    ).rejects.toMatchObject({
      condition: "AVRO_CANNOT_WRITE_NULL_FIELD",
      sqlState: "22004",
      parameters: { name: "`a`", dataType: '"int"' },
    });
  });

  test.each([
    ["named_struct('a', 1, 'b', 2)", record({ name: "a", type: "int" }), "Found field 'b' in SQL schema"],
    [
      "named_struct('a', 1)",
      record({ name: "a", type: "int" }, { name: "b", type: "int", default: 5 }),
      "Found field 'b' in Avro schema",
    ],
    ["1", "string", "the value is int, which cannot be written as string"],
    ["1L", "int", "the value is bigint, which cannot be written as int"],
    ["1.5", "double", "which cannot be written as double"],
    ["1.25", { type: "bytes", logicalType: "decimal", precision: 5, scale: 2 }, "the value is decimal(3,2)"],
    ["map(1, 2)", { type: "map", values: "int" }, "which cannot be written as map"],
  ])("%s by %j is refused: %s", async (value, schema, reason) => {
    await expect(written(value, schema)).rejects.toMatchObject({
      condition: "SS_AVRO_SCHEMA",
      message: expect.stringContaining(reason),
    });
  });

  test.each([
    ["'C'", letters, `Cannot write "C" since it's not defined in enum e`],
    [
      "X'01'",
      { type: "fixed", name: "f", size: 2 },
      "Cannot write 1 bytes of binary data into FIXED Type with size of 2 bytes",
    ],
    [
      "cast(999.99 as decimal(5,2))",
      { type: "fixed", name: "f", size: 3, logicalType: "decimal", precision: 5, scale: 2 },
      "",
    ],
  ])("%s by %j fails: %s", async (value, schema, reason) => {
    if (reason === "") expect(await written(value, schema)).toEqual(["01869F"]);
    else
      await expect(written(value, schema)).rejects.toMatchObject({
        condition: "SS_AVRO_VALUE",
        parameters: { reason },
      });
  });

  test("maps with other keys than texts have no schema", async () => {
    await expect(written("map(1, 2)")).rejects.toMatchObject({ condition: "SS_AVRO_SCHEMA" });
  });

  test("a schema has to be a constant text", async () => {
    await expect(values(spark.sql("SELECT to_avro(1, 5)"))).rejects.toMatchObject({
      condition: "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT",
      parameters: {
        sqlExpr: '"to_avro(1)"',
        msg: "The second argument of the TO_AVRO SQL function must be a constant string containing the JSON representation of the schema to use for converting the value to AVRO format",
        hint: "",
      },
    });
  });
});

test("a decimal takes the bytes that its digits need", () => {
  expect([1, 2, 3, 4, 9, 10, 18, 19, 38].map(bytesFor)).toEqual([1, 1, 2, 2, 4, 5, 8, 9, 16]);
});

test("the typed function gives a column", async () => {
  const df = spark.sql("SELECT 1 AS n").select(to_avro(col("n"), '"long"').as("bytes"));
  expect(await df.collect()).toEqual([{ bytes: Uint8Array.of(2) }]);
  expect(
    await spark
      .sql("SELECT 1 AS n")
      .select(to_avro(col("n")).as("bytes"))
      .collect(),
  ).toEqual([{ bytes: Uint8Array.of(2) }]);
});
