import { StreamError } from "@ss/core";
import { col, type SparkSession } from "@ss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { from_avro } from "../src/index.js";
import { quoted, session, values } from "./session.js";

const RECORD = {
  type: "record",
  name: "r",
  fields: [
    { name: "a", type: "int" },
    { name: "b", type: "string" },
  ],
};

let spark: SparkSession;
const warnings: string[] = [];
beforeAll(async () => {
  spark = await session({}, warnings);
});
afterAll(() => spark.stop());

const read = async (hex: string, schema: unknown, options = ""): Promise<unknown> =>
  (await values(spark.sql(`SELECT from_avro(X'${hex}', ${quoted(JSON.stringify(schema))}${options}) x`)))[0];
const failure = (hex: string, schema: unknown, options = ""): Promise<unknown> =>
  read(hex, schema, options).then(
    (value) => ({ value }),
    (error: unknown) => error,
  );

describe("values are read as the specification writes them", () => {
  test.each([
    ["00", "int", 0],
    ["01", "int", -1],
    ["02", "int", 1],
    ["7f", "int", -64],
    ["8001", "int", 64],
    ["feffffff0f", "int", 2147483647],
    ["ffffffff0f", "int", -2147483648],
    ["fdffffffffffffffff01", "long", -9223372036854775807n],
    ["feffffffffffffffff01", "long", 9223372036854775807n],
    ["ffffffffffffffffff01", "long", -9223372036854775808n],
    ["8080808010", "long", 2147483648n],
    ["00", "boolean", false],
    ["01", "boolean", true],
    ["0000c03f", "float", 1.5],
    ["000000000000f83f", "double", 1.5],
    ["06666f6f", "string", "foo"],
    ["00", "string", ""],
    ["040102", "bytes", Uint8Array.of(1, 2)],
    ["0136", { type: "array", items: "long" }, undefined],
    ["04063600", { type: "array", items: "long" }, [3n, 27n]],
    // a block that says how long it is: a negative number of items, then its bytes
    ["0304063600", { type: "array", items: "long" }, [3n, 27n]],
    ["0206023600", { type: "array", items: "long" }, [3n, 27n]],
    [
      "020261060202620400",
      { type: "map", values: "int" },
      new Map([
        ["a", 3],
        ["b", 2],
      ]),
    ],
    ["0202610400", { type: "map", values: "int" }, new Map([["a", 2]])],
    ["020261", ["null", "string"], "a"],
    ["00", ["null", "string"], null],
    ["02", { type: "enum", name: "e", symbols: ["A", "B", "C"] }, "B"],
    ["0102", { type: "fixed", name: "f", size: 2 }, Uint8Array.of(1, 2)],
    [
      "3606666f6f",
      {
        type: "record",
        name: "test",
        fields: [
          { name: "a", type: "long" },
          { name: "b", type: "string" },
        ],
      },
      { a: 27n, b: "foo" },
    ],
  ])("%s as %j", async (hex, schema, expected) => {
    if (expected === undefined)
      expect(await failure(hex, schema)).toMatchObject({
        condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
      });
    else expect(await read(hex, schema)).toEqual(expected);
  });

  test.each([
    ["04", { type: "int", logicalType: "date" }, "1970-01-03"],
    ["d00f", { type: "long", logicalType: "timestamp-millis" }, "1970-01-01 00:00:01"],
    ["80897a", { type: "long", logicalType: "timestamp-micros" }, "1970-01-01 00:00:01"],
    ["01", { type: "long", logicalType: "timestamp-millis" }, "1969-12-31 23:59:59.999"],
    ["d00f", { type: "long", logicalType: "local-timestamp-millis" }, "1970-01-01 00:00:01"],
    ["80897a", { type: "long", logicalType: "local-timestamp-micros" }, "1970-01-01 00:00:01"],
    ["80c0ddeec102", { type: "long", logicalType: "time-micros" }, "12:00:00"],
    ["02", { type: "int", logicalType: "time-millis" }, "1"],
    ["027d", { type: "bytes", logicalType: "decimal", precision: 3, scale: 2 }, "1.25"],
    ["0283", { type: "bytes", logicalType: "decimal", precision: 3, scale: 2 }, "-1.25"],
    ["00", { type: "bytes", logicalType: "decimal", precision: 3, scale: 2 }, "0.00"],
    // sixteen nines need no more than their last eight bytes
    ["1affffffffffffffffff83", { type: "bytes", logicalType: "decimal", precision: 3, scale: 2 }, undefined],
    ["12ffffffffffffffff83", { type: "bytes", logicalType: "decimal", precision: 3, scale: 2 }, "-1.25"],
    [
      "0000007d",
      { type: "fixed", name: "f", size: 4, logicalType: "decimal", precision: 3, scale: 2 },
      "1.25",
    ],
    [
      "4b3b4ca85a86c47a098a223fffffffff",
      { type: "fixed", name: "f", size: 16, logicalType: "decimal", precision: 38, scale: 0 },
      "99999999999999999999999999999999999999",
    ],
    [
      "b4c4b357a5793b85f675ddc000000001",
      { type: "fixed", name: "f", size: 16, logicalType: "decimal", precision: 38, scale: 0 },
      "-99999999999999999999999999999999999999",
    ],
    // a decimal that says nothing sensible is its bytes
    [
      "0141",
      { type: "fixed", name: "f", size: 2, logicalType: "decimal", precision: 4, scale: 6 },
      "\u0001A",
    ],
    ["06", { type: "int", "spark.sql.catalyst.type": "interval year to month" }, "0-3"],
  ])("%s as %j", async (hex, schema, expected) => {
    const text = spark.sql(
      `SELECT cast(from_avro(X'${hex}', ${quoted(JSON.stringify(schema))}) AS string) x`,
    );
    if (expected === undefined)
      await expect(values(text)).rejects.toMatchObject({
        condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
      });
    else
      expect(String((await values(text))[0]).replace(/^INTERVAL '(.*)' YEAR TO MONTH$/, "$1")).toBe(expected);
  });
});

describe("what is malformed", () => {
  const bad: readonly (readonly [string, unknown, string])[] = [
    ["", "int", "the bytes end within a value"],
    ["80", "int", "the bytes end within a value"],
    ["808080808000", "int", "an int has more than five bytes"],
    ["ffffffffffffffffffff01", "long", "a long has more than ten bytes"],
    ["02", RECORD, "the bytes end within a value"],
    ["0201", RECORD, "a length is negative"],
    ["04", { type: "enum", name: "e", symbols: ["A", "B"] }, "an enum has no symbol 2"],
    ["01", { type: "enum", name: "e", symbols: ["A", "B"] }, "an enum has no symbol -1"],
    ["04", ["null", "int"], "a union of 2 types has no type 2"],
    ["02", "boolean", "a boolean is neither 0 nor 1"],
    [
      "0805f5e100",
      { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 },
      "a decimal has more than 4 digits",
    ],
    ["ffffffffffffffffff01", { type: "long", logicalType: "timestamp-millis" }, "a time is beyond its type"],
    ["feffffffffffffffff01", { type: "array", items: "null" }, "is longer than its bytes"],
    ["feffffffffffffffff01", "string", "the bytes end within a value"],
    // a few bytes a list of 100,000 nulls
    [
      `12${"c09a0c00".repeat(9)}00`,
      { type: "array", items: { type: "array", items: "null" } },
      "is longer than its bytes",
    ],
  ];

  test.each(bad)("%s as %j fails by default: %s", async (hex, schema, reason) => {
    const error = await failure(hex, schema);
    expect(StreamError.is(error, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION")).toBe(true);
    expect((error as StreamError).sqlState).toBe("22023");
    expect((error as StreamError).parameters["badRecord"]).toContain(reason);
    expect((error as StreamError).message).toContain("try setting the option 'mode' as 'PERMISSIVE'");
  });

  test.each(bad)("%s as %j gives null, or a struct of nulls, in PERMISSIVE mode", async (hex, schema) => {
    expect(await read(hex, schema, ", map('mode', 'permissive')")).toEqual(
      schema === RECORD ? { a: null, b: null } : null,
    );
  });

  test("records around a malformed one are whole", async () => {
    const schema = {
      type: "record",
      name: "r",
      fields: [
        { name: "s", type: "string" },
        { name: "l", type: { type: "array", items: "string" } },
        { name: "m", type: { type: "map", values: { type: "array", items: "int" } } },
        { name: "u", type: ["null", "string"] },
      ],
    };
    // "a"; "b", "c"; "d": [1]; branch 1: "e"
    const whole = ["0261", "040262026300", "02026402020000", "020265"].join("");
    const df = spark.sql(
      `SELECT from_avro(v, ${quoted(JSON.stringify(schema))}, map('mode', 'PERMISSIVE')) x FROM VALUES (X'${whole}'), (X'${whole.slice(0, 22)}'), (NULL), (X'${whole}'), (X'${whole.slice(0, -2)}'), (X'${whole}') AS t(v)`,
    );
    const one = { s: "a", l: ["b", "c"], m: new Map([["d", [1]]]), u: "e" };
    const nothing = { s: null, l: null, m: null, u: null };
    expect(await values(df)).toEqual([one, nothing, null, one, nothing, one]);
  });

  test("bytes behind a value are passed over", async () => {
    expect(await read("020261ffff", RECORD)).toEqual({ a: 1, b: "a" });
  });

  test("PERMISSIVE makes every field nullable, FAILFAST keeps the schema's", async () => {
    const schemaOf = async (options: string): Promise<string> =>
      (
        await spark.sql(`SELECT from_avro(X'', ${quoted(JSON.stringify(RECORD))}${options}) x`).schema()
      ).fields
        .map((field) => JSON.stringify(field.type))
        .join();
    expect(JSON.parse(await schemaOf("")).fields.map((f: { nullable: boolean }) => f.nullable)).toEqual([
      false,
      false,
    ]);
    expect(
      JSON.parse(await schemaOf(", map('mode','PERMISSIVE')")).fields.map(
        (f: { nullable: boolean }) => f.nullable,
      ),
    ).toEqual([true, true]);
  });

  test("DROPMALFORMED is refused, and a mode that is none is PERMISSIVE with a warning", async () => {
    expect(await failure("02", RECORD, ", map('mode','DROPMALFORMED')")).toMatchObject({
      condition: "PARSE_MODE_UNSUPPORTED",
      sqlState: "42601",
      parameters: { funcName: "`from_avro`", mode: "DROPMALFORMED" },
    });
    expect(await read("02", RECORD, ", map('mode','nonsense')")).toEqual({ a: null, b: null });
    expect(warnings.join()).toContain("NONSENSE is no parse mode");
  });
});

describe("schemas that change", () => {
  const evolved = (fields: unknown[], hex = "020261", name = "r"): Promise<unknown> =>
    read(hex, RECORD, `, map('avroSchema', ${quoted(JSON.stringify({ type: "record", name, fields }))})`);

  test("fields come in the order of the wanted schema, with promoted types and defaults", async () => {
    expect(
      await evolved([
        { name: "b", type: "string" },
        { name: "c", type: "int", default: 7 },
        { name: "a", type: "long" },
      ]),
    ).toEqual({ b: "a", c: 7, a: 1n });
    expect(await evolved([{ name: "b", type: "string" }], "020261", "other")).toEqual({ b: "a" });
  });

  test("a field is found by an alias", async () => {
    expect(await evolved([{ name: "z", type: "double", aliases: ["a"] }])).toEqual({ z: 1 });
  });

  test.each([
    [[{ name: "a", type: "float" }], { a: 1 }],
    [[{ name: "b", type: "bytes" }], { b: Uint8Array.of(97) }],
    [[{ name: "a", type: ["null", "int"] }], { a: 1 }],
    [[{ name: "a", type: ["string", "long"] }], { a: { member0: null, member1: 1n } }],
    [[{ name: "n", type: ["null", "int"], default: null }], { n: null }],
    [[{ name: "n", type: { type: "array", items: "int" }, default: [1, 2] }], { n: [1, 2] }],
    [
      [{ name: "n", type: { type: "map", values: "string" }, default: { k: "v" } }],
      { n: new Map([["k", "v"]]) },
    ],
    [[{ name: "n", type: { type: "enum", name: "e", symbols: ["X"] }, default: "X" }], { n: "X" }],
    [[{ name: "n", type: "bytes", default: "\u00ff\u0001" }], { n: Uint8Array.of(255, 1) }],
    [
      [
        {
          name: "n",
          type: { type: "record", name: "q", fields: [{ name: "x", type: "int", default: 3 }] },
          default: {},
        },
      ],
      { n: { x: 3 } },
    ],
  ])("the wanted fields %j", async (fields, expected) => {
    expect(await evolved(fields)).toEqual(expected);
  });

  test("a schema that does not fit is refused before anything is read", async () => {
    const refused = (fields: unknown[]): Promise<unknown> => evolved(fields).catch((error: unknown) => error);
    expect(await refused([{ name: "z", type: "string" }])).toMatchObject({ condition: "SS_AVRO_SCHEMA" });
    expect(await refused([{ name: "b", type: "int" }])).toMatchObject({ condition: "SS_AVRO_SCHEMA" });
    expect(await refused([{ name: "a", type: "boolean" }])).toMatchObject({ condition: "SS_AVRO_SCHEMA" });
  });

  test("symbols that the reader lacks are its default symbol", async () => {
    const written = { type: "enum", name: "e", symbols: ["A", "B"] };
    const wanted = { type: "enum", name: "e", symbols: ["A", "OTHER"], default: "OTHER" };
    expect(await read("02", written, `, map('avroSchema', ${quoted(JSON.stringify(wanted))})`)).toBe("OTHER");
    const strict = { type: "enum", name: "e", symbols: ["A"] };
    expect(
      await failure("02", written, `, map('avroSchema', ${quoted(JSON.stringify(strict))})`),
    ).toMatchObject({
      parameters: { badRecord: "the symbol B is not known to the reader" },
    });
  });

  test("a union is read as the type that was meant, where the value is one", async () => {
    const wanted = `, map('avroSchema', '"long"')`;
    expect(await read("0204", ["null", "int"], wanted)).toBe(2n);
    expect(await failure("00", ["null", "int"], wanted)).toMatchObject({
      parameters: { badRecord: "what was written as null cannot be read as long" },
    });
  });
});

describe("unions", () => {
  test.each([
    ["0002", ["int", "string"], { member0: 1, member1: null }],
    ["020261", ["int", "string"], { member0: null, member1: "a" }],
    ["040261", ["null", "int", "string"], { member0: null, member1: "a" }],
    ["00", ["null", "int", "string"], null],
    ["0002", ["int", "long"], 1n],
    ["0202", ["int", "long"], 1n],
    ["000000c03f", ["float", "double"], 1.5],
    ["02000000000000f83f", ["float", "double"], 1.5],
    ["0202", ["null", "long", "int"], 1n],
  ])("%s as %j", async (hex, schema, expected) => {
    expect(await read(hex, schema)).toEqual(expected);
  });
});

describe("schema_of_avro tells the type", () => {
  const of = async (schema: unknown, options = ""): Promise<unknown> =>
    (await values(spark.sql(`SELECT schema_of_avro(${quoted(JSON.stringify(schema))}${options})`)))[0];
  const record = (...types: unknown[]): unknown => ({
    type: "record",
    name: "r",
    fields: types.map((type, k) => ({ name: `f${k}`, type })),
  });

  test.each([
    [
      record("int", "long", "float", "double", "bytes", "string", "boolean", "null"),
      "STRUCT<f0: INT NOT NULL, f1: BIGINT NOT NULL, f2: FLOAT NOT NULL, f3: DOUBLE NOT NULL, f4: BINARY NOT NULL, f5: STRING NOT NULL, f6: BOOLEAN NOT NULL, f7: VOID>",
    ],
    [
      record(
        ["null", "int"],
        ["int", "long"],
        ["double", "float"],
        ["int", "string"],
        ["null", "int", "string"],
        ["string"],
        ["null"],
        ["null", "int", "long"],
        [],
      ),
      "STRUCT<f0: INT, f1: BIGINT NOT NULL, f2: DOUBLE NOT NULL, f3: STRUCT<member0: INT, member1: STRING> NOT NULL, f4: STRUCT<member0: INT, member1: STRING>, f5: STRING NOT NULL, f6: STRUCT<>, f7: BIGINT, f8: STRUCT<> NOT NULL>",
    ],
    [
      record(
        { type: "enum", name: "e", symbols: ["A"] },
        { type: "array", items: ["null", "int"] },
        { type: "array", items: "int" },
        { type: "map", values: ["long", "null"] },
      ),
      "STRUCT<f0: STRING NOT NULL, f1: ARRAY<INT> NOT NULL, f2: ARRAY<INT> NOT NULL, f3: MAP<STRING, BIGINT> NOT NULL>",
    ],
    [
      record(
        { type: "int", logicalType: "date" },
        { type: "int", logicalType: "time-millis" },
        { type: "long", logicalType: "time-micros" },
        { type: "long", logicalType: "timestamp-millis" },
        { type: "long", logicalType: "local-timestamp-micros" },
      ),
      "STRUCT<f0: DATE NOT NULL, f1: INT NOT NULL, f2: TIME(6) NOT NULL, f3: TIMESTAMP NOT NULL, f4: TIMESTAMP_NTZ NOT NULL>",
    ],
    [
      record(
        { type: "string", logicalType: "uuid" },
        { type: "fixed", name: "d", size: 12, logicalType: "duration" },
        { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 },
        { type: "fixed", name: "fx", size: 16, logicalType: "decimal", precision: 38, scale: 3 },
      ),
      "STRUCT<f0: STRING NOT NULL, f1: BINARY NOT NULL, f2: DECIMAL(10,2) NOT NULL, f3: DECIMAL(38,3) NOT NULL>",
    ],
    [["null", "int"], "INT"],
    ["string", "STRING"],
    [{ type: "int", "spark.sql.catalyst.type": "interval year to month" }, "INTERVAL YEAR TO MONTH"],
    [{ type: "long", "spark.sql.catalyst.type": "interval day to second" }, "INTERVAL DAY TO SECOND"],
  ])("of %j", async (schema, expected) => {
    expect(await of(schema)).toBe(expected);
  });

  const tree = {
    type: "record",
    name: "t",
    fields: [
      { name: "v", type: "int" },
      { name: "n", type: ["null", "t"] },
    ],
  };

  test("of a record that contains itself, to a depth that is asked for", async () => {
    await expect(of(tree)).rejects.toMatchObject({
      condition: "SS_AVRO_SCHEMA",
      message: expect.stringContaining("Found recursive reference in Avro schema"),
    });
    expect(await of(tree, ", map('recursiveFieldMaxDepth', '1')")).toBe("STRUCT<v: INT NOT NULL>");
    expect(await of(tree, ", map('recursiveFieldMaxDepth', '2')")).toBe(
      "STRUCT<v: INT NOT NULL, n: STRUCT<v: INT NOT NULL>>",
    );
    await expect(of(tree, ", map('recursiveFieldMaxDepth', '16')")).rejects.toMatchObject({
      condition: "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
      parameters: { optionName: "recursiveFieldMaxDepth", message: "Should not be greater than 15." },
    });
    expect(await read("020204020600", tree, ", map('recursiveFieldMaxDepth', '2')")).toEqual({
      v: 1,
      n: { v: 2 },
    });
  });

  test("of unions whose members are named by their types", async () => {
    const rec = { type: "record", name: "Rec", fields: [] };
    expect(
      await of(record(["int", "string", rec]), ", map('enableStableIdentifiersForUnionType', 'true')"),
    ).toBe("STRUCT<f0: STRUCT<member_int: INT, member_string: STRING, member_Rec: STRUCT<>> NOT NULL>");
    const named =
      ", map('enableStableIdentifiersForUnionType', 'true', 'stableIdentifierPrefixForUnionType', 'm_')";
    expect(await of(record(["int", "string"]), named)).toBe(
      "STRUCT<f0: STRUCT<m_int: INT, m_string: STRING> NOT NULL>",
    );
    const twice = [
      { ...rec, name: "a" },
      { ...rec, name: "A" },
    ];
    await expect(of(record(twice), named)).rejects.toMatchObject({ condition: "SS_AVRO_SCHEMA" });
  });

  test("of a decimal with too many digits", async () => {
    await expect(
      of({ type: "bytes", logicalType: "decimal", precision: 40, scale: 2 }),
    ).rejects.toMatchObject({
      condition: "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
      sqlState: "22003",
      parameters: { precision: "40", maxPrecision: "38" },
    });
  });
});

describe("calls that are refused", () => {
  test.each([
    ["from_avro('abc', '\"int\"')", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
    ["from_avro(X'02', 1)", "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT"],
    ["from_avro(X'02', cast(id AS string))", "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT"],
    ["from_avro(X'02', NULL)", "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT"],
    ["from_avro(X'02', '\"int\"', map('mode', 1))", "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT"],
    ["from_avro(X'02', '{oops')", "SS_AVRO_SCHEMA"],
    ["from_avro(X'02', '\"nope\"')", "SS_AVRO_SCHEMA"],
    ["from_avro(X'02', '[\"int\",\"int\"]')", "SS_AVRO_SCHEMA"],
    ['from_avro(X\'02\', \'{"type":"record","name":"1r","fields":[]}\')', "SS_AVRO_SCHEMA"],
    ["from_avro(X'02')", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"],
    ["from_avro(X'02', map('schema.registry.subject', 's'))", "SS_MISSING_OPTION"],
  ])("%s: %s", async (call, condition) => {
    await expect(spark.sql(`SELECT ${call} FROM range(1)`).schema()).rejects.toMatchObject({ condition });
  });
});

test("the typed function gives a column", async () => {
  const df = spark
    .sql("SELECT X'020261' AS value")
    .select(from_avro(col("value"), JSON.stringify(RECORD)).getField("b").as("b"));
  expect(await df.collect()).toEqual([{ b: "a" }]);
  const permissive = spark
    .sql("SELECT X'02' AS value")
    .select(from_avro(col("value"), JSON.stringify(RECORD), { mode: "PERMISSIVE" }).as("r"));
  expect(await values(permissive)).toEqual([{ a: null, b: null }]);
});
