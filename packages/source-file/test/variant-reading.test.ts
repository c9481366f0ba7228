import type { Value } from "@ss/core";
import { cellFormatter, UTC } from "@ss/kernels";
import { expect, test } from "vitest";
import { Harness } from "./harness.js";

// The expected values are those that Spark 4.3.0 shows for the same files and options.

const show = cellFormatter({ kind: "variant" }, UTC);

async function read(
  format: "csv" | "json",
  text: string,
  options: Record<string, unknown>,
  schema?: string,
  columns?: string[],
): Promise<unknown[][]> {
  const harness = new Harness();
  await harness.put(`/in/a.${format}`, text);
  const rows = await harness.rows(format, "/in", schema, options, columns);
  return rows.map((row) => row.map((value) => (Array.isArray(value) ? show(value) : value)));
}

const LINES = `{"a":1,"b":{"c":[1,2.50]}}
[1,2]
3
"x"

null
{"a":1
{"a":1,"a":2}
{"z":1} tail
{"d":NaN}
`;
const JSON_VALUES = [
  '{"a":1,"b":{"c":[1,2.5]}}',
  "[1,2]",
  "3",
  '"x"',
  "null",
  null,
  null,
  '{"z":1}',
  '{"d":"NaN"}',
];
const SINGLE = { singleVariantColumn: "v" };

test("a JSON record of any kind is one variant", async () => {
  expect(await read("json", LINES, SINGLE)).toEqual(JSON_VALUES.map((value) => [value]));
});

test("malformed JSON records go into their column, are dropped, or end the read", async () => {
  const rows = await read("json", LINES, SINGLE, "_corrupt_record STRING, v VARIANT");
  const corrupt = [null, null, null, null, null, '{"a":1', '{"a":1,"a":2}', null, null];
  expect(rows).toEqual(JSON_VALUES.map((value, k) => [corrupt[k], value]));
  const kept = await read("json", LINES, { ...SINGLE, mode: "DROPMALFORMED" });
  expect(kept).toEqual(JSON_VALUES.filter((value) => value !== null).map((value) => [value]));
  await expect(read("json", LINES, { ...SINGLE, mode: "FAILFAST" })).rejects.toThrow(
    /MALFORMED_RECORD_IN_PARSING/,
  );
});

test("with multiLine a JSON document is one variant, arrays too", async () => {
  const options = { ...SINGLE, multiLine: true };
  expect(await read("json", '[{"a":1},\n{"b":2}]', options)).toEqual([['[{"a":1},{"b":2}]']]);
  expect(await read("json", " \n", options)).toEqual([]);
});

test("records are counted without being read", async () => {
  expect(await read("json", LINES, SINGLE, undefined, [])).toHaveLength(9);
  expect(await read("csv", "a,A,a\n1,2,3\n", SINGLE, undefined, [])).toHaveLength(2);
});

test("VARIANT columns of JSON take values of every kind; only what is missing is NULL", async () => {
  const rows = await read("json", LINES, {}, "a VARIANT, b VARIANT, d VARIANT");
  expect(rows).toEqual([
    ["1", '{"c":[1,2.5]}', null],
    ...[1, 2, 3, 4, 5].map(() => [null, null, null]),
    ["2", null, null],
    [null, null, null],
    [null, null, '"NaN"'],
  ]);
  const kinds = '{"a":null,"b":"q\\"\\u00e9","d":[true,-0.5]}\n{"a":{"x":1,"x":2},"b":"","d":1e3}';
  expect(await read("json", kinds, {}, "a VARIANT, b VARIANT, d VARIANT")).toEqual([
    ["null", '"q\\"é"', "[true,-0.5]"],
    [null, '""', "1000.0"],
  ]);
});

test("variants lie in structs and arrays of JSON as well", async () => {
  const harness = new Harness();
  await harness.put("/in/a.json", '{"s":{"v":{"k":1}},"l":[1,"x",null]}');
  const [row] = await harness.rows("json", "/in", "s STRUCT<v: VARIANT>, l ARRAY<VARIANT>");
  const [[struct], list] = row as unknown as [[Value], Value[]];
  expect(show(struct)).toBe('{"k":1}');
  expect(list.map(show)).toEqual(["1", '"x"', "null"]);
});

const CSV = 'x,y z,x2\n1,2020-01-01,abc\n2,1.50\n3,4,5,6\n,,\n"",true,"q ""w"""\n';
const HEADED = { ...SINGLE, header: true };

test("a CSV record is an object with the names of the header", async () => {
  expect(await read("csv", CSV, HEADED)).toEqual([
    ['{"x":1,"x2":"abc","y z":"2020-01-01"}'],
    ['{"x":2,"y z":"1.50"}'],
    ['{"x":3,"x2":"5","y z":"4"}'],
    ['{"x":null,"x2":null,"y z":null}'],
    ['{"x":null,"x2":"\\"q \\"\\"w\\"\\"\\"","y z":"true"}'],
  ]);
});

test("without a header names are numbers, and records have as many values as they have", async () => {
  expect(await read("csv", CSV, SINGLE)).toEqual([
    ['{"_c0":"x","_c1":"y z","_c2":"x2"}'],
    ['{"_c0":"1","_c1":"2020-01-01","_c2":"abc"}'],
    ['{"_c0":"2","_c1":"1.50"}'],
    ['{"_c0":"3","_c1":"4","_c2":"5","_c3":6}'],
    ['{"_c0":null,"_c1":null,"_c2":null}'],
    ['{"_c0":null,"_c1":"true","_c2":"\\"q \\"\\"w\\"\\"\\""}'],
  ]);
  const wide = Array.from({ length: 50 }, (_, k) => k);
  const [row] = await read("csv", `1\n${wide.join(",")}\n`, SINGLE).then((rows) => rows.slice(1));
  expect(JSON.parse(row![0] as string)).toEqual(Object.fromEntries(wide.map((k) => [`_c${k}`, k])));
});

test("CSV values are whole numbers, decimals, dates, timestamps, truth values or texts", async () => {
  const line =
    '1, x,true,2020-01-01,2020-01-01 10:00:00,1.50,1e3,,"",NaN,12345678901234567890,2020-01-01T10:00:00Z,"1",-0,+5,1.,.5,Infinity,TRUE,null,1e400,00012,0x1';
  const [row] = await read("csv", line, SINGLE);
  expect(JSON.parse((row![0] as string).replace("12345678901234567890", '"big"'))).toEqual(
    Object.fromEntries(
      [
        1,
        " x",
        true,
        "2020-01-01",
        "2020-01-01 10:00:00+00:00",
        1.5,
        1000,
        null,
        null,
        "NaN",
        "big",
        "2020-01-01 10:00:00+00:00",
        1,
        0,
        5,
        1,
        0.5,
        "Infinity",
        true,
        "null",
        "1e400",
        12,
        "0x1",
      ].map((value, k) => [`_c${k}`, value]),
    ),
  );
});

test("a CSV column that had a text has no other values after it, until the next file", async () => {
  const text = "a,b\n1,2020-01-01\n2020-01-01,x\nx,2\n1.5,true\n2020-01-01 00:00:00,2020-01-02\n";
  const expected = [
    ['{"a":1,"b":"2020-01-01"}'],
    ['{"a":"2020-01-01","b":"x"}'],
    ['{"a":"x","b":"2"}'],
    ['{"a":"1.5","b":"true"}'],
    ['{"a":"2020-01-01 00:00:00","b":"2020-01-02"}'],
  ];
  const harness = new Harness();
  await harness.put("/in/a.csv", text);
  await harness.put("/in/b.csv", text);
  const rows = await harness.rows("csv", "/in", undefined, HEADED);
  expect(rows.map(([value]) => [show(value)])).toEqual([...expected, ...expected]);
});

test("CSV records that do not go with the header are kept in part, shown, dropped, or end the read", async () => {
  const rows = await read("csv", CSV, HEADED, "v VARIANT, _corrupt_record STRING");
  expect(rows.map(([, corrupt]) => corrupt)).toEqual([null, "2,1.50", "3,4,5,6", null, null]);
  expect(rows[1]).toEqual(['{"x":2,"y z":"1.50"}', "2,1.50"]);
  expect(await read("csv", CSV, { ...HEADED, mode: "DROPMALFORMED" })).toHaveLength(3);
  await expect(read("csv", CSV, { ...HEADED, mode: "FAILFAST" })).rejects.toThrow(
    /MALFORMED_RECORD_IN_PARSING/,
  );
  expect(await read("csv", "a,A,a\n1,2,3\n", HEADED)).toEqual([[null]]);
});

test("options of CSV values count for variants", async () => {
  const options = { ...HEADED, nullValue: "abc", emptyValue: "E" };
  const rows = await read("csv", CSV, options);
  expect(rows[0]).toEqual(['{"x":1,"x2":null,"y z":"2020-01-01"}']);
  expect(rows[4]).toEqual(['{"x":"E","x2":"\\"q \\"\\"w\\"\\"\\"","y z":"true"}']);
  const [first] = await read("csv", CSV, { ...HEADED, preferDate: false });
  expect(first).toEqual(['{"x":1,"x2":"abc","y z":"2020-01-01 00:00:00+00:00"}']);
  const dates = { ...SINGLE, sep: ";", dateFormat: "yyyy/MM/dd", timestampFormat: "yyyy" };
  expect(await read("csv", "1;2020/01/02;2", dates)).toEqual([['{"_c0":1,"_c1":"2020-01-02","_c2":2}']]);
});

test("VARIANT columns of CSV hold one value each", async () => {
  expect(await read("csv", CSV, { header: true }, "a INT, b VARIANT, c VARIANT")).toEqual([
    [1, '"2020-01-01"', '"abc"'],
    [2, '"1.50"', null],
    [3, '"4"', '"5"'],
    [null, "null", "null"],
    [null, '"true"', '"\\"q \\"\\"w\\"\\"\\""'],
  ]);
});

test.each(["csv", "json"] as const)(
  "%s refuses a schema that the option does not go with",
  async (format) => {
    for (const schema of ["w VARIANT", "v STRING", "v VARIANT, w INT", "v VARIANT, _corrupt_record INT"]) {
      await expect(read(format, "1", SINGLE, schema)).rejects.toMatchObject({
        sqlState: expect.stringMatching(/42613|42804/),
      });
    }
    await expect(read(format, "1", SINGLE, "w VARIANT")).rejects.toMatchObject({
      condition: "INVALID_SINGLE_VARIANT_COLUMN",
      parameters: { schema: '"STRUCT<w: VARIANT>"' },
    });
    await expect(read(format, "1", { singleVariantColumn: "_corrupt_record" })).rejects.toMatchObject({
      sqlState: "42804",
    });
  },
);

test.each(["csv", "json"] as const)(
  "a stream of %s files needs no schema with the option",
  async (format) => {
    const harness = new Harness();
    await harness.put(`/in/a.${format}`, "1\n2\n");
    const source = await harness.stream(format, "/in", undefined, SINGLE);
    expect(source.schema.fields.map(({ name, type }) => [name, type.kind])).toEqual([["v", "variant"]]);
  },
);
