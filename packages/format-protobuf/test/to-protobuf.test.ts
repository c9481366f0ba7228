import { col, type SparkSession } from "@ss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { to_protobuf } from "../src/index.js";
import { bytesLiteral, compiled, session, values } from "./session.js";

const PROTO3 = compiled(`
  syntax = "proto3";
  package shop;
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/wrappers.proto";
  enum Color { RED = 0; GREEN = 1; }
  message Point { int32 x = 2; optional int32 y = 1; }
  message Lists { repeated int32 packed = 1; repeated sint64 loose = 2 [packed = false]; repeated string s = 3; repeated Point m = 4; repeated Color c = 5; }
  message Maps { map<string, int32> a = 1; map<int64, Point> b = 2; }
  message Times { google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; }
  message Wrapped { google.protobuf.Int32Value a = 1; google.protobuf.StringValue b = 2; }
  message Colors { Color c = 1; optional Color d = 2; }
  message Unsigned { uint32 u32 = 1; uint64 u64 = 2; }
  message Deep { Point p = 1; bytes y = 2; }
`);
const PROTO2 = compiled(`
  syntax = "proto2";
  message M { required int32 r = 1; optional int32 o = 2; repeated int32 u = 8; }
`);

let spark: SparkSession;
beforeAll(async () => {
  spark = await session();
});
afterAll(() => spark.stop());

const written = async (message: string, value: string, set: Uint8Array = PROTO3.set): Promise<unknown> =>
  (
    await values(
      spark.sql(`SELECT lower(hex(to_protobuf(${value}, '${message}', ${bytesLiteral(set)}))) AS x`),
    )
  )[0];

describe("messages are written in the order of their numbers, without what absence means", () => {
  test.each([
    ["Point", "named_struct('x', 150, 'y', 1)", "0801109601"],
    ["Point", "named_struct('x', 0, 'y', 0)", "0800"],
    ["Point", "named_struct('x', -1)", "10ffffffffffffffffff01"],
    ["Point", "named_struct('X', 1)", "1001"],
    ["Point", "named_struct('x', cast(null as int), 'y', cast(null as int))", ""],
    ["Lists", "named_struct('packed', array(3, 270, 86942))", "0a06038e029ea705"],
    ["Lists", "named_struct('packed', array(0), 'loose', array(-1L, 0L))", "0a0100" + "1001" + "1000"],
    ["Lists", "named_struct('s', array('a', ''))", "1a01611a00"],
    ["Lists", "named_struct('m', array(named_struct('x', 1), named_struct('x', 0)))", "220210012200"],
    ["Lists", "named_struct('c', array('RED', 'GREEN'))", "2a020001"],
    ["Lists", "named_struct('packed', cast(null as array<int>), 's', cast(array() as array<string>))", ""],
    ["Maps", "named_struct('a', map('a', 1, '', 0))", "0a050a01611001" + "0a040a001000"],
    ["Maps", "named_struct('b', map(7L, named_struct('x', 1)))", "120608071202" + "1001"],
    [
      "Times",
      "named_struct('at', TIMESTAMP'1970-01-01 00:00:01.000001', 'took', INTERVAL '90' SECOND)",
      "0a05080110e8071202085a",
    ],
    [
      "Times",
      "named_struct('at', TIMESTAMP'1969-12-31 23:59:59.5')",
      "0a1108ffffffffffffffffff011080cab5ee01",
    ],
    [
      "Times",
      "named_struct('took', -INTERVAL '1.5' SECOND)",
      "121608ffffffffffffffffff01" + "1080b6ca91feffffffff01",
    ],
    ["Wrapped", "named_struct('a', 5, 'b', '')", "0a0208051200"],
    ["Wrapped", "named_struct('a', named_struct('value', 5))", "0a020805"],
    ["Colors", "named_struct('c', 'GREEN', 'd', 'RED')", "08011000"],
    ["Colors", "named_struct('c', 1, 'd', 0)", "08011000"],
    [
      "Unsigned",
      "named_struct('u32', 4294967295L, 'u64', cast(18446744073709551615 as decimal(20,0)))",
      "08ffffffff0f10ffffffffffffffffff01",
    ],
    ["Unsigned", "named_struct('u32', -1, 'u64', -1L)", "08ffffffff0f10ffffffffffffffffff01"],
    ["Deep", "named_struct('p', named_struct('x', 1), 'y', X'00ff')", "0a021001120200ff"],
    ["Deep", "named_struct('p', named_struct('x', 0))", "0a00"],
  ])("%s %s", async (message, value, hex) => {
    expect(await written(message, value)).toBe(hex);
  });

  test("a length of more than one byte finds its room", async () => {
    const text = "a".repeat(300);
    const hex = await written("Lists", `named_struct('s', array('${text}'), 'packed', sequence(1, 200))`);
    const type = PROTO3.root.lookupType("shop.Lists");
    const packed = Array.from({ length: 200 }, (_, k) => k + 1);
    expect(hex).toBe(Buffer.from(type.encode({ packed, s: [text] }).finish()).toString("hex"));
  });

  test("null is null", async () => {
    const df = spark.sql(
      `SELECT to_protobuf(v, 'Point', ${bytesLiteral(PROTO3.set)}) x FROM VALUES (named_struct('x', 1)), (NULL) AS t(v)`,
    );
    expect(await values(df)).toEqual([Uint8Array.of(16, 1), null]);
  });

  test("proto2 writes defaults that are given, and lists in the form of the schema", async () => {
    expect(await written("M", "named_struct('r', 0, 'o', 0, 'u', array(1, 2))", PROTO2.set)).toBe(
      "0800100040014002",
    );
  });
});

describe("what cannot be written", () => {
  test.each([
    ["Point", "named_struct('x', 'a')", "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE"],
    ["Point", "named_struct('x', 1L)", "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE"],
    ["Point", "named_struct('z', 1)", "NO_SQL_TYPE_IN_PROTOBUF_SCHEMA"],
    ["Deep", "named_struct('p', named_struct('q', 1))", "NO_SQL_TYPE_IN_PROTOBUF_SCHEMA"],
    ["Lists", "named_struct('packed', 1)", "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE"],
  ])("%s %s is refused", async (message, value, condition) => {
    await expect(written(message, value)).rejects.toMatchObject({
      condition: "UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE",
      sqlState: "42K0G",
      parameters: { protobufType: `shop.${message}` },
      cause: { condition },
    });
  });

  test("a required field without a column, or without a value", async () => {
    await expect(written("M", "named_struct('o', 1)", PROTO2.set)).rejects.toMatchObject({
      cause: { condition: "PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA", parameters: { field: "r" } },
    });
    await expect(written("M", "named_struct('r', cast(null as int))", PROTO2.set)).rejects.toMatchObject({
      condition: "SS_PROTOBUF_VALUE",
      parameters: { reason: "the required field r is null" },
    });
  });

  test.each([
    ["Colors", "named_struct('c', 'BLUE')", "CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE"],
    ["Colors", "named_struct('c', 7)", "CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE"],
    ["Lists", "named_struct('packed', array(1, null))", "SS_PROTOBUF_VALUE"],
    ["Maps", "named_struct('a', map('a', cast(null as int)))", "SS_PROTOBUF_VALUE"],
    ["Unsigned", "named_struct('u32', 4294967296L)", "SS_PROTOBUF_VALUE"],
    ["Unsigned", "named_struct('u64', cast(-1 as decimal(20,0)))", "SS_PROTOBUF_VALUE"],
  ])("%s %s fails", async (message, value, condition) => {
    await expect(written(message, value)).rejects.toMatchObject({ condition });
  });

  test("only structs are messages", async () => {
    await expect(written("Point", "1")).rejects.toMatchObject({
      condition: "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
    });
  });
});

test("the typed function gives a column", async () => {
  const df = spark
    .sql("SELECT named_struct('x', 1) AS v")
    .select(to_protobuf(col("v"), "Point", PROTO3.set).as("m"));
  expect(await values(df)).toEqual([Uint8Array.of(16, 1)]);
});
