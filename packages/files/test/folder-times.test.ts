import { MemoryFileSystem } from "@ss/core";
import { expect, test } from "vitest";
import { FolderTimes, listFiles } from "../src/index.js";

const clock = { now: () => 1_000_000, monotonicMs: () => 0, sleep: async () => {} };

/** Files in memory whose folders have a time, and which note the folders that are listed. */
class Folders extends MemoryFileSystem {
  readonly folderTimes = true;
  readonly listings: string[] = [];
  override list(...args: Parameters<MemoryFileSystem["list"]>): ReturnType<MemoryFileSystem["list"]> {
    this.listings.push(args[0]);
    return super.list(...args);
  }
  override async stat(path: string): ReturnType<MemoryFileSystem["stat"]> {
    const entry = await super.stat(path);
    return entry?.isFolder ? { ...entry, modifiedMs: 500_000 } : entry;
  }
  /** What was listed for a walk over the paths. */
  async walk(times: FolderTimes, ...paths: string[]): Promise<string[]> {
    this.listings.length = 0;
    await listFiles(this, paths, { times });
    return [...this.listings].sort();
  }
}

test("a folder that a walk did not come by is forgotten, however it went", async () => {
  const files = new Folders();
  for (const path of ["/r/day=1/a", "/r/day=2/hour=1/b", "/s/c"]) {
    await files.createExclusive(path, Buffer.from("x"));
  }
  const times = new FolderTimes(clock);
  const all = ["/r", "/r/day=1", "/r/day=2", "/r/day=2/hour=1", "/s"];
  expect(await files.walk(times, "/r", "/s")).toEqual(all);
  expect(await files.walk(times, "/r", "/s")).toEqual([]);
  await files.delete("/r/day=2");
  expect(await files.walk(times, "/r")).toEqual([]);
  // both are back, with the times that they had
  await files.createExclusive("/r/day=2/hour=1/b", Buffer.from("x"));
  expect(await files.walk(times, "/r", "/s")).toEqual(["/r/day=2", "/r/day=2/hour=1", "/s"]);
  expect(await files.walk(times, "/r", "/s")).toEqual([]);
});
