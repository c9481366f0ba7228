import { MapType, StringType, type Value } from "@ss/core";
import { describe, expect, it } from "vitest";
import { call, type Expression, literal } from "../../src/expression/expression.js";
import { evaluate, evaluateRows, input } from "./evaluate.js";

const text = (value: string | null): Expression => literal(value, StringType);

function options(values: Readonly<Record<string, string>>): Expression {
  const map = { keys: Object.keys(values), values: Object.values(values) };
  return literal(map as unknown as Value, MapType(StringType, StringType));
}

function read(json: string | null, schema: string, settings: Readonly<Record<string, string>> = {}): Value {
  return evaluate(call("from_json", text(json), text(schema), options(settings)));
}

function failure(run: () => unknown): { readonly condition: string; readonly parameters: unknown } {
  try {
    run();
  } catch (error) {
    return error as { condition: string; parameters: unknown };
  }
  throw new Error("nothing failed");
}

describe("from_json of records of plain values", () => {
  it("reads values of every type", () => {
    const json =
      '{"a":-1,"b":300,"c":70000,"d":9007199254740993,"e":0.5,"f":1e3,"g":1.25,"h":123456789012345678901.5,"i":true,"j":"1970-01-02","k":1,"l":"1970-01-01 00:00:02","m":{"x":[1]}}';
    const schema =
      "a TINYINT, b SMALLINT, c INT, d BIGINT, e FLOAT, f DOUBLE, g DECIMAL(10,2), h DECIMAL(30,1), i BOOLEAN, j DATE, k TIMESTAMP, l TIMESTAMP_NTZ, m STRING";
    expect(read(json, schema)).toEqual([
      -1,
      300,
      70000,
      9007199254740993n,
      0.5,
      1000,
      125n,
      1234567890123456789015n,
      true,
      1,
      1_000_000n,
      2_000_000n,
      '{"x":[1]}',
    ]);
  });

  it("reads numbers that digits cannot write as words, and decimals as text too", () => {
    expect(read('{"a":"NaN","b":"-INF","c":"1,000.5"}', "a DOUBLE, b FLOAT, c DECIMAL(10,2)")).toEqual([
      Number.NaN,
      -Infinity,
      100050n,
    ]);
    expect(read('{"a":"1.5"}', "a DOUBLE")).toEqual([null]);
    expect(read('{"c":"1.000,5"}', "c DECIMAL(10,2)", { locale: "de-DE" })).toEqual([100050n]);
  });

  it("reads dates and timestamps by patterns, in a zone and a locale", () => {
    const settings = {
      dateFormat: "dd MMMM yyyy",
      timestampFormat: "dd/MM/yyyy",
      timeZone: "America/Los_Angeles",
    };
    expect(
      read('{"d":"02 janvier 1970","t":"26\\/08\\/2015"}', "d DATE, t TIMESTAMP", {
        ...settings,
        locale: "fr",
      }),
    ).toEqual([1, 1440572400000000n]);
  });

  it("keeps what can be read of a malformed record, and its text in the corrupt column", () => {
    const schema = "a INT, _corrupt_record STRING, b STRING";
    expect(read('{"a":1,"b":"x"}', schema)).toEqual([1, null, "x"]);
    expect(read('{"a":"no","b":"x"}', schema)).toEqual([null, '{"a":"no","b":"x"}', "x"]);
    expect(read('{"a":', schema)).toEqual([null, '{"a":', null]);
    expect(read("[1]", schema)).toEqual([null, "[1]", null]);
    expect(read("{broken", "a INT, bad STRING", { columnNameOfCorruptRecord: "bad" })).toEqual([
      null,
      "{broken",
    ]);
    expect(read(" ", schema)).toBe(null);
    expect(read('{"a":null}', schema)).toEqual([null, null, null]);
  });

  it("fails at a malformed record in the mode FAILFAST", () => {
    const settings = { mode: "FAILFAST" };
    expect(read('{"a":1}', "a INT, b INT", settings)).toEqual([1, null]);
    expect(read(null, "a INT", settings)).toBe(null);
    expect(failure(() => read('{"a":1,"b":"x"}', "a INT, b INT", settings))).toMatchObject({
      condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
      parameters: { badRecord: "[1,null]", failFastMode: "FAILFAST" },
    });
    expect(failure(() => read('[{"a":1}]', "a INT", settings))).toMatchObject({
      condition: "MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS",
      parameters: { badRecord: '[{"a":1}]', failFastMode: "FAILFAST" },
    });
  });

  it("refuses a mode and a corrupt column that make no sense", () => {
    expect(failure(() => read("{}", "a INT", { mode: "DROPMALFORMED" })).condition).toBe(
      "PARSE_MODE_UNSUPPORTED",
    );
    expect(failure(() => read("{}", "a INT, _corrupt_record INT")).condition).toBe(
      "INVALID_CORRUPT_RECORD_TYPE",
    );
  });

  it("accepts the departures from strict JSON that the options name", () => {
    expect(read("{'a':1}", "a INT")).toEqual([1]);
    expect(read("{'a':1}", "a INT", { allowSingleQuotes: "false" })).toEqual([null]);
    expect(
      read("{a:007}", "a INT", { allowUnquotedFieldNames: "true", allowNumericLeadingZeros: "true" }),
    ).toEqual([7]);
  });

  it("reads one row after the other, nulls and malformed ones among them", () => {
    const json = input("json", StringType);
    const rows = [['{"n":1,"s":"a"}'], [null], ['{"s":"b\\"c","n":2}'], ["{"], [""], ['{"n":3}']];
    expect(evaluateRows(call("from_json", json, text("n INT, s STRING")), [json], rows)).toEqual([
      [1, "a"],
      null,
      [2, 'b"c'],
      [null, null],
      null,
      [3, null],
    ]);
  });
});

describe("JSON that is nested deeply", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

  it("is read a thousand levels deep, and is malformed beyond that, however deep it goes", () => {
    const length = (json: string): Value => evaluate(call("json_array_length", text(json)));
    expect(length(nested(1000))).toBe(1);
    for (const json of [nested(1001), nested(100_000), "[".repeat(100_000), '{"a":'.repeat(100_000)]) {
      expect(length(json)).toBeNull();
      expect(evaluate(call("get_json_object", text(json), text("$.a")))).toBeNull();
      expect(read(json, "array<double>")).toBeNull();
      expect(() => read(json, "array<double>", { mode: "FAILFAST" })).toThrow("MALFORMED_RECORD_IN_PARSING");
      expect(evaluate(call("try_parse_json", text(json)))).toBeNull();
    }
  });
});
