import assert from "node:assert/strict";
import {
  batchFromRows,
  parseDdl,
  type StateFamily,
  type StateStoreProvider,
  type StateVersion,
  StreamError,
  valueAt,
} from "@ss/core";
import { crashAtEveryWrite } from "../disk/crash-at-every-write.js";
import type { FaultyFileSystem } from "../disk/faulty-file-system.js";
import { seededRandom } from "../seeded-random.js";
import { type Guarantee, registerGuarantees, type SubjectOptions, type TestFunction } from "./guarantees.js";
import { textOf } from "./source-run.js";
import {
  addAll,
  allRows,
  COUNTS,
  get,
  insert,
  matches,
  put,
  type Row,
  remove,
  rowsOfPieces,
  StateRun,
  textRows,
  UNFENCED,
} from "./state-run.js";

/** A state store provider; the suite brings the disk. */
export interface StateStoreUnderTest {
  readonly provider: StateStoreProvider;
  /** Settings of the store, by their keys. */
  readonly conf?: Readonly<Record<string, string>>;
  close?(): Promise<void>;
}

/** The promises of the `StateStore` contract as tests, crashes at every write and defective files among them. */
export function stateStoreConformance(
  test: TestFunction,
  options: SubjectOptions<StateStoreUnderTest>,
): void {
  registerGuarantees(test, guarantees, options);
}

const runOf = ({ provider, conf = {} }: StateStoreUnderTest, disk?: FaultyFileSystem): StateRun =>
  new StateRun(provider, conf, disk);

/** Commits versions 1 to `count`; version v holds the words w1 to wv, each with its number. */
async function commitVersions(run: StateRun, count: number): Promise<StateVersion[]> {
  const { store, family } = await run.at(null);
  const versions: StateVersion[] = [];
  for (let v = 1; v <= count; v++) {
    put(family, wordRow(v));
    versions.push(await store.commit(v, UNFENCED));
  }
  await store.close();
  return versions;
}

const wordRow = (n: number): Row => [`w${n}`, BigInt(n) * 1_000_000n, BigInt(n)];
const words = (count: number): string[] =>
  textRows(...Array.from({ length: count }, (_, i) => wordRow(i + 1)));

const guarantees: Readonly<Record<string, Guarantee<StateStoreUnderTest>>> = {
  "begins empty": async (subject) => {
    const { family } = await runOf(subject).at(null);
    assert.equal(family.rowCount, 0);
    assert.deepEqual(allRows(family), []);
    assert.deepEqual(get(family, ["a", 0n]), [null]);
  },

  "finds what was put, and nothing else": async (subject) => {
    const { family } = await runOf(subject).at(null);
    put(family, ["a", 1n, 10n], ["b", 1n, 20n]);
    assert.deepEqual(get(family, ["b", 1n], ["a", 2n], ["a", 1n], ["", 1n]), [[20n], null, [10n], null]);
    assert.equal(family.rowCount, 2);
  },

  "replaces the value of a key, and of two rows with one key the later wins": async (subject) => {
    const { family } = await runOf(subject).at(null);
    put(family, ["a", 1n, 10n]);
    put(family, ["a", 1n, 11n], ["b", 1n, 20n], ["b", 1n, 21n]);
    assert.deepEqual(allRows(family), textRows(["a", 1n, 11n], ["b", 1n, 21n]));
  },

  "looks keys up that are going to be put, if it offers that": async (subject) => {
    const { store, family } = await runOf(subject).at(null);
    if (family.getToPut === undefined) return;
    put(family, ["a", 1n, 10n], ["b", 1n, 20n]);
    const first = addAll(family, ["c", 1n, 1n], ["a", 1n, 2n]);
    assert.deepEqual(first, { found: [null, [10n]], firsts: null, put: 1 });
    const second = addAll(family, ["d", 1n, 1n], ["b", 1n, 5n], ["d", 1n, 1n], ["a", 2n, 6n], ["d", 1n, 1n]);
    assert.deepEqual(second, { found: [null, [20n], null, null, null], firsts: [0, 1, 0, 3, 0], put: 2 });
    const rows = [
      ["a", 1n, 2n],
      ["a", 2n, 6n],
      ["b", 1n, 5n],
      ["c", 1n, 1n],
      ["d", 1n, 1n],
    ] as const;
    assert.deepEqual(allRows(family), textRows(...rows));
    assert.equal(family.rowCount, 5);
    await store.commit(1, UNFENCED);
    assert.deepEqual(addAll(family, ["d", 1n, 9n]), { found: [[1n]], firsts: null, put: 1 });
    assert.deepEqual(rowsOfPieces(family.changed()), textRows(["d", 1n, 9n]));
  },

  "tells which rows were put since the last commit, each once, as they are now": async (subject) => {
    const { store, family } = await runOf(subject).at(null);
    const changed = (): string[] => rowsOfPieces(family.changed());
    assert.equal(put(family, ["a", 1n, 10n], ["b", 1n, 20n], ["a", 1n, 11n]), 2);
    assert.equal(put(family, ["c", 1n, 30n], ["b", 1n, 21n]), 1);
    remove(family, ["c", 1n]);
    assert.deepEqual(changed(), textRows(["a", 1n, 11n], ["b", 1n, 21n]));
    await store.commit(1, UNFENCED);
    assert.deepEqual(changed(), []);
    assert.equal(put(family, ["b", 1n, 22n]), 1);
    assert.deepEqual(changed(), textRows(["b", 1n, 22n]));
  },

  "tells the rows that were put in the order in which they were": async (subject) => {
    const { store, family } = await runOf(subject).at(null);
    const changed = (): unknown[] =>
      [...family.changed()].flatMap(({ keys, rowCount }) =>
        Array.from({ length: rowCount }, (_, i) => valueAt(keys[0]!, i)),
      );
    put(family, ["a", 1n, 10n], ["b", 1n, 20n], ["a", 1n, 11n]);
    assert.deepEqual(changed(), ["a", "b"]);
    remove(family, ["a", 1n]);
    put(family, ["c", 1n, 30n]);
    put(family, ["b", 1n, 21n], ["a", 1n, 12n]);
    assert.deepEqual(changed(), ["b", "c", "a"]);
    await store.commit(1, UNFENCED);
    // from one end of a long list of changes to the other
    const many = Array.from({ length: 50_000 }, (_, i) => `k${i}`);
    put(family, ...many.map((key): Row => [key, 1n, 1n]));
    remove(family, ["k0", 1n], ["k20000", 1n]);
    put(family, ["x", 1n, 1n], ["y", 1n, 1n]);
    const left = many.filter((key) => key !== "k0" && key !== "k20000");
    assert.deepEqual(changed(), [...left, "x", "y"]);
  },

  "removes keys and counts those that were there": async (subject) => {
    const { family } = await runOf(subject).at(null);
    put(family, ["a", 1n, 10n], ["b", 1n, 20n], ["c", 1n, 30n]);
    assert.equal(remove(family, ["a", 1n], ["a", 1n], ["x", 1n], ["c", 1n]), 2);
    assert.deepEqual(allRows(family), textRows(["b", 1n, 20n]));
    put(family, ["a", 1n, 12n]);
    assert.deepEqual(allRows(family), textRows(["a", 1n, 12n], ["b", 1n, 20n]));
  },

  "compares keys as a grouping does": async (subject) => {
    const spec = {
      operatorId: 0,
      name: "default",
      keySchema: parseDdl("d DOUBLE, s STRING"),
      valueSchema: parseDdl("n INT"),
    };
    const { family } = await runOf(subject).at(null, spec);
    put(family, [0, null, 1], [Number.NaN, "", 2], [null, null, 3]);
    assert.deepEqual(get(family, [-0, null], [Number.NaN, ""], [null, null], [null, ""]), [
      [1],
      [2],
      [3],
      null,
    ]);
    put(family, [-0, null, 4]);
    assert.equal(family.rowCount, 3);
  },

  "keeps its own copy of keys and values": async (subject) => {
    const { family } = await runOf(subject).at(null);
    const keys = batchFromRows(COUNTS.keySchema, [["a", 1n]]).columns;
    const values = batchFromRows(COUNTS.valueSchema, [[1n]]).columns;
    family.put(keys, values, 1);
    for (const column of [...keys, ...values]) {
      if (column.layout === "int64") column.values.fill(99n);
      if (column.layout === "bytes") column.data.fill(33);
    }
    assert.deepEqual(allRows(family), textRows(["a", 1n, 1n]));
  },

  "scans every row once": async (subject) => {
    const { family } = await runOf(subject).at(null);
    const rows = Array.from({ length: 10_000 }, (_, i): Row => [`key ${i}`, BigInt(i), BigInt(i)]);
    put(family, ...rows);
    remove(family, ["key 17", 17n]);
    assert.deepEqual(allRows(family), textRows(...rows.filter((_, i) => i !== 17)));
  },

  "finds the rows at or below a bound, and none without a time": async (subject) => {
    const { family } = await runOf(subject).at(null);
    put(
      family,
      ["a", 30n, 1n],
      ["b", -5n, 2n],
      ["c", null, 3n],
      ["d", 10n, 4n],
      ["e", 31n, 5n],
      ["f", 10n, 6n],
    );
    remove(family, ["d", 10n]);
    const below = (bound: bigint): string[] => rowsOfPieces(family.scanBelow(bound));
    assert.deepEqual(below(30n), textRows(["a", 30n, 1n], ["b", -5n, 2n], ["f", 10n, 6n]));
    assert.deepEqual(below(9n), textRows(["b", -5n, 2n]));
    assert.deepEqual(below(-6n), []);
    remove(family, ["b", -5n], ["f", 10n]);
    assert.deepEqual(below(29n), []);
    put(family, ["b", -5n, 7n]);
    assert.deepEqual(below(0n), textRows(["b", -5n, 7n]));
  },

  "removes and gives the rows at or below a bound, whether they are few of all or most": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    const row = (i: number): Row => [`w${i % 7}`, BigInt(i) * 700_000n, BigInt(i)];
    const rows = Array.from({ length: 300 }, (_, i) => row(i));
    put(family, ...rows, ["w0", null, -1n]);
    const first = await store.commit(1, UNFENCED);
    put(family, row(300));
    let left = [...rows, row(300)];
    for (const below of [20, 250, 298]) {
      const gone = left.filter((_, k) => k < below - (301 - left.length));
      left = left.slice(gone.length);
      assert.deepEqual(
        rowsOfPieces(family.removeBelow(BigInt(below) * 700_000n - 1n)),
        textRows(...gone),
        `below ${below}`,
      );
      assert.deepEqual(allRows(family), textRows(...left, ["w0", null, -1n]));
    }
    assert.deepEqual(rowsOfPieces(family.removeBelow(0n)), []);
    put(family, row(5));
    const second = await store.commit(2, UNFENCED);
    assert.deepEqual(await run.rowsAt(second), textRows(row(5), ...left, ["w0", null, -1n]));
    assert.deepEqual(await run.rowsAt(first), textRows(...rows, ["w0", null, -1n]));
  },

  "removes all rows at or below a bound though not all are asked for": async (subject) => {
    const { family } = await runOf(subject).at(null);
    put(family, ...Array.from({ length: 20_000 }, (_, i): Row => [`k${i}`, BigInt(i), 0n]));
    for (const _ of family.removeBelow(19_998n)) break;
    assert.deepEqual(allRows(family), textRows(["k19999", 19_999n, 0n]));
  },

  "tells the lowest time there is, if it can, through changes and loads": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    const lowest = (of: StateFamily, expected: bigint | null): void => {
      if (of.lowest !== undefined) assert.equal(of.lowest(), expected);
    };
    lowest(family, null);
    put(family, ["a", 3_000_001n, 1n], ["b", 3_000_000n, 2n], ["c", null, 3n], ["d", -5_000_000n, 4n]);
    lowest(family, -5_000_000n);
    remove(family, ["d", -5_000_000n]);
    lowest(family, 3_000_000n);
    const { family: again } = await run.at(await store.commit(1, UNFENCED));
    lowest(again, 3_000_000n);
    remove(again, ["a", 3_000_001n], ["b", 3_000_000n]);
    lowest(again, null);
  },

  "finds rows by time after a load too": async (subject) => {
    const run = runOf(subject);
    const [, , third] = await commitVersions(run, 3);
    const { family } = await run.at(third!);
    assert.deepEqual(rowsOfPieces(family.scanBelow(2_000_000n)), words(2));
  },

  "inserts the rows whose keys are not there, of several with one key the first": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    put(family, ["a", 1n, 10n]);
    assert.deepEqual(insert(family, ["b", 1n, 20n], ["a", 1n, 11n], ["b", 1n, 21n], ["c", 1n, 30n]), [0, 3]);
    const left = textRows(["a", 1n, 10n], ["b", 1n, 20n], ["c", 1n, 30n]);
    assert.deepEqual(allRows(family), left);
    assert.deepEqual(rowsOfPieces(family.changed()), left);
    remove(family, ["b", 1n]);
    assert.deepEqual(insert(family, ["b", 1n, 22n]), [0]);
    assert.deepEqual(await run.rowsAt(await store.commit(1, UNFENCED)), allRows(family));
  },

  "orders rows by a value, where they are when it changes": async (subject) => {
    const run = runOf(subject);
    const spec = {
      ...COUNTS,
      keySchema: parseDdl("word STRING"),
      valueSchema: parseDdl("n INT, at TIMESTAMP"),
      orderedBy: 2,
    };
    const { store, family } = await run.at(null, spec);
    put(family, ["a", 1, 5_000_000n], ["b", 2, 9_000_000n], ["c", 3, null]);
    put(family, ["a", 1, 20_000_000n]);
    const below = (of: StateFamily): string[] => rowsOfPieces(of.scanBelow(10_000_000n));
    assert.deepEqual(below(family), textRows(["b", 2, 9_000_000n]));
    const version = await store.commit(1, UNFENCED);
    put(family, ["b", 2, 30_000_000n], ["a", 1, 4_000_000n]);
    assert.deepEqual(below(family), textRows(["a", 1, 4_000_000n]));
    const { family: again } = await run.at(version, spec);
    assert.deepEqual(below(again), textRows(["b", 2, 9_000_000n]));
  },

  "finds rows by the beginnings of their keys, through changes and loads": async (subject) => {
    const run = runOf(subject);
    const seed = 4;
    const random = seededRandom(seed);
    const spec = {
      ...COUNTS,
      keySchema: parseDdl("word STRING, k INT, number BIGINT"),
      orderedBy: 3,
      valueSchema: parseDdl("at TIMESTAMP"),
      prefix: 2,
    };
    const key = (): Row => [`w${random.integer(0, 5)}`, random.chance(0.1) ? null : random.integer(0, 3)];
    let { store, family } = await run.at(null, spec);
    const model = new Map<string, Row>();
    let version: StateVersion | null = null;
    for (let step = 0; step < 60; step++) {
      const rows = Array.from({ length: 10 }, (_, i): Row => [...key(), BigInt(step * 10 + i), BigInt(step)]);
      put(family, ...rows);
      for (const row of rows) model.set(textOf(row.slice(0, 3)), row);
      const gone = [...model.values()].filter(() => random.chance(0.2));
      remove(family, ...gone.map((row) => row.slice(0, 3)));
      for (const row of gone) model.delete(textOf(row.slice(0, 3)));
      if (random.chance(0.2)) {
        version = await store.commit((version?.version ?? 0) + 1, UNFENCED);
        await store.close();
        ({ store, family } = await run.at(version, spec));
      }
      const asked = [key(), key(), key()];
      const expected = asked.map((prefix) =>
        textRows(...[...model.values()].filter((row) => textOf(row.slice(0, 2)) === textOf(prefix))),
      );
      assert.deepEqual(matches(family, asked), expected, `seed ${seed}, step ${step}`);
    }
  },

  "keeps families apart": async (subject) => {
    const run = runOf(subject);
    const specs = [COUNTS, { ...COUNTS, name: "other" }, { ...COUNTS, operatorId: 1 }];
    const store = await run.open();
    const families = specs.map((spec) => store.family(spec));
    await store.load(null);
    for (const [i, family] of families.entries()) put(family, ["a", 0n, BigInt(i)]);
    const version = await store.commit(1, UNFENCED);
    const again = await run.open();
    const loaded = specs.map((spec) => again.family(spec));
    await again.load(version);
    for (const [i, family] of loaded.entries()) {
      assert.deepEqual(allRows(family), textRows(["a", 0n, BigInt(i)]));
    }
  },

  "holds values of every kind": async (subject) => {
    const spec = {
      operatorId: 0,
      name: "default",
      keySchema: parseDdl("b BINARY, d DECIMAL(38,2), s STRUCT<a: INT, t: ARRAY<STRING>>"),
      valueSchema: parseDdl(
        "m MAP<STRING, ARRAY<DOUBLE>>, f FLOAT, y BOOLEAN, x TINYINT, z SMALLINT, t STRING",
      ),
    };
    const rows: Row[] = [
      [
        Uint8Array.of(0, 255),
        10n ** 37n,
        [1, ["ä", null]],
        { keys: ["k"], values: [[1.5, null]] },
        0.5,
        true,
        -128,
        7,
        "🦉",
      ],
      [null, -(10n ** 20n), [null, []], null, null, null, null, null, ""],
      [new Uint8Array(0), null, null, { keys: [], values: [] }, -1, false, 127, -7, null],
    ];
    const run = runOf(subject);
    const { store, family } = await run.at(null, spec);
    put(family, ...rows);
    const version = await store.commit(1, UNFENCED);
    assert.deepEqual(await run.rowsAt(version, spec), textRows(...rows));
  },

  "holds keys and values of any length": async (subject) => {
    const spec = {
      operatorId: 0,
      name: "default",
      keySchema: parseDdl("k STRING, n INT"),
      valueSchema: parseDdl("t STRING"),
      prefix: 1,
    };
    const lengths = [0, 1, 400, 600, 5000, 70_000];
    const rowsOf = (length: number): Row[] => [
      ["k".repeat(length), 1, "t".repeat(length)],
      ["k".repeat(length), 2, "u".repeat(3 * length)],
    ];
    const all = lengths.flatMap(rowsOf);
    // long texts are compared, and shown, by their lengths
    const short = (rows: readonly string[]): string[] =>
      rows.map((row) => row.replace(/(.)\1{9,}/g, (run, letter) => `${letter} x ${run.length}`)).sort();
    const run = runOf(subject);
    const { store, family } = await run.at(null, spec);
    put(family, ...all);
    const [found] = get(family, ["k".repeat(5000), 2]);
    assert.equal((found![0] as string).length, 15_000);
    assert.deepEqual(short(matches(family, [["k".repeat(600)]])[0]!), short(textRows(...rowsOf(600))));
    const first = await store.commit(1, UNFENCED);
    put(family, ["k".repeat(5000), 2, "short"]);
    remove(family, ["k".repeat(70_000), 1]);
    const second = await store.commit(2, UNFENCED);
    assert.deepEqual(short(await run.rowsAt(first, spec)), short(textRows(...all)));
    const now: Row[] = [
      ...lengths.slice(0, 4).flatMap(rowsOf),
      rowsOf(5000)[0]!,
      ["k".repeat(5000), 2, "short"],
      rowsOf(70_000)[1]!,
    ];
    assert.deepEqual(short(await run.rowsAt(second, spec)), short(textRows(...now)));
  },

  "loads what was committed": async (subject) => {
    const run = runOf(subject);
    const versions = await commitVersions(run, 3);
    assert.deepEqual(await run.rowsAt(versions.at(-1)!), words(3));
  },

  "loads what was removed as removed": async (subject) => {
    const run = runOf(subject);
    const [, second] = await commitVersions(run, 2);
    const { store, family } = await run.at(second!);
    remove(family, ["w1", 1_000_000n]);
    const third = await store.commit(3, UNFENCED);
    assert.deepEqual(await run.rowsAt(third), textRows(wordRow(2)));
  },

  "loads any version again, in any order": async (subject) => {
    const run = runOf(subject);
    const versions = await commitVersions(run, 6);
    for (const v of [2, 6, 1, 4]) assert.deepEqual(await run.rowsAt(versions[v - 1]!), words(v));
  },

  "goes on from an older version": async (subject) => {
    const run = runOf(subject);
    const versions = await commitVersions(run, 4);
    const { store, family } = await run.at(versions[1]!);
    put(family, ["new", 0n, 0n]);
    const third = await store.commit(3, UNFENCED);
    assert.deepEqual(await run.rowsAt(third), [...words(2), ...textRows(["new", 0n, 0n])].sort());
  },

  "commits a version without changes": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    await store.commit(1, UNFENCED);
    put(family, wordRow(1));
    const second = await store.commit(2, UNFENCED);
    const third = await store.commit(3, UNFENCED);
    assert.deepEqual(await run.rowsAt(second), words(1));
    assert.deepEqual(await run.rowsAt(third), words(1));
  },

  "forgets at an abort what was not committed": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    put(family, wordRow(1));
    store.abort();
    await store.load(null);
    assert.deepEqual(allRows(family), []);
    put(family, wordRow(1));
    const first = await store.commit(1, UNFENCED);
    put(family, wordRow(2));
    remove(family, ["w1", 1_000_000n]);
    store.abort();
    await store.load(first);
    assert.deepEqual(allRows(family), words(1));
    put(family, wordRow(2));
    assert.deepEqual(await run.rowsAt(await store.commit(2, UNFENCED)), words(2));
  },

  "commits nothing for a run that has been taken over": async (subject) => {
    const run = runOf(subject);
    const [first] = await commitVersions(run, 1);
    const { store, family } = await run.at(first!);
    put(family, wordRow(2));
    const fenced = new Error("another run has taken over");
    await assert.rejects(
      store.commit(2, async () => {
        throw fenced;
      }),
      (error) => error === fenced || (error as Error).cause === fenced,
    );
    assert.deepEqual(await run.rowsAt(first!), words(1));
  },

  "keeps two attempts at one version apart": async (subject) => {
    const run = runOf(subject);
    const [first] = await commitVersions(run, 1);
    const mine = await run.at(first!);
    const theirs = await run.at(first!);
    put(mine.family, ["mine", 0n, 1n]);
    put(theirs.family, ["theirs", 0n, 1n]);
    const myVersion = await mine.store.commit(2, UNFENCED);
    const theirVersion = await theirs.store.commit(2, UNFENCED);
    assert.notDeepEqual(myVersion, theirVersion);
    assert.deepEqual(await run.rowsAt(myVersion), [...words(1), ...textRows(["mine", 0n, 1n])].sort());
    assert.deepEqual(await run.rowsAt(theirVersion), [...words(1), ...textRows(["theirs", 0n, 1n])].sort());
  },

  "loses nothing that was committed in a crash before any write": async (subject) => {
    let committed: StateVersion[] = [];
    await crashAtEveryWrite({
      prepare: async (disk) => {
        committed = await commitVersions(runOf(subject, disk), 3);
      },
      run: async (disk) => {
        const { store, family } = await runOf(subject, disk).at(committed[2]!);
        for (let v = 4; v <= 6; v++) {
          put(family, wordRow(v));
          committed = [...committed, await store.commit(v, UNFENCED)];
          await store.maintain(1);
        }
      },
      check: async (disk) => {
        const run = runOf(subject, disk);
        for (const version of committed) assert.deepEqual(await run.rowsAt(version), words(version.version));
        const { store, family } = await run.at(committed.at(-1)!);
        const next = committed.length + 1;
        put(family, wordRow(next));
        assert.deepEqual(await run.rowsAt(await store.commit(next, UNFENCED)), words(next));
      },
    });
  },

  "names a file that was cut, altered or lost, and never gives a wrong answer": async (subject) => {
    const spoil: ((bytes: Uint8Array) => Uint8Array | null)[] = [
      () => null,
      () => new Uint8Array(0),
      (bytes) => bytes.subarray(0, bytes.length - 1),
      (bytes) => bytes.subarray(0, bytes.length >> 1),
      (bytes) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)),
      (bytes) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 0x80 : byte)),
    ];
    for (const change of spoil) {
      const run = runOf(subject);
      const last = (await commitVersions(run, 5)).at(-1)!;
      for (const [path, bytes] of run.disk.files()) {
        const changed = change(bytes);
        if (changed) run.disk.corrupt(path, () => changed);
        else await run.disk.delete(path);
        await assertRightOrNamed(run, last);
        if (changed) run.disk.corrupt(path, () => bytes);
        else await run.disk.createExclusive(path, bytes);
      }
    }
  },

  "keeps after maintenance every version that is needed": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    const versions: StateVersion[] = [];
    for (let v = 1; v <= 25; v++) {
      put(family, wordRow(v));
      versions.push(await store.commit(v, UNFENCED));
      await store.maintain(Math.max(1, v - 3));
    }
    assert.deepEqual(allRows(family), words(25));
    for (const v of [22, 23, 24, 25]) assert.deepEqual(await run.rowsAt(versions[v - 1]!), words(v));
  },

  "gives after maintenance what it was begun for, whatever changes meanwhile": async (subject) => {
    const run = runOf(subject);
    const random = seededRandom(9);
    const { store, family } = await run.at(null);
    const model = new Map<string, Row>();
    const change = (count: number, step: number): void => {
      const rows = Array.from({ length: count }, (): Row => {
        return [`k${random.integer(0, 5000)}`, BigInt(random.integer(0, 3)), BigInt(step)];
      });
      put(family, ...rows);
      for (const row of rows) model.set(textOf(row.slice(0, 2)), row);
      const gone = [...model.values()].filter(() => random.chance(0.05));
      remove(family, ...gone.map((row) => row.slice(0, 2)));
      for (const row of gone) model.delete(textOf(row.slice(0, 2)));
    };
    let maintained = Promise.resolve();
    for (let v = 1; v <= 14; v++) {
      change(v === 1 ? 6000 : 200, v);
      const version = await store.commit(v, UNFENCED);
      // changes of the next batch come while the work is under way
      await maintained;
      maintained = store.maintain(Math.max(1, v - 1));
      change(100, v);
      const expected = textRows(...model.values());
      assert.deepEqual(allRows(family), expected, `version ${v}`);
      if (v % 5 !== 0) continue;
      await maintained;
      const again = await run.rowsAt(version);
      assert.ok(again.length > 0);
      const next = await store.commit(v + 1, UNFENCED);
      assert.deepEqual(await run.rowsAt(next), expected);
      v++;
    }
    await maintained;
  },

  "does not grow for ever where keys come and go": async (subject) => {
    const run = runOf(subject);
    const { store, family } = await run.at(null);
    for (let v = 1; v <= 200; v++) {
      put(family, wordRow(v));
      if (v > 2) remove(family, [`w${v - 2}`, BigInt(v - 2) * 1_000_000n]);
      await store.commit(v, UNFENCED);
      await store.maintain(Math.max(1, v - 2));
    }
    const sizes = [...run.disk.files().values()].map((bytes) => bytes.length);
    assert.ok(sizes.length < 100, `${sizes.length} files for two rows`);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total < 100_000, `${total} bytes for two rows`);
  },

  "counts rows for the progress report": async (subject) => {
    const { store, family } = await runOf(subject).at(null);
    put(family, wordRow(1), wordRow(2));
    await store.commit(1, UNFENCED);
    const metrics = store.metrics(0);
    assert.equal(metrics.rowsTotal, 2);
    assert.ok(metrics.memoryUsedBytes > 0);
    assert.ok(metrics.commitTimeMs >= 0);
  },

  "behaves as a plain map under random changes, commits, aborts and restarts": async (subject) => {
    for (let seed = 1; seed <= 3; seed++) await compareWithMap(runOf(subject), seed);
  },
};

async function assertRightOrNamed(run: StateRun, version: StateVersion): Promise<void> {
  let rows: string[];
  try {
    rows = await run.rowsAt(version);
  } catch (error) {
    assert.ok(StreamError.is(error), `not an error of this project: ${String(error)}`);
    return;
  }
  assert.deepEqual(rows, words(version.version));
}

async function compareWithMap(run: StateRun, seed: number): Promise<void> {
  const random = seededRandom(seed);
  let model = new Map<string, Row>();
  let committed = new Map(model);
  let version: StateVersion | null = null;
  let { store, family } = await run.at(null);
  for (let step = 0; step < 150; step++) {
    const rows = Array.from({ length: random.integer(1, 20) }, (): Row => {
      const time = random.chance(0.1) ? null : BigInt(random.integer(-20, 20));
      return [`k${random.integer(0, 40)}`, time, BigInt(step)];
    });
    if (random.chance(0.6)) {
      put(family, ...rows);
      for (const row of rows) model.set(textOf(row.slice(0, 2)), row);
    } else {
      remove(family, ...rows.map((row) => row.slice(0, 2)));
      for (const row of rows) model.delete(textOf(row.slice(0, 2)));
    }
    const end = random.next();
    if (end < 0.3) {
      version = await store.commit((version?.version ?? 0) + 1, UNFENCED);
      committed = new Map(model);
    } else if (end < 0.4) {
      store.abort();
      await store.load(version);
      model = new Map(committed);
    } else if (end < 0.5) {
      await store.close();
      ({ store, family } = await run.at(version));
      model = new Map(committed);
    } else if (end < 0.6) {
      store.abort();
      await store.load(version);
      model = new Map(committed);
      await store.maintain(version?.version ?? 0);
    }
    assert.deepEqual(allRows(family), textRows(...model.values()), `seed ${seed}, step ${step}`);
    const bound = BigInt(random.integer(-25, 25));
    const below = [...model.values()].filter((row) => row[1] !== null && (row[1] as bigint) <= bound);
    assert.deepEqual(
      rowsOfPieces(family.scanBelow(bound)),
      textRows(...below),
      `seed ${seed}, step ${step}, ${bound}`,
    );
    if (!random.chance(0.2)) continue;
    assert.deepEqual(
      rowsOfPieces(family.removeBelow(bound)),
      textRows(...below),
      `seed ${seed}, step ${step}`,
    );
    for (const row of below) model.delete(textOf(row.slice(0, 2)));
  }
}
