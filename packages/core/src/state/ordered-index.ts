import type { Column, Int64Column } from "../column/column.js";
import { assert } from "../errors/stream-error.js";
import { SlotList } from "./slot-list.js";

const NONE = -1;
/** Values of one bucket lie within this span, if they count microseconds: one second. */
const BUCKET_SPAN = 1_000_000;

/**
 * Finds the slots whose value is at or below a bound, at the cost of what it finds. Slots hang in buckets of neighbouring
 * values, as doubly linked lists in typed arrays; the buckets stand in a heap by value, so a search visits the buckets below
 * the bound, the children of those, and nothing else.
 */
export class OrderedIndex {
  private readonly bucketOfValue: Map<number, number> = new Map();
  /** Per bucket: its value divided by the span, and its first slot. Numbers of emptied buckets are used again. */
  private bucketValues: number[] = [];
  private heads: number[] = [];
  private freeBuckets: number[] = [];
  /** Buckets as a binary heap, the lowest first. */
  private heap: number[] = [];
  /** The bucket that was last added to, and its value; NaN where there is none. */
  private lastValue = Number.NaN;
  private lastBucket: number = NONE;
  /** Per slot: its bucket (or NONE) and its neighbours. */
  private buckets: Int32Array = new Int32Array(512).fill(NONE);
  private next: Int32Array = new Int32Array(512);
  private previous: Int32Array = new Int32Array(512);

  /** Adds a slot that is not in the index, with the value in row `row` of `column`; a null is left out. */
  add(slot: number, column: Column, row: number): void {
    if (column.isNull(row)) return;
    if (column.layout === "dictionary") return this.add(slot, column.dictionary, column.codes[row]!);
    assert(column.layout === "int64", `an orderedBy column is int64, not ${column.layout}`);
    if (slot >= this.buckets.length) this.grow(slot + 1);
    const value = bucketValue(column.words[2 * row]!, column.words[2 * row + 1]!);
    // rows that follow each other are mostly of one time
    if (value !== this.lastValue) {
      this.lastBucket = this.bucketFor(value);
      this.lastValue = value;
    }
    const bucket = this.lastBucket;
    const head = this.heads[bucket]!;
    this.buckets[slot] = bucket;
    this.next[slot] = head;
    this.previous[slot] = NONE;
    if (head !== NONE) this.previous[head] = slot;
    this.heads[bucket] = slot;
  }

  /** Takes a slot out, if it is in. */
  remove(slot: number): void {
    const bucket = this.buckets[slot] ?? NONE;
    if (bucket === NONE) return;
    const before = this.previous[slot]!;
    const after = this.next[slot]!;
    if (before === NONE) this.heads[bucket] = after;
    else this.next[before] = after;
    if (after !== NONE) this.previous[after] = before;
    this.buckets[slot] = NONE;
  }

  /** The slots whose value is at or below `bound`; `values` is the column by slot. */
  below(bound: bigint, values: Int64Column): Int32Array {
    const found = new SlotList();
    const [low, high] = wordsOf(bound);
    for (const bucket of this.bucketsBelow(bound)) {
      for (let slot = this.heads[bucket]!; slot !== NONE; slot = this.next[slot]!) {
        if (isAtOrBelow(values.words, slot, low, high)) found.push(slot);
      }
    }
    return found.toArray();
  }

  /** The same, and takes them out. */
  takeBelow(bound: bigint, values: Int64Column): Int32Array {
    const found = new SlotList();
    const [low, high] = wordsOf(bound);
    const limit = Math.floor(Number(bound) / BUCKET_SPAN);
    for (const bucket of this.bucketsBelow(bound)) {
      const whole = this.bucketValues[bucket]! < limit;
      let slot = this.heads[bucket]!;
      while (slot !== NONE) {
        const after = this.next[slot]!;
        if (whole || isAtOrBelow(values.words, slot, low, high)) {
          found.push(slot);
          if (whole) this.buckets[slot] = NONE;
          else this.remove(slot);
        }
        slot = after;
      }
      if (whole) this.heads[bucket] = NONE;
    }
    return found.toArray();
  }

  /** The buckets that may have values at or below a bound. */
  private bucketsBelow(bound: bigint): number[] {
    this.dropEmpty();
    const limit = Math.floor(Number(bound) / BUCKET_SPAN);
    const found: number[] = [];
    const visit = [0];
    while (visit.length > 0) {
      const at = visit.pop()!;
      const bucket = this.heap[at];
      if (bucket === undefined || this.bucketValues[bucket]! > limit) continue;
      visit.push(2 * at + 1, 2 * at + 2);
      found.push(bucket);
    }
    return found;
  }

  /** The lowest value, null where there is none. */
  lowest(values: Int64Column): bigint | null {
    this.dropEmpty();
    let lowest: bigint | null = null;
    const bucket = this.heap[0];
    for (
      let slot = bucket === undefined ? NONE : this.heads[bucket]!;
      slot !== NONE;
      slot = this.next[slot]!
    ) {
      const value = values.values[slot]!;
      if (lowest === null || value < lowest) lowest = value;
    }
    return lowest;
  }

  byteSize(): number {
    return this.buckets.byteLength * 3 + this.bucketValues.length * 48;
  }

  private bucketFor(value: number): number {
    const known = this.bucketOfValue.get(value);
    if (known !== undefined) return known;
    const bucket = this.freeBuckets.pop() ?? this.bucketValues.length;
    this.bucketValues[bucket] = value;
    this.heads[bucket] = NONE;
    this.bucketOfValue.set(value, bucket);
    this.push(bucket);
    return bucket;
  }

  /** Forgets the lowest buckets that have lost all their slots; emptied ones further up wait for their turn. */
  private dropEmpty(): void {
    this.lastValue = Number.NaN;
    while (this.heap.length > 0 && this.heads[this.heap[0]!] === NONE) {
      const bucket = this.pop();
      this.bucketOfValue.delete(this.bucketValues[bucket]!);
      this.freeBuckets.push(bucket);
    }
  }

  private push(bucket: number): void {
    const { heap, bucketValues } = this;
    let at = heap.length;
    heap.push(bucket);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (bucketValues[heap[parent]!]! <= bucketValues[bucket]!) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = bucket;
  }

  private pop(): number {
    const { heap, bucketValues } = this;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && bucketValues[heap[child + 1]!]! < bucketValues[heap[child]!]!) child++;
      if (bucketValues[heap[child]!]! >= bucketValues[last]!) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  private grow(slots: number): void {
    const size = Math.max(slots, this.buckets.length * 2);
    const larger = (old: Int32Array): Int32Array => {
      const array = new Int32Array(size).fill(NONE, old.length);
      array.set(old);
      return array;
    };
    this.buckets = larger(this.buckets);
    this.next = larger(this.next);
    this.previous = larger(this.previous);
  }
}

/** The lower and the upper word of a number of 64 bits: the first without a sign. */
function wordsOf(value: bigint): readonly [number, number] {
  return [Number(value & 0xffff_ffffn), Number(value >> 32n)];
}

function isAtOrBelow(words: Int32Array, row: number, low: number, high: number): boolean {
  const own = words[2 * row + 1]!;
  return own < high || (own === high && words[2 * row]! >>> 0 <= low);
}

/**
 * The bucket of a value, from its words. Beyond 2^53 the number is rounded, which never turns the order of two values round:
 * a value in a lower bucket than the bound's is below the bound.
 */
function bucketValue(low: number, high: number): number {
  return Math.floor((high * 4_294_967_296 + (low >>> 0)) / BUCKET_SPAN);
}
