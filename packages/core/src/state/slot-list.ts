const CHUNK = 1 << 14;

/** A list of slots that grows without ever being copied. */
export class SlotList {
  private chunks: Int32Array[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(slot: number): void {
    const at = this.count % CHUNK;
    if (at === 0 && this.count === this.chunks.length * CHUNK) this.chunks.push(new Int32Array(CHUNK));
    this.chunks[(this.count - at) / CHUNK]![at] = slot;
    this.count++;
  }

  /** All of them in one array. */
  toArray(): Int32Array {
    const all = new Int32Array(this.count);
    let at = 0;
    for (const piece of this.pieces()) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** The slots in their order, in pieces. */
  *pieces(): Generator<Int32Array> {
    for (let from = 0; from < this.count; from += CHUNK) {
      yield this.chunks[from / CHUNK]!.subarray(0, this.count - from);
    }
  }

  /** The pieces from the last to the first; within each the slots are in their order. */
  *piecesBackwards(): Generator<Int32Array> {
    for (let k = Math.ceil(this.count / CHUNK) - 1; k >= 0; k--) {
      yield this.chunks[k]!.subarray(0, this.count - k * CHUNK);
    }
  }

  /** Forgets all slots and keeps the memory of a short list. */
  clear(): void {
    this.count = 0;
    this.chunks.length = Math.min(this.chunks.length, 1);
  }
}
