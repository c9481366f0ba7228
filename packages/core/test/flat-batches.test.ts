import { expect, test } from "vitest";
import { MemoryFileSystem } from "../src/index.js";
import { CountQuery } from "./support/count-query.js";
import { settle } from "./support/manual-clock.js";

/** Counts what is asked of the disk. */
class CountingFileSystem extends MemoryFileSystem {
  counts: Record<string, number> = {};

  private count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
  override list(...args: Parameters<MemoryFileSystem["list"]>): ReturnType<MemoryFileSystem["list"]> {
    this.count("list");
    return super.list(...args);
  }
  override async stat(path: string): ReturnType<MemoryFileSystem["stat"]> {
    this.count("stat");
    return super.stat(path);
  }
  override async readAll(path: string): ReturnType<MemoryFileSystem["readAll"]> {
    this.count("readAll");
    return super.readAll(path);
  }
  override async create(path: string): ReturnType<MemoryFileSystem["create"]> {
    this.count("create");
    return super.create(path);
  }
  override async createExclusive(path: string, bytes: Uint8Array): Promise<boolean> {
    this.count("createExclusive");
    return super.createExclusive(path, bytes);
  }
  override async delete(path: string): Promise<boolean> {
    this.count("delete");
    return super.delete(path);
  }
}

test("what ten batches ask of the disk is the same after 150 batches as after 1,000", async () => {
  const query = new CountQuery({ delays: [1_000_000] });
  const disk = new CountingFileSystem(query.clock);
  query.fileSystem = disk;
  const run = await query.start();
  const tenBatches = async (): Promise<unknown> => {
    disk.counts = {};
    for (let k = 0; k < 10; k++) {
      query.topic.add(1);
      await run.processAllAvailable();
    }
    // the clean-up goes on beside the batches
    await settle();
    return disk.counts;
  };
  const seen: unknown[] = [];
  for (let batch = 0; batch < 1_000; batch += 10) seen.push(await tenBatches());
  await run.stop();
  // per batch: offsets and commits, a delta, a look at the claim before each of these and the sink; every tenth a snapshot. What
  // falls out of the 100 batches that are kept goes at the same rate.
  expect(seen[15]).toEqual({ createExclusive: 20, create: 11, stat: 40, delete: 31 });
  expect(seen[99]).toEqual(seen[15]);
  expect(await query.names("offsets")).toHaveLength(100);
});
