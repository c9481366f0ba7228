import type { Offset, Source, SourceLog, StreamError } from "@ss/core";
import { expect, test } from "vitest";
import { Harness, memoryLog, rangeRows } from "./harness.js";

async function open(
  harness: Harness,
  options: Record<string, unknown> = {},
  log: SourceLog = memoryLog(),
  path = "/in",
  schema = "value STRING",
): Promise<Source> {
  const source = await harness.stream("text", path, schema, options);
  await source.open({ log, clock: harness.clock, signal: new AbortController().signal });
  return source;
}

const next = (source: Source, start: Offset | null): Promise<Offset | null> =>
  source.latestOffset(start, source.readLimit);

test("each file is read once, in the order of its time of change", async () => {
  const harness = new Harness();
  await harness.put("/in/b.txt", "first");
  await harness.put("/in/a.txt", "second");
  const source = await open(harness);
  const end = await next(source, null);
  expect(end).toEqual({ logOffset: 0 });
  expect(await rangeRows(source, null, end)).toEqual([["first"], ["second"]]);
  expect(await next(source, end)).toEqual(end);
  await harness.put("/in/c.txt", "third");
  const later = await next(source, end);
  expect(later).toEqual({ logOffset: 1 });
  expect(await rangeRows(source, end, later)).toEqual([["third"]]);
});

test("a restart gives the same rows for the same range, and goes on behind what was seen", async () => {
  const harness = new Harness();
  const log = memoryLog();
  await harness.put("/in/a.txt", "a");
  const source = await open(harness, {}, log);
  const end = await next(source, null);
  await harness.put("/in/b.txt", "b");
  const again = await open(harness, {}, log);
  expect(await rangeRows(again, null, end)).toEqual([["a"]]);
  const later = await next(again, end);
  expect(await rangeRows(again, end, later)).toEqual([["b"]]);
});

test("batches keep their limit though runs ended before the offset log had theirs", async () => {
  const harness = new Harness();
  const log = memoryLog();
  for (let i = 0; i < 5; i++) await harness.put(`/in/${i}.txt`, String(i));
  const first = await next(await open(harness, { maxFilesPerTrigger: 1 }, log), null);
  for (let restarts = 0; restarts < 3; restarts++) {
    const source = await open(harness, { maxFilesPerTrigger: 1 }, log);
    expect(await next(source, first)).toEqual({ logOffset: 1 });
  }
  const source = await open(harness, { maxFilesPerTrigger: 1 }, log);
  const ranges: unknown[] = [];
  for (let start = first; ranges.length < 4; ) {
    const end = await next(source, start);
    ranges.push(await rangeRows(source, start, end));
    start = end;
  }
  expect(ranges).toEqual([[["1"]], [["2"]], [["3"]], [["4"]]]);
});

test("what ended runs have left without an offset comes in one batch where there is no limit", async () => {
  const harness = new Harness();
  const log = memoryLog();
  await harness.put("/in/a.txt", "a");
  await next(await open(harness, {}, log), null);
  await harness.put("/in/b.txt", "b");
  const source = await open(harness, {}, log);
  const end = await next(source, null);
  expect(await rangeRows(source, null, end)).toEqual([["a"], ["b"]]);
});

test("entries of the log are Spark's, and Spark's entries are read", async () => {
  const harness = new Harness();
  const entries = new Map<string, Uint8Array>();
  await harness.put("/in/a.txt", "a");
  await harness.put("/in/b c.txt", "b");
  const spark = `v1\n{"path":"file:///in/b%20c.txt","timestamp":${harness.clock.ms},"batchId":0}`;
  entries.set("0", new TextEncoder().encode(spark));
  const source = await open(harness, {}, memoryLog(entries));
  const end = await next(source, { logOffset: 0 });
  expect(end).toEqual({ logOffset: 1 });
  const [version, line] = new TextDecoder().decode(entries.get("1")).split("\n");
  expect(version).toBe("v1");
  expect(JSON.parse(line!)).toMatchObject({ path: "file:///in/a.txt", timestamp: 1_000_001, batchId: 1 });
  expect(await rangeRows(source, null, { logOffset: 0 })).toEqual([["b"]]);
});

test("every tenth entry holds all files so far", async () => {
  const harness = new Harness();
  const entries = new Map<string, Uint8Array>();
  await harness.put("/in/_started", "");
  const source = await open(harness, {}, memoryLog(entries));
  let offset: Offset | null = null;
  for (let i = 0; i < 12; i++) {
    await harness.put(`/in/${i}.txt`, String(i));
    offset = await next(source, offset);
  }
  expect([...entries.keys()]).toContain("9.compact");
  expect(new TextDecoder().decode(entries.get("9.compact")).split("\n").length).toBe(11);
  const again = await open(harness, {}, memoryLog(entries));
  expect(await next(again, offset)).toEqual({ logOffset: 11 });
  expect(await rangeRows(again, { logOffset: 8 }, { logOffset: 10 })).toEqual([["9"], ["10"]]);
});

test("maxFilesPerTrigger and maxBytesPerTrigger limit a batch, which takes at least one file", async () => {
  const harness = new Harness();
  for (const name of ["a", "b", "c"]) await harness.put(`/in/${name}.txt`, name.repeat(10));
  const byCount = await open(harness, { maxFilesPerTrigger: 2 });
  const first = await next(byCount, null);
  expect((await rangeRows(byCount, null, first)).length).toBe(2);
  const second = await next(byCount, first);
  expect((await rangeRows(byCount, first, second)).length).toBe(1);
  const bySize = await open(harness, { maxBytesPerTrigger: 5 });
  const one = await next(bySize, null);
  expect((await rangeRows(bySize, null, one)).length).toBe(1);
  await expect(open(harness, { maxFilesPerTrigger: 1, maxBytesPerTrigger: 1 })).rejects.toThrow(
    "can't be both set at the same time",
  );
});

test("files left over are taken from the listing that found them", async () => {
  const harness = new Harness();
  for (let i = 0; i < 5; i++) await harness.put(`/in/${i}.txt`, String(i));
  const source = await open(harness, { maxFilesPerTrigger: 2 });
  const first = await next(source, null);
  harness.clock.ms -= 1000;
  await harness.put("/in/old.txt", "old");
  const second = await next(source, first);
  expect(await rangeRows(source, first, second)).toEqual([["2"], ["3"]]);
});

test("latestFirst takes the newest files first", async () => {
  const harness = new Harness();
  for (let i = 0; i < 3; i++) await harness.put(`/in/${i}.txt`, String(i));
  const source = await open(harness, { latestFirst: true, maxFilesPerTrigger: 1 });
  const first = await next(source, null);
  expect(await rangeRows(source, null, first)).toEqual([["2"]]);
  const second = await next(source, first);
  expect(await rangeRows(source, first, second)).toEqual([["1"]]);
});

test("files older than the newest by more than maxFileAge are passed over", async () => {
  const harness = new Harness();
  harness.clock.ms = 10_000_000;
  await harness.put("/in/new.txt", "new");
  const source = await open(harness, { maxFileAge: "1h" });
  const first = await next(source, null);
  harness.clock.ms = 10_000_000 - 3_700_000;
  await harness.put("/in/late.txt", "late");
  expect(await next(source, first)).toEqual(first);
});

test("fileNameOnly tells files by their base name", async () => {
  const harness = new Harness();
  await harness.put("/in/a.txt", "a");
  await harness.put("/other/a.txt", "b");
  const source = await open(harness, { fileNameOnly: true }, memoryLog(), "/{in,other}");
  const first = await next(source, null);
  expect(await next(source, first)).toEqual(first);
  const log = memoryLog();
  const earlier = await open(harness, { fileNameOnly: true }, log, "/in");
  const end = await next(earlier, null);
  const later = await open(harness, { fileNameOnly: true }, log, "/other");
  expect(await next(later, end)).toEqual(end);
});

test("availableNow pins the files that are there", async () => {
  const harness = new Harness();
  await harness.put("/in/a.txt", "a");
  await harness.put("/in/b.txt", "b");
  const source = await open(harness, { maxFilesPerTrigger: 1 });
  await source.prepareForAvailableNow!();
  await harness.put("/in/c.txt", "c");
  const first = await next(source, null);
  const second = await next(source, first);
  expect(await rangeRows(source, null, second)).toEqual([["a"], ["b"]]);
  expect(await next(source, second)).toEqual(second);
});

test("cleanSource deletes or archives the files of committed batches", async () => {
  const harness = new Harness();
  await harness.put("/in/_started", "");
  await harness.put("/in/a.txt", "a");
  const deleting = await open(harness, { cleanSource: "delete" });
  await deleting.commit((await next(deleting, null))!);
  await deleting.close();
  expect(await harness.files.stat("/in/a.txt")).toBeNull();
  await harness.put("/in/b.txt", "b");
  const archiving = await open(harness, { cleanSource: "archive", sourceArchiveDir: "/done" });
  await archiving.commit((await next(archiving, null))!);
  await archiving.close();
  expect(await harness.files.stat("/done/in/b.txt")).not.toBeNull();
  await expect(open(harness, { cleanSource: "archive", sourceArchiveDir: "/in/done" })).rejects.toThrow(
    "matches the source path",
  );
});

test("cleanSource cleans up behind batches of several entries, and behind those that are committed together", async () => {
  const harness = new Harness();
  const log = memoryLog();
  await harness.put("/in/_started", "");
  await harness.put("/in/a.txt", "a");
  await next(await open(harness, {}, log), null);
  await harness.put("/in/b.txt", "b");
  const source = await open(harness, { cleanSource: "delete" }, log);
  const first = await next(source, null);
  await source.plan(null, first!);
  await source.commit(first!);
  let end = first;
  for (const name of ["c", "d", "e"]) {
    await harness.put(`/in/${name}.txt`, name);
    const start = end;
    end = await next(source, start);
    await source.plan(start, end!);
  }
  await source.commit(end!);
  await source.close();
  for (const name of ["a", "b", "c", "d", "e"])
    expect(await harness.files.stat(`/in/${name}.txt`), name).toBeNull();
});

test("hidden files, and files that pathGlobFilter leaves out, are not read", async () => {
  const harness = new Harness();
  await harness.put("/in/_a.txt", "hidden");
  await harness.put("/in/.b.txt", "hidden");
  await harness.put("/in/c.csv", "other");
  await harness.put("/in/d.txt", "d");
  const source = await open(harness, { pathGlobFilter: "*.txt" });
  expect(await rangeRows(source, null, await next(source, null))).toEqual([["d"]]);
});

test("a schema is needed, unless the format or the configuration gives one", async () => {
  const harness = new Harness();
  await harness.put("/in/a.json", '{"a":1}');
  await expect(harness.stream("json", "/in")).rejects.toThrow("Schema must be specified");
  expect((await harness.stream("text", "/in")).schema.simpleString()).toBe("struct<value:string>");
});

test("a path that leads nowhere is an error, a pattern is not", async () => {
  const harness = new Harness();
  await expect(harness.stream("text", "/nowhere")).rejects.toMatchObject({ condition: "PATH_NOT_FOUND" });
  const source = await open(harness, {}, memoryLog(), "/nowhere/*.txt");
  expect(await next(source, null)).toBeNull();
});

test("partition columns come from the names of folders", async () => {
  const harness = new Harness();
  await harness.put("/in/day=2024-01-01/k=1/a.txt", "a");
  await harness.put("/in/day=2024-01-02/k=__HIVE_DEFAULT_PARTITION__/b.txt", "b");
  const source = await open(harness);
  expect(source.schema.simpleString()).toBe("struct<value:string,day:date,k:int>");
  expect(await rangeRows(source, null, await next(source, null))).toEqual([
    ["a", 19723, 1],
    ["b", 19724, null],
  ]);
});

test("a file that is gone is an error, unless ignoreMissingFiles is set", async () => {
  const harness = new Harness();
  await harness.put("/in/a.txt", "a");
  for (const ignoreMissingFiles of [false, true]) {
    const log = memoryLog();
    const source = await open(harness, { ignoreMissingFiles }, log);
    const end = await next(source, null);
    await harness.files.delete("/in/a.txt");
    const rows = rangeRows(source, null, end);
    if (ignoreMissingFiles) expect(await rows).toEqual([]);
    else {
      await expect(rows).rejects.toSatisfy((error: StreamError) =>
        error.condition.startsWith("FAILED_READ_FILE.FILE_NOT_EXIST"),
      );
    }
    await harness.put("/in/a.txt", "a");
  }
});
