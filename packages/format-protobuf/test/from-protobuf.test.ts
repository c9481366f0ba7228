import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StreamError, type StructType, sqlText } from "@ss/core";
import { col, type SparkSession } from "@ss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { from_protobuf } from "../src/index.js";
import { bytesLiteral, compiled, session, values } from "./session.js";

const PROTO3 = compiled(`
  syntax = "proto3";
  package shop;
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/wrappers.proto";
  enum Color { RED = 0; GREEN = 1; DARK_BLUE = 5; }
  message Numbers {
    int32 i32 = 1; int64 i64 = 2; uint32 u32 = 3; uint64 u64 = 4; sint32 s32 = 5; sint64 s64 = 6;
    fixed32 f32 = 7; fixed64 f64 = 8; sfixed32 sf32 = 9; sfixed64 sf64 = 10;
    float f = 11; double d = 12; bool b = 13; string s = 14; bytes y = 15; Color c = 16;
  }
  message Optional { optional int32 a = 1; int32 b = 2; }
  message Lists { repeated int32 packed = 1; repeated int32 loose = 2 [packed = false]; repeated string s = 3; repeated Optional m = 4; repeated Color c = 5; }
  message Maps { map<string, int32> a = 1; map<int64, Optional> b = 2; }
  message Choice { oneof kind { int32 a = 1; string b = 2; Optional c = 3; } int32 after = 4; }
  message Times { google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; }
  message Wrapped { google.protobuf.Int32Value a = 1; google.protobuf.StringValue b = 2; google.protobuf.BoolValue c = 3; }
  message Tree { int32 v = 1; Tree left = 2; repeated Tree children = 3; }
  message Empty {}
  message HasEmpty { int32 a = 1; Empty e = 2; }
  message Outer { message Inner { int32 some_field = 1; } Inner inner = 1; int32 far = 5000; }
`);
const PROTO2 = compiled(`
  syntax = "proto2";
  package old;
  enum Kind { A = 1; B = 2; }
  message M { required int32 r = 1; optional int32 o = 2; optional int32 d = 3 [default = 7]; optional string s = 4 [default = "x"]; optional Kind k = 5; repeated Kind ks = 6; repeated int32 p = 7 [packed = true]; repeated int32 u = 8; }
`);

let spark: SparkSession;
const warnings: string[] = [];
beforeAll(async () => {
  spark = await session({}, warnings);
});
afterAll(() => spark.stop());

const typeOf = async (message: string, options = "", set: Uint8Array = PROTO3.set): Promise<string> => {
  const df = spark.sql(`SELECT from_protobuf(X'', '${message}', ${bytesLiteral(set)}${options}) AS x`);
  const { fields } = (await df.schema()).fields[0]!.type as StructType;
  return fields
    .map(({ name, type, nullable }) => `${name} ${sqlText(type)}${nullable ? "" : " NOT NULL"}`)
    .join();
};
const read = async (
  message: string,
  hex: string,
  options = "",
  set: Uint8Array = PROTO3.set,
): Promise<unknown> =>
  (
    await values(
      spark.sql(`SELECT from_protobuf(X'${hex}', '${message}', ${bytesLiteral(set)}${options}) AS x`),
    )
  )[0];

describe("types", () => {
  test.each([
    [
      "Numbers",
      "",
      "i32 INT,i64 BIGINT,u32 INT,u64 BIGINT,s32 INT,s64 BIGINT,f32 INT,f64 BIGINT,sf32 INT,sf64 BIGINT,f FLOAT,d DOUBLE,b BOOLEAN,s STRING,y BINARY,c STRING",
    ],
    [
      "Numbers",
      ", map('upcast.unsigned.ints', 'true', 'enums.as.ints', 'true')",
      "i32 INT,i64 BIGINT,u32 BIGINT,u64 DECIMAL(20,0),s32 INT,s64 BIGINT,f32 BIGINT,f64 DECIMAL(20,0),sf32 INT,sf64 BIGINT,f FLOAT,d DOUBLE,b BOOLEAN,s STRING,y BINARY,c INT",
    ],
    [
      "Lists",
      "",
      "packed ARRAY<INT>,loose ARRAY<INT>,s ARRAY<STRING>,m ARRAY<STRUCT<a: INT, b: INT>>,c ARRAY<STRING>",
    ],
    ["Maps", "", "a MAP<STRING, INT>,b MAP<BIGINT, STRUCT<a: INT, b: INT>>"],
    ["Times", "", "at TIMESTAMP,took INTERVAL DAY TO SECOND"],
    ["Wrapped", "", "a STRUCT<value: INT>,b STRUCT<value: STRING>,c STRUCT<value: BOOLEAN>"],
    ["Wrapped", ", map('unwrap.primitive.wrapper.types', 'true')", "a INT,b STRING,c BOOLEAN"],
    ["HasEmpty", "", "a INT"],
    [
      "HasEmpty",
      ", map('retain.empty.message.types', 'true')",
      "a INT,e STRUCT<__dummy_field_in_empty_struct: STRING>",
    ],
    ["shop.Outer", "", "inner STRUCT<some_field: INT>,far INT"],
    ["Inner", "", "some_field INT"],
    ["Tree", ", map('recursive.fields.max.depth', '1')", "v INT"],
    [
      "Tree",
      ", map('recursive.fields.max.depth', '2')",
      "v INT,left STRUCT<v: INT>,children ARRAY<STRUCT<v: INT>>",
    ],
  ])("of %s%s", async (message, options, expected) => {
    expect(await typeOf(message, options)).toBe(expected);
  });

  test("only required fields are never null", async () => {
    expect(await typeOf("M", "", PROTO2.set)).toBe(
      "r INT NOT NULL,o INT,d INT,s STRING,k STRING,ks ARRAY<STRING>,p ARRAY<INT>,u ARRAY<INT>",
    );
  });

  test("a message within itself is refused, unless a depth is asked for", async () => {
    await expect(typeOf("Tree")).rejects.toMatchObject({
      condition: "RECURSIVE_PROTOBUF_SCHEMA",
      sqlState: "42K0G",
    });
    await expect(typeOf("Tree", ", map('recursive.fields.max.depth', '11')")).rejects.toMatchObject({
      condition: "RECURSIVE_PROTOBUF_SCHEMA",
    });
  });
});

describe("messages are read as the specification writes them", () => {
  test.each([
    // field 1, varint 150
    ["Optional", "089601", { a: 150, b: null }],
    ["Optional", "08ffffffffffffffffff01", { a: -1, b: null }],
    ["Optional", "0800", { a: 0, b: null }],
    ["Optional", "1000", { a: null, b: null }],
    ["Optional", "08011002", { a: 1, b: 2 }],
    ["Optional", "10020801", { a: 1, b: 2 }],
    // the last one counts
    ["Optional", "080108030802", { a: 2, b: null }],
    // fields that nobody knows: 50 as a varint, 64 bits, bytes, a group, 32 bits
    ["Optional", "9003019103010203040506070892030261629303080194039503010203040805", { a: 5, b: null }],
    // a number where the field is a text lies otherwise: as good as unknown
    ["Choice", "10012003", { a: null, b: null, c: null, after: 3 }],
    ["Lists", "0a06038e029ea705", { packed: [3, 270, 86942], loose: [], s: [], m: [], c: [] }],
    // in one piece or not, whatever the field says, and in several pieces
    [
      "Lists",
      "08010a0202030804120205061007",
      { packed: [1, 2, 3, 4], loose: [5, 6, 7], s: [], m: [], c: [] },
    ],
    [
      "Lists",
      "1a01612204080110021a002200",
      {
        packed: [],
        loose: [],
        s: ["a", ""],
        m: [
          { a: 1, b: 2 },
          { a: null, b: null },
        ],
        c: [],
      },
    ],
    ["Lists", "2a03000105", { packed: [], loose: [], s: [], m: [], c: ["RED", "GREEN", "DARK_BLUE"] }],
    [
      "Maps",
      "0a050a016110010a000a021005",
      {
        a: new Map([
          ["a", 1],
          ["", 5],
        ]),
        b: new Map(),
      },
    ],
    [
      "Maps",
      "120608071202080112020808",
      {
        a: new Map(),
        b: new Map([
          [7n, { a: 1, b: null }],
          [8n, { a: null, b: null }],
        ]),
      },
    ],
    ["Choice", "0801", { a: 1, b: null, c: null, after: null }],
    ["Choice", "0801120161", { a: null, b: "a", c: null, after: null }],
    ["Choice", "0800", { a: 0, b: null, c: null, after: null }],
    // parts of a message are put together, unless another field of the oneof came between
    ["Choice", "1a0208011a021002", { a: null, b: null, c: { a: 1, b: 2 }, after: null }],
    ["Choice", "1a02080108051a021002", { a: null, b: null, c: { a: null, b: 2 }, after: null }],
    ["Outer", "0a020805c0b80207", { inner: { some_field: 5 }, far: 7 }],
  ])("%s %s", async (message, hex, expected) => {
    expect(await read(message, hex)).toEqual(expected);
  });

  test("times are seconds and nanoseconds", async () => {
    const text = (hex: string): Promise<unknown[]> =>
      values(
        spark.sql(
          `SELECT concat_ws('|', cast(x.at AS string), cast(x.took AS string)) FROM (SELECT from_protobuf(X'${hex}', 'Times', ${bytesLiteral(PROTO3.set)}) AS x)`,
        ),
      );
    // 1 second and 1500 nanoseconds; 90 seconds
    expect(await text("0a05080110dc0b1202085a")).toEqual([
      "1970-01-01 00:00:01.000001|INTERVAL '0 00:01:30' DAY TO SECOND",
    ]);
    expect(await text("0a00")).toEqual(["1970-01-01 00:00:00"]);
    expect(await text("0a0b08ffffffffffffffffff01")).toEqual(["1969-12-31 23:59:59"]);
  });

  test("numbers of every kind", async () => {
    const type = PROTO3.root.lookupType("shop.Numbers");
    const bytes = type
      .encode({
        i32: -5,
        i64: "-6",
        u32: 4294967295,
        u64: "18446744073709551615",
        s32: -2147483648,
        s64: "-9223372036854775808",
        f32: 4294967295,
        f64: "18446744073709551615",
        sf32: -1,
        sf64: "-2",
        f: 1.5,
        d: -0,
        b: true,
        s: "aß€😀",
        y: Uint8Array.of(0, 255),
        c: 5,
      })
      .finish();
    const hex = Buffer.from(bytes).toString("hex");
    expect(await read("Numbers", hex)).toEqual({
      i32: -5,
      i64: -6n,
      u32: -1,
      u64: -1n,
      s32: -2147483648,
      s64: -9223372036854775808n,
      f32: -1,
      f64: -1n,
      sf32: -1,
      sf64: -2n,
      f: 1.5,
      d: -0,
      b: true,
      s: "aß€😀",
      y: Uint8Array.of(0, 255),
      c: "DARK_BLUE",
    });
    expect(
      await read("Numbers", hex, ", map('upcast.unsigned.ints', 'true', 'enums.as.ints', 'true')"),
    ).toMatchObject({
      u32: 4294967295n,
      u64: "18446744073709551615",
      f32: 4294967295n,
      f64: "18446744073709551615",
      c: 5,
    });
  });

  test("what is absent, and what is its default where that cannot be told from absence, is null unless defaults are asked for", async () => {
    const names = [
      "i32",
      "i64",
      "u32",
      "u64",
      "s32",
      "s64",
      "f32",
      "f64",
      "sf32",
      "sf64",
      "f",
      "d",
      "b",
      "s",
      "y",
      "c",
    ];
    const none = Object.fromEntries(names.map((name) => [name, null]));
    expect(await read("Numbers", "")).toEqual(none);
    expect(await read("Numbers", "080010001800680072007a008001005d00000000")).toEqual(none);
    const emit = ", map('emit.default.values', 'true')";
    expect(await read("Numbers", "0801", emit)).toEqual({
      i32: 1,
      i64: 0n,
      u32: 0,
      u64: 0n,
      s32: 0,
      s64: 0n,
      f32: 0,
      f64: 0n,
      sf32: 0,
      sf64: 0n,
      f: 0,
      d: 0,
      b: false,
      s: "",
      y: new Uint8Array(0),
      c: "RED",
    });
    expect(await read("Optional", "", emit)).toEqual({ a: null, b: 0 });
    expect(await read("Choice", "", emit)).toEqual({ a: null, b: null, c: null, after: 0 });
  });

  test("numbers of an enum without a name are told by their number, where the enum is open", async () => {
    expect(await read("Lists", "2a020905")).toMatchObject({ c: ["UNKNOWN_ENUM_VALUE_Color_9", "DARK_BLUE"] });
  });

  test("in proto2 defaults are those of the schema, and enums are closed", async () => {
    const none = { o: null, d: 7, s: "x", k: null, ks: [], p: [], u: [] };
    expect(await read("M", "0801", "", PROTO2.set)).toEqual({ r: 1, ...none });
    expect(await read("M", "0801100018032200", "", PROTO2.set)).toEqual({ r: 1, ...none, o: 0, d: 3, s: "" });
    expect(await read("M", "080128012809300230093001", "", PROTO2.set)).toEqual({
      r: 1,
      ...none,
      k: "A",
      ks: ["B", "A"],
    });
    expect(await read("M", "08013a02010240034004", "", PROTO2.set)).toEqual({
      r: 1,
      ...none,
      p: [1, 2],
      u: [3, 4],
    });
  });

  test("wrappers are their values", async () => {
    const unwrap = ", map('unwrap.primitive.wrapper.types', 'true')";
    expect(await read("Wrapped", "0a0208051200", unwrap)).toEqual({ a: 5, b: "", c: null });
    expect(await read("Wrapped", "0a0208051200")).toEqual({ a: { value: 5 }, b: { value: null }, c: null });
  });

  test("a message within itself is read to the depth of the type", async () => {
    const deep = ", map('recursive.fields.max.depth', '2')";
    expect(await read("Tree", "080112060802120208031a020804", deep)).toEqual({
      v: 1,
      left: { v: 2 },
      children: [{ v: 4 }],
    });
  });
});

describe("what is malformed", () => {
  const bad = [
    ["Optional", "08"],
    ["Optional", "0880"],
    ["Optional", "08ffffffffffffffffffff01"],
    ["Optional", "00"],
    ["Optional", "0f01"],
    ["Optional", "0c"],
    ["Optional", "9203ff"],
    ["Optional", "9303"],
    ["Optional", "9303".repeat(102)],
    ["Choice", "12056161"],
    ["Choice", "1202c328"],
    ["Lists", "22020880"],
    ["Lists", "0a0180"],
    ["Choice", "12ffffffff0f"],
  ] as const;
  test.each(bad)("%s %s fails by default and is null in PERMISSIVE mode", async (message, hex) => {
    const error = await read(message, hex).catch((e: unknown) => e);
    expect(StreamError.is(error, "MALFORMED_PROTOBUF_MESSAGE")).toBe(true);
    expect((error as StreamError).parameters).toEqual({ failFastMode: "FAILFAST" });
    expect(await read(message, hex, ", map('mode', 'PERMISSIVE')")).toBeNull();
  });

  test("messages around a malformed one are whole", async () => {
    const rows =
      "VALUES (X'0a0201021a0161220208011a0162'), (X'0a0201021a0161220208011a05'), (NULL), (X'0a0201021a0161220208011a0162') AS t(v)";
    const df = spark.sql(
      `SELECT from_protobuf(v, 'Lists', ${bytesLiteral(PROTO3.set)}, map('mode', 'PERMISSIVE')) x FROM ${rows}`,
    );
    const one = { packed: [1, 2], loose: [], s: ["a", "b"], m: [{ a: 1, b: null }], c: [] };
    expect(await values(df)).toEqual([one, null, null, one]);
  });

  test("DROPMALFORMED is refused, and a mode that is none is PERMISSIVE with a warning", async () => {
    await expect(read("Optional", "08", ", map('mode', 'DROPMALFORMED')")).rejects.toMatchObject({
      condition: "PARSE_MODE_UNSUPPORTED",
      parameters: { funcName: "`from_protobuf`", mode: "DROPMALFORMED" },
    });
    expect(await read("Optional", "08", ", map('mode', 'x')")).toBeNull();
    expect(warnings.join()).toContain("X is no parse mode");
  });
});

describe("calls", () => {
  const set = bytesLiteral(PROTO3.set);
  test.each([
    [`from_protobuf(X'', 'Nobody', ${set})`, "PROTOBUF_MESSAGE_NOT_FOUND", { messageName: "Nobody" }],
    ["from_protobuf(X'', 'M', X'ff')", "CANNOT_PARSE_PROTOBUF_DESCRIPTOR", {}],
    [
      "from_protobuf(X'', 'M', '/no/such/file')",
      "PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND",
      { filePath: "/no/such/file" },
    ],
    [`from_protobuf('a', 'Optional', ${set})`, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {}],
    [`from_protobuf(X'', 1, ${set})`, "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT", {}],
    ["from_protobuf(X'', 'Optional', 1)", "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT", {}],
    ["from_protobuf(X'', 'Optional')", "SS_MISSING_OPTION", {}],
    [
      `from_protobuf(X'', 'Optional', ${set}, map('convert.any.fields.to.json', 'true'))`,
      "SS_INVALID_OPTION",
      {},
    ],
  ])("%s is refused", async (call, condition, parameters) => {
    await expect(spark.sql(`SELECT ${call}`).schema()).rejects.toMatchObject({ condition, parameters });
  });

  test("descriptors come from a file too, and the typed function gives a column", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ss-protobuf-"));
    const file = join(folder, "shop.pb");
    writeFileSync(file, PROTO3.set);
    try {
      const bytes = spark.sql("SELECT X'0801' AS v");
      expect(
        await values(bytes.select(from_protobuf(col("v"), "Optional", file).getField("a").as("a"))),
      ).toEqual([1]);
      const emit = from_protobuf(col("v"), "Optional", PROTO3.set, { "emit.default.values": "true" });
      expect(await values(bytes.select(emit.as("m")))).toEqual([{ a: 1, b: 0 }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
