import assert from "node:assert/strict";
import { parseDdl, type StateFamily, type StateVersion } from "@ss/core";
import { seededRandom } from "../../seeded-random.js";
import type { Guarantee } from "../guarantees.js";
import { textOf } from "../source-run.js";
import {
  allRows,
  COUNTS,
  matches,
  put,
  type Row,
  remove,
  rowsOfPieces,
  textRows,
  UNFENCED,
} from "../state-run.js";
import { commitVersions, runOf, type StateStoreUnderTest, words } from "./subject.js";

/** What a family finds by the column that orders its rows, and by the beginnings of their keys. */
export const orderGuarantees: Readonly<Record<string, Guarantee<StateStoreUnderTest>>> = {
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
};
