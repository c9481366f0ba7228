import { expect, test } from "vitest";
import { Harness } from "./harness.js";

const at = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

async function read(
  text: string,
  schema: string,
  options?: Record<string, unknown>,
  columns?: string[],
): Promise<unknown[][]> {
  const harness = new Harness();
  await harness.put("/in/a.json", text);
  return harness.rows("json", "/in", schema, options, columns);
}

test("every primitive type is read from its JSON form", async () => {
  const line =
    '{"b":true,"y":200,"s":-5,"i":7,"l":9007199254740993,"f":0.5,"d":1e3,"m":12.345,"t":"x","bin":"aGk=","dt":"2024-02-29","ts":"2024-01-01T10:00:00.25Z","n":"2024-01-01 01:02:03"}';
  const schema =
    "b BOOLEAN, y TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10,2), t STRING, bin BINARY, dt DATE, ts TIMESTAMP, n TIMESTAMP_NTZ";
  expect(await read(line, schema)).toEqual([
    [
      true,
      -56,
      -5,
      7,
      9007199254740993n,
      0.5,
      1000,
      1235n,
      "x",
      new TextEncoder().encode("hi"),
      19782,
      at("2024-01-01T10:00:00.250Z"),
      at("2024-01-01T01:02:03Z"),
    ],
  ]);
});

test("a string column takes the text of any other value as it stands", async () => {
  const lines = '{"a":1.50}\n{"a":{"x": [1, 2]}}\n{"a":true}\n{"a":null}\n{"a":"q\\"\\u00e9\\n"}';
  expect(await read(lines, "a STRING")).toEqual([["1.50"], ['{"x": [1, 2]}'], ["true"], [null], ['q"é\n']]);
});

test("integers stand for timestamps in seconds", async () => {
  expect(await read('{"ts":1704067200}', "ts TIMESTAMP")).toEqual([[at("2024-01-01T00:00:00Z")]]);
});

test("a bad field nulls that field alone, and the record stands in the corrupt column", async () => {
  const bad = '{"a":"x","b":2}';
  const rows = await read(`${bad}\n{"a":1,"b":3}\nnonsense`, "a INT, b INT, _corrupt_record STRING");
  expect(rows).toEqual([
    [null, 2, bad],
    [1, 3, null],
    [null, null, "nonsense"],
  ]);
});

test("values in plain and in other forms, nulls and bad ones stand side by side in a column", async () => {
  const lines = [
    '{"ts":"2024-01-01T10:00:00.250Z","i":1,"d":0.1}',
    '{"ts":"2024-01-01 10:00:00","i":-2147483648,"d":-1E-3}',
    '{"ts":"2024-01-01","i":null,"d":9007199254740993}',
    '{"ts":null,"i":3000000000,"d":"NaN"}',
    '{"ts":"2024-01-01T10:00:00+01:00","i":4,"d":1e400}',
    '{"ts":"no","i":5,"d":-0.0}',
    '{"ts":"2024-01-01T10:00:00.\\u0032Z","i":6}',
  ];
  const rows = await read(lines.join("\n"), "ts TIMESTAMP, i INT, d DOUBLE, _corrupt_record STRING");
  expect(rows).toEqual([
    [at("2024-01-01T10:00:00.250Z"), 1, 0.1, null],
    [at("2024-01-01T10:00:00Z"), -2147483648, -0.001, null],
    [at("2024-01-01T00:00:00Z"), null, 9007199254740992, null],
    [null, null, Number.NaN, lines[3]],
    [at("2024-01-01T09:00:00Z"), 4, Number.POSITIVE_INFINITY, null],
    [null, 5, -0, lines[5]],
    [at("2024-01-01T10:00:00.200Z"), 6, null, null],
  ]);
});

test("escapes in a corrupt record stay as they were written", async () => {
  const bad = '{"s":"tab\\tend","i":"x"}';
  expect(await read(bad, "s STRING, i INT, _corrupt_record STRING")).toEqual([["tab\tend", null, bad]]);
});

test("DROPMALFORMED leaves out records with a bad field", async () => {
  const rows = await read('{"a":"x"}\n{"a":2}\n{"a":', "a INT", { mode: "DROPMALFORMED" });
  expect(rows).toEqual([[2]]);
});

test("FAILFAST names file and line", async () => {
  const failure = read('{"a":1}\n{"a":"x"}', "a INT", { mode: "FAILFAST" });
  await expect(failure).rejects.toMatchObject({
    condition: "FAILED_READ_FILE.NO_HINT",
    parameters: { path: "/in/a.json" },
    cause: {
      condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
      parameters: { badRecord: '{"a":"x"}', failFastMode: "FAILFAST" },
      cause: {
        condition: "CANNOT_PARSE_JSON_FIELD",
        parameters: { fieldName: "a", fieldValue: "x", jsonType: "VALUE_STRING", dataType: '"INT"' },
      },
    },
  });
  await expect(failure).rejects.toThrow("/in/a.json line 2");
});

test("FAILFAST on what is no record has no field to blame", async () => {
  const failure = await read("no JSON", "a INT", { mode: "FAILFAST" }).catch((error: unknown) => error);
  const { cause } = failure as { cause: Error };
  expect(cause).toMatchObject({ condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION" });
  expect(cause.cause).toBeUndefined();
});

test("only the wanted columns decide whether a record is malformed", async () => {
  expect(await read('{"a":"x","b":2}', "a INT, b INT", { mode: "DROPMALFORMED" }, ["b"])).toEqual([[2]]);
});

test("nested values are read, with nulls where a part is bad", async () => {
  const schema =
    "s STRUCT<x: INT, y: STRUCT<z: STRING>>, l ARRAY<INT>, m MAP<STRING, DOUBLE>, r ARRAY<STRUCT<k: INT>>, _corrupt_record STRING";
  const good = '{"s":{"x":1,"y":{"z":"a\\tb"}},"l":[1,null,3],"m":{"a":1,"b":2.5},"r":[{"k":1},{}]}';
  const bad = '{"s":{"x":"q","y":{"z":"w"}},"l":[1,"q"],"m":{"a":true},"r":[{"k":"q"},{"k":2}]}';
  expect(await read(`${good}\n${bad}\n{"s":null,"l":null}`, schema)).toEqual([
    [[1, ["a\tb"]], [1, null, 3], { keys: ["a", "b"], values: [1, 2.5] }, [[1], [null]], null],
    [[null, ["w"]], null, null, [[null], [2]], bad],
    [null, null, null, null, null],
  ]);
});

test("a line with an array gives a row per element", async () => {
  expect(await read('[{"a":1},{"a":2}]\n{"a":3}', "a INT")).toEqual([[1], [2], [3]]);
});

test("multiLine reads a document per file", async () => {
  expect(await read('[\n {"a":\n1},\n {"a":2}\n]', "a INT", { multiLine: true })).toEqual([[1], [2]]);
});

test("blank lines give no rows, and a byte order mark is passed over", async () => {
  expect(await read('\ufeff{"a":1}\n\n  \r\n{"a":2}\n', "a INT")).toEqual([[1], [2]]);
});

test("numbers that digits cannot write are read as words and as strings", async () => {
  expect(await read('{"d":NaN}\n{"d":"-Infinity"}\n{"d":"1.5"}', "d DOUBLE")).toEqual([
    [NaN],
    [-Infinity],
    [null],
  ]);
});

test("a query for the corrupt column alone is refused", async () => {
  await expect(
    read('{"a":1}', "a INT, _corrupt_record STRING", {}, ["_corrupt_record"]),
  ).rejects.toMatchObject({
    condition: "UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN",
  });
});

test("records longer than a chunk and more rows than a batch come whole", async () => {
  const long = "x".repeat(3_000_000);
  const lines = Array.from({ length: 10_000 }, (_, i) => `{"i":${i},"s":"${i}"}`);
  lines.splice(5000, 0, `{"i":-1,"s":"${long}"}`);
  const rows = await read(lines.join("\n"), "i INT, s STRING");
  expect(rows.length).toBe(10_001);
  expect(rows[5000]).toEqual([-1, long]);
  expect(rows[10_000]).toEqual([9999, "9999"]);
});

test("other encodings are read", async () => {
  const harness = new Harness();
  await harness.put("/in/a.json", Buffer.from('{"a":"é"}\n{"a":"ü"}', "utf16le"));
  expect(await harness.rows("json", "/in", "a STRING", { encoding: "UTF-16LE" })).toEqual([["é"], ["ü"]]);
});

test("a struct of which a field is bad stays, in lists and maps too; a value that is none spoils the list or map", async () => {
  const lines = [
    '{"a":[{"x":1},{"x":"n"},null],"m":{"k":{"x":"n"},"j":{"x":1}}}',
    '{"a":[{"x":1},7],"m":{"k":3,"j":{"x":1}}}',
    '{"a":{"x":1},"m":[]}',
    '{"a":[{"x":1}],"m":{}}',
  ];
  const schema = "a ARRAY<STRUCT<x:INT>>, m MAP<STRING,STRUCT<x:INT>>, _corrupt_record STRING";
  expect(await read(lines.join("\n"), schema)).toEqual([
    [[[1], [null], null], { keys: ["k", "j"], values: [[null], [1]] }, lines[0]],
    [null, null, lines[1]],
    [null, null, lines[2]],
    [[[1]], { keys: [], values: [] }, null],
  ]);
  const lists = "a ARRAY<ARRAY<STRUCT<x:INT>>>, _corrupt_record STRING";
  const nested = '{"a":[[{"x":1}],[{"x":"n"}]]}';
  expect(await read(nested, lists)).toEqual([[[[[1]], [[null]]], nested]]);
});
