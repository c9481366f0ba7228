import { expect, test } from "vitest";
import {
  batchFromRows,
  type FamilySpec,
  MemoryFileSystem,
  memoryStateStoreProvider,
  parseDdl,
  type StateFamily,
  type StateStore,
  type StateVersion,
  StreamError,
  type StructType,
  type Value,
  valueAt,
} from "../src/index.js";

const unfenced = async (): Promise<void> => {};

const WORDS: FamilySpec = {
  operatorId: 0,
  name: "default",
  keySchema: parseDdl("word STRING, at TIMESTAMP"),
  valueSchema: parseDdl("count BIGINT, seen ARRAY<STRING>"),
  orderedBy: 1,
};

const SUMS: FamilySpec = {
  operatorId: 1,
  name: "default",
  keySchema: parseDdl(""),
  valueSchema: parseDdl("total DOUBLE"),
};

type Rows = readonly (readonly Value[])[];

class Folder {
  readonly files = new MemoryFileSystem();
  private runs = 0;
  conf: Record<string, string> = {};

  async open(version: StateVersion | null, ...specs: FamilySpec[]): Promise<[StateStore, ...StateFamily[]]> {
    const store = await memoryStateStoreProvider.open({
      fileSystem: this.files,
      folder: "/state",
      runId: `run${this.runs++}`,
      conf: (key) => this.conf[key],
    });
    const families = specs.map((spec) => store.family(spec));
    await store.load(version);
    return [store, ...families];
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const { path } of this.files.list("/state")) names.push(path.slice("/state/".length));
    return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  }
}

function put(family: StateFamily, rows: Rows): void {
  const width = family.spec.keySchema.length;
  const part = (schema: StructType, from: number, to?: number) =>
    batchFromRows(
      schema,
      rows.map((row) => row.slice(from, to)),
    ).columns;
  family.put(part(family.spec.keySchema, 0, width), part(family.spec.valueSchema, width), rows.length);
}

function remove(family: StateFamily, keys: Rows): number {
  return family.remove(batchFromRows(family.spec.keySchema, keys).columns, keys.length);
}

function rows(family: StateFamily): Value[][] {
  const all: Value[][] = [];
  for (const piece of family.scan()) {
    for (let i = 0; i < piece.rowCount; i++) {
      all.push([...piece.keys, ...piece.values].map((column) => valueAt(column, i)));
    }
  }
  return all.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

test("one delta per commit holds the changes of all families", async () => {
  const folder = new Folder();
  const [store, words, sums] = await folder.open(null, WORDS, SUMS);
  put(words!, [
    ["a", 1n, 1n, ["x"]],
    ["b", null, 2n, null],
  ]);
  put(sums!, [[1.5]]);
  const version = await store.commit(1, unfenced);
  expect(await folder.names()).toEqual(["1-run0.0.delta"]);
  const [, again, sumsAgain] = await folder.open(version, WORDS, SUMS);
  expect(rows(again!)).toEqual([
    ["a", 1n, 1n, ["x"]],
    ["b", null, 2n, null],
  ]);
  expect(rows(sumsAgain!)).toEqual([[1.5]]);
});

test("a family that others hold gets blocks in memory of their own, which it may pass on to another thread", async () => {
  const folder = new Folder();
  const [store, words] = await folder.open(null, WORDS);
  put(words!, [["a", 1n, 1n, ["x"]]]);
  const version = await store.commit(1, unfenced);
  const again = await memoryStateStoreProvider.open({
    fileSystem: folder.files,
    folder: "/state",
    runId: "again",
    conf: () => undefined,
  });
  const blocks: Uint8Array[] = [];
  again.familyElsewhere!({
    spec: WORDS,
    rowCount: 0,
    byteSize: 0,
    updatedCount: 0,
    removedCount: 0,
    clear: async () => {},
    apply: async (block) => void blocks.push(block),
    changes: () => null,
    committed: async () => {},
    image: () => ({ blocks: [], end: () => {} }),
  });
  await again.load(version);
  expect(blocks).toHaveLength(1);
  expect(Object.getPrototypeOf(blocks[0])).toBe(Uint8Array.prototype);
  expect(blocks[0]!.buffer.byteLength).toBe(blocks[0]!.length);
});

test("a commit without changes writes nothing and names the version that it started from", async () => {
  const folder = new Folder();
  const [store, words] = await folder.open(null, WORDS);
  put(words!, [["a", 1n, 1n, null]]);
  const version = await store.commit(1, unfenced);
  expect(await store.commit(2, unfenced)).toEqual(version);
  put(words!, [["b", 1n, 1n, null]]);
  const third = await store.commit(3, unfenced);
  expect(third.version).toBe(3);
  const [, again] = await folder.open(third, WORDS);
  expect(rows(again!)).toHaveLength(2);
});

test("a key that is removed and put again in one batch, or put and removed, comes out right", async () => {
  const folder = new Folder();
  const [store, words] = await folder.open(null, WORDS);
  put(words!, [
    ["a", 1n, 1n, null],
    ["b", 1n, 1n, null],
  ]);
  await store.commit(1, unfenced);
  expect(
    remove(words!, [
      ["a", 1n],
      ["zz", 1n],
      ["b", 1n],
      ["b", 1n],
    ]),
  ).toBe(2);
  put(words!, [
    ["c", 1n, 3n, null],
    ["a", 1n, 9n, null],
  ]);
  expect(remove(words!, [["c", 1n]])).toBe(1);
  put(words!, [["d", 1n, 4n, null]]);
  const version = await store.commit(2, unfenced);
  const expected = [
    ["a", 1n, 9n, null],
    ["d", 1n, 4n, null],
  ];
  expect(rows(words!)).toEqual(expected);
  const [, again] = await folder.open(version, WORDS);
  expect(rows(again!)).toEqual(expected);
});

test("metrics count the changes of the last commit, and rows and memory of now", async () => {
  const folder = new Folder();
  const [store, words] = await folder.open(null, WORDS);
  put(words!, [
    ["a", 1n, 1n, null],
    ["b", 1n, 1n, null],
  ]);
  await store.commit(1, unfenced);
  expect(store.metrics(0)).toMatchObject({ rowsTotal: 2, rowsUpdated: 2, rowsRemoved: 0 });
  remove(words!, [["a", 1n]]);
  await store.commit(2, unfenced);
  expect(store.metrics(0)).toMatchObject({ rowsTotal: 1, rowsUpdated: 0, rowsRemoved: 1 });
  expect(store.metrics(0).memoryUsedBytes).toBeGreaterThan(0);
});

async function commits(
  folder: Folder,
  count: number,
  oldestNeeded: (v: number) => number,
): Promise<StateVersion[]> {
  const [store, words] = await folder.open(null, WORDS);
  const versions: StateVersion[] = [];
  for (let v = 1; v <= count; v++) {
    put(words!, [[`w${v}`, BigInt(v), BigInt(v), ["s"]]]);
    versions.push(await store.commit(v, unfenced));
    await store.maintain(oldestNeeded(v));
  }
  return versions;
}

test("a snapshot follows every minDeltasForSnapshot deltas, and what no restart needs goes", async () => {
  const folder = new Folder();
  folder.conf["spark.sql.streaming.stateStore.minDeltasForSnapshot"] = "3";
  const versions = await commits(folder, 10, (v) => v - 4);
  const names = await folder.names();
  expect(names.filter((name) => name.endsWith("snapshot")).map((name) => Number.parseInt(name, 10))).toEqual([
    6, 9,
  ]);
  expect(names.filter((name) => name.endsWith("delta")).map((name) => Number.parseInt(name, 10))).toEqual([
    6, 7, 8, 9, 10,
  ]);
  for (const version of versions.slice(5)) {
    const [, words] = await folder.open(version, WORDS);
    expect(words!.rowCount).toBe(version.version);
  }
});

test("a run that goes on from a snapshot keeps older versions as long as they are needed", async () => {
  const folder = new Folder();
  folder.conf["spark.sql.streaming.stateStore.minDeltasForSnapshot"] = "3";
  const versions = await commits(folder, 7, () => 0);
  const [store, words] = await folder.open(versions[6]!, WORDS);
  put(words!, [["x", 8n, 1n, null]]);
  await store.commit(8, unfenced);
  await store.maintain(2);
  const [, second] = await folder.open(versions[1]!, WORDS);
  expect(second!.rowCount).toBe(2);
});

test("attempts that no commit names are deleted once their version is behind", async () => {
  const folder = new Folder();
  const [versions] = await commits(folder, 1, () => 0);
  const [crashed, lost] = await folder.open(versions!, WORDS);
  put(lost!, [["lost", 1n, 1n, null]]);
  await crashed.commit(2, unfenced);
  const [store, words] = await folder.open(versions!, WORDS);
  put(words!, [["kept", 1n, 1n, null]]);
  expect((await folder.names()).length).toBe(2);
  await store.maintain(0);
  expect((await folder.names()).length).toBe(2);
  await store.commit(2, unfenced);
  await store.maintain(0);
  expect(await folder.names()).toEqual(["1-run0.0.delta", "2-run2.0.delta"]);
});

test("a state of which nothing is there is told from one with a damaged file", async () => {
  const folder = new Folder();
  const versions = await commits(folder, 2, () => 0);
  for (const name of await folder.names()) await folder.files.delete(`/state/${name}`);
  await expect(folder.open(versions[1]!, WORDS)).rejects.toMatchObject({
    condition: "STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY",
    sqlState: "42K03",
  });
});

test("a damaged snapshot is made up for by the deltas while they are there, and named when they are not", async () => {
  const folder = new Folder();
  folder.conf["spark.sql.streaming.stateStore.minDeltasForSnapshot"] = "3";
  const versions = await commits(folder, 7, () => 0);
  const damage = async (name: string): Promise<void> => {
    const bytes = (await folder.files.readAll(`/state/${name}`))!;
    bytes[bytes.length >> 1]! ^= 4;
    await folder.files.delete(`/state/${name}`);
    await folder.files.createExclusive(`/state/${name}`, bytes);
  };
  await damage("6-run0.5.snapshot");
  const [, words] = await folder.open(versions[6]!, WORDS);
  expect(words!.rowCount).toBe(7);
  await damage("3-run0.2.snapshot");
  expect((await folder.open(versions[6]!, WORDS))[1]!.rowCount).toBe(7);
  await folder.files.delete("/state/2-run0.1.delta");
  const error = await folder.open(versions[6]!, WORDS).catch((thrown: unknown) => thrown);
  expect(StreamError.is(error, "SS_STATE_FILE_CORRUPT")).toBe(true);
  expect((error as StreamError).message).toContain("/state/6-run0.5.snapshot");
});

test("any byte of a delta that was altered or cut off is recognised", async () => {
  const folder = new Folder();
  const [version] = await commits(folder, 1, () => 0);
  const name = "/state/1-run0.0.delta";
  const bytes = (await folder.files.readAll(name))!;
  const load = async (altered: Uint8Array): Promise<unknown> => {
    await folder.files.delete(name);
    await folder.files.createExclusive(name, altered);
    return folder.open(version!, WORDS).then(
      () => null,
      (error: unknown) => error,
    );
  };
  for (let at = 0; at < bytes.length; at++) {
    const altered = bytes.slice();
    altered[at]! ^= 32;
    expect(StreamError.is(await load(altered), "SS_STATE_FILE_CORRUPT"), `byte ${at}`).toBe(true);
    expect(StreamError.is(await load(bytes.slice(0, at)), "SS_STATE_FILE_CORRUPT"), `length ${at}`).toBe(
      true,
    );
  }
  expect(await load(bytes)).toBeNull();
});

test("another file under the name of a delta is recognised", async () => {
  const folder = new Folder();
  const versions = await commits(folder, 2, () => 0);
  const first = (await folder.files.readAll("/state/1-run0.0.delta"))!;
  await folder.files.delete("/state/2-run0.1.delta");
  await folder.files.createExclusive("/state/2-run0.1.delta", first);
  await expect(folder.open(versions[1]!, WORDS)).rejects.toThrow("it holds the delta of version 1");
});

test("keys and values of other types are refused, other names and nullability are not", async () => {
  const folder = new Folder();
  const [version] = await commits(folder, 1, () => 0);
  const withSchemas = (key: string, value: string): FamilySpec => {
    return { ...WORDS, keySchema: parseDdl(key), valueSchema: parseDdl(value) };
  };
  const key = "word STRING, at TIMESTAMP";
  const value = "count BIGINT, seen ARRAY<STRING>";
  await expect(folder.open(version!, withSchemas("word INT, at TIMESTAMP", value))).rejects.toMatchObject({
    condition: "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE",
    message: expect.stringContaining("does not match existing"),
  });
  await expect(
    folder.open(version!, withSchemas(key, "count INT, seen ARRAY<STRING>")),
  ).rejects.toMatchObject({
    condition: "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE",
    message: expect.stringContaining("does not match existing"),
  });
  await folder.open(version!, withSchemas("w STRING NOT NULL, t TIMESTAMP", "n BIGINT, s ARRAY<STRING>"));
});

test("operators that came or went are refused, families that came or went are not", async () => {
  const folder = new Folder();
  const [version] = await commits(folder, 1, () => 0);
  for (const specs of [[WORDS, SUMS], [SUMS]]) {
    await expect(folder.open(version!, ...specs)).rejects.toMatchObject({
      condition: "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA",
    });
  }
  const extra = { ...SUMS, operatorId: 0, name: "extra" };
  const [store, words, sums] = await folder.open(version!, WORDS, extra);
  expect([words!.rowCount, sums!.rowCount]).toEqual([1, 0]);
  put(sums!, [[2]]);
  const next = await store.commit(2, unfenced);
  const [, onlyWords] = await folder.open(next, WORDS);
  expect(onlyWords!.rowCount).toBe(1);
});

test("a fenced commit leaves no file behind", async () => {
  const folder = new Folder();
  const [store, words] = await folder.open(null, WORDS);
  put(words!, [["a", 1n, 1n, null]]);
  const fenced = store.commit(1, async () => {
    throw new Error("taken over");
  });
  await expect(fenced).rejects.toThrow("taken over");
  expect(await folder.names()).toEqual([]);
});

test("values that are written over again and again do not pile up", async () => {
  const folder = new Folder();
  const [store, words] = await folder.open(null, WORDS);
  const list = Array.from({ length: 100 }, (_, i) => `element ${i}`);
  for (let v = 1; v <= 300; v++) {
    put(
      words!,
      [0, 1, 2, 3, 4].map((k) => [`w${k}`, 1n, BigInt(v), list]),
    );
    await store.commit(v, unfenced);
  }
  // five lists of 100 short texts
  expect(store.metrics(0).memoryUsedBytes).toBeLessThan(4 << 20);
  expect(rows(words!)[4]).toEqual(["w4", 1n, 300n, list]);
});

const growing = (value: string): FamilySpec => ({
  operatorId: 0,
  name: "visits",
  keySchema: parseDdl("word STRING"),
  valueSchema: parseDdl(value),
  growing: true,
});

test.each([1, 100])(
  "a growing family finds null in fields that came later, in files of old and new, snapshots after %i deltas",
  async (minDeltas) => {
    const folder = new Folder();
    folder.conf = { "spark.sql.streaming.stateStore.minDeltasForSnapshot": String(minDeltas) };
    const before = growing("v STRUCT<a: INT, l: ARRAY<STRUCT<x: STRING>>, m: MAP<STRING, STRUCT<y: INT>>>");
    const after = growing(
      "v STRUCT<a: INT, l: ARRAY<STRUCT<x: STRING, z: BIGINT>>, m: MAP<STRING, STRUCT<y: INT, w: ARRAY<INT>>>, more: STRING>, at TIMESTAMP",
    );
    const [store, old] = await folder.open(null, before);
    put(old!, [
      ["a", [1, [["p"], null, ["q"]], { keys: ["k"], values: [[5]] }]],
      ["b", null],
    ]);
    const first = await store.commit(1, unfenced);
    await store.maintain(0);
    const [later, now] = await folder.open(first, after);
    const grown = [1, [["p", null], null, ["q", null]], { keys: ["k"], values: [[5, null]] }, null];
    expect(rows(now!)).toEqual([
      ["a", grown, null],
      ["b", null, null],
    ]);
    const fresh = [2, [["r", 7n]], { keys: [], values: [] }, "new"];
    put(now!, [["c", fresh, 9n]]);
    remove(now!, [["b"]]);
    const second = await later.commit(2, unfenced);
    await later.maintain(0);
    const [, again] = await folder.open(second, after);
    expect(rows(again!)).toEqual([
      ["a", grown, null],
      ["c", fresh, 9n],
    ]);
    await expect(folder.open(second, before)).rejects.toMatchObject({
      condition: "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE",
    });
  },
);

test("a family that does not grow takes no further fields", async () => {
  const folder = new Folder();
  const { growing: _, ...fixed } = growing("v STRUCT<a: INT>");
  const [store, family] = await folder.open(null, fixed);
  put(family!, [["a", [1]]]);
  const version = await store.commit(1, unfenced);
  const wider = { ...fixed, valueSchema: parseDdl("v STRUCT<a: INT, b: INT>") };
  await expect(folder.open(version, wider)).rejects.toMatchObject({
    condition: "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE",
  });
});

test("another setting, and another kind of variable, are refused; those that come or go are not", async () => {
  const folder = new Folder();
  const base = growing("v INT");
  const [store, family] = await folder.open(null, {
    ...base,
    variable: "ValueState",
    settings: { timeMode: "NoTime" },
  });
  put(family!, [["a", 1]]);
  const version = await store.commit(1, unfenced);
  const open = (changes: Partial<FamilySpec>): Promise<unknown> =>
    folder.open(version, { ...base, ...changes });
  await expect(open({ variable: "ValueState", settings: { timeMode: "EventTime" } })).rejects.toMatchObject({
    condition: "STATE_STORE_INVALID_CONFIG_AFTER_RESTART",
    parameters: { configName: "timeMode", oldConfig: "NoTime", newConfig: "EventTime" },
  });
  await expect(open({ variable: "ListState" })).rejects.toMatchObject({
    condition: "STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE",
    parameters: { stateVarName: "visits", oldType: "ValueState", newType: "ListState" },
  });
  await open({ variable: "ValueState", settings: { timeMode: "NoTime", another: "1" } });
  await open({ variable: "ValueState" });
});
