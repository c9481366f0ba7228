/** Slots per segment, as a power of two. */
const SEGMENT_LOG = 14;
const SEGMENT_SLOTS = 1 << SEGMENT_LOG;
const FIRST_SLOTS = 256;

/**
 * Words of slots, `width` each, in segments, so that growth copies no more than one of them. Slot s begins at
 * `segments[s >> SEGMENT_SHIFT][(s & SEGMENT_MASK) * width]`.
 */
export class KeySegments {
  readonly segments: Int32Array[] = [];
  readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  /** Copies the words of a slot from `words[at ...]`. Slots are first written in order, but for those that are left out. */
  write(slot: number, words: Int32Array, at: number): void {
    const { width } = this;
    const segment = this.segmentFor(slot);
    const to = (slot & SEGMENT_MASK) * width;
    for (let k = 0; k < width; k++) segment[to + k] = words[at + k]!;
  }

  /** Copies the words of so many slots, which follow all those written before, from the beginning of `words`. */
  append(first: number, words: Int32Array, count: number): void {
    const { width } = this;
    for (let slot = first; slot < first + count; ) {
      const end = Math.min(first + count, (slot | SEGMENT_MASK) + 1);
      const segment = this.segmentFor(end - 1);
      segment.set(
        words.subarray((slot - first) * width, (end - first) * width),
        (slot & SEGMENT_MASK) * width,
      );
      slot = end;
    }
  }

  /** Makes room for a slot. */
  reserve(slot: number): void {
    this.segmentFor(slot);
  }

  /** Whether the words of a slot are those from `words[at]` on. */
  equals(slot: number, words: Int32Array, at: number): boolean {
    const segment = this.segments[slot >> SEGMENT_SHIFT]!;
    const from = (slot & SEGMENT_MASK) * this.width;
    for (let k = 0; k < this.width; k++) if (segment[from + k] !== words[at + k]) return false;
    return true;
  }

  /** Writes zeros over a slot, if it was ever written. */
  erase(slot: number): void {
    const segment = this.segments[slot >> SEGMENT_SHIFT];
    const from = (slot & SEGMENT_MASK) * this.width;
    if (segment !== undefined) segment.fill(0, from, from + this.width);
  }

  /** A word of a slot; 0 where none was written. */
  word(slot: number, k: number): number {
    return this.segments[slot >> SEGMENT_SHIFT]?.[(slot & SEGMENT_MASK) * this.width + k] ?? 0;
  }

  byteSize(): number {
    return this.segments.reduce((sum, segment) => sum + segment.byteLength, 0);
  }

  private segmentFor(slot: number): Int32Array {
    const index = slot >> SEGMENT_SHIFT;
    const needed = ((slot & SEGMENT_MASK) + 1) * this.width;
    while (this.segments.length <= index) this.segments.push(new Int32Array(0));
    const segment = this.segments[index]!;
    if (needed <= segment.length) return segment;
    // the first segment begins small; later ones are made whole
    const slots = index > 0 ? SEGMENT_SLOTS : FIRST_SLOTS;
    let length = Math.max(segment.length * 2, slots * this.width);
    while (length < needed) length *= 2;
    const larger = new Int32Array(length);
    larger.set(segment);
    this.segments[index] = larger;
    return larger;
  }
}

export const SEGMENT_SHIFT: number = SEGMENT_LOG;
export const SEGMENT_MASK: number = SEGMENT_SLOTS - 1;
