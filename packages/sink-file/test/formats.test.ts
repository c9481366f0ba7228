import { gunzipSync, inflateSync } from "node:zlib";
import type { Value } from "@ss/core";
import { decompress } from "@ss/files";
import { expect, test } from "vitest";
import { Harness } from "./harness.js";

const micros = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("JSON: every simple type", async () => {
  const harness = new Harness(
    "b BOOLEAN, y TINYINT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10,2), w DECIMAL(30,1), s STRING, bin BINARY, dt DATE, ts TIMESTAMP, n TIMESTAMP_NTZ",
  );
  const row: Value[] = [
    true,
    -1,
    9007199254740993n,
    0.1,
    Number.POSITIVE_INFINITY,
    150n,
    123456789012345678901n,
    'q"\n\u00e9',
    bytes("hi"),
    19782,
    micros("2024-01-01T10:00:00.123Z") + 456n,
    micros("2024-01-01T10:00:00Z"),
  ];
  expect(await harness.written("json", [row])).toBe(
    '{"b":true,"y":-1,"l":9007199254740993,"f":0.1,"d":"Infinity","m":1.50,"w":12345678901234567890.1,"s":"q\\"\\n\u00e9","bin":"aGk=","dt":"2024-02-29","ts":"2024-01-01T10:00:00.123Z","n":"2024-01-01T10:00:00.000"}\n',
  );
});

test("JSON: nested values, null fields left out or kept", async () => {
  const harness = new Harness("s STRUCT<x: INT, y: STRING>, l ARRAY<INT>, m MAP<STRING, INT>, n INT");
  const rows: Value[][] = [[[1, null], [1, null], { keys: ["k", "z"], values: [1, null] }, null]];
  expect(await harness.written("json", rows)).toBe('{"s":{"x":1},"l":[1,null],"m":{"k":1,"z":null}}\n');
  expect(await harness.written("json", rows, { ignoreNullFields: false })).toBe(
    '{"s":{"x":1,"y":null},"l":[1,null],"m":{"k":1,"z":null},"n":null}\n',
  );
});

test("JSON: variants are the JSON that they are, whatever the options", async () => {
  const harness = new Harness("v VARIANT, l ARRAY<VARIANT>");
  const variant = (metadata: string, value: string): Value =>
    [metadata, value].map((hex) => Buffer.from(hex, "hex"));
  // {"b":1,"a":[1,2]}, a JSON null and an instant, as Spark 4.3.0 stores them.
  const object = variant("01020001026261", "0202010002000b0c010302000204" + "0c010c02");
  const instant = variant("010000", "3000a8be23119b0500");
  const rows: Value[][] = [
    [object, [variant("010000", "00"), null]],
    [instant, null],
    [null, []],
  ];
  const options = {
    timestampFormat: "yyyy",
    timeZone: "America/Los_Angeles",
    writeNonAsciiCharacterAsCodePoint: true,
  };
  expect(await harness.written("json", rows, options)).toBe(
    '{"v":{"a":[1,2],"b":1},"l":[null,null]}\n{"v":"2020-01-01 02:00:00-08:00"}\n{"l":[]}\n',
  );
});

test("JSON: options of the text", async () => {
  const harness = new Harness("b STRING, a TIMESTAMP");
  const rows: Value[][] = [["\u00e9", micros("2024-01-01T10:00:00Z")]];
  expect(await harness.written("json", rows, { timestampFormat: "dd/MM/yyyy", sortKeys: true })).toBe(
    '{"a":"01/01/2024","b":"\u00e9"}\n',
  );
  expect(await harness.written("json", rows, { writeNonAsciiCharacterAsCodePoint: true, lineSep: ";" })).toBe(
    '{"b":"\\u00E9","a":"2024-01-01T10:00:00.000Z"};',
  );
  harness.timeZone = "America/Los_Angeles";
  expect(await harness.written("json", rows)).toContain('"2024-01-01T02:00:00.000-08:00"');
});

test("locale names the months of patterns, in CSV and JSON", async () => {
  const harness = new Harness("d DATE, t TIMESTAMP");
  const rows: Value[][] = [[Date.parse("2024-08-03") / 86_400_000, micros("2024-08-03T10:30:00Z")]];
  const options = { locale: "fr", dateFormat: "d MMMM yyyy", timestampFormat: "EEEE d MMMM HH:mm" };
  expect(await harness.written("csv", rows, options)).toBe("3 août 2024,samedi 3 août 10:30\n");
  expect(await harness.written("json", rows, options)).toBe(
    '{"d":"3 août 2024","t":"samedi 3 août 10:30"}\n',
  );
});

test("patterns that write nothing are refused by the option's name", async () => {
  const harness = new Harness("d DATE");
  const written = (options: Record<string, unknown>): Promise<string> => harness.written("csv", [], options);
  await expect(written({ dateFormat: "yyyy A" })).rejects.toMatchObject({
    name: "StreamError",
    condition: "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
    message: expect.stringContaining("'dateFormat'"),
  });
  await expect(written({ dateFormat: "QQQQ yyyy", locale: "fr" })).rejects.toMatchObject({
    condition: "SS_INVALID_OPTION",
  });
});

test("CSV: extension names the files, and has three letters", async () => {
  const harness = new Harness("a INT");
  await harness.written("csv", [[1]], { extension: "tsv" });
  expect((await harness.paths()).some((path) => path.endsWith(".tsv"))).toBe(true);
  await expect(harness.written("csv", [[1]], { extension: "text" })).rejects.toMatchObject({
    condition: "SS_INVALID_OPTION",
  });
});

test("JSON: pretty", async () => {
  const harness = new Harness("a INT, l ARRAY<INT>, s STRUCT<x: INT>");
  expect(await harness.written("json", [[1, [1, 2], [3]]], { pretty: true })).toBe(
    '{\n  "a" : 1,\n  "l" : [ 1, 2 ],\n  "s" : {\n    "x" : 3\n  }\n}\n',
  );
});

test("CSV: bytes are written in hexadecimal digits", async () => {
  const harness = new Harness("a BINARY, b BINARY, c BINARY");
  const row: Value[] = [bytes("b10"), new Uint8Array([0, 255]), null];
  expect(await harness.written("csv", [row])).toBe("[62 31 30],[00 FF],\n");
});

test("CSV: header, quotes, nulls and empty values", async () => {
  const harness = new Harness("a STRING, `b,c` STRING, d INT");
  const rows: Value[][] = [
    ["x,y", 'say "hi"', 1],
    [null, "", null],
    [" padded ", "line\nend", 2],
  ];
  expect(await harness.written("csv", rows, { header: true })).toBe(
    'a,"b,c",d\n"x,y","say \\"hi\\"",1\n,"",\npadded,"line\nend",2\n',
  );
  const options = { sep: "|", nullValue: "NULL", quoteAll: true, ignoreLeadingWhiteSpace: false };
  expect(await harness.written("csv", rows.slice(1, 2), options)).toBe('"NULL"|""|"NULL"\n');
});

test("CSV: dates, timestamps and numbers", async () => {
  const harness = new Harness("d DATE, t TIMESTAMP, x DOUBLE, m DECIMAL(10,2)");
  const row: Value[] = [19782, micros("2024-01-01T10:00:00Z"), 1e21, 5n];
  expect(await harness.written("csv", [row])).toBe("2024-02-29,2024-01-01T10:00:00.000Z,1.0E21,0.05\n");
  const formats = { dateFormat: "dd.MM.yy", timestampFormat: "yyyy HH:mm" };
  expect(await harness.written("csv", [row], formats)).toBe("29.02.24,2024 10:00,1.0E21,0.05\n");
});

test("CSV: types that it cannot hold are refused", async () => {
  const harness = new Harness("a ARRAY<INT>");
  await expect(harness.table("csv", "append")).rejects.toMatchObject({
    condition: "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
  });
});

test("text: one column of text, null as an empty line", async () => {
  const harness = new Harness("v STRING");
  expect(await harness.written("text", [["a"], [null], ["b"]])).toBe("a\n\nb\n");
  await expect(new Harness("a STRING, b STRING").table("text", "append")).rejects.toThrow(
    "only a single column",
  );
});

test("compression by gzip and deflate, with the file's ending", async () => {
  for (const [compression, ending, unpack] of [
    ["gzip", ".json.gz", gunzipSync],
    ["deflate", ".json.deflate", inflateSync],
  ] as const) {
    const harness = new Harness("a INT");
    await harness.write((await harness.table("json", "append", { compression }))!, 0, [[1]]);
    expect((await harness.paths())[1]).toBe(`part-00000-ID-c000${ending}`);
    expect(await harness.text((packed) => unpack(packed).toString())).toBe('{"a":1}\n');
  }
  for (const compression of ["zstd", "xz", "zap"]) {
    await expect(new Harness("a INT").table("json", "append", { compression })).rejects.toMatchObject({
      condition: "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
      parameters: { codecName: compression },
    });
  }
});

test.each([
  ["bzip2", ".json.bz2"],
  ["lz4", ".json.lz4"],
  ["snappy", ".json.snappy"],
] as const)("compression by %s, with the file's ending", async (compression, ending) => {
  const harness = new Harness("a INT");
  await harness.write((await harness.table("json", "append", { compression }))!, 0, [[1], [2]]);
  const name = (await harness.paths())[1]!;
  expect(name).toBe(`part-00000-ID-c000${ending}`);
  const packed = await harness.text((bytes) => Buffer.from(bytes).toString("base64"));
  const pieces: Uint8Array[] = [];
  async function* file(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(packed, "base64");
  }
  for await (const piece of decompress(compression, file())) pieces.push(piece.slice());
  expect(Buffer.concat(pieces).toString()).toBe('{"a":1}\n{"a":2}\n');
});

// as Spark writes them: UTF-16 with a mark, once a file; UTF-32 without one
test.each([
  ["UTF-16", "feff0061002c00f100e9000a0062002cd83dde00000a"],
  ["UTF-16BE", "0061002c00f100e9000a0062002cd83dde00000a"],
  ["UTF-16LE", "61002c00f100e9000a0062002c003dd800de0a00"],
  ["UTF-32", "000000610000002c000000f1000000e90000000a000000620000002c0001f6000000000a"],
  ["ISO-8859-1", "612cf1e90a622c3f0a"],
  ["US-ASCII", "612c3f3f0a622c3f0a"],
])("CSV in %s", async (encoding, hex) => {
  const harness = new Harness("a STRING, b STRING");
  const rows: Value[][] = [
    ["a", "\u00f1\u00e9"],
    ["b", "\u{1f600}"],
  ];
  await harness.write((await harness.table("csv", "append", { encoding }))!, 0, rows);
  expect(await harness.text((bytes) => Buffer.from(bytes).toString("hex"))).toBe(hex);
});

test("a mark stands once in a large file, and before a compressed one's text", async () => {
  const harness = new Harness("s STRING");
  const rows = Array.from({ length: 40_000 }, () => ["x".repeat(20)] as Value[]);
  await harness.write(
    (await harness.table("text", "append", { encoding: "UTF-16", compression: "gzip" }))!,
    0,
    rows,
  );
  const text = await harness.text((packed) => gunzipSync(packed).swap16().toString("utf16le"));
  expect(text.length).toBe(1 + 40_000 * 21);
  expect(text.lastIndexOf("\ufeff")).toBe(0);
});

test("an unknown encoding is refused", async () => {
  await expect(new Harness("a INT").table("csv", "append", { encoding: "nope" })).rejects.toMatchObject({
    condition: "INVALID_PARAMETER_VALUE.CHARSET",
    parameters: { charset: "nope" },
  });
});

test("other encodings", async () => {
  const harness = new Harness("v STRING");
  await harness.write((await harness.table("text", "append", { encoding: "UTF-16LE" }))!, 0, [["\u00e9"]]);
  expect(await harness.text((packed) => Buffer.from(packed).toString("utf16le"))).toBe("\u00e9\n");
});

test("many rows are written whole", async () => {
  const harness = new Harness("a INT, s STRING");
  const rows = Array.from({ length: 30_000 }, (_, i) => [i, "x".repeat(20)] as Value[]);
  const text = await harness.written("json", rows);
  expect(text.trim().split("\n").length).toBe(30_000);
  expect(text.endsWith(`{"a":29999,"s":"${"x".repeat(20)}"}\n`)).toBe(true);
});
