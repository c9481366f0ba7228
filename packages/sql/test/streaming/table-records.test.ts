import { type FileSystem, type Json, MemoryFileSystem } from "@ss/core";
import { type SeededRandom, seededRandom } from "@ss/testkit";
import { describe, expect, test } from "vitest";
import { listDifference, TableRecords, withDifference } from "../../src/streaming/table-records.js";

type FileOf = [path: string, size: number, modifiedMs: number];

/** A version as a table of files has it. */
function files(count: number): FileOf[] {
  return Array.from({ length: count }, (_, k) => [`/table/part-${String(k).padStart(8, "0")}.csv`, k, 1_000]);
}

async function sizes(fileSystem: FileSystem): Promise<number[]> {
  const found: number[] = [];
  for await (const { size } of fileSystem.list("/tables", { recursive: true })) found.push(size);
  return found.sort((a, b) => a - b);
}

async function opened(fileSystem: FileSystem): Promise<TableRecords> {
  const records = new TableRecords();
  await records.open(fileSystem, "/tables");
  return records;
}

/** Adds, removes and changes some of the files of a version, seldom so many that a difference does not pay. */
function changed(version: readonly FileOf[], random: SeededRandom): FileOf[] {
  const share = random.pick([0.0005, 0.001, 0.01, 0.6]);
  const next = version.flatMap((file): FileOf[] => {
    if (!random.chance(share)) return [file];
    const more: FileOf = [file[0].replace(".csv", `-${random.integer(0, 99)}.csv`), file[1], file[2]];
    return random.pick([[], [file, more], [[file[0], file[1], file[2] + 1]]]);
  });
  return next.sort(([a], [b]) => (a < b ? -1 : 1));
}

test("of a long version that differs little from the one before only the difference is written", async () => {
  const disk = new MemoryFileSystem();
  const records = await opened(disk);
  const before = files(20_000);
  const first = { name: records.nameOf("t", before), version: before as Json };
  await records.keep(first, undefined);
  const after = [...before.slice(0, 700), ["/table/part-00000699x.csv", 1, 2], ...before.slice(701)] as Json;
  const second = { name: records.nameOf("t", after), version: after };
  await records.keep(second, first);
  const [small, large] = await sizes(disk);
  expect(large).toBeGreaterThan(500_000);
  expect(small).toBeLessThan(200);
  await records.forgetAllBut([second.name]);
  expect(await sizes(disk)).toEqual([small, large]);
  expect(await (await opened(disk)).read(second.name)).toEqual(after);
});

test("a version that is as long as the differences before it is written as a whole, and they go", async () => {
  const disk = new MemoryFileSystem();
  const records = await opened(disk);
  let last = { name: "", version: null as Json };
  const wholes: number[] = [];
  for (let k = 0; k < 40; k++) {
    // 100 of 2,000 files are written over each time
    const version = files(2000).map(
      ([path, size, ms], i): FileOf => [path, size, i % 20 === 0 ? ms + k : ms],
    );
    const next = { name: records.nameOf("t", version), version: version as Json };
    await records.keep(next, k === 0 ? undefined : last);
    await records.forgetAllBut([next.name]);
    last = next;
    const found = await sizes(disk);
    if (found.length === 1) wholes.push(k);
    const whole = found.at(-1)!;
    expect(found.slice(0, -1).reduce((sum, size) => sum + size, 0)).toBeLessThan(whole / 2);
  }
  expect(wholes[0]).toBe(0);
  expect(wholes.length).toBeGreaterThan(2);
  expect(wholes.length).toBeLessThan(12);
});

test("a version whose base is gone is written again, and one that was altered is not taken for what it was", async () => {
  const disk = new MemoryFileSystem();
  const records = await opened(disk);
  const [a, b] = [files(5000), files(5001)].map((version) => ({
    name: records.nameOf("t", version),
    version: version as Json,
  }));
  await records.keep(a!, undefined);
  await records.keep(b!, a);
  await disk.delete(`/tables/${a!.name}`);
  const later = await opened(disk);
  expect(await later.read(b!.name)).toBeUndefined();
  await later.keep(b!, undefined);
  expect(await later.read(b!.name)).toEqual(b!.version);
  // what is left of the first writing goes with the next clean-up
  await later.forgetAllBut([b!.name]);
  expect((await sizes(disk)).length).toBe(1);
  const bytes = (await disk.readAll(`/tables/${b!.name}`))!;
  bytes[20]! ^= 1;
  await disk.delete(`/tables/${b!.name}`);
  await disk.createExclusive(`/tables/${b!.name}`, bytes);
  expect(await (await opened(disk)).read(b!.name)).toBeUndefined();
});

test("after 32 differences a version is written as a whole, however small they are", async () => {
  const disk = new MemoryFileSystem();
  const records = await opened(disk);
  let last: { name: string; version: Json } | undefined;
  const wholes: number[] = [];
  for (let k = 0; k < 70; k++) {
    const version = files(2500).map(([path, size, ms], i): FileOf => [path, size, i === 700 ? ms + k : ms]);
    const next = { name: records.nameOf("t", version), version: version as Json };
    await records.keep(next, last);
    await records.forgetAllBut([next.name]);
    last = next;
    const count = (await sizes(disk)).length;
    expect(count).toBeLessThanOrEqual(33);
    if (count === 1) wholes.push(k);
  }
  expect(wholes).toEqual([0, 33, 66]);
  expect(await (await opened(disk)).read(last!.name)).toEqual(last!.version);
});

test.each([0, 1])(
  "of two differences that make a version the one counts whose base is there (%i)",
  async (there) => {
    const versions = [files(5000), files(5001), files(5002)].map((version) => ({
      name: new TableRecords().nameOf("t", version),
      version: version as Json,
    }));
    const wanted = versions[2]!;
    const disk = new MemoryFileSystem();
    for (const [k, base] of versions.slice(0, 2).entries()) {
      const other = new MemoryFileSystem();
      const records = await opened(other);
      await records.keep(base, undefined);
      await records.keep(wanted, base);
      if (k !== there) await other.delete(`/tables/${base.name}`);
      for await (const { path } of other.list("/tables", { recursive: true }))
        await disk.createExclusive(path, (await other.readAll(path))!);
    }
    expect((await sizes(disk)).length).toBe(3);
    const records = await opened(disk);
    expect(await records.read(wanted.name)).toEqual(wanted.version);
    // the other one goes
    await records.forgetAllBut([wanted.name]);
    expect((await sizes(disk)).length).toBe(2);
    expect(await (await opened(disk)).read(wanted.name)).toEqual(wanted.version);
  },
);

test.each([1, 2, 3])(
  "versions that are needed can be read, over changes and restarts (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const disk = new MemoryFileSystem();
    let records = await opened(disk);
    let version = files(1500);
    let last: { name: string; version: Json } | undefined;
    const needed = new Map<string, Json>();
    for (let step = 0; step < 30; step++) {
      if (random.chance(0.1)) {
        records = await opened(disk);
        last = undefined;
      }
      if (random.chance(0.9)) version = changed(version, random);
      const next = { name: records.nameOf("t", version), version: version as Json };
      await records.keep(next, last);
      last = next;
      needed.set(next.name, next.version);
      for (const name of [...needed.keys()])
        if (random.chance(0.4) && name !== next.name) needed.delete(name);
      if (random.chance(0.7)) await records.forgetAllBut([...needed.keys()]);
      const reader = random.chance() ? records : await opened(disk);
      for (const [name, expected] of needed) expect(await reader.read(name)).toEqual(expected);
    }
  },
);

describe("the difference of lists", () => {
  test.each([
    [[], [1, 2]],
    [[1, 2], []],
    [
      [1, 2, 3],
      [0, 1, 3, 4],
    ],
    [
      [{ a: 1 }, { a: 2 }],
      [{ a: 2 }, { a: 3 }],
    ],
  ] as const)("of %j and %j leads from one to the other", (before, after) => {
    const difference = listDifference(before as Json, after as Json)!;
    expect(withDifference(before as readonly Json[], difference)).toEqual(after);
  });

  test.each([
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [{ a: 1 }, [1]],
  ])("of %j and %j is none: it would not tell the order", (before, after) => {
    expect(listDifference(before as Json, after as Json)).toBeUndefined();
  });
});
