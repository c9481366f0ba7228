import { type FileSystem, MemoryFileSystem, Options, systemClock } from "@ss/core";
import type { Listing } from "@ss/files";
import { beforeEach, expect, test } from "vitest";
import { FileIndex } from "../src/table/file-index.js";
import { FileVersions } from "../src/table/file-versions.js";

let files: MemoryFileSystem;
let nowMs: number;
let shown: string[];

beforeEach(async () => {
  files = new MemoryFileSystem();
  nowMs = Date.now();
  shown = [];
  await put("a.csv", "1,one\n");
});

async function put(name: string, text: string): Promise<void> {
  const writer = await files.create(`/table/${name}`);
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** The versions of the table on a file system, which may not tell of changes. */
function versions(fileSystem: FileSystem = files): FileVersions {
  const clock = { ...systemClock, now: () => nowMs };
  const context = { fileSystem, timeZone: "UTC", conf: () => undefined };
  const index = new FileIndex(["/table"], new Options([]), context, clock);
  return new FileVersions(index, clock, (listing: Listing) => {
    shown = listing.files.map(({ path }) => path.slice("/table/".length)).sort();
  });
}

/** The same files; a change is to be found by looking. */
const silent = (): FileSystem =>
  new Proxy(files, {
    get: (target, key) => {
      if (key === "watch") return undefined;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

test("nothing new is the same version; a file that comes, goes or changes is another one", async () => {
  const table = versions();
  const first = await table.latest();
  expect(shown).toEqual(["a.csv"]);
  expect(await table.latest()).toBe(first);
  await put("b.csv", "2,two\n");
  const second = await table.latest();
  expect(second).not.toEqual(first);
  expect(shown).toEqual(["a.csv", "b.csv"]);
  await put("b.csv", "2,three\n");
  const third = await table.latest();
  expect(third).not.toEqual(second);
  await files.delete("/table/b.csv");
  const fourth = await table.latest();
  expect(fourth).toEqual(first);
  expect(fourth).not.toBe(first);
  expect(shown).toEqual(["a.csv"]);
  await table.close();
});

test("hidden files are no part of a version", async () => {
  const table = versions();
  const first = await table.latest();
  await put("_being-written.csv", "3");
  await put(".b.csv.part", "3");
  expect(await table.latest()).toBe(first);
  await table.close();
});

test("a version of before is shown as long as its files are as they were", async () => {
  const before = versions();
  const first = JSON.parse(JSON.stringify(await before.latest()));
  await before.close();
  await put("b.csv", "2,two\n");
  const table = versions();
  const second = await table.latest();
  expect(await table.show(first)).toBe(true);
  expect(shown).toEqual(["a.csv"]);
  expect(await table.latest()).toEqual(second);
  expect(shown).toEqual(["a.csv", "b.csv"]);
  await put("a.csv", "1,uno dos\n");
  expect(await table.show(first)).toBe(false);
  await files.delete("/table/a.csv");
  expect(await table.show(first)).toBe(false);
  await table.close();
});

test("a file that was written over in the moment of the look is seen, though its size and time are the same", async () => {
  const table = versions(silent());
  const first = await table.latest();
  // the time of a change says nothing yet: the file may change once more within it
  const again = await table.latest();
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
  nowMs += 10_000;
  const settled = await table.latest();
  expect(await table.latest()).toBe(settled);
  await table.close();
});

test("a table whose folder is gone is an error, and is seen again when it is back", async () => {
  const table = versions();
  const first = await table.latest();
  await files.delete("/table");
  await expect(table.latest()).rejects.toThrow("PATH_NOT_FOUND");
  await put("a.csv", "1,one\n");
  expect(await table.latest()).not.toBe(first);
  expect(shown).toEqual(["a.csv"]);
  await table.close();
});

test("without a sign of change the files are listed anew after a minute", async () => {
  let lists = 0;
  const counting = new Proxy(files, {
    get: (target, key) => {
      if (key === "list") lists++;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const table = versions(counting);
  const first = await table.latest();
  const before = lists;
  nowMs += 59_000;
  expect(await table.latest()).toBe(first);
  expect(lists).toBe(before);
  nowMs += 1000;
  expect(await table.latest()).toBe(first);
  expect(lists).toBe(before + 1);
  await table.close();
});
