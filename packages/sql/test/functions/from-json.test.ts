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

  it("reads bytes with a sign or without", () => {
    expect(read('{"a":200,"b":-128}', "a TINYINT, b TINYINT")).toEqual([-56, -128]);
    expect(read('{"a":256}', "a TINYINT, _corrupt_record STRING")).toEqual([null, '{"a":256}']);
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

/** The result as a cast to STRING shows it. */
function shown(json: string, schema: string, settings: Readonly<Record<string, string>> = {}): Value {
  const result = call("from_json", text(json), text(schema), options(settings));
  const alone = evaluate({ kind: "cast", child: result, type: StringType, mode: "cast" } as Expression);
  const column = input("json", StringType);
  const many = call("from_json", column, text(schema), options(settings));
  const cast = { kind: "cast", child: many, type: StringType, mode: "cast" } as Expression;
  const rows = evaluateRows(cast, [column], [[json], ['{"zz":[1,{}]}'], [json], [null]]);
  expect([rows[0], rows[2]], "the same in a column").toEqual([alone, alone]);
  expect(rows[3]).toBeNull();
  return alone;
}

/** What Spark 4.3 gives. */
describe("from_json of nested records", () => {
  it.each([
    ['{"a":{"x":1,"y":"s"}}', "a STRUCT<x:INT,y:STRING>", "{{1, s}}"],
    ['{"a":{"x":1},"a":{"x":2,"y":3}}', "a STRUCT<x:INT,y:INT>", "{{2, 3}}"],
    ['{"a":[1,null,3],"b":2}', "a ARRAY<INT>, b INT", "{[1, null, 3], 2}"],
    ['{"a":{"x":null,"y":[]}}', "a STRUCT<x:INT,y:ARRAY<INT>>", "{{null, []}}"],
    ['{"a":{"k":1,"k":2,"j":null}}', "a MAP<STRING,INT>", "{{k -> 1, k -> 2, j -> null}}"],
    ['{"a":{"\\u006b":1}}', "a MAP<STRING,INT>", "{{k -> 1}}"],
    ['{"a":["\\u00e9","b\\nc"],"\\u0062":1}', "a ARRAY<STRING>, b INT", "{[é, b\nc], 1}"],
    ['{"a":[["x","\\u00e9"],[],["y"]]}', "a ARRAY<ARRAY<STRING>>", "{[[x, é], [], [y]]}"],
    ['{"x":{"y":{"z":[1,{"w":"v"}]}}}', "x STRUCT<y:STRUCT<z:ARRAY<STRING>>>", '{{{[1, {"w":"v"}]}}}'],
    ['{"a":[NaN,"Infinity","-INF",1]}', "a ARRAY<DOUBLE>", "{[NaN, Infinity, -Infinity, 1.0]}"],
    ['{"a":["10:20:30"]}', "a ARRAY<TIME(6)>", "{[10:20:30]}"],
    [
      '{"a":"1-2","b":"3 04:05:06","c":"1 year 2 days"}',
      "a INTERVAL YEAR TO MONTH, b INTERVAL DAY TO SECOND, c INTERVAL",
      "{INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3 04:05:06' DAY TO SECOND, 1 years 2 days}",
    ],
    ['{"a":[1,null,{"x":2}],"b":1}', "a ARRAY<VARIANT>, b INT", '{[1, null, {"x":2}], 1}'],
    ['{"a":{"x":1}}', "a STRUCT<>", "{{}}"],
    ['{"a":{"x":1}}', "STRUCT<>", "{}"],
    ['{"a":1}', "a INT, a STRING", "{null, 1}"],
    ['{"a":1}', "a VOID", "{null}"],
    ["[1,2,null]", "ARRAY<INT>", "[1, 2, null]"],
    ["[1,2] x", "ARRAY<INT>", "[1, 2]"],
    ['{"x":1}', "ARRAY<STRUCT<x:INT>>", "[{1}]"],
    ['[{"x":1},null]', "ARRAY<STRUCT<x:INT>>", "[{1}, null]"],
    ['{"k":1,"k":2}', "MAP<STRING,INT>", "{k -> 1, k -> 2}"],
    ["{}", "MAP<STRING,INT>", "{}"],
  ])("reads %s as %s", (json, schema, expected) => {
    expect(shown(json, schema)).toBe(expected);
  });

  it("keeps structs of which a field cannot be read, and lists and maps of such, and no others", () => {
    const read = (json: string, schema: string): Value =>
      shown(json, `a ${schema}, b INT, _corrupt_record STRING`);
    const cases: readonly (readonly [string, string, string])[] = [
      ['{"x":"no","y":"s"}', "STRUCT<x:INT,y:STRING>", "{null, s}"],
      ["5", "STRUCT<x:INT,y:STRING>", "null"],
      ['[1,"x",3]', "ARRAY<INT>", "null"],
      ['[{"x":1},{"x":"n"},null]', "ARRAY<STRUCT<x:INT>>", "[{1}, {null}, null]"],
      ['[{"x":1},7]', "ARRAY<STRUCT<x:INT>>", "null"],
      ['{"x":1}', "ARRAY<STRUCT<x:INT>>", "null"],
      ['[[1],["x"]]', "ARRAY<ARRAY<INT>>", "null"],
      ['[[{"x":1}],[{"x":"n"}]]', "ARRAY<ARRAY<STRUCT<x:INT>>>", "[[{1}], [{null}]]"],
      ['{"k":1,"j":"x"}', "MAP<STRING,INT>", "null"],
      ['{"k":{"x":"n"},"j":{"x":1}}', "MAP<STRING,STRUCT<x:INT>>", "{k -> {null}, j -> {1}}"],
      ['{"k":3,"j":{"x":1}}', "MAP<STRING,STRUCT<x:INT>>", "null"],
      ['["1,000.5",2,"x"]', "ARRAY<DECIMAL(10,2)>", "null"],
    ];
    for (const [value, type, expected] of cases) {
      const json = `{"a":${value},"b":2}`;
      expect(read(json, type), json).toBe(`{${expected}, 2, ${json}}`);
    }
  });

  it("gives null for a malformed record and for a text of another kind", () => {
    expect(shown('{"a":{"x":1}', "a STRUCT<x:INT>, _corrupt_record STRING")).toBe('{null, {"a":{"x":1}}');
    for (const json of ['[1,2,"x"]', "[1,2", '{"a":1}', "5", "null", ""]) {
      expect(shown(json, "ARRAY<INT>"), json).toBeNull();
    }
    for (const json of ['{"k":1,"j":"x"}', "[1]", "{"]) {
      expect(shown(json, "MAP<STRING,INT>"), json).toBeNull();
    }
    expect(shown('[{"x":1},3]', "ARRAY<STRUCT<x:INT>>")).toBeNull();
    expect(shown('{"x":"n"}', "ARRAY<STRUCT<x:INT,y:INT>>")).toBe("[{null, null}]");
    expect(shown('{"k":{"x":"n"}}', "MAP<STRING,STRUCT<x:INT>>")).toBe("{k -> {null}}");
  });

  it("reads binaries in Base64", () => {
    const cases: readonly (readonly [string, string])[] = [
      ['"aGk="', "hi"],
      ['""', ""],
      ['"aGk=aGk="', "hihi"],
      ['"aGk\\u0078"', "hi1"],
    ];
    for (const [value, expected] of cases) {
      expect(shown(`{"a":${value}}`, "a BINARY, _corrupt_record STRING")).toBe(`{${expected}, null}`);
    }
    for (const value of ['"aGk"', '"a G\\nk ="', '"a*k="', '"aGl"', "7"]) {
      const json = `{"a":${value}}`;
      expect(shown(json, "a BINARY, _corrupt_record STRING")).toBe(`{null, ${json}}`);
    }
  });

  it("writes what is no text anew where a text is wanted", () => {
    expect(
      shown('{"a": [ 1 , {"x" : 1.50, "y":"\\u00e9\\/\\n"} , 1e5, -0, 1.0E+2, NaN ] }', "a STRING"),
    ).toBe('{[1,{"x":1.5,"y":"é/\\n"},100000.0,0,100.0,"NaN"]}');
    expect(
      shown('{"a":{"k":\'v"q\',"z":[ ],"e2":1e400,"e3":1E-3,"e4":100000000000000000000.0}}', "a STRING"),
    ).toBe('{{"k":"v\\"q","z":[],"e2":"Infinity","e3":0.001,"e4":1.0E20}}');
    expect(shown('{"a":1.50,"b":1e5,"c":NaN,"d":true}', "a STRING, b STRING, c STRING, d STRING")).toBe(
      '{1.5, 100000.0, "NaN", true}',
    );
  });

  it("shows in the mode FAILFAST what could be read", () => {
    const badRecord = (json: string, schema: string): unknown =>
      (failure(() => read(json, schema, { mode: "FAILFAST" })).parameters as { badRecord: string }).badRecord;
    expect(badRecord('{"a":[1,"x"],"b":2}', "a ARRAY<INT>, b INT")).toBe("[null,2]");
    expect(badRecord('{"a":[{"x":1},{"x":"n"}],"b":2}', "a ARRAY<STRUCT<x:INT>>, b INT")).toBe(
      "[[[1],[null]],2]",
    );
    expect(badRecord('{"a":{"k":{"x":"n"}},"b":2}', "a MAP<STRING,STRUCT<x:INT>>, b INT")).toBe(
      "[keys: [k], values: [[null]],2]",
    );
    expect(badRecord('[1,"x"]', "ARRAY<INT>")).toBe("[null]");
    expect(badRecord('[{"x":1},{"x":"n"}]', "ARRAY<STRUCT<x:INT>>")).toBe("[[[1],[null]]]");
  });

  it("heeds options within nested values", () => {
    expect(shown('{"a":{x:1}}', "a STRUCT<x:INT>", { allowUnquotedFieldNames: "true" })).toBe("{{1}}");
    expect(shown('{"a":["01/02/2020"]}', "a ARRAY<DATE>", { dateFormat: "dd/MM/yyyy" })).toBe(
      "{[2020-02-01]}",
    );
  });

  it("refuses schemas that JSON cannot hold", () => {
    expect(failure(() => read("5", "INT")).condition).toBe("DATATYPE_MISMATCH.INVALID_JSON_SCHEMA");
    expect(failure(() => read("{}", "a MAP<INT,INT>"))).toMatchObject({
      condition: "DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE",
      parameters: { schema: '"STRUCT<a: MAP<INT, INT>>"' },
    });
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
