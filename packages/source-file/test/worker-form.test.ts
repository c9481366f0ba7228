import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FileFormat,
  localFileSystem,
  Options,
  type Plugin,
  type Source,
  StructType,
  systemClock,
} from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { describe, expect, test } from "vitest";
import { fileSource } from "../src/index.js";

// A worker form points at what is built: these tests need `npm run build`, which `npm test` does beforehand.

const files = localFileSystem({ durable: false });

function stream(format: string, folder: string, plugin: Plugin = fileSource()): Promise<Source> {
  const formats: readonly FileFormat[] = plugin.formats!;
  return plugin.sources![0]!.stream!({
    format,
    options: new Options({}),
    paths: [folder],
    schema: StructType.fromDDL("i INT, s STRING, k INT"),
    session: {
      clock: systemClock,
      fileSystem: () => files,
      format: (name) => formats.find((one) => one.name === name),
      conf: () => undefined,
      timeZone: "UTC",
    },
  });
}

describe.each([
  ["csv", (i: number) => `${i},x${i}\n`],
  ["json", (i: number) => `{"i":${i},"s":"x${i}"}\n`],
] as const)("%s files on the local disk", (format, line) => {
  sourceConformance(test, {
    create: () => {
      const folder = mkdtempSync(join(tmpdir(), "ss-worker-form-"));
      mkdirSync(join(folder, "in", "k=0"), { recursive: true });
      writeFileSync(join(folder, "in", "k=0", "first"), line(-1));
      let count = 0;
      return {
        make: () => stream(format, join(folder, "in")),
        addRows: async () => {
          writeFileSync(join(folder, "in", "k=0", String(count)), [count, count + 1].map(line).join(""));
          count += 2;
          return 2;
        },
        initialRows: 1,
        close: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  });

  test("can be read by workers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ss-worker-form-"));
    const source = await stream(format, folder);
    expect(source.worker).toMatchObject({ export: "fileReader" });
    rmSync(folder, { recursive: true });
  });
});

test("a format without a worker form is the driver's alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ss-worker-form-"));
  const { worker: _worker, ...own } = fileSource().formats!.find(({ name }) => name === "csv")!;
  const source = await stream("csv", folder, { ...fileSource(), formats: [own] });
  expect(source.worker).toBeUndefined();
  rmSync(folder, { recursive: true });
});
