import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  batchFromRows,
  type FamilySpec,
  type FileSystem,
  parseDdl,
  type StateFamily,
  type StateStore,
  type StateVersion,
  type Value,
  valueAt,
} from "@ss/core";
import { FaultyFileSystem, type SeededRandom, seededRandom } from "@ss/testkit";
import { afterAll, expect, test } from "vitest";
import { lmdbStateStoreProvider } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "state-lmdb-kill-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SPEC: FamilySpec = {
  operatorId: 0,
  operatorName: "test",
  name: "default",
  keySchema: parseDdl("k STRING, n INT"),
  valueSchema: parseDdl("v BIGINT, at TIMESTAMP, text STRING"),
  orderedBy: 3,
  prefix: 1,
};

type Row = readonly [k: string, n: number, v: bigint, at: bigint | null, text: string];
type Model = Map<string, Row>;

let roots = 0;
let runs = 0;

/** Rows that a store's file system was asked for. */
interface Opened {
  readonly store: StateStore;
  readonly family: StateFamily;
  readonly filesRead: string[];
}

async function open(disk: FaultyFileSystem, folder: string, version: StateVersion | null): Promise<Opened> {
  const filesRead: string[] = [];
  const fileSystem = new Proxy(disk as FileSystem, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "open" || name === "readAll") filesRead.push(String(args[0]));
        return (value as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const provider = lmdbStateStoreProvider({ folder, memoryBytes: 16 << 20 });
  const store = await provider.open({
    fileSystem,
    folder: "/checkpoint/state",
    runId: `run-${runs++}`,
    conf: () => undefined,
  });
  const family = store.family(SPEC);
  await store.load(version);
  return { store, family, filesRead };
}

/** The cache as a process that is killed now leaves it. */
function killed(folder: string): string {
  const copy = join(root, String(roots++));
  const [checkpoint] = readdirSync(folder);
  const cache = readdirSync(join(folder, checkpoint!)).find((entry) => entry !== "checkpoint");
  mkdirSync(join(copy, checkpoint!), { recursive: true });
  cpSync(join(folder, checkpoint!, cache!), join(copy, checkpoint!, "free_0"), { recursive: true });
  return copy;
}

function put(family: StateFamily, rows: readonly Row[]): void {
  const keys = batchFromRows(
    SPEC.keySchema,
    rows.map((row) => row.slice(0, 2) as Value[]),
  );
  const values = batchFromRows(
    SPEC.valueSchema,
    rows.map((row) => row.slice(2) as Value[]),
  );
  family.put(keys.columns, values.columns, rows.length);
}

function remove(family: StateFamily, rows: readonly Row[]): void {
  const keys = batchFromRows(
    SPEC.keySchema,
    rows.map((row) => row.slice(0, 2) as Value[]),
  );
  family.remove(keys.columns, rows.length);
}

/** Long texts are shown by their length. */
const shown = (value: unknown): string => {
  const text = String(value);
  return text.length < 100 ? text : `${text.slice(0, 3)}..${text.length}`;
};
const textOf = (row: readonly unknown[]): string => row.map(shown).join("|");

function rowsOf(
  pieces: Iterable<{ keys: readonly unknown[]; values: readonly unknown[]; rowCount: number }>,
): string[] {
  const rows: string[] = [];
  for (const { keys, values, rowCount } of pieces) {
    for (let i = 0; i < rowCount; i++) {
      rows.push(textOf([...keys, ...values].map((column) => valueAt(column as never, i))));
    }
  }
  return rows.sort();
}

/** All rows, those up to a time, and those with a prefix, are those of a model. */
function check(family: StateFamily, model: Model, about: string): void {
  const all = [...model.values()];
  expect(rowsOf(family.scan()), about).toEqual(all.map(textOf).sort());
  expect(family.rowCount, about).toBe(all.length);
  const old = all.filter(([, , , at]) => at !== null && at <= 50n);
  expect(rowsOf(family.scanBelow(50n)), about).toEqual(old.map(textOf).sort());
  const { positions, keys, values } = family.match(batchFromRows(parseDdl("k STRING"), [["k1"]]).columns, 1);
  const found = [...positions].map((p) => textOf([...keys, ...values].map((column) => valueAt(column, p))));
  expect(found.sort(), about).toEqual(
    all
      .filter(([k]) => k === "k1")
      .map(textOf)
      .sort(),
  );
}

function change(family: StateFamily, model: Model, random: SeededRandom, step: number): void {
  const rows = Array.from({ length: random.integer(1, 12) }, (): Row => {
    const at = random.chance(0.1) ? null : BigInt(random.integer(0, 100));
    // some keys are longer than a name in the table, some texts than a part of a value
    const k = `k${random.integer(0, 3)}${random.chance(0.1) ? "x".repeat(600) : ""}`;
    const text = "t".repeat(random.chance(0.05) ? 30_000 : random.integer(0, 20));
    return [k, random.integer(0, 20), BigInt(step), at, text];
  });
  if (random.chance(0.65)) {
    put(family, rows);
    for (const row of rows) model.set(textOf(row.slice(0, 2)), row);
  } else {
    remove(family, rows);
    for (const row of rows) model.delete(textOf(row.slice(0, 2)));
  }
}

test("a process that is killed at any moment leaves a cache that gives the last version without its files", async () => {
  for (let seed = 1; seed <= 2; seed++) {
    const random = seededRandom(seed);
    const disk = new FaultyFileSystem();
    const folder = join(root, String(roots++));
    const { store, family } = await open(disk, folder, null);
    let version: StateVersion | null = null;
    let before: StateVersion | null = null;
    let model: Model = new Map();
    let committed: Model = model;
    let committedBefore: Model = model;
    for (let step = 0; step < 60; step++) {
      const about = `seed ${seed}, step ${step}`;
      change(family, (model = new Map(model)), random, step);
      check(family, model, about);
      if (random.chance(0.3)) {
        before = version;
        committedBefore = committed;
        version = await store.commit((version?.version ?? 0) + 1, async () => {});
        committed = model;
        if (random.chance(0.3)) await store.maintain(0);
        // before the next change the commit may be found not to count
        else if (before !== null && before.attempt !== version.attempt) {
          const back = await open(disk, killed(folder), before);
          check(back.family, committedBefore, `${about}, one back`);
          expect(back.filesRead, about).toEqual([]);
          await back.store.close();
        }
      }
      if (version === null || !random.chance(0.4)) continue;
      const again = await open(disk, killed(folder), version);
      check(again.family, committed, about);
      expect(again.filesRead, about).toEqual([]);
      // and goes on from there
      change(again.family, new Map(), random, step);
      await again.store.close();
    }
    await store.close();
  }
});

test("a cache that is behind reads the deltas that it lacks, one that is ahead of the checkpoint is made anew", async () => {
  const disk = new FaultyFileSystem();
  const folder = join(root, String(roots++));
  const { store, family } = await open(disk, folder, null);
  const versions: StateVersion[] = [];
  const models: Model[] = [];
  const caches: string[] = [];
  const random = seededRandom(7);
  const model: Model = new Map();
  for (let v = 1; v <= 5; v++) {
    change(family, model, random, v);
    put(family, [["k1", v, 0n, null, ""]]);
    model.set(textOf(["k1", v]), ["k1", v, 0n, null, ""]);
    versions.push(await store.commit(v, async () => {}));
    await store.maintain(0);
    models.push(new Map(model));
    caches.push(killed(folder));
  }
  await store.close();
  const behind = await open(disk, caches[1]!, versions[4]!);
  check(behind.family, models[4]!, "behind");
  expect(new Set(behind.filesRead.map((path) => path.replace(/^.*\/(\d+)-.*$/, "$1")))).toEqual(
    new Set(["3", "4", "5"]),
  );
  await behind.store.close();
  const ahead = await open(disk, caches[4]!, versions[2]!);
  check(ahead.family, models[2]!, "ahead");
  expect(ahead.filesRead).not.toEqual([]);
  await ahead.store.close();
});

test("what a snapshot holds is the version that it is named for, whatever changes while it is written", async () => {
  for (let seed = 1; seed <= 2; seed++) {
    const random = seededRandom(seed);
    const disk = new FaultyFileSystem();
    const provider = lmdbStateStoreProvider({ folder: join(root, String(roots++)), memoryBytes: 16 << 20 });
    const conf = (key: string): string | undefined =>
      key.endsWith("minDeltasForSnapshot") ? "1" : undefined;
    const store = await provider.open({ fileSystem: disk, folder: "/c/state", runId: "r", conf });
    const family = store.family(SPEC);
    await store.load(null);
    const model: Model = new Map();
    const many = Array.from({ length: 5000 }, (_, i): Row => [`m${i % 7}`, i, 0n, BigInt(i), ""]);
    put(family, many);
    for (const row of many) model.set(textOf(row.slice(0, 2)), row);
    const version = await store.commit(1, async () => {});
    const expected = [...model.values()].map(textOf).sort();
    const snapshot = store.maintain(0);
    for (let step = 0; step < 30; step++) {
      change(family, model, random, step);
      remove(family, [many[random.integer(0, 4999)]!]);
      put(family, [[`m${random.integer(0, 6)}`, random.integer(0, 4999), 9n, null, "new"]]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await snapshot;
    await store.close();
    // only the snapshot is left to read from
    for (const path of disk.files().keys()) if (path.endsWith(".delta")) await disk.delete(path);
    const fresh = await lmdbStateStoreProvider({ folder: join(root, String(roots++)) }).open({
      fileSystem: disk,
      folder: "/c/state",
      runId: "r3",
      conf,
    });
    const rows = fresh.family(SPEC);
    await fresh.load(version);
    expect(rowsOf(rows.scan()), `seed ${seed}`).toEqual(expected);
    await fresh.close();
  }
});

test("a cache that a damaged snapshot had begun to replace is not gone on from: the deltas alone make the version", async () => {
  const disk = new FaultyFileSystem();
  const folder = join(root, String(roots++));
  const { store, family } = await open(disk, folder, null);
  const model: Model = new Map();
  const random = seededRandom(11);
  let version: StateVersion | null = null;
  let early = "";
  for (let v = 1; v <= 12; v++) {
    change(family, model, random, v);
    put(family, [["k1", v, 0n, null, ""]]);
    model.set(textOf(["k1", v]), ["k1", v, 0n, null, ""]);
    version = await store.commit(v, async () => {});
    await store.maintain(0);
    if (v === 3) early = killed(folder);
  }
  await store.close();
  const snapshot = [...disk.files().keys()].find((path) => path.endsWith(".snapshot"))!;
  disk.corrupt(snapshot, (bytes) => bytes.map((byte, i) => (i === bytes.length - 20 ? byte ^ 1 : byte)));
  const again = await open(disk, early, version);
  expect(again.filesRead).toContain(snapshot);
  check(again.family, model, "behind a damaged snapshot");
  await again.store.close();
});
