import { describe, expect, test } from "vitest";
import {
  DiskCrash,
  DiskFailure,
  FaultyFileSystem,
  fileSystemConformance,
  seededRandom,
} from "../src/index.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function write(disk: FaultyFileSystem, path: string, text: string): Promise<void> {
  const writer = await disk.create(path);
  await writer.write(bytes(text));
  await writer.close();
}

async function text(disk: FaultyFileSystem, path: string): Promise<string | null> {
  const content = await disk.readAll(path);
  return content && new TextDecoder().decode(content);
}

describe("without faults it is a file system", () => {
  fileSystemConformance(test, { create: () => ({ fileSystem: new FaultyFileSystem(), root: "/base" }) });
});

test("lists the steps of a write", async () => {
  const disk = new FaultyFileSystem();
  await disk.createExclusive("/a/b", bytes("1"));
  expect(disk.operations.map(({ kind, path }) => [kind, path])).toEqual([
    ["makeFolder", "/a"],
    ["makeFile", "/a/.b.0.tmp"],
    ["write", "/a/.b.0.tmp"],
    ["syncFile", "/a/.b.0.tmp"],
    ["link", "/a/b"],
    ["syncFolder", "/a"],
    ["syncFolder", ""],
    ["remove", "/a/.b.0.tmp"],
  ]);
});

test("what was closed or made exclusively survives a crash, its folders too", async () => {
  const disk = new FaultyFileSystem();
  await write(disk, "/a/b/closed", "1");
  await disk.createExclusive("/c/d/made", bytes("2"));
  const survivor = disk.restart();
  expect(await text(survivor, "/a/b/closed")).toBe("1");
  expect(await text(survivor, "/c/d/made")).toBe("2");
});

test("a file that was not closed does not", async () => {
  const disk = new FaultyFileSystem();
  const writer = await disk.create("/a/open");
  await writer.write(bytes("1"));
  expect([...disk.restart().files().keys()]).toEqual([]);
});

test("a crash before any step leaves the old file or the new one", async () => {
  for (let at = 0; ; at++) {
    const disk = new FaultyFileSystem();
    await write(disk, "/a/f", "old");
    disk.faultAt(disk.operations.length + at, { kind: "crash" });
    await write(disk, "/a/f", "new").catch(() => {});
    const crashed = disk.crashed;
    expect(await text(disk.restart(), "/a/f")).toBe(crashed ? "old" : "new");
    if (!crashed) return;
  }
});

test("without luck a deletion is undone by a crash, until its folder is synced", async () => {
  const disk = new FaultyFileSystem();
  await write(disk, "/a/f", "1");
  await disk.delete("/a/f");
  const survivor = disk.restart();
  expect(await text(survivor, "/a/f")).toBe("1");
  await survivor.delete("/a/f");
  await write(survivor, "/a/g", "2");
  expect([...survivor.restart().files().keys()]).toEqual(["/a/g"]);
});

test("with chance given, what was not synced survives sometimes, and bytes only as a prefix", async () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const disk = new FaultyFileSystem();
    await write(disk, "/f", "1");
    const writer = await disk.create("/g");
    await writer.write(bytes("abc"));
    await disk.delete("/f");
    disk.crash(seededRandom(seed));
    const files = disk.restart().files();
    const draft = [...files].find(([path]) => path.includes(".g."))?.[1];
    if (draft) expect("abc".startsWith(new TextDecoder().decode(draft))).toBe(true);
    outcomes.add(`${files.has("/f")} ${draft?.length}`);
  }
  // deleted or not, times no draft or one of four lengths
  expect(outcomes.size).toBe(10);
});

test("every call after a crash throws, those of open files too", async () => {
  const disk = new FaultyFileSystem();
  await write(disk, "/f", "1");
  const writer = await disk.create("/g");
  const reader = await disk.open("/f");
  disk.crash();
  const calls = [
    () => disk.readAll("/f"),
    () => disk.stat("/f"),
    () => disk.open("/f"),
    () => disk.create("/h"),
    () => disk.createExclusive("/h", bytes("")),
    () => disk.delete("/f"),
    () => disk.move("/f", "/h"),
    () => disk.list("/")[Symbol.asyncIterator]().next(),
    () => writer.write(bytes("1")),
    () => writer.close(),
    () => reader.read(new Uint8Array(1), 0, 1, 0),
  ];
  for (const call of calls) await expect(call()).rejects.toSatisfy(DiskCrash.is);
  await writer.abort();
});

test("a step that fails leaves the disk working", async () => {
  const disk = new FaultyFileSystem();
  disk.faultAt(0, { kind: "fail" });
  await expect(write(disk, "/f", "1")).rejects.toBeInstanceOf(DiskFailure);
  await write(disk, "/f", "2");
  expect(await text(disk, "/f")).toBe("2");
});

test("a torn write keeps a part of its bytes", async () => {
  const disk = new FaultyFileSystem();
  disk.faultWhen(["write"], "f", { kind: "tear", bytes: 2 });
  const writer = await disk.create("/f");
  await expect(writer.write(bytes("abcd"))).rejects.toBeInstanceOf(DiskFailure);
  await writer.close();
  expect(await text(disk, "/f")).toBe("ab");
});

test("a lost answer is an error about what was done", async () => {
  const disk = new FaultyFileSystem();
  disk.faultWhen(["link"], "f", { kind: "loseAnswer" });
  await expect(disk.createExclusive("/f", bytes("mine"))).rejects.toBeInstanceOf(DiskFailure);
  expect(await text(disk, "/f")).toBe("mine");
});

test("bytes can be altered behind everyone's back", async () => {
  const disk = new FaultyFileSystem();
  await write(disk, "/f", "abc");
  disk.corrupt("/f", (content) => content.subarray(1));
  expect(await text(disk.restart(), "/f")).toBe("bc");
});

test("a flushed disk loses nothing", async () => {
  const disk = new FaultyFileSystem();
  disk.faultWhen(["link"], "/a/1", { kind: "loseAnswer" });
  await expect(disk.createExclusive("/a/1", bytes("x"))).rejects.toThrow("failed as the test asked");
  disk.flush();
  expect(await disk.restart().readAll("/a/1")).toEqual(bytes("x"));
});

test("faults that were forgotten do not strike", async () => {
  const disk = new FaultyFileSystem();
  disk.faultAt(0, { kind: "crash" });
  disk.faultWhen(["write"], "", { kind: "fail" });
  disk.clearFaults();
  expect(await disk.createExclusive("/a/1", bytes("x"))).toBe(true);
});

test("files of a scheme are found by their whole path, down to its root", async () => {
  const disk = new FaultyFileSystem({ schemes: ["sim"] });
  expect(await disk.createExclusive("sim://disk/1", bytes("x"))).toBe(true);
  expect(await disk.restart().readAll("sim://disk/1")).toEqual(bytes("x"));
});
