import assert from "node:assert/strict";
import { type StateVersion, StreamError } from "@ss/core";
import { crashAtEveryWrite } from "../../disk/crash-at-every-write.js";
import { seededRandom } from "../../seeded-random.js";
import type { Guarantee } from "../guarantees.js";
import { textOf } from "../source-run.js";
import { allRows, put, type Row, remove, type StateRun, textRows, UNFENCED } from "../state-run.js";
import { commitVersions, runOf, type StateStoreUnderTest, wordRow, words } from "./subject.js";

/** What can be loaded again: versions, attempts, what crashes and defective files leave, and what maintenance keeps. */
export const versionGuarantees: Readonly<Record<string, Guarantee<StateStoreUnderTest>>> = {
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
