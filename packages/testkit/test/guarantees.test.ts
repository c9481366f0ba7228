import { expect, test } from "vitest";
import {
  FaultyFileSystem,
  fileSystemConformance,
  type SourceUnderTest,
  sourceConformance,
} from "../src/index.js";

type Case = { name: string; run: (context?: unknown) => Promise<void> };

function collect(): {
  cases: Case[];
  test: (name: string, run: (context?: unknown) => Promise<void>) => void;
} {
  const cases: Case[] = [];
  return { cases, test: (name, run) => void cases.push({ name, run }) };
}

const create = (): { fileSystem: FaultyFileSystem; root: string } => ({
  fileSystem: new FaultyFileSystem(),
  root: "/r",
});

test("hands every guarantee to the runner but those that are skipped", () => {
  const all = collect();
  fileSystemConformance(all.test, { create });
  const some = collect();
  fileSystemConformance(some.test, { create, skip: { "deletes a file": "this storage keeps everything" } });
  expect(some.cases.map(({ name }) => name)).toEqual(
    all.cases.map(({ name }) => name).filter((name) => name !== "deletes a file"),
  );
});

test("a runner that knows skipped tests is told the reason", () => {
  const { test: plain } = collect();
  const skipped: string[] = [];
  const runner = Object.assign(plain, { skip: (name: string) => void skipped.push(name) });
  fileSystemConformance(runner, { create, skip: { "deletes a file": "this storage keeps everything" } });
  expect(skipped).toEqual(["deletes a file (this storage keeps everything)"]);
});

test("a skip that names no guarantee is refused", () => {
  expect(() =>
    fileSystemConformance(collect().test, { create, skip: { "delets a file": "a slip" } }),
  ).toThrow("delets a file");
});

test("a guarantee that does not apply is skipped with its reason", async () => {
  const { cases, test: plain } = collect();
  const source = {
    description: "x",
    replayable: false,
    readLimit: { kind: "allAvailable" },
    open: async () => {},
    close: async () => {},
    initialOffset: async () => 0,
    latestOffset: async () => 1,
  };
  sourceConformance(plain, {
    create: () => ({ make: () => source, addRows: async () => {} }) as unknown as SourceUnderTest,
  });
  const reasons: string[] = [];
  const replay = cases.find(({ name }) => name === "replays the same rows for the same range")!;
  await replay.run({ skip: (reason: string) => reasons.push(reason) });
  expect(reasons).toEqual(["the source says that it cannot replay"]);
});

test("a file system that shows half a file does not pass", async () => {
  const { cases, test: plain } = collect();
  class Hasty extends FaultyFileSystem {
    override async create(path: string): ReturnType<FaultyFileSystem["create"]> {
      await this.createExclusive(path, new Uint8Array());
      return super.create(path);
    }
  }
  fileSystemConformance(plain, { create: () => ({ fileSystem: new Hasty(), root: "/r" }) });
  const guarantee = cases.find(
    ({ name }) => name === "shows a file, under any name, only once it is closed",
  )!;
  await expect(guarantee.run()).rejects.toThrow();
});
