import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type FileEntry,
  type FileSystem,
  localFileSystem,
  localPath,
  MemoryFileSystem,
} from "../src/index.js";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "local-file-system-"));
});
afterEach(() => rm(root, { recursive: true }));

const encode = (text: string): Uint8Array => Buffer.from(text);
const textOf = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();

async function write(fileSystem: FileSystem, path: string, text: string): Promise<void> {
  const writer = await fileSystem.create(path);
  await writer.write(encode(text));
  await writer.close();
}

async function list(fileSystem: FileSystem, folder: string, recursive = false): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const entry of fileSystem.list(folder, { recursive })) entries.push(entry);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

test.each([
  ["/a/b c", "/a/b c"],
  ["/a/b/", "/a/b"],
  ["file:/a/b", "/a/b"],
  ["file:///a/b", "/a/b"],
  ["file://localhost/a", "/a"],
])("the path %s is the file %s", (path, local) => {
  expect(localPath(path)).toBe(local);
});

test("listings answer in the form in which they were asked", async () => {
  const files = localFileSystem();
  await write(files, `${root}/x/y/z`, "1");
  for (const prefix of ["", "file:", "file://"]) {
    expect((await list(files, `${prefix}${root}/x/`)).map(({ path }) => path)).toEqual([
      `${prefix}${root}/x/y`,
    ]);
    expect((await list(files, `${prefix}${root}/x`, true)).map(({ path }) => path)).toEqual([
      `${prefix}${root}/x/y/z`,
    ]);
  }
});

test("of many racing creators of one name exactly one wins, and its bytes stand there whole", async () => {
  for (const [files, base] of [[localFileSystem(), root] as const, [new MemoryFileSystem(), "/m"] as const]) {
    const texts = Array.from({ length: 20 }, (_, k) => `${k}`.repeat(1000));
    const won = await Promise.all(texts.map((text) => files.createExclusive(`${base}/deep/n`, encode(text))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(textOf(await files.readAll(`${base}/deep/n`))).toBe(texts[won.indexOf(true)]);
  }
  expect(await readdir(join(root, "deep"))).toEqual(["n"]);
});

test("an unfinished or abandoned file is seen under no name", async () => {
  const files = localFileSystem({ durable: false });
  await write(files, `${root}/f`, "old");
  const writer = await files.create(`${root}/f`);
  await writer.write(encode("new"));
  expect(textOf(await files.readAll(`${root}/f`))).toBe("old");
  expect((await list(files, root)).map(({ path }) => path)).toEqual([`${root}/f`]);
  await writer.abort();
  expect(await readdir(root)).toEqual(["f"]);
});
