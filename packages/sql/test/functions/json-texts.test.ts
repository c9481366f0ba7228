import { IntegerType, StringType, type Value } from "@ss/core";
import { describe, expect, it } from "vitest";
import { call, type Expression, literal } from "../../src/expression/expression.js";
import { evaluate, evaluateRows, input } from "./evaluate.js";

const text = (value: string): Expression => literal(value, StringType);

/** The same by a constant path and by one of a column, which are read in different ways. */
function get(json: string, path: string): Value {
  const [jsons, paths] = [input("json", StringType), input("path", StringType)];
  const byRow = evaluateRows(
    call("get_json_object", jsons, paths),
    [jsons, paths],
    [
      [json, path],
      [json, path],
    ],
  );
  const byConstant = evaluateRows(
    call("get_json_object", jsons, text(path)),
    [jsons],
    [[json], [null], [json]],
  );
  expect(byConstant, `${json} ${path}`).toEqual([byRow[0], null, byRow[1]]);
  return byRow[0]!;
}

/** What Spark 4.3 gives. */
describe("get_json_object", () => {
  it.each([
    ['{"a":1.50}', "$.a", "1.5"],
    ['{"a":1e5}', "$.a", "100000.0"],
    ['{"a":[1.50,1E3, "x"]}', "$.a", '[1.5,1000.0,"x"]'],
    ['{"a":NaN}', "$.a", null],
    ['{"a":"x\ty"}', "$.a", "x\ty"],
    ['{"a":1} x', "$.a", "1"],
    ['{"a":1, "b":tru}', "$.a", null],
    ['{"a":1,"a":2}', "$.a", "1"],
    ['{"a":null,"a":2}', "$.a", "2"],
    ['{"a":-0}', "$.a", "0"],
    ["{'a':'b\"c'}", "$.a", 'b"c'],
    ['{"a":{"b": [ 1 , {"c":"d\\u00e9\\n"} ]}}', "$.a", '{"b":[1,{"c":"dé\\n"}]}'],
    ['{"a":{"b": [ 1 , {"c":"d\\u00e9\\n"} ]}}', "$.a.b[1].c", "dé\n"],
    ['{"a":null}', "$.a", null],
    ["[10,20]", "$[1]", "20"],
    ["[10,20]", "$[2]", null],
    ["5", "$", "5"],
    ['"x"', "$", "x"],
    ['{"a":1', "$.a", null],
    [' {"a":1}', "$.a", "1"],
    ['{"a":{"b":1}}', "$.a.b.c", null],
    ['{"a b":1}', "$['a b']", "1"],
    ["[[1,2],[3]]", "$[0][1]", "2"],
    ['{"a":007}', "$.a", null],
    ['{"a":12345678901234567890}', "$.a", "12345678901234567890"],
    ['{"\\u0061":true}', "$.a", "true"],
    ['{"a":[{"b":1},{"b":2}]}', "$.a.b", null],
    ["", "$.a", null],
    ["[1,2", "$[0]", null],
  ])("of %s at %s is %s", (json, path, expected) => {
    expect(get(json, path)).toBe(expected);
  });
});

describe("json_array_length and json_object_keys", () => {
  it("are null where the text is no array or no object", () => {
    const length = (json: string): Value => evaluate(call("json_array_length", text(json)));
    expect(["[1,2]", "[1,2] x", "[]", "[[1,2],3]", '["a\tb"]', "['x']"].map(length)).toEqual([
      2, 2, 0, 2, 1, 1,
    ]);
    for (const json of ["[1,2", "{}", "5", "", '["a",]', "[NaN]", "[01]", "null"])
      expect(length(json), json).toBeNull();
    const keys = (json: string): Value => evaluate(call("json_object_keys", text(json)));
    expect(keys('{"a":1,"b":{"c":2}}')).toEqual(["a", "b"]);
    expect(keys('{"a":1,"a":2} x')).toEqual(["a", "a"]);
    expect(keys('{"\\u0061":1}')).toEqual(["a"]);
    expect(keys("{'x':1}")).toEqual(["x"]);
    expect(keys("{}")).toEqual([]);
    for (const json of ['{"a":1', "[]", "", '{"a":NaN}', "null", '{"a":tru}'])
      expect(keys(json), json).toBeNull();
  });

  it("are read row by row", () => {
    const json = input("json", StringType);
    const rows = [["[1,[2]]"], [null], ['{"k":1,"l":[]}'], ["x"]];
    expect(evaluateRows(call("json_array_length", json), [json], rows)).toEqual([2, null, null, null]);
    expect(evaluateRows(call("json_object_keys", json), [json], rows)).toEqual([
      null,
      null,
      ["k", "l"],
      null,
    ]);
    const size = call("size", call("json_object_keys", json));
    expect(evaluateRows(call("coalesce", size, literal(-1, IntegerType)), [json], rows)).toEqual([
      -1, -1, 2, -1,
    ]);
  });
});

describe("get_json_object of random texts", () => {
  const SEED = Number(process.env["FUZZ_SEED"] ?? 7);
  const CASES = Number(process.env["FUZZ_CASES"] ?? 2000);
  it(`is the same however the path is given (seed ${SEED})`, () => {
    let state = SEED >>> 0;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const scalars = [
      "1",
      "-0",
      "1.50",
      "2e3",
      "1E400",
      "true",
      "null",
      '"x"',
      '"é\\n"',
      '"\\u0061"',
      "'q\"'",
      "tru",
      "01",
      '"',
    ];
    const value = (depth: number): string => {
      const kind = depth > 3 ? 0 : random(3);
      const items = (): string[] => Array.from({ length: random(4) }, () => value(depth + 1));
      if (kind === 1) return `[${items().join(random(3) === 0 ? " , " : ",")}]`;
      if (kind === 0) return scalars[random(random(9) === 0 ? scalars.length : scalars.length - 3)]!;
      return `{${items()
        .map((one) => `"${["a", "b", "\\u0061", "é"][random(4)]}"${random(4) === 0 ? " : " : ":"}${one}`)
        .join(",")}}`;
    };
    const paths = ["$", "$.a", "$.b", "$.a.b", "$.a[0]", "$[0]", "$[1].a", "$.b.a[2]", "$['é']", "$.a.a.a"];
    for (const path of paths) {
      const rows = Array.from({ length: CASES / paths.length }, () => [value(0), path]);
      const [jsons, column] = [input("json", StringType), input("path", StringType)];
      const expected = evaluateRows(call("get_json_object", jsons, column), [jsons, column], rows);
      expect(evaluateRows(call("get_json_object", jsons, text(path)), [jsons], rows), path).toEqual(expected);
    }
  }, 3_600_000);
});
