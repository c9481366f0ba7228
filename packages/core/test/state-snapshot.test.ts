import { expect, test } from "vitest";
import {
  batchFromRows,
  type FamilySpec,
  type FileSystem,
  MemoryFileSystem,
  memoryStateStoreProvider,
  parseDdl,
  type StateFamily,
  type StateStore,
  type StateVersion,
  type Value,
  valueAt,
} from "../src/index.js";
import { StepFileSystem } from "./support/step-file-system.js";

const COUNTS: FamilySpec = {
  operatorId: 0,
  name: "default",
  keySchema: parseDdl("k INT"),
  valueSchema: parseDdl("n INT, seen ARRAY<STRING>"),
};

/** The same with keys whose bytes lie in a dictionary. */
const TEXT_COUNTS: FamilySpec = { ...COUNTS, keySchema: parseDdl("k STRING") };

/** The key of a number, of any length as texts go. */
function keyOf({ spec }: StateFamily, key: number): Value {
  return spec.keySchema === TEXT_COUNTS.keySchema ? `${key}${"-".repeat(key % 40)}` : key;
}

type Model = Map<number, number>;

async function open(
  fileSystem: FileSystem,
  version: StateVersion | null,
  spec: FamilySpec = COUNTS,
): Promise<readonly [StateStore, StateFamily]> {
  const store = await memoryStateStoreProvider.open({
    fileSystem,
    folder: "/state",
    runId: `run${version?.version ?? 0}`,
    conf: (key) => (key.endsWith("minDeltasForSnapshot") ? "1" : undefined),
  });
  const family = store.family(spec);
  await store.load(version);
  return [store, family];
}

function put(family: StateFamily, model: Model, keys: readonly number[], n: number): void {
  for (const key of keys) model.set(key, n);
  const { columns } = batchFromRows(
    family.spec.keySchema,
    keys.map((key) => [keyOf(family, key)]),
  );
  const values = batchFromRows(
    COUNTS.valueSchema,
    keys.map((key) => [n, [`${key}:${n}`]]),
  );
  family.put(columns, values.columns, keys.length);
}

function remove(family: StateFamily, model: Model, keys: readonly number[]): void {
  for (const key of keys) model.delete(key);
  family.remove(
    batchFromRows(
      family.spec.keySchema,
      keys.map((key) => [keyOf(family, key)]),
    ).columns,
    keys.length,
  );
}

function modelOf(family: StateFamily): Model {
  const found: Model = new Map();
  const wrong: unknown[] = [];
  for (const { keys, values, rowCount } of family.scan()) {
    for (let i = 0; i < rowCount; i++) {
      const [stored, n] = [valueAt(keys[0]!, i), valueAt(values[0]!, i)] as [number | string, number];
      const key = Number.parseInt(String(stored), 10);
      const [seen] = valueAt(values[1]!, i) as string[];
      if (seen !== `${key}:${n}` || stored !== keyOf(family, key)) wrong.push([stored, n, seen]);
      found.set(key, n);
    }
  }
  expect(wrong).toEqual([]);
  return found;
}

/** One line a row: lists of lists are slow to compare. */
const sorted = (model: Model): string => [...model].sort(([a], [b]) => a - b).join("\n");
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test.each([
  ["numbers", COUNTS],
  ["texts", TEXT_COUNTS],
])(
  "with keys of %s a snapshot shows the version that it began with, whatever the batches do until it is written",
  async (_, spec) => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const files = new MemoryFileSystem();
    const [store, family] = await open(files, null, spec);
    const model: Model = new Map();
    put(family, model, range(0, 60_000), 1);
    // slots that are free when the snapshot begins, and will be used again
    remove(family, model, range(5_000, 6_000));
    const version = await store.commit(1, async () => {});
    const expected = sorted(model);
    let ended = false;
    const maintained = store.maintain(0).then(() => {
      ended = true;
    });
    let batches = 0;
    while (!ended) {
      const n = 2 + batches++;
      put(family, model, [...new Set(Array.from({ length: 50 }, () => random(70_000)))], n);
      remove(
        family,
        model,
        Array.from({ length: 30 }, () => random(70_000)),
      );
      // so many that what is left of the keys' bytes moves together
      if (n === 3) remove(family, model, range(10_000, 60_000));
      put(family, model, [...new Set(Array.from({ length: 20 }, () => random(70_000)))], n);
      await store.commit(n, async () => {});
      // one turn for the snapshot
      await new Promise(setImmediate);
    }
    await maintained;
    expect(batches, `seed ${seed}`).toBeGreaterThan(1);
    expect(sorted(modelOf(family)), `seed ${seed}`).toEqual(sorted(model));
    // only the snapshot is left to tell of version 1
    await files.delete("/state/1-run0.0.delta");
    const [, again] = await open(files, version, spec);
    expect(sorted(modelOf(again)), `seed ${seed}`).toEqual(expected);
  },
);

test("a snapshot of a large state takes turns: no turn serialises more than 8192 rows", async () => {
  const turnsOfWrites: number[] = [];
  const files = new MemoryFileSystem();
  const watched = new StepFileSystem(files);
  const create = watched.create.bind(watched);
  watched.create = async (path) => {
    const writer = await create(path);
    if (!path.endsWith(".snapshot")) return writer;
    let turns = 0;
    let isOpen = true;
    const turn = (): void => {
      turns++;
      if (isOpen) setImmediate(turn);
    };
    setImmediate(turn);
    return {
      ...writer,
      write: async (bytes) => {
        turnsOfWrites.push(turns);
        await writer.write(bytes);
      },
      close: async () => {
        isOpen = false;
        await writer.close();
      },
    };
  };
  const [store, family] = await open(watched, null);
  put(family, new Map(), range(0, 100_000), 1);
  await store.commit(1, async () => {});
  await store.maintain(0);
  // header and end, and each 8192 rows in a turn of its own
  expect(turnsOfWrites).toHaveLength(Math.ceil(100_000 / 8192) + 2);
  const pieces = turnsOfWrites.slice(1, -1);
  expect(new Set(pieces).size).toBe(pieces.length);
});

test("a snapshot that a crash has cut off between two blocks is recognised", async () => {
  const files = new MemoryFileSystem();
  const [store, family] = await open(files, null);
  put(family, new Map(), range(0, 9_000), 1);
  const version = await store.commit(1, async () => {});
  await store.maintain(0);
  const name = "/state/1-run0.0.snapshot";
  const whole = (await files.readAll(name))!;
  await files.delete(name);
  // without the empty block of 8 bytes that marks the end
  await files.createExclusive(name, whole.slice(0, -8));
  await files.delete("/state/1-run0.0.delta");
  await expect(open(files, version)).rejects.toMatchObject({ condition: "SS_STATE_FILE_CORRUPT" });
});

test("a commit looks at no file but its own, after 20 batches as after 2", async () => {
  const steps: string[] = [];
  const watched = new StepFileSystem();
  const [store, family] = await open(watched, null);
  let lists = 0;
  const list = watched.list.bind(watched);
  watched.list = (folder, options) => {
    lists++;
    return list(folder, options);
  };
  for (let v = 1; v <= 20; v++) {
    steps.length = 0;
    watched.onStep = (step, when) => void (when === "before" && steps.push(step));
    put(family, new Map(), [v], v);
    await store.commit(v, async () => {});
    expect(steps).toEqual([`create /state/${v}-run0.${v - 1}.delta`]);
    await store.maintain(v - 3);
    // the snapshot, and from the fifth on the delta and the snapshot that it makes superfluous
    expect(steps.length).toBe(v < 5 ? 2 : 4);
  }
  expect(lists).toBe(0);
});

test("a delta holds what changed: its size does not depend on how many keys there are", async () => {
  const sizes: number[] = [];
  for (const count of [1_000, 20_000]) {
    const files = new MemoryFileSystem();
    const [store, family] = await open(files, null);
    put(family, new Map(), range(0, count), 1);
    await store.commit(1, async () => {});
    put(family, new Map(), range(100, 110), 2);
    remove(family, new Map(), range(200, 203));
    await store.commit(2, async () => {});
    sizes.push((await files.readAll("/state/2-run0.1.delta"))!.length);
  }
  expect(sizes[1]).toBe(sizes[0]);
});
