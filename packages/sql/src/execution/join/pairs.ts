import { BATCH_ROWS } from "@ss/core";

/** No row, no slot. */
export const NONE = -1;

/** A copy of at least `length`. */
export function grown(old: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, old.length * 2));
  larger.set(old);
  return larger;
}

/** Pairs of rows, collected until they make a batch. The pairs of a probe row are neighbours, and probe rows ascend. */
export class Pairs {
  probe: Int32Array;
  build: Int32Array;
  count = 0;

  constructor(capacity: number = BATCH_ROWS) {
    this.probe = new Int32Array(capacity);
    this.build = new Int32Array(capacity);
  }

  push(probe: number, build: number): void {
    if (this.count === this.probe.length) {
      this.probe = grown(this.probe, this.count * 2);
      this.build = grown(this.build, this.count * 2);
    }
    this.probe[this.count] = probe;
    this.build[this.count++] = build;
  }
}

/** The pairs of probe rows that have at most one partner each, by the slots of their keys. */
export function singlePairs(
  slots: Int32Array,
  heads: Int32Array,
  usable: Uint8Array | undefined,
  rowCount: number,
): Pairs {
  const pairs = new Pairs(rowCount);
  const { probe, build } = pairs;
  let count = 0;
  for (let i = 0; i < rowCount; i++) {
    const slot = slots[i]!;
    if (slot < 0 || (usable !== undefined && usable[i] === 0)) continue;
    const row = heads[slot]!;
    // a slot of rows that cannot match has no head
    if (row < 0) continue;
    probe[count] = i;
    build[count++] = row;
  }
  pairs.count = count;
  return pairs;
}

/** Whether a probe row has two partners. */
export function repeats(pairs: Pairs): boolean {
  for (let p = 1; p < pairs.count; p++) if (pairs.probe[p] === pairs.probe[p - 1]) return true;
  return false;
}

/** The pairs, and each probe row of `from .. to)` that has none with nothing, in order. */
export function withUnmatched(pairs: Pairs, from: number, to: number): Pairs {
  const all = new Pairs(Math.max(pairs.count, to - from));
  let p = 0;
  for (let i = from; i < to; i++) {
    if (p === pairs.count || pairs.probe[p] !== i) all.push(i, NONE);
    for (; p < pairs.count && pairs.probe[p] === i; p++) all.push(i, pairs.build[p]!);
  }
  return all;
}
