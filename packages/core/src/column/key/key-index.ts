import { partPairs } from "./hash-partition.js";
import { IndexBucket, type TagHash } from "./index-bucket.js";
import { type KeySegments, SEGMENT_MASK, SEGMENT_SHIFT } from "./key-segments.js";
import { type KeyShape, PRIME_B, type RestHash, restHash, timeHash } from "./key-shape.js";

const BUCKETS = 256;
/** Keys from which on times choose buckets. */
const SPREAD_AT = 1 << 12;
/** What is kept of the memory of an index without times when it is emptied. */
const KEPT_KEYS = 1 << 16;

/**
 * From keys to slots. Rows of a batch mostly share a few times (windows, days), so keys with a time are spread over buckets by the time's
 * hash: those of one time lie together, and looking them up touches little memory however many other times there are.
 */
export class KeyIndex {
  readonly shape: KeyShape;
  /** By the upper 8 bits of the hash of the time, once there are many keys. */
  private buckets: IndexBucket[];
  private bucketMask = 0;
  private opened = 1;
  /** Keys in a bucket, on average, when the index was emptied last. */
  private usual = 0;
  /** Stands where no key has come by; has no room. */
  private readonly none: IndexBucket;
  private readonly tagHash: TagHash;
  private readonly rest: RestHash;
  private readonly slots: KeySegments;
  /** Keys before the look-up under way. */
  keyCount = 0;

  /** `slots` has the words of all slots. */
  constructor(shape: KeyShape, slots: KeySegments) {
    this.shape = shape;
    this.slots = slots;
    const rest = restHash(shape);
    this.rest = rest;
    if (shape.inline) {
      const word = new Int32Array(1);
      this.tagHash = (tag) => {
        word[0] = tag;
        return rest(word, 0, PRIME_B);
      };
    }
    this.none = new IndexBucket(this.tagHash, 0);
    this.none.room[0] = 0;
    this.buckets = [new IndexBucket(this.tagHash, 0)];
  }

  /** The bucket for the hash of a time; it may be one without room that all share. */
  bucketOf(time: number): IndexBucket {
    return this.buckets[(time >>> 24) & this.bucketMask]!;
  }

  /** The hash of a key without null bits. */
  hash(words: Int32Array, at: number): number {
    return this.rest(words, at, timeHash(this.shape, words, at));
  }

  /** Adds a key that is not there, and whose words begin at `words[at]`. Buckets and their tables may change. */
  insert(time: number, hash: number, slot: number, words: Int32Array, at: number): void {
    let bucket = this.open(time);
    if (bucket.room[bucket.part(hash)] === 0 && this.spread()) bucket = this.open(time);
    bucket.add(hash, slot, this.shape.inline ? words[at]! : hash);
  }

  remove(time: number, hash: number, slot: number): void {
    this.bucketOf(time).remove(hash, slot);
  }

  /** Keeps the keys of slots that are live (1 in `live`) and forgets the others. */
  keep(live: Uint8Array): void {
    this.buckets.forEach((bucket, b) => {
      if (bucket === this.none || bucket.keep(live) > 0 || this.bucketMask === 0) return;
      this.buckets[b] = this.none;
      this.opened--;
    });
  }

  /**
   * Takes in the keys of the live slots below `slotEnd`, all different, when it has none. `hashOf` gives the hash of the key of a slot.
   */
  fill(
    slotEnd: number,
    live: Uint8Array,
    hashOf: (slot: number, words: Int32Array, at: number) => number,
  ): void {
    const { shape, slots } = this;
    const pairs = new Int32Array(2 * slotEnd);
    const isSpread = shape.timeAt >= 0 && slotEnd >= SPREAD_AT;
    const times = new Uint8Array(isSpread ? slotEnd : 0);
    let count = 0;
    for (let slot = 0; slot < slotEnd; slot++) {
      if (live[slot] === 0) continue;
      const words = slots.segments[slot >> SEGMENT_SHIFT]!;
      const at = (slot & SEGMENT_MASK) * shape.width;
      pairs[2 * count] = shape.inline ? words[at]! : hashOf(slot, words, at);
      pairs[2 * count + 1] = slot + 1;
      if (isSpread) times[count] = timeHash(shape, words, at) >>> 24;
      count++;
    }
    if (isSpread) return this.fillSpread(pairs, times.subarray(0, count));
    const bucket = new IndexBucket(this.tagHash, 0);
    bucket.fill(pairs, 0, count);
    this.buckets = [bucket];
    this.bucketMask = 0;
    this.opened = 1;
  }

  private fillSpread(pairs: Int32Array, times: Uint8Array): void {
    const parted = partPairs(pairs, 0, times.length, (_, pair) => times[pair]!);
    this.buckets = new Array<IndexBucket>(BUCKETS).fill(this.none);
    this.bucketMask = BUCKETS - 1;
    this.opened = 0;
    for (let b = 0; b < BUCKETS; b++) {
      const [from, to] = [parted.ends[b]!, parted.ends[b + 1]!];
      if (from === to) continue;
      const bucket = new IndexBucket(this.tagHash, 0);
      bucket.fill(parted.pairs, from, to);
      this.buckets[b] = bucket;
      this.opened++;
    }
  }

  /** Forgets everything; memory is kept unless it is much more than was used. */
  clear(keyCount: number): void {
    this.keyCount = 0;
    if (this.bucketMask === 0 && (this.buckets[0]!.partMask === 0 || keyCount > KEPT_KEYS)) {
      return this.buckets[0]!.clear();
    }
    this.usual = this.bucketMask === 0 ? 0 : keyCount / this.opened;
    if (keyCount < SPREAD_AT) {
      this.buckets = [new IndexBucket(this.tagHash, 0)];
      this.bucketMask = 0;
      this.opened = 1;
    } else {
      this.buckets.fill(this.none);
      this.opened = 0;
    }
  }

  byteSize(): number {
    return this.buckets.reduce((sum, bucket) => sum + (bucket === this.none ? 0 : bucket.byteSize()), 0);
  }

  private open(time: number): IndexBucket {
    const b = (time >>> 24) & this.bucketMask;
    const bucket = this.buckets[b]!;
    if (bucket !== this.none) return bucket;
    // few buckets say little of the next one
    const usual = this.opened < 8 ? 0 : this.keyCount / this.opened;
    const opened = new IndexBucket(this.tagHash, Math.max(this.usual, usual));
    this.buckets[b] = opened;
    this.opened++;
    return opened;
  }

  /** Lets times choose buckets if they do not yet and there are keys enough. */
  private spread(): boolean {
    const { shape } = this;
    const [table] = this.buckets[0]!.tables as [Int32Array];
    if (this.bucketMask > 0 || shape.timeAt < 0 || table.length < 2 * SPREAD_AT) return false;
    this.buckets = new Array<IndexBucket>(BUCKETS).fill(this.none);
    this.bucketMask = BUCKETS - 1;
    this.opened = 0;
    for (let at = 0; at < table.length; at += 2) {
      if (table[at] === 0) continue;
      const slot = table[at]! - 1;
      const words = this.slots.segments[slot >> SEGMENT_SHIFT]!;
      const from = (slot & SEGMENT_MASK) * shape.width;
      this.insert(timeHash(shape, words, from), table[at + 1]!, slot, words, from);
    }
    return true;
  }
}
