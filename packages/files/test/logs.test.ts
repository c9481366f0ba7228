import { MemoryFileSystem, type SourceLog } from "@ss/core";
import { type CompactionSettings, FileManifest, logSettings, SeenFileLog } from "@ss/files";
import { expect, test } from "vitest";

class StepClock {
  ms = 0;
  now(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
  async sleep(): Promise<void> {}
}

const settings: CompactionSettings = {
  compactInterval: 10,
  cleanupDelayMs: 0,
  deletion: true,
  minBatchesToRetain: 5,
};

function sourceLog(entries: Map<string, Uint8Array>): SourceLog {
  return {
    list: async () => [...entries.keys()],
    read: async (name) => entries.get(name) ?? null,
    add: async (name, bytes) => void entries.set(name, bytes),
    delete: async (name) => void entries.delete(name),
  };
}

async function filledLog(
  batches: number,
  entries: Map<string, Uint8Array>,
  clock = new StepClock(),
): Promise<SeenFileLog> {
  const log = new SeenFileLog(sourceLog(entries), settings, clock);
  for (let batch = 0; batch < batches; batch++) {
    clock.ms++;
    await log.add(batch, [{ path: `/in/${batch}`, timestampMs: batch }]);
  }
  return log;
}

test("old entries are deleted when a compact one holds what they held", async () => {
  const entries = new Map<string, Uint8Array>();
  const clock = new StepClock();
  const files = new MemoryFileSystem(clock);
  const manifest = new FileManifest(files, "/out", settings, clock);
  for (let batch = 0; batch < 30; batch++) {
    clock.ms++;
    await manifest.add(batch, [{ path: `/out/${batch}`, size: 1, modifiedMs: clock.ms }]);
  }
  const names: string[] = [];
  for await (const { path } of files.list("/out/_spark_metadata"))
    names.push(path.slice("/out/_spark_metadata/".length));
  expect(names).toContain("29.compact");
  expect(names).toContain("19.compact");
  expect(names).not.toContain("9");
  expect(names).not.toContain("9.compact");
  expect((await manifest.files()).length).toBe(30);
  expect((await (await filledLog(30, entries)).all()).length).toBe(30);
});

test("ranges are read from single entries and from compact ones", async () => {
  const entries = new Map<string, Uint8Array>();
  await filledLog(12, entries);
  const again = new SeenFileLog(sourceLog(entries), settings, new StepClock());
  expect(await again.latest()).toBe(11);
  expect((await again.range(7, 11)).map(({ path }) => path)).toEqual(["/in/8", "/in/9", "/in/10", "/in/11"]);
  entries.delete("8");
  const without = new SeenFileLog(sourceLog(entries), settings, new StepClock());
  expect((await without.range(7, 8)).map(({ path }) => path)).toEqual(["/in/8"]);
});

test("a compaction leaves out what is not wanted any more", async () => {
  const entries = new Map<string, Uint8Array>();
  const log = new SeenFileLog(
    sourceLog(entries),
    settings,
    new StepClock(),
    ({ timestampMs }) => timestampMs >= 7,
  );
  for (let batch = 0; batch < 10; batch++)
    await log.add(batch, [{ path: `/in/${batch}`, timestampMs: batch }]);
  const again = new SeenFileLog(sourceLog(entries), settings, new StepClock());
  expect((await again.all()).map(({ path }) => path)).toEqual(["/in/7", "/in/8", "/in/9"]);
});

test("damage to an entry is recognised and named", async () => {
  const entries = new Map<string, Uint8Array>();
  await filledLog(3, entries);
  const text = new TextDecoder().decode(entries.get("1"));
  const altered = [
    [text.replace("/in/1", "/in/9"), "MALFORMED_LOG_FILE"],
    [text.slice(0, -10), "MALFORMED_LOG_FILE"],
    [text.replace("v1", "v7"), "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION"],
    ["nonsense", "MALFORMED_LOG_FILE"],
  ] as const;
  for (const [damaged, condition] of altered) {
    const copy = new Map(entries).set("1", new TextEncoder().encode(damaged));
    const log = new SeenFileLog(sourceLog(copy), settings, new StepClock());
    await expect(log.all()).rejects.toMatchObject({ condition });
  }
  const torn = new Map(entries).set("1", new TextEncoder().encode(text.slice(0, -10)));
  const placed = { ...sourceLog(torn), folder: "/c/sources/0" };
  const failure = new SeenFileLog(placed, settings, new StepClock()).all();
  await expect(failure).rejects.toThrow(
    /The log file \/c\/sources\/0\/1 is damaged.*Restore it from a copy\. If it is the newest entry and no entry in offsets/,
  );
  entries.delete("1");
  const log = new SeenFileLog(sourceLog(entries), settings, new StepClock());
  await expect(log.all()).rejects.toMatchObject({
    condition: "SS_LOG_BATCH_MISSING",
    parameters: { batchId: "1" },
  });
});

test("a compact entry of another rhythm is continued in a rhythm that meets it", async () => {
  const entries = new Map<string, Uint8Array>();
  const other = new SeenFileLog(sourceLog(entries), { ...settings, compactInterval: 4 }, new StepClock());
  for (let batch = 0; batch < 4; batch++)
    await other.add(batch, [{ path: `/in/${batch}`, timestampMs: batch }]);
  const log = new SeenFileLog(sourceLog(entries), { ...settings, compactInterval: 3 }, new StepClock());
  for (let batch = 4; batch < 8; batch++)
    await log.add(batch, [{ path: `/in/${batch}`, timestampMs: batch }]);
  expect([...entries.keys()]).toEqual(["0", "1", "2", "3.compact", "4", "5", "6", "7.compact"]);
  expect((await log.all()).length).toBe(8);
});

test("a manifest of Spark's is read, with files that were deleted later left out", async () => {
  const files = new MemoryFileSystem();
  const line = (path: string, action: string): string =>
    JSON.stringify({
      path,
      size: 1,
      isDir: false,
      modificationTime: 5,
      blockReplication: 1,
      blockSize: 1,
      action,
    });
  const text = ["v1", line("file:///out/a", "add"), line("/out/b", "add"), line("/out/b", "delete")].join(
    "\n",
  );
  await files.createExclusive("/out/_spark_metadata/0", new TextEncoder().encode(text));
  const manifest = new FileManifest(files, "/out", settings, new StepClock());
  expect(await manifest.files()).toEqual([{ path: "/out/a", isFolder: false, size: 1, modifiedMs: 5 }]);
});

test("settings come from the configuration, with Spark's defaults", () => {
  expect(logSettings(() => undefined, "fileSink")).toEqual({
    compactInterval: 10,
    cleanupDelayMs: 600_000,
    deletion: true,
    minBatchesToRetain: 100,
  });
  const conf = (key: string): string | undefined =>
    ({
      "spark.sql.streaming.fileSource.log.compactInterval": "3",
      "spark.sql.streaming.fileSource.log.cleanupDelay": "5s",
      "spark.sql.streaming.fileSource.log.deletion": "false",
    })[key];
  expect(logSettings(conf, "fileSource")).toMatchObject({
    compactInterval: 3,
    cleanupDelayMs: 5000,
    deletion: false,
  });
});

test("what a batch does to the log's folder does not grow with the batches before it", async () => {
  const entries = new Map<string, Uint8Array>();
  const calls: string[] = [];
  const plain = sourceLog(entries);
  const noted = <A extends unknown[], T>(name: string, call: (...args: A) => T) => {
    return (...args: A): T => {
      calls.push(name);
      return call(...args);
    };
  };
  const counted: SourceLog = {
    list: noted("list", plain.list),
    read: noted("read", plain.read),
    add: noted("add", plain.add),
    delete: noted("delete", plain.delete),
  };
  const clock = new StepClock();
  const log = new SeenFileLog(counted, settings, clock, () => true);
  const callsOf = async (from: number): Promise<string> => {
    calls.length = 0;
    for (let batch = from; batch < from + 10; batch++) {
      clock.ms++;
      await log.add(batch, [{ path: `/in/${batch}`, timestampMs: batch }]);
      expect(await log.range(batch - 1, batch)).toHaveLength(1);
    }
    return calls.join(" ");
  };
  const runs: string[] = [];
  for (let from = 0; from < 1000; from += 10) runs.push(await callsOf(from));
  // ten entries, of which the tenth takes over the compact one before, and the ten that this makes superfluous
  expect(runs[5]).toBe([...Array(9).fill("add"), "read", "add", ...Array(10).fill("delete")].join(" "));
  expect(runs[99]).toBe(runs[5]);
  expect(runs.join(" ").match(/list/g)).toHaveLength(1);
  expect(await new SeenFileLog(plain, settings, clock).all()).toHaveLength(1000);
});

test("what the log writes follows the files that still count, not those it ever had", async () => {
  const entries = new Map<string, Uint8Array>();
  const plain = sourceLog(entries);
  let bytes = 0;
  const counted: SourceLog = {
    ...plain,
    add: (name, content) => {
      bytes += content.length;
      return plain.add(name, content);
    },
  };
  const clock = new StepClock();
  let newest = 0;
  const log = new SeenFileLog(counted, settings, clock, ({ timestampMs }) => timestampMs > newest - 50);
  const bytesOfHundred: number[] = [];
  for (let batch = 0; batch < 2000; batch++) {
    newest = batch;
    clock.ms++;
    await log.add(batch, [{ path: `/in/${batch}`, timestampMs: batch }]);
    if (batch % 100 === 99) {
      bytesOfHundred.push(bytes);
      bytes = 0;
    }
  }
  // ten compactions of 50 files that count, at most as many again that do not, and ten that are new; each about 60 bytes
  for (const written of bytesOfHundred.slice(1)) expect(written).toBeLessThan(100 * 80 + 10 * 110 * 80);
  expect(bytesOfHundred.at(-1)! / bytesOfHundred[5]!).toBeLessThan(1.1);
});
