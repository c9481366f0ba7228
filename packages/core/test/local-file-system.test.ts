import { closeSync, fstatSync, openSync } from "node:fs";
import { link, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
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

test("a file that is deleted for reuse gives its place on the disk to the next one of its folder", async () => {
  for (const durable of [true, false]) {
    const files = localFileSystem({ durable });
    const folder = join(root, String(durable));
    await files.createExclusive(`${folder}/0`, encode("a long text that goes"));
    const { ino } = await stat(join(folder, "0"));
    expect(await files.delete(`${folder}/0`, { reuse: true })).toBe(true);
    expect(await files.readAll(`${folder}/0`)).toBeNull();
    expect(await list(files, folder)).toEqual([]);
    // durable: the first file makes the deletion durable, the second may take the place
    await files.createExclusive(`${folder}/1`, encode("short"));
    await write(files, `${folder}/2`, "other");
    const inodes = await Promise.all(["1", "2"].map(async (name) => (await stat(join(folder, name))).ino));
    expect(inodes.indexOf(ino)).toBe(durable ? 1 : 0);
    expect(textOf(await files.readAll(`${folder}/1`))).toBe("short");
    expect(textOf(await files.readAll(`${folder}/2`))).toBe("other");
    expect(await readdir(folder)).toEqual(["1", "2"]);
    expect(await files.delete(`${folder}/0`, { reuse: true })).toBe(false);
  }
});

test("a file that is deleted for reuse and has another name keeps its bytes there", async () => {
  const files = localFileSystem({ durable: false });
  await files.createExclusive(`${root}/log`, encode("kept"));
  await link(join(root, "log"), join(root, "backup"));
  await files.delete(`${root}/log`, { reuse: true });
  await files.createExclusive(`${root}/next`, encode("new!"));
  expect(textOf(await files.readAll(`${root}/backup`))).toBe("kept");
});

test("what one process deleted for reuse is taken by one of those that come after it", async () => {
  const before = localFileSystem({ durable: false });
  for (const name of ["a", "b"]) await before.createExclusive(`${root}/${name}`, encode(name));
  await before.delete(`${root}/a`, { reuse: true });
  const heirs = [localFileSystem({ durable: false }), localFileSystem({ durable: false })];
  for (const heir of heirs) await heir.delete(`${root}/b`, { reuse: true });
  const texts = ["first", "second", "third", "fourth"];
  for (const [k, text] of texts.entries()) {
    expect(await heirs[k % 2]!.createExclusive(`${root}/${text}`, encode(text))).toBe(true);
  }
  for (const text of texts) expect(textOf(await before.readAll(`${root}/${text}`))).toBe(text);
  expect((await readdir(root)).sort()).toEqual(texts.toSorted());
});

test("a listing does not look at what it is told to skip", async () => {
  for (const [files, base] of [[localFileSystem(), root] as const, [new MemoryFileSystem(), "/m"] as const]) {
    for (const name of ["a", "b", "sub/c", "sub/d", "other/e"]) await write(files, `${base}/${name}`, name);
    const asked: string[] = [];
    const skip = (path: string): boolean => {
      asked.push(path);
      return path.endsWith("/a") || path.endsWith("/d") || path.endsWith("/other");
    };
    const found: string[] = [];
    for await (const { path } of files.list(base, { recursive: true, skip })) found.push(path);
    expect(found.sort()).toEqual([`${base}/b`, `${base}/sub/c`]);
    expect(asked).toContain(`${base}/a`);
  }
});

test("a file of many megabytes is written whole, in whatever pieces it comes", async () => {
  const files = localFileSystem();
  const writer = await files.create(`${root}/large`);
  const piece = new Uint8Array(1_500_000);
  for (let k = 0; k < 8; k++) await writer.write(piece.fill(k));
  await writer.close();
  const bytes = (await files.readAll(`${root}/large`))!;
  expect(bytes.length).toBe(12_000_000);
  expect(Array.from({ length: 8 }, (_, k) => bytes[k * 1_500_000 + 1_499_999])).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
  const abandoned = await files.create(`${root}/abandoned`);
  for (let k = 0; k < 4; k++) await abandoned.write(piece);
  await abandoned.abort();
  expect(await readdir(root)).toEqual(["large"]);
});

test("a file whose close fails leaves nothing, and to abort it then closes no other file", async () => {
  for (const durable of [true, false]) {
    const files = localFileSystem({ durable });
    const path = join(root, String(durable));
    const writer = await files.create(path);
    await writer.write(encode("text"));
    // a folder that is not empty cannot be replaced by a file
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writer.close()).rejects.toThrow();
    expect((await readdir(root)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    // the lowest free numbers, that of the closed file among them
    const others = Array.from({ length: 4 }, () => openSync(root, "r"));
    await writer.abort();
    for (const other of others) expect(fstatSync(other).isDirectory()).toBe(true);
    for (const other of others) closeSync(other);
  }
});

test("to abort a file that was closed takes nothing away", async () => {
  const files = localFileSystem({ durable: false });
  const writer = await files.create(`${root}/f`);
  await writer.write(encode("text"));
  await writer.close();
  await writer.abort();
  expect(textOf(await files.readAll(`${root}/f`))).toBe("text");
});
