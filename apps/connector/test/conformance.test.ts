import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sinkConformance, sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { JsonLinesSink } from "../src/json-lines-sink.js";
import { TailSource } from "../src/tail-source.js";

describe.each([undefined, 30])("the source with a limit of %s bytes", (maxBytesPerTrigger) => {
  sourceConformance(test, {
    create: async () => {
      const folder = await mkdtemp(join(tmpdir(), "tail-"));
      const log = join(folder, "app.log");
      await writeFile(log, "");
      return {
        make: () => new TailSource(log, maxBytesPerTrigger),
        addRows: async () => {
          await appendFile(log, "one line\nand another\n");
          return 2;
        },
        close: () => rm(folder, { recursive: true }),
      };
    },
  });
});

describe("the sink", () => {
  sinkConformance(test, {
    create: async () => {
      const folder = await mkdtemp(join(tmpdir(), "jsonl-"));
      return {
        make: () => new JsonLinesSink(folder),
        rows: () => rowsIn(folder),
        close: () => rm(folder, { recursive: true }),
      };
    },
  });
});

async function rowsIn(folder: string): Promise<[bigint, string | null][]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
  return lines.map((line) => {
    const { id, word } = JSON.parse(line) as { id: string; word: string | null };
    return [BigInt(id), word];
  });
}
