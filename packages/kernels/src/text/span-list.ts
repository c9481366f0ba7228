/** A growable list of byte spans, each with a kind: the elements of arrays, the words of lines. */
export class SpanList {
  /** How many spans there are. */
  count = 0;
  /** Offset of the first byte of each span. */
  starts: Int32Array;
  /** Length in bytes of each span; -1 for null. */
  lengths: Int32Array;
  /** The `KIND_` code of each span. */
  kinds: Uint8Array;

  constructor(capacity = 64) {
    this.starts = new Int32Array(capacity);
    this.lengths = new Int32Array(capacity);
    this.kinds = new Uint8Array(capacity);
  }

  /** Empties the list and keeps its arrays. */
  clear(): void {
    this.count = 0;
  }

  /** Adds a span at the end. */
  push(start: number, length: number, kind: number): void {
    const index = this.count;
    if (index === this.starts.length) this.ensureCapacity(index + 1);
    this.starts[index] = start;
    this.lengths[index] = length;
    this.kinds[index] = kind;
    this.count = index + 1;
  }

  /** Makes room for at least `capacity` spans; the arrays are replaced when they grow. */
  ensureCapacity(capacity: number): void {
    if (capacity <= this.starts.length) return;
    const size = Math.max(capacity, this.starts.length * 2, 16);
    const starts = new Int32Array(size);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(size);
    lengths.set(this.lengths);
    this.lengths = lengths;
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}
