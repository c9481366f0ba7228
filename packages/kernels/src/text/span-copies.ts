import { KernelArrays } from "../wasm/kernel-arrays.js";

/** Kernels may load this many bytes behind the end of their input. */
const REACH_BYTES = 64;
/** Up to how many bytes between spans, for each of them and for each byte within them, are copied along. */
const GAP_BYTES = 64;
/** Into shared memory engines copy words only where both sides stand alike in a word, and single bytes elsewhere, at a sixth of the speed. */
const WORD_BYTES = 8;

/** Where values stand. */
export interface Spans {
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly count: number;
  /** A bit for each value that there is; null where there are all. */
  readonly validity: Uint8Array | null;
}

/**
 * Copies of spans of bytes in the kernels' memory, each followed by one or more separators, in ascending order. Spans are copied together where they
 * stand near each other, and separators take the place of what lies between them. Behind the copies is room for more bytes. Without a separator any
 * bytes follow.
 */
export class SpanCopies {
  /** The copies; the array stays the same from one `open` to the next. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the copies start. */
  starts: Int32Array = new Int32Array(0);
  /** How long they are; -1 for those that there are none of. */
  lengths: Int32Array = new Int32Array(0);
  /** Where the room begins that is not for the texts, but for the caller. */
  extra = 0;
  /** Where what is left of the room behind the copies begins. */
  private end = 0;
  private readonly separator: number | null;
  /** Four separators. */
  private readonly separators: number;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private readonly arrays = new KernelArrays();
  private data: Uint8Array = new Uint8Array(0);
  /** Whether all are copied at once; those that touch, overlap or stand far apart are copied one by one. */
  private isTogether = false;
  /** How far copies that are made at once stand before their originals; they stand alike in words. */
  private shift = 0;
  private sources: Int32Array = new Int32Array(0);

  constructor(separator: number | null) {
    this.separator = separator;
    this.separators = (separator ?? 0) * 0x01010101;
  }

  /** Begins with other spans: says where each will be, with `room` bytes behind them for each byte of theirs, and `extra` bytes in all. */
  open(spans: Spans, room: number, extra = 0): void {
    const { count, starts } = spans;
    if (this.starts.length < count) this.grow(count);
    this.data = spans.data;
    this.sources = starts;
    this.setLengths(spans);
    const { size, isApart, first, last } = this.measure(spans);
    const isTogether = isApart && last - first <= 2 * size + GAP_BYTES * count;
    const lead = (spans.data.byteOffset + first) % WORD_BYTES;
    this.shift = first - lead;
    this.isTogether = isTogether;
    this.end = isTogether ? lead + last - first + 1 : size + count;
    if (!isTogether) this.placeEach(count);
    else this.placeAll(count);
    this.extra = this.end + room * size;
    const needed = this.extra + extra;
    if (this.bytes.length < needed) {
      this.arrays.free(this.bytes);
      this.bytes = this.arrays.bytes(needed, REACH_BYTES);
      this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    }
  }

  /** Takes so many bytes of the room behind the copies; returns where they start. */
  take(size: number): number {
    const at = this.end;
    this.end += size;
    return at;
  }

  /** Makes the copies from row `from` to row `to`. */
  copy(from: number, to: number): void {
    if (this.isTogether) this.copyTogether(from, to);
    else this.copyEach(from, to);
  }

  private grow(count: number): void {
    this.arrays.free(this.starts);
    this.arrays.free(this.lengths);
    const capacity = Math.max(count, 2 * this.starts.length);
    this.starts = this.arrays.int32(capacity);
    this.lengths = this.arrays.int32(capacity);
  }

  private setLengths({ count, lengths, validity }: Spans): void {
    const own = this.lengths;
    if (validity === null) own.set(count === lengths.length ? lengths : lengths.subarray(0, count));
    else {
      for (let row = 0; row < count; row++) {
        own[row] = (validity[row >> 3] & (1 << (row & 7))) === 0 ? -1 : lengths[row];
      }
    }
  }

  private measure({ count, starts }: Spans): {
    readonly size: number;
    readonly isApart: boolean;
    readonly first: number;
    readonly last: number;
  } {
    const { lengths } = this;
    let size = 0;
    let isApart = true;
    let first = -1;
    let last = -1;
    for (let row = 0; row < count; row++) {
      const length = lengths[row];
      if (length < 0) continue;
      const start = starts[row];
      if (first < 0) first = start;
      else if (start <= last) isApart = false;
      last = start + length;
      size += length;
    }
    return { size, isApart, first: Math.max(first, 0), last: Math.max(last, 0) };
  }

  private placeAll(count: number): void {
    const { starts, sources, shift } = this;
    for (let row = 0; row < count; row++) starts[row] = sources[row] - shift;
  }

  private placeEach(count: number): void {
    const { starts, lengths } = this;
    let at = 0;
    for (let row = 0; row < count; row++) {
      starts[row] = at;
      if (lengths[row] >= 0) at += lengths[row] + 1;
    }
  }

  private copyTogether(from: number, to: number): void {
    const { starts, lengths, bytes, shift } = this;
    let first = from;
    let last = to - 1;
    while (first < to && lengths[first] < 0) first++;
    while (last > first && lengths[last] < 0) last--;
    if (first >= to) return;
    const end = starts[last] + lengths[last];
    bytes.set(this.data.subarray(starts[first] + shift, end + shift), starts[first]);
    if (this.separator !== null) this.separate(this.separator, first, last);
  }

  /** Puts separators between copies that were made together, and behind them. */
  private separate(separator: number, first: number, last: number): void {
    const { starts, lengths, bytes, view, separators } = this;
    let behind = starts[first];
    for (let row = first; row <= last; row++) {
      if (lengths[row] < 0) continue;
      const start = starts[row];
      if (start - behind >= 4) {
        for (; behind < start - 4; behind += 4) view.setInt32(behind, separators);
        view.setInt32(start - 4, separators);
      } else {
        for (; behind < start; behind++) bytes[behind] = separator;
      }
      behind = start + lengths[row];
    }
    bytes[behind] = separator;
  }

  private copyEach(from: number, to: number): void {
    const { starts, lengths, sources, bytes, data, separator } = this;
    for (let row = from; row < to; row++) {
      const length = lengths[row];
      if (length < 0) continue;
      const at = starts[row];
      const source = sources[row];
      if (length <= 32) for (let k = 0; k < length; k++) bytes[at + k] = data[source + k];
      else bytes.set(data.subarray(source, source + length), at);
      if (separator !== null) bytes[at + length] = separator;
    }
  }
}
