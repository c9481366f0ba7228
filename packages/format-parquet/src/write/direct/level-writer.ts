import type { Column } from "@ss/core";
import { GrowingArray } from "../growing-array.js";
import { putHybrid, putRun } from "./hybrid-writer.js";

/** Which rows of a page have values. */
export class LevelWriter {
  /** Rows so far. */
  rows = 0;
  nulls = 0;
  /** 1 for a value, 0 for none; as long as every row has one it is not kept. */
  private readonly levels = new GrowingArray((length) => new Int32Array(length));

  append(column: Column, from: number, to: number): void {
    const { validity } = column;
    if (validity !== null) this.appendBits(validity, from, to);
    else if (this.nulls > 0) this.levels.values.fill(1, this.grown(to - from), this.levels.length);
    this.rows += to - from;
  }

  private appendBits(validity: Uint8Array, from: number, to: number): void {
    if (this.nulls === 0) {
      this.levels.length = 0;
      this.levels.values.fill(1, this.grown(this.rows), this.levels.length);
    }
    let at = this.grown(to - from);
    const { values } = this.levels;
    let present = 0;
    for (let i = from; i < to; i++) {
      const level = (validity[i >> 3]! >> (i & 7)) & 1;
      values[at++] = level;
      present += level;
    }
    this.nulls += to - from - present;
  }

  /** Makes room and returns where it starts. */
  private grown(count: number): number {
    const { levels } = this;
    const start = levels.length;
    levels.reserve(count);
    levels.length = start + count;
    return start;
  }

  /** Writes the levels with their size in front, as in pages of the first version; the next page begins. */
  put(target: GrowingArray<Uint8Array>): void {
    target.reserve(4);
    const start = target.length;
    target.length += 4;
    if (this.nulls === 0) putRun(target, 1, this.rows, 1);
    else putHybrid(target, this.levels.values, this.rows, 1);
    const { values } = target;
    new DataView(values.buffer, values.byteOffset).setUint32(start, target.length - start - 4, true);
    this.rows = 0;
    this.nulls = 0;
    this.levels.length = 0;
  }
}
