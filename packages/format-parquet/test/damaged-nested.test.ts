import { StreamError, type Value } from "@ss/core";
import { expect, test } from "vitest";
import { ddl, files, readRows, writeFile } from "./harness.js";

const schema = ddl("a STRING, l ARRAY<INT>");
const ROWS = Array.from({ length: 2000 }, (_, i): Value[] => [`text ${i}`, [i, i + 1, null]]);

test.each(["none", "snappy", "gzip"])(
  "a damaged page beside a nested column is an error that names the file, or rows (%s)",
  async (compression) => {
    await writeFile("/sound.parquet", schema, [ROWS], { compression });
    const sound = (await files.readAll("/sound.parquet"))!;
    let refused = 0;
    for (let at = 64; at < sound.length - 1200; at += Math.floor(sound.length / 12)) {
      const damaged = sound.slice();
      damaged.fill(0, at, at + 60);
      const writer = await files.create("/damaged.parquet");
      await writer.write(damaged);
      await writer.close();
      const outcome = await readRows("/damaged.parquet", schema).catch((error: unknown) => error);
      if (Array.isArray(outcome)) continue;
      refused++;
      expect(StreamError.is(outcome), String(outcome)).toBe(true);
      expect((outcome as StreamError).message).toContain("/damaged.parquet");
    }
    expect(refused).toBeGreaterThan(0);
    // what was damaged does no harm to the next file
    expect((await readRows("/sound.parquet", schema)).length).toBe(ROWS.length);
  },
);
