import type { Offset } from "@ss/core";
import { describe, expect, test } from "vitest";
import { Harness, memoryLog, rangeRows } from "./harness.js";

/** Bytes of UTF-16 or UTF-32. */
function wide(text: string, width: 2 | 4, isLittle: boolean): Buffer {
  const units =
    width === 2 ? Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)) : codePoints(text);
  const bytes = new DataView(new ArrayBuffer(units.length * width));
  units.forEach((unit, i) => {
    if (width === 2) bytes.setUint16(2 * i, unit, isLittle);
    else bytes.setUint32(4 * i, unit, isLittle);
  });
  return Buffer.from(bytes.buffer);
}

const codePoints = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0)!);

const forms: readonly (readonly [string, (text: string) => Buffer])[] = [
  ["UTF-8", (text) => Buffer.from(text)],
  ["UTF-16BE", (text) => wide(text, 2, false)],
  ["UTF-16LE", (text) => wide(text, 2, true)],
  ["UTF-32BE", (text) => wide(text, 4, false)],
  ["UTF-32LE", (text) => wide(text, 4, true)],
];

const LINES = '{"id":1,"s":"a\u00f1\u20ac\u{1f600}"}\n{"id":2,"s":"b"}\n';
const DOCUMENT = '[{"id":1,\n"s":"a\u00f1\u20ac\u{1f600}"},\n{"id":2,"s":"b"}]\n';
const ROWS = [
  [1, "a\u00f1\u20ac\u{1f600}"],
  [2, "b"],
];

describe.each(forms)("JSON in %s, without a word about it", (_name, encode) => {
  test.each([
    ["with a byte order mark", "\ufeff"],
    ["without", ""],
  ])("is read %s, as lines and as a document", async (_title, mark) => {
    const harness = new Harness();
    await harness.put("/lines/a.json", encode(mark + LINES));
    await harness.put("/documents/a.json", encode(mark + DOCUMENT));
    expect(await harness.rows("json", "/lines", "id INT, s STRING")).toEqual(ROWS);
    expect(await harness.rows("json", "/documents", "id INT, s STRING", { multiLine: true })).toEqual(ROWS);
    for (const [path, options] of [
      ["/lines", {}],
      ["/documents", { multiLine: true }],
    ] as const) {
      const table = await harness.table("json", path, undefined, options);
      expect(table.schema.simpleString()).toBe("struct<id:bigint,s:string>");
    }
  });

  test("is read by a stream", async () => {
    const harness = new Harness();
    await harness.put("/in/a.json", encode(LINES));
    const source = await harness.stream("json", "/in", "id INT, s STRING");
    await source.open({ log: memoryLog(), clock: harness.clock, signal: new AbortController().signal });
    const end = (await source.latestOffset(null, source.readLimit)) as Offset;
    expect(await rangeRows(source, null, end)).toEqual(ROWS);
  });

  test("is read once by a scan in parts", async () => {
    const harness = new Harness();
    harness.conf = { "spark.sql.files.maxPartitionBytes": "1000", "spark.sql.files.openCostInBytes": "0" };
    const count = 3000;
    const lines = Array.from({ length: count }, (_, id) => `{"id":${id}}\n`).join("");
    await harness.put("/in/a.json", encode(lines));
    const rows = await harness.rows("json", "/in", "id INT");
    expect(rows.map(([id]) => id as number).sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
  });
});

test("JSON whose encoding is given is read in no other", async () => {
  const harness = new Harness();
  await harness.put("/in/a.json", wide('{"id":1}', 2, false));
  expect(await harness.rows("json", "/in", "id INT", { encoding: "UTF-8" })).toEqual([[null]]);
  expect(await harness.rows("json", "/in", "id INT", { encoding: "UTF-16BE" })).toEqual([[1]]);
});

test("a few bytes of JSON tell their encoding, too, and zeros alone tell none", async () => {
  const harness = new Harness();
  await harness.put("/in/a.json", wide("[]", 2, true));
  await harness.put("/in/b.json", wide("{}", 4, true));
  await harness.put("/in/c.json", Buffer.from("\0\0\0\0\n{}\n{}\n"));
  expect((await harness.rows("json", "/in", "id INT, _corrupt_record STRING")).length).toBe(4);
});

describe.each([
  ["csv", "s STRING"],
  ["text", undefined],
] as const)("%s", (format, schema) => {
  test.each([
    ["UTF-16", "\ufeff", 2, true],
    ["UTF-16", "\ufeff", 2, false],
    ["utf-16", "", 2, false],
    ["UTF-16LE", "", 2, true],
    ["UTF-32", "\ufeff", 4, true],
    ["UTF-32", "\ufeff", 4, false],
    ["UTF-32", "", 4, false],
    ["utf-32le", "\ufeff", 4, true],
    ["UTF-32BE", "", 4, false],
  ] as const)(
    "in %s, with the mark %j, %i bytes a unit, little-endian: %s",
    async (encoding, mark, width, isLittle) => {
      const harness = new Harness();
      const lines = Array.from({ length: 30_000 }, (_, i) => `\u{1f600}\u20ac\u00e9${i}`);
      await harness.put("/in/a", wide(`${mark}${lines.join("\n")}\n`, width, isLittle));
      const rows = await harness.rows(format, "/in", schema, { encoding });
      expect(rows.length).toBe(30_000);
      expect(rows.every(([text], i) => text === lines[i])).toBe(true);
    },
  );
});

test("what is no character of UTF-32, or is cut off, becomes a replacement character", async () => {
  const harness = new Harness();
  const damaged = Buffer.from([0, 0, 0, 97, 0, 0x11, 0, 0, 0, 0, 0xd8, 0, 0, 0, 0, 98, 0, 0]);
  await harness.put("/in/a.txt", damaged);
  expect(await harness.rows("text", "/in", undefined, { encoding: "UTF-32" })).toEqual([
    ["a\ufffd\ufffdb\ufffd"],
  ]);
});

test("an unknown encoding is refused", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv", "1");
  await expect(harness.rows("csv", "/in", "a INT", { encoding: "nope" })).rejects.toMatchObject({
    condition: "INVALID_PARAMETER_VALUE.CHARSET",
    parameters: { charset: "nope" },
  });
});
