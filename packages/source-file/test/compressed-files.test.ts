import { gzipSync } from "node:zlib";
import { compressor, type WrittenCodec } from "@ss/files";
import { describe, expect, test } from "vitest";
import { Harness } from "./harness.js";

async function pack(codec: WrittenCodec, text: string | Uint8Array): Promise<Buffer> {
  const stream = compressor(codec);
  stream.end(Buffer.from(text as string));
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

const LINES = Array.from(
  { length: 60_000 },
  (_, i) => `{"id":${i},"name":"row ${(i * 7919) % 10007}"}\n`,
).join("");

describe.each([
  ["bzip2", "bz2"],
  ["deflate", "deflate"],
  ["gzip", "gz"],
  ["lz4", "lz4"],
  ["snappy", "snappy"],
] as const)("%s", (codec, ending) => {
  test("JSON lines come whole, and tell their schema", async () => {
    const harness = new Harness();
    harness.conf = { "spark.sql.files.maxPartitionBytes": "10000" };
    await harness.put(`/in/a.json.${ending}`, await pack(codec, LINES));
    const rows = await harness.rows("json", "/in", "id INT, name STRING");
    expect(rows.length).toBe(60_000);
    expect(rows[59_999]).toEqual([59_999, `row ${(59_999 * 7919) % 10007}`]);
    const table = await harness.table("json", "/in");
    expect(table.schema.simpleString()).toBe("struct<id:bigint,name:string>");
  });

  test("JSON in UTF-16 is found out behind the compression", async () => {
    const harness = new Harness();
    await harness.put(
      `/in/a.json.${ending}`,
      await pack(codec, Buffer.from('{"id":1}\n{"id":2}\n', "utf16le")),
    );
    expect(await harness.rows("json", "/in", "id INT")).toEqual([[1], [2]]);
  });

  test("a file that ends early is an error that names it, or is passed over", async () => {
    const harness = new Harness();
    const packed = await pack(codec, LINES);
    const path = `/in/a.json.${ending}`;
    await harness.put(path, packed.subarray(0, packed.length >> 1));
    await harness.put("/in/b.json", '{"id":-1,"name":"b"}\n');
    const failure = { condition: "FAILED_READ_FILE.NO_HINT", parameters: { path } };
    await expect(harness.rows("json", "/in", "id INT")).rejects.toMatchObject(failure);
    // the same where the schema is looked for
    await expect(harness.table("json", "/in")).rejects.toMatchObject(failure);
    await expect(harness.table("csv", path, undefined, { inferSchema: true })).rejects.toMatchObject(failure);
    const options = { ignoreCorruptFiles: true };
    const table = await harness.table("json", "/in", undefined, options);
    expect(table.schema.simpleString()).toBe("struct<id:bigint,name:string>");
    const rows = await harness.rows("json", "/in", "id INT", options);
    expect(rows.at(-1)).toEqual([-1]);
    expect(rows.length).toBeLessThan(60_000);
  });
});

test("endings are read without regard to case", async () => {
  const harness = new Harness();
  await harness.put("/in/A.CSV.GZ", gzipSync("1\n2\n"));
  expect(await harness.rows("csv", "/in", "a INT")).toEqual([[1], [2]]);
});
