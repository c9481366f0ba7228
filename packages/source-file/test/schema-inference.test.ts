import { expect, test, vi } from "vitest";
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

test("JSON: a value with parts and one without make text, in any order, and so do an array and an object", async () => {
  for (const values of [
    ["1", '{"x":1}'],
    ["[1]", "true"],
    ['{"x":1}', "[1]"],
    ['{"x":1}', "[1]", '{"y":{}}', "[2]", '"s"'],
  ]) {
    for (const order of [values, [...values].reverse()]) {
      const lines = order.map((value) => `{"a":${value}}`);
      expect(await schema("json", lines.join("\n"))).toBe("struct<a:string>");
      expect(await schema("json", `{"a":[${order.join()},null]}`)).toBe("struct<a:array<string>>");
    }
  }
  expect(await schema("json", '{"a":null}\n{"a":""}\n{"a":[null]}\n{"a":[[1]]}')).toBe(
    "struct<a:array<array<bigint>>>",
  );
});

test("JSON: of a key that comes twice the last value counts", async () => {
  expect(await schema("json", '{"a":"x","a":1,"b":{"c":[1],"c":{"d":1}}}')).toBe(
    "struct<a:bigint,b:struct<c:struct<d:bigint>>>",
  );
  // in an array each object is one by itself
  expect(await schema("json", '{"l":[{"a":1},{"a":"x","a":1.5}]}')).toBe("struct<l:array<struct<a:double>>>");
});

test("JSON: a key costs once where it is new, however many there were before", async () => {
  const count = 2000;
  const records = Array.from({ length: count }, (_, k) => `{"k${k}":${k},"m":{"k${k}":${k}}}`);
  const texts = [records.join("\n"), `{"l":[${records.join()}]}`];
  const set = vi.spyOn(Map.prototype, "set");
  try {
    for (const text of texts) {
      set.mockClear();
      const found = await schema("json", text);
      expect(found.split(":bigint")).toHaveLength(2 * count + 1);
      expect(set.mock.calls.length).toBeLessThan(2 * count + 1000);
    }
  } finally {
    set.mockRestore();
  }
});

test("numbers of many digits are never made whole numbers of as many", async () => {
  const real = BigInt;
  const texts: string[] = [];
  const spy = (value: string | number | bigint | boolean): bigint => {
    if (typeof value === "string") texts.push(value);
    return real(value);
  };
  vi.stubGlobal("BigInt", Object.assign(spy, { asIntN: real.asIntN, asUintN: real.asUintN }));
  try {
    const sevens = "7".repeat(100_000);
    const found = async (format: string, text: string, options: object = {}): Promise<string> =>
      schema(format, format === "csv" ? text : `{"a":${text}}`, { inferSchema: true, ...options });
    for (const text of [sevens, `-${sevens}`, `${sevens}.5`, `0.${sevens}`, `${sevens}e-99990`]) {
      expect(await found("json", text, { prefersDecimal: true })).toBe("struct<a:double>");
      expect(await found("csv", text)).toBe("struct<_c0:double>");
    }
    const zeros = "0".repeat(100_000);
    expect(await found("csv", `-${zeros}7`)).toBe("struct<_c0:int>");
    expect(await found("csv", `${zeros}9223372036854775807`)).toBe("struct<_c0:bigint>");
    expect(await found("csv", `${zeros}9223372036854775808`)).toBe("struct<_c0:decimal(19,0)>");
    const leading = { allowNumericLeadingZeros: true };
    expect(await found("json", `${zeros}9223372036854775807`, leading)).toBe("struct<a:bigint>");
    expect(await found("json", `${zeros}9223372036854775808`, leading)).toBe("struct<a:decimal(19,0)>");
    const harness = new Harness();
    await harness.put(`/in/p=${sevens}/a`, "{}");
    await harness.put("/in/p=1/a", "{}");
    const table = await harness.table("json", "/in", "a INT");
    expect(table.schema.simpleString()).toBe("struct<a:int,p:double>");
    expect(texts.filter((text) => text.length > 100)).toEqual([]);
  } finally {
    vi.unstubAllGlobals();
  }
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
