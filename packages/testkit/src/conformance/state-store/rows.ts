import assert from "node:assert/strict";
import { batchFromRows, parseDdl, valueAt } from "@ss/core";
import type { Guarantee } from "../guarantees.js";
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
  textRows,
  UNFENCED,
} from "../state-run.js";
import { runOf, type StateStoreUnderTest, wordRow } from "./subject.js";

/** What a family finds, counts and lists of the rows that were put, inserted and removed. */
export const rowGuarantees: Readonly<Record<string, Guarantee<StateStoreUnderTest>>> = {
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

  "counts rows for the progress report": async (subject) => {
    const { store, family } = await runOf(subject).at(null);
    put(family, wordRow(1), wordRow(2));
    await store.commit(1, UNFENCED);
    const metrics = store.metrics(0);
    assert.equal(metrics.rowsTotal, 2);
    assert.ok(metrics.memoryUsedBytes > 0);
    assert.ok(metrics.commitTimeMs >= 0);
  },
};
