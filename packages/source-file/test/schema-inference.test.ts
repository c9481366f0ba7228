import { expect, test } from "vitest";
import { Harness } from "./harness.js";

async function schema(format: string, text: string, options: Record<string, unknown> = {}): Promise<string> {
  const harness = new Harness();
  await harness.put("/in/a", text);
  return (await harness.table(format, "/in", undefined, options)).schema.simpleString();
}

test("JSON: types of values, keys in alphabetical order", async () => {
  const line =
    '{"s":"x","i":1,"d":1.5,"b":true,"n":null,"o":{"y":1,"x":"a"},"l":[1,2.5],"e":[],"big":123456789012345678901}';
  expect(await schema("json", line)).toBe(
    "struct<b:boolean,big:decimal(21,0),d:double,e:array<string>,i:bigint,l:array<double>,n:string,o:struct<x:string,y:bigint>,s:string>",
  );
});

test("JSON: values of several types widen", async () => {
  expect(await schema("json", '{"a":1}\n{"a":1.5}')).toBe("struct<a:double>");
  expect(await schema("json", '{"a":1}\n{"a":"x"}')).toBe("struct<a:string>");
  expect(await schema("json", '{"a":1}\n{"b":true}')).toBe("struct<a:bigint,b:boolean>");
  expect(await schema("json", '{"a":{"x":1}}\n{"a":{"y":1}}')).toBe("struct<a:struct<x:bigint,y:bigint>>");
});

test("JSON: options", async () => {
  expect(await schema("json", '{"a":1,"b":true}', { primitivesAsString: true })).toBe(
    "struct<a:string,b:string>",
  );
  expect(await schema("json", '{"a":1.25}', { prefersDecimal: true })).toBe("struct<a:decimal(3,2)>");
  expect(await schema("json", '{"a":null,"b":1}', { dropFieldIfAllNull: true })).toBe("struct<b:bigint>");
  expect(await schema("json", '{"a":"2024-01-01T00:00:00"}', { inferTimestamp: true })).toBe(
    "struct<a:timestamp>",
  );
});

test("JSON: malformed records bring the corrupt column, by mode", async () => {
  expect(await schema("json", '{"a":1}\nnonsense')).toBe("struct<_corrupt_record:string,a:bigint>");
  expect(await schema("json", '{"a":1}\nnonsense', { mode: "DROPMALFORMED" })).toBe("struct<a:bigint>");
  await expect(schema("json", "nonsense", { mode: "FAILFAST" })).rejects.toMatchObject({
    condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
  });
});

test("JSON: a malformed record that FAILFAST finds is told with its file and line", async () => {
  const harness = new Harness();
  await harness.put("/in/a.json", '{"a":1}\n{"a":2}');
  // more lines than are looked at in one go, and empty ones, which are no records
  await harness.put("/in/b.json", `${'\n{"a":1}\n'.repeat(5000)}{"a":\n{`);
  await harness.put("/documents/c.json", '{\n"a":\n}');
  const read = (folder: string, multiLine: boolean): Promise<unknown> =>
    harness.table("json", folder, undefined, { mode: "FAILFAST", multiLine });
  await expect(read("/in", false)).rejects.toThrow(
    'record parsing: {"a":, /in/b.json line 10001, found while the schema was inferred.',
  );
  await expect(read("/documents", true)).rejects.toThrow(", /documents/c.json line 1, found while");
});

test("JSON: arrays of records and documents over several lines", async () => {
  expect(await schema("json", '[{"a":1},{"b":2}]')).toBe("struct<a:bigint,b:bigint>");
  expect(await schema("json", '{\n"a":1\n}', { multiLine: true })).toBe("struct<a:bigint>");
});

test("CSV: text columns, with the names of the header or numbers", async () => {
  expect(await schema("csv", "a,,a\n1,2,3", { header: true })).toBe("struct<a0:string,_c1:string,a2:string>");
  expect(await schema("csv", "1,2")).toBe("struct<_c0:string,_c1:string>");
});

test("CSV: inferSchema finds the narrowest type", async () => {
  const text =
    "i,l,d,dec,day,t,b,s,n\n1,1,1,1,2024-01-01,2024-01-01 10:00:00,true,x,\n2,3000000000,1.5,123456789012345678901,2024-01-02,2024-01-01,false,1,\n";
  expect(await schema("csv", text, { header: true, inferSchema: true })).toBe(
    "struct<i:int,l:bigint,d:double,dec:decimal(21,0),day:date,t:timestamp,b:boolean,s:string,n:string>",
  );
});

test("CSV: a sample is enough where samplingRatio says so", async () => {
  const lines = ["x", ...Array.from({ length: 100 }, () => "1")].join("\n");
  expect(await schema("csv", lines, { inferSchema: true })).toBe("struct<_c0:string>");
  expect(await schema("csv", lines, { header: true, inferSchema: true, samplingRatio: 0.1 })).toBe(
    "struct<x:int>",
  );
});

test("a folder without files tells no schema", async () => {
  const harness = new Harness();
  await harness.put("/in/_hidden", "");
  await expect(harness.table("json", "/in")).rejects.toMatchObject({ condition: "UNABLE_TO_INFER_SCHEMA" });
});
