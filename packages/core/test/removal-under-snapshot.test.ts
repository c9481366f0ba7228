import { expect, test } from "vitest";
import { batchFromRows, type Column, parseDdl, valueAt } from "../src/index.js";
import type { ImagePiece } from "../src/state/family-image.js";
import { MemoryFamily } from "../src/state/memory-family.js";

const KEY = parseDdl("k STRING, at TIMESTAMP");
const VALUE = parseDdl("n INT");

/** The row of a number, and its time. */
const textOf = (i: number, n: number): string => `k${i % 97}-${i}|${i * 1000}|${n}`;

function put(family: MemoryFamily, numbers: readonly number[], n: number): void {
  const keys = numbers.map((i) => [`k${i % 97}-${i}`, BigInt(i * 1000)]);
  const values = numbers.map(() => [n]);
  family.put(batchFromRows(KEY, keys).columns, batchFromRows(VALUE, values).columns, numbers.length);
}

function rowsOf({ columns, rows }: ImagePiece): string[] {
  const [k, at, n] = columns as [Column, Column, Column];
  return Array.from(rows, (row) => `${valueAt(k, row)}|${valueAt(at, row)}|${valueAt(n, row)}`);
}

test.each([
  [0.1, "few of the rows"],
  [0.9, "most of the rows"],
])("a snapshot under way has the rows that go below a bound meanwhile (%d: %s)", (share) => {
  const count = 40_000;
  const family = new MemoryFamily({
    operatorId: 0,
    name: "default",
    keySchema: KEY,
    valueSchema: VALUE,
    orderedBy: 1,
    prefix: 1,
  });
  const all = Array.from({ length: count }, (_, i) => i);
  put(family, all, 1);
  family.markCommitted();
  const image = family.beginImage();
  const found: string[] = [];
  found.push(...rowsOf(image.next()!));
  let gone = 0;
  for (const { rowCount } of family.removeBelow(BigInt(Math.floor(count * share) * 1000))) {
    gone += rowCount;
    // between two pieces of the removal, and with slots that are used again
    const piece = image.next();
    if (piece !== null) found.push(...rowsOf(piece));
  }
  expect(gone).toBe(Math.floor(count * share) + 1);
  put(
    family,
    all.slice(0, 500).map((i) => count + i),
    2,
  );
  for (let piece = image.next(); piece !== null; piece = image.next()) found.push(...rowsOf(piece));
  family.endImage();
  expect(found.sort()).toEqual(all.map((i) => textOf(i, 1)).sort());
  expect(family.rowCount).toBe(count - gone + 500);
});
