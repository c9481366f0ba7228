import { expect, test } from "vitest";
import {
  batchFromRows,
  type FamilySpec,
  MemoryFileSystem,
  memoryStateStoreProvider,
  parseDdl,
  type StateStore,
  type StateVersion,
  StreamError,
  valueAt,
} from "../src/index.js";

const SPEC: FamilySpec = {
  operatorId: 0,
  name: "s",
  keySchema: parseDdl("k STRING"),
  valueSchema: parseDdl("n INT"),
};

let runs = 0;

async function open(files: MemoryFileSystem, version: StateVersion | null) {
  const store: StateStore = await memoryStateStoreProvider.open({
    fileSystem: files,
    folder: "/s",
    runId: `r${runs++}`,
    conf: (key) => (key.endsWith("minDeltasForSnapshot") ? "1" : undefined),
  });
  const family = store.family(SPEC);
  await store.load(version);
  return { store, family };
}

/** A state of several versions with snapshots between, and what it holds in the last of them. */
async function prepare(versions: number) {
  const files = new MemoryFileSystem();
  const { store, family } = await open(files, null);
  let version: StateVersion | null = null;
  for (let v = 1; v <= versions; v++) {
    const keys = batchFromRows(SPEC.keySchema, [[`k${v}`], ["same"]]).columns;
    family.put(keys, batchFromRows(SPEC.valueSchema, [[v], [v]]).columns, 2);
    if (v > 2) family.remove(batchFromRows(SPEC.keySchema, [[`k${v - 2}`]]).columns, 1);
    version = await store.commit(v, async () => {});
    // the last version has only its delta
    if (v < versions) await store.maintain(0);
  }
  const paths: string[] = [];
  for await (const { path } of files.list("/s")) paths.push(path);
  return { files, version: version!, paths, expected: `k${versions - 1},k${versions},same` };
}

async function keysOf(files: MemoryFileSystem, version: StateVersion): Promise<string> {
  const { family } = await open(files, version);
  const keys: string[] = [];
  for (const piece of family.scan()) {
    for (let i = 0; i < piece.rowCount; i++) keys.push(String(valueAt(piece.keys[0]!, i)));
  }
  return keys.sort().join();
}

async function replace(files: MemoryFileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const writer = await files.create(path);
  await writer.write(bytes);
  await writer.close();
}

/** Right rows, or the name of the damaged file. */
async function outcome(files: MemoryFileSystem, version: StateVersion): Promise<string> {
  try {
    return await keysOf(files, version);
  } catch (error) {
    if (StreamError.is(error, "SS_STATE_FILE_CORRUPT")) return error.parameters["path"]!;
    throw error;
  }
}

test("a file that is cut at any byte, or has any bit flipped, is made up for by older ones or named", async () => {
  const { files, version, paths, expected } = await prepare(3);
  const snapshots = paths.filter((path) => path.endsWith(".snapshot"));
  expect(snapshots.length).toBeGreaterThan(1);
  const newest = Math.max(...snapshots.map((path) => Number(/(\d+)-/.exec(path)![1])));
  for (const path of paths) {
    const bytes = (await files.readAll(path))!;
    // a delta behind the newest snapshot is the only one that says what it says
    const needed = path.endsWith(".delta") && Number(/(\d+)-/.exec(path)![1]) > newest;
    const damaged = async (changed: Uint8Array, what: string): Promise<void> => {
      await replace(files, path, changed);
      expect(await outcome(files, version), `${path}, ${what}`).toBe(needed ? path : expected);
    };
    for (let length = 0; length < bytes.length; length++) {
      await damaged(bytes.subarray(0, length), `cut to ${length} bytes`);
      const flipped = Uint8Array.from(bytes);
      flipped[length]! ^= 1 << (length % 8);
      await damaged(flipped, `bit ${length % 8} of byte ${length}`);
    }
    await damaged(Uint8Array.from([...bytes, 0]), "a byte more");
    await replace(files, path, bytes);
  }
  expect(await keysOf(files, version)).toBe(expected);
});

test("with all snapshots damaged the deltas alone say what the state is", async () => {
  const { files, version, paths, expected } = await prepare(4);
  for (const path of paths.filter((one) => one.endsWith(".snapshot"))) {
    const bytes = Uint8Array.from((await files.readAll(path))!);
    bytes[bytes.length >> 1]! ^= 0x10;
    await replace(files, path, bytes);
  }
  expect(await keysOf(files, version)).toBe(expected);
  // where the deltas are gone the first damage that was met is named
  const first = paths.find((path) => /\/1-.*\.delta$/.test(path))!;
  await files.delete(first);
  expect(await outcome(files, version)).toMatch(/\.snapshot$/);
});

test("damage behind the rows that were applied already does not leave a part of them", async () => {
  const files = new MemoryFileSystem();
  const { store, family } = await open(files, null);
  const put = (from: number, to: number): void => {
    const rows = Array.from({ length: to - from }, (_, i) => [`k${from + i}`]);
    const values = batchFromRows(
      SPEC.valueSchema,
      rows.map((_, i) => [i]),
    ).columns;
    family.put(batchFromRows(SPEC.keySchema, rows).columns, values, rows.length);
  };
  put(0, 20_000);
  await store.commit(1, async () => {});
  // the deltas together are large enough for a snapshot, which has several blocks
  put(0, 20_000);
  await store.commit(2, async () => {});
  put(0, 20_000);
  const version = await store.commit(3, async () => {});
  await store.maintain(0);
  const expected = await keysOf(files, version);
  let snapshot = "";
  for await (const { path } of files.list("/s")) if (path.endsWith(".snapshot")) snapshot = path;
  const bytes = Uint8Array.from((await files.readAll(snapshot))!);
  bytes[bytes.length - 100]! ^= 1;
  await replace(files, snapshot, bytes);
  expect(await keysOf(files, version)).toBe(expected);
});
