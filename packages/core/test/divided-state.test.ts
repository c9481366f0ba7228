import { describe, expect, test } from "vitest";
import {
  batchFromRows,
  type Column,
  DictionaryColumn,
  FamilyHolder,
  type FamilySpec,
  parseDdl,
  relationOf,
  rowsByOwner,
  type StateShare,
  takeColumn,
  type Value,
  valueAt,
} from "../src/index.js";

/** Numbers from 0 to 1, by chance (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const DIVISION = { partitions: 16, owners: 4 };

/** The owner of each row. */
function owners(columns: readonly Column[], rowCount: number): number[] {
  const out: number[] = [];
  for (const [owner, rows] of rowsByOwner(columns, rowCount, DIVISION).entries()) {
    for (const row of rows) out[row] = owner;
  }
  return out;
}

function columnsOf(ddl: string, rows: readonly (readonly Value[])[]): readonly Column[] {
  return batchFromRows(parseDdl(ddl), rows).columns;
}

describe("the owner of a key", () => {
  test("is what it was in every release: state files name what it divides", () => {
    const columns = columnsOf("word STRING, at BIGINT", [
      ["a", 1n],
      ["b", 2n],
      [null, 3n],
      ["a name of some length", -1n],
      ["", null],
      ["Ärger", 1n << 40n],
    ]);
    expect(owners(columns, 6)).toEqual([1, 2, 2, 3, 2, 2]);
  });

  test("does not depend on the layout of a column", () => {
    const words = ["x", "yy", "zzz and more", null, "", "x", "yy"];
    const [plain] = columnsOf(
      "word STRING",
      words.map((word) => [word]),
    ) as [Column];
    const entries = ["", "zzz and more", "yy", "x"];
    const [dictionary] = columnsOf(
      "word STRING",
      entries.map((word) => [word]),
    ) as [Exclude<Column, DictionaryColumn>];
    const codes = Int32Array.from(words, (word) => (word === null ? 0 : entries.indexOf(word)));
    const coded = new DictionaryColumn(plain.type, words.length, plain.validity, codes, dictionary);
    expect(owners([coded], 7)).toEqual(owners([plain], 7));
    // a dictionary that is longer than the rows
    const few = Int32Array.of(2, 0);
    expect(owners([takeColumn(coded, few, 2)], 2)).toEqual(owners([takeColumn(plain, few, 2)], 2));
  });

  test("is one for keys that are equal as Spark groups them", () => {
    const numbers = columnsOf("d DOUBLE, f FLOAT", [
      [0, 0],
      [-0, -0],
      [Number.NaN, Number.NaN],
      [-Number.NaN, Number.NaN],
    ]);
    const [zero, minusZero, nan, otherNan] = owners(numbers, 4);
    expect(minusZero).toBe(zero);
    expect(otherNan).toBe(nan);
    const maps = columnsOf("m MAP<STRING, INT>", [
      [{ keys: ["a", "b"], values: [1, 2] }],
      [{ keys: ["b", "a"], values: [2, 1] }],
    ]);
    const [one, other] = owners(maps, 2);
    expect(other).toBe(one);
  });

  test("keys spread over all partitions, whatever they are made of", () => {
    const random = numbersFrom(5);
    const rows = Array.from({ length: 4096 }, (_, i) => [
      `customer ${i}`,
      i,
      BigInt(i) * 86_400_000_000n,
      random(),
      [i, i + 1],
      { keys: ["k"], values: [i] },
    ]);
    const types = ["STRING", "INT", "BIGINT", "DOUBLE", "ARRAY<INT>", "MAP<STRING, INT>"];
    const columns = columnsOf(types.map((type, k) => `c${k} ${type}`).join(", "), rows);
    for (const [k, column] of columns.entries()) {
      const parts = rowsByOwner([column], rows.length, { partitions: 16, owners: 16 });
      // 256 each on average; a hash that is not even would leave some nearly empty
      for (const part of parts) expect(part.length, types[k]).toBeGreaterThan(160);
    }
  });
});

test("rows of a share are in all, some or none of another", () => {
  const share = (owner: number, of: number, partitions = 16): StateShare => ({
    partitions,
    owners: of,
    owner,
  });
  expect(relationOf(null, null)).toBe("all");
  expect(relationOf(share(1, 3), null)).toBe("all");
  expect(relationOf(null, share(0, 2))).toBe("some");
  expect(relationOf(share(1, 2), share(1, 2))).toBe("all");
  expect(relationOf(share(0, 2), share(1, 2))).toBe("none");
  expect(relationOf(share(3, 4), share(1, 2))).toBe("all");
  expect(relationOf(share(1, 2), share(3, 4))).toBe("some");
  expect(relationOf(share(1, 2), share(2, 3))).toBe("some");
  expect(relationOf(share(1, 2, 8), share(1, 2))).toBe("some");
});

const COUNTS: FamilySpec = {
  operatorId: 0,
  name: "default",
  keySchema: parseDdl("word STRING, n INT"),
  valueSchema: parseDdl("count BIGINT"),
};

/** What the holders of a family have. */
function rowsOf(holders: readonly FamilyHolder[]): string[] {
  const all: string[] = [];
  for (const { family } of holders) {
    for (const { keys, values, rowCount } of family.scan()) {
      for (let i = 0; i < rowCount; i++) {
        all.push([...keys, ...values].map((column) => String(valueAt(column, i))).join(" "));
      }
    }
  }
  return all.sort();
}

function holdersOf(owners: number): FamilyHolder[] {
  return Array.from({ length: owners }, (_, owner) => {
    return new FamilyHolder(COUNTS, owners === 1 ? null : { partitions: 16, owners, owner });
  });
}

function change(holders: readonly FamilyHolder[], rows: readonly Value[][], removed: boolean): void {
  const { columns } = batchFromRows(parseDdl("word STRING, n INT, count BIGINT"), rows);
  const owned = rowsByOwner(columns.slice(0, 2), rows.length, { partitions: 16, owners: holders.length });
  for (const [k, positions] of owned.entries()) {
    const taken = columns.map((column) => takeColumn(column, positions, positions.length));
    const { family } = holders[k]!;
    if (removed) family.remove(taken.slice(0, 2), positions.length);
    else family.put(taken.slice(0, 2), taken.slice(2), positions.length);
  }
}

/** Blocks are valid until the next is asked for. */
const copies = (blocks: Iterable<Uint8Array>): Uint8Array[] => Array.from(blocks, (block) => block.slice());

/** The payload of a block, as a reader of files gives it. */
const payload = (block: Uint8Array): Uint8Array => block.slice(8);

test.each([1, 2, 3, 4])("blocks of %i owners hold their state for any other number", (before) => {
  const random = numbersFrom(before);
  const source = holdersOf(before);
  const targets = [1, 2, 3, 4].map(holdersOf);
  const pass = (blocks: Uint8Array[]): void => {
    for (const holders of targets) {
      for (const block of blocks) for (const holder of holders) holder.apply(payload(block));
      for (const holder of holders) holder.committed();
    }
  };
  for (let batch = 0; batch < 6; batch++) {
    const rows = (): Value[][] =>
      Array.from({ length: 300 }, () => {
        const n = Math.floor(random() * 400);
        return [`w${n % 7}`, n, BigInt(batch)];
      });
    change(source, rows(), false);
    if (batch % 2 === 1) change(source, rows(), true);
    pass(source.flatMap((holder) => copies(holder.changes(0) ?? [])));
    for (const holder of source) holder.committed();
    const expected = rowsOf(source);
    for (const holders of targets) expect(rowsOf(holders), `seed ${before}`).toEqual(expected);
  }
  // a snapshot, begun before more changes come
  const images = source.map((holder) => holder.image(0));
  const expected = rowsOf(source);
  change(source, [["w1", 1, 99n]], false);
  for (const holders of targets) for (const holder of holders) holder.clear();
  pass(images.flatMap(({ blocks }) => copies(blocks)));
  for (const image of images) image.end();
  for (const holders of targets) expect(rowsOf(holders)).toEqual(expected);
});
