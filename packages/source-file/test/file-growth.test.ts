import {
  type Clock,
  type FileEntry,
  type ListOptions,
  MemoryFileSystem,
  type Offset,
  type Source,
} from "@ss/core";
import { expect, test } from "vitest";
import { Harness, memoryLog, rangeRows } from "./harness.js";

/** Counts what is asked about files, and tells of new names by the times of folders if told. */
class CountingFiles extends MemoryFileSystem {
  readonly counts = { lists: 0, looked: 0, stats: 0, reads: 0 };
  folderTimes = false;

  /** Files of which nobody tells that they change, unless `hears`. */
  constructor(clock: Clock, hears = false) {
    super(clock);
    if (!hears) Object.assign(this, { watch: undefined });
  }

  override async *list(folder: string, options?: ListOptions): AsyncGenerator<FileEntry> {
    this.counts.lists++;
    for await (const entry of super.list(folder, options)) {
      this.counts.looked++;
      yield entry;
    }
  }
  override stat(path: string): Promise<FileEntry | null> {
    this.counts.stats++;
    return super.stat(path);
  }
  override readAll(path: string): Promise<Uint8Array | null> {
    this.counts.reads++;
    return super.readAll(path);
  }
}

class CountingHarness extends Harness {
  override readonly files: CountingFiles = new CountingFiles(this.clock);

  hears(): void {
    Object.assign(this, { files: new CountingFiles(this.clock, true) });
  }

  async open(options: Record<string, unknown> = {}, path = "/in"): Promise<Source> {
    const source = await this.stream("text", path, "value STRING", options);
    await source.open({ log: memoryLog(), clock: this.clock, signal: new AbortController().signal });
    return source;
  }

  /** What `call` asks about files. */
  async counted(call: () => Promise<unknown>): Promise<CountingFiles["counts"]> {
    Object.assign(this.files.counts, { lists: 0, looked: 0, stats: 0, reads: 0 });
    await call();
    return { ...this.files.counts };
  }
}

const next = (source: Source, start: Offset | null): Promise<Offset | null> =>
  source.latestOffset(start, source.readLimit);

test.each(["/in", "/in/*.txt"])(
  "a batch of %s looks at its own file only, with 50 before it as with 500",
  async (path) => {
    const harness = new CountingHarness();
    await harness.put("/in/0.txt", "0");
    const source = await harness.open({}, path);
    let end: Offset | null = null;
    const looked: number[] = [];
    const asked: string[] = [];
    for (let batch = 0; batch <= 500; batch++) {
      if (batch > 0) await harness.put(`/in/${batch}.txt`, String(batch));
      const start = end;
      const counts = await harness.counted(async () => {
        end = await next(source, start);
        await source.plan(start, end!);
      });
      looked.push(counts.looked);
      asked.push(JSON.stringify(counts));
      if (batch % 250 === 0) expect(await rangeRows(source, start, end)).toEqual([[String(batch)]]);
    }
    expect(looked[50]).toBe(1);
    expect(asked[500]).toBe(asked[50]);
  },
);

test("a backlog that is read in small batches is listed once", async () => {
  for (const now of [true, false]) {
    const harness = new CountingHarness();
    for (let i = 0; i < 300; i++) await harness.put(`/in/${i}.txt`, String(i));
    const source = await harness.open({ maxFilesPerTrigger: 2 });
    if (now) await source.prepareForAvailableNow!();
    let end: Offset | null = null;
    const asked: string[] = [];
    for (let batch = 0; batch < 150; batch++) {
      const start = end;
      const counts = await harness.counted(async () => {
        end = await next(source, start);
        await source.plan(start, end!);
      });
      asked.push(JSON.stringify(counts));
    }
    expect(end).toEqual({ logOffset: 149 });
    expect(asked[100]).toBe(asked[50]);
    expect(asked[50]).toBe(JSON.stringify({ lists: 0, looked: 0, stats: 0, reads: 0 }));
  }
});

test("a poll does not list folders whose time has not changed, and finds every file that comes", async () => {
  const harness = new CountingHarness();
  harness.files.folderTimes = true;
  for (let i = 0; i < 20; i++) await harness.put(`/in/a/b/${i}.txt`, String(i));
  const source = await harness.open({ recursiveFileLookup: true });
  harness.clock.ms += 5000;
  let end = await next(source, null);
  const idle = await harness.counted(() => next(source, end));
  expect(idle.lists).toBe(0);
  const seen: string[] = [];
  for (let i = 0; i < 40; i++) {
    // sometimes long after the folder was listed, sometimes within the time that file times take to settle
    harness.clock.ms += i % 3 === 0 ? 5000 : 10 * i;
    await harness.put(`/in/a/${i % 2 ? "b" : "c"}/late-${i}.txt`, String(i));
    end = await next(source, end);
    seen.push(JSON.stringify(end));
  }
  expect(seen).toEqual(seen.map((_, i) => JSON.stringify({ logOffset: i + 1 })));
  // and however quiet it is, now and then all is listed
  harness.clock.ms += 20_000;
  expect((await harness.counted(() => next(source, end))).lists).toBeGreaterThan(0);
});

test("a watched folder is looked at by the names that changed in it, and now and then as a whole", async () => {
  const harness = new CountingHarness();
  harness.hears();
  for (let i = 0; i < 500; i++) await harness.put(`/in/day=1/${i}.txt`, String(i));
  const source = await harness.open({ recursiveFileLookup: true });
  let wakes = 0;
  const leave = source.onData!(() => wakes++);
  let end = await next(source, null);
  for (const path of ["/in/day=1/late", "/in/day=2/early", "/in/day=2/late"]) {
    wakes = 0;
    await harness.put(path, path);
    expect(wakes).toBeGreaterThan(0);
    const start = end;
    const counts = await harness.counted(async () => {
      end = await next(source, start);
    });
    expect(counts.looked).toBeLessThan(10);
    expect(await rangeRows(source, start, end)).toEqual([[path]]);
  }
  const quiet = await harness.counted(() => next(source, end));
  expect(quiet).toMatchObject({ lists: 0, looked: 0 });
  harness.clock.ms += 60_000;
  expect((await harness.counted(() => next(source, end))).lists).toBeGreaterThan(0);
  wakes = 0;
  leave();
  await harness.put("/in/day=1/last", "last");
  expect(wakes).toBe(0);
});

test("a file that was only just made is taken when it has been filled", async () => {
  const harness = new CountingHarness();
  harness.hears();
  await harness.put("/in/first", "first");
  const source = await harness.open();
  const first = await next(source, null);
  await harness.put("/in/growing", "");
  expect(await next(source, first)).toEqual(first);
  await harness.put("/in/growing", "filled");
  const second = await next(source, first);
  expect(await rangeRows(source, first, second)).toEqual([["filled"]]);
});

test("a look that fails loses nothing that it was told", async () => {
  const harness = new CountingHarness();
  harness.hears();
  await harness.put("/in/first", "first");
  const source = await harness.open();
  const first = await next(source, null);
  for (const name of ["a", "b", "c"]) await harness.put(`/in/${name}`, name);
  const { files } = harness;
  const stat = files.stat.bind(files);
  files.stat = async (path) => {
    if (path === "/in/b") throw new Error("the disk is tired");
    return stat(path);
  };
  await expect(next(source, first)).rejects.toThrow("tired");
  files.stat = stat;
  const second = await next(source, first);
  expect((await rangeRows(source, first, second)).flat().sort()).toEqual(["a", "b", "c"]);
});

test("changes of files that were read wake nobody", async () => {
  const harness = new CountingHarness();
  harness.hears();
  await harness.put("/in/first", "first");
  const source = await harness.open();
  let wakes = 0;
  const leave = source.onData!(() => wakes++);
  await next(source, null);
  wakes = 0;
  await harness.put("/in/first", "first, and more");
  expect(wakes).toBe(0);
  leave();
});

test("files that a limit left behind are found again though their names were told only once", async () => {
  const harness = new CountingHarness();
  harness.hears();
  await harness.put("/in/first", "first");
  const source = await harness.open({ maxFilesPerTrigger: 2, latestFirst: true });
  const first = await next(source, null);
  for (let i = 0; i < 5; i++) await harness.put(`/in/${i}`, String(i));
  let end = first;
  for (let i = 0; i < 3; i++) end = await next(source, end);
  const rows = await rangeRows(source, first, end);
  expect(rows.flat().sort()).toEqual(["0", "1", "2", "3", "4"]);
});

test("files that a limit left behind are found again in a folder that has not changed", async () => {
  const harness = new CountingHarness();
  harness.files.folderTimes = true;
  for (let i = 0; i < 5; i++) await harness.put(`/in/${i}.txt`, String(i));
  harness.clock.ms += 5000;
  const source = await harness.open({ maxFilesPerTrigger: 1, latestFirst: true });
  let end: Offset | null = null;
  for (let i = 0; i < 6; i++) end = await next(source, end);
  expect(await rangeRows(source, null, end)).toEqual([["4"], ["3"], ["2"], ["1"], ["0"]]);
});

test("a file that became too old and was changed since is read again", async () => {
  const harness = new CountingHarness();
  harness.clock.ms = 100_000_000;
  await harness.put("/in/a.txt", "before");
  const source = await harness.open({ maxFileAge: "1h" });
  const first = await next(source, null);
  harness.clock.ms += 7_200_000;
  await harness.put("/in/b.txt", "b");
  const second = await next(source, first);
  await harness.put("/in/a.txt", "after");
  const third = await next(source, second);
  expect(await rangeRows(source, second, third)).toEqual([["after"]]);
});

test("a poll does not read the manifest of a folder that a query writes, unless it has a new entry", async () => {
  const harness = new CountingHarness();
  harness.files.folderTimes = true;
  const publish = async (batch: number): Promise<void> => {
    await harness.put(`/in/part-${batch}.txt`, String(batch));
    const line = {
      path: `file:///in/part-${batch}.txt`,
      size: 1,
      isDir: false,
      modificationTime: batch,
      action: "add",
    };
    await harness.put(`/in/_spark_metadata/${batch}`, `v1\n${JSON.stringify(line)}`);
    harness.clock.ms += 5000;
  };
  await publish(0);
  const source = await harness.open();
  let end = await next(source, null);
  expect((await harness.counted(() => next(source, end))).reads).toBe(0);
  await publish(1);
  const start = end;
  end = await next(source, end);
  expect(await rangeRows(source, start, end)).toEqual([["1"]]);
  expect((await harness.counted(() => next(source, end))).reads).toBe(0);
});
