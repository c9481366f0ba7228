import { pairScratch, partPairs } from "./hash-partition.js";
import { plainMemory, type TableMemory } from "./table-memory.js";

const SMALLEST_PART = 512;
/** Entries from which on the index has many parts. */
const SPLIT_AT = 1 << 16;
const PART_COUNT = 256;

/** An entry taken out of a large index costs about as much as going through so many in their order, as it touches places all over the memory. */
const HELD_SHARE = 12;
/** To go through the places of all that there ever were costs less for each. */
const PLACES_SHARE = 32;

/** Whether so much goes of what an index holds that all of it had better be gone through; `places` is how many it has had at most. */
export function isMany(going: number, held: number, places: number): boolean {
  return HELD_SHARE * going > held && PLACES_SHARE * going > places;
}

/** Mixes the bits of a 32-bit number well (the finaliser of MurmurHash3). */
export function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * From hashes to numbers, by open addressing. A part holds pairs of a hash and the number plus one; 0 there is an empty pair.
 * The upper 8 bits of a hash choose the part, its lower bits the place to begin at. Each part grows by itself, so that
 * no single insertion pays for a table of millions.
 *
 * Look-ups are written out where they are needed, since what makes a pair the right one differs:
 * ```
 * const part = index.parts[(hash >>> 24) & index.partMask]!;
 * for (let at = (hash << 1) & (part.length - 1); part[at + 1] !== 0; at = (at + 2) & (part.length - 1)) ...
 * ```
 */
export class HashIndex {
  parts: Int32Array[];
  partMask = 0;
  /** Pairs in use by part. */
  counts: Int32Array;
  /** Changes whenever `parts` does. */
  version = 0;
  private readonly memory: TableMemory;

  constructor(memory: TableMemory = plainMemory) {
    this.memory = memory;
    this.parts = [memory.int32(SMALLEST_PART * 2)];
    this.counts = memory.int32(PART_COUNT);
  }

  /** Adds a number whose key was looked up and is not there. */
  add(hash: number, value: number): void {
    let p = (hash >>> 24) & this.partMask;
    let part = this.parts[p]!;
    // at most two pairs of three are in use
    if ((this.counts[p]! + 1) * 3 > part.length) {
      this.makeRoom(p);
      p = (hash >>> 24) & this.partMask;
      part = this.parts[p]!;
    }
    place(part, hash, value + 1);
    this.counts[p]!++;
  }

  /** Removes a number that is there. Later pairs of its run move up, so that no tombstones are needed. */
  remove(hash: number, value: number): void {
    const p = (hash >>> 24) & this.partMask;
    const part = this.parts[p]!;
    const mask = part.length - 1;
    let gap = (hash << 1) & mask;
    while (part[gap + 1] !== value + 1) gap = (gap + 2) & mask;
    for (let at = (gap + 2) & mask; part[at + 1] !== 0; at = (at + 2) & mask) {
      const home = (part[at]! << 1) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      part[gap] = part[at]!;
      part[gap + 1] = part[at + 1]!;
      gap = at;
    }
    part[gap + 1] = 0;
    this.counts[p]!--;
  }

  /** Takes in the numbers `0 .. count)`, whose keys are all different and have these hashes, when it is empty. */
  fill(hashes: Int32Array, count: number): void {
    const pairs = new Int32Array(2 * count);
    for (let k = 0; k < count; k++) {
      pairs[2 * k] = hashes[k]!;
      pairs[2 * k + 1] = k + 1;
    }
    for (const part of this.parts) this.memory.free(part);
    this.version++;
    if (count < SPLIT_AT) {
      this.partMask = 0;
      this.parts = [this.newPart(count)];
      return this.fillPart(0, pairs, 0, count);
    }
    const parted = partPairs(pairs, 0, count, (hash) => hash >>> 24);
    this.partMask = PART_COUNT - 1;
    this.parts = [];
    for (let p = 0; p < PART_COUNT; p++) {
      const [from, to] = [parted.ends[p]!, parted.ends[p + 1]!];
      this.parts.push(this.newPart(to - from));
      this.fillPart(p, parted.pairs, from, to);
    }
  }

  /** Keeps the numbers whose mark is not negative and forgets the others. */
  keep(marks: Int32Array): void {
    for (let p = 0; p <= this.partMask; p++) {
      const part = this.parts[p]!;
      const pairs = pairScratch(part.length);
      let end = 0;
      for (let at = 0; at < part.length; at += 2) {
        const stored = part[at + 1]!;
        if (stored === 0) continue;
        pairs[end] = part[at]!;
        pairs[end + 1] = stored;
        if (marks[stored - 1]! >= 0) end += 2;
      }
      if (end >> 1 === this.counts[p]) continue;
      part.fill(0);
      this.fillPart(p, pairs, 0, end >> 1);
    }
  }

  private newPart(count: number): Int32Array {
    let size = SMALLEST_PART;
    while (3 * count > 2 * size) size *= 2;
    return this.memory.int32(2 * size);
  }

  private fillPart(p: number, pairs: Int32Array, from: number, to: number): void {
    const part = this.parts[p]!;
    for (let k = 2 * from; k < 2 * to; k += 2) place(part, pairs[k]!, pairs[k + 1]!);
    this.counts[p] = to - from;
  }

  /** Forgets everything; memory is kept unless it is much more than was used. */
  clear(): void {
    let used = 0;
    for (let p = 0; p <= this.partMask; p++) used += this.counts[p]!;
    this.counts.fill(0);
    if (this.parts.length === 1 || used > SPLIT_AT) {
      for (const part of this.parts) part.fill(0);
      return;
    }
    for (const part of this.parts) this.memory.free(part);
    this.parts = [this.memory.int32(SMALLEST_PART * 2)];
    this.partMask = 0;
    this.version++;
  }

  byteSize(): number {
    return this.parts.reduce((sum, part) => sum + part.byteLength, this.counts.byteLength);
  }

  private makeRoom(p: number): void {
    this.version++;
    if (this.partMask === 0 && this.counts[0]! >= SPLIT_AT) return this.split();
    const old = this.parts[p]!;
    const larger = this.memory.int32(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) place(larger, old[at]!, old[at + 1]!);
    }
    this.parts[p] = larger;
    this.memory.free(old);
  }

  private split(): void {
    const [whole] = this.parts as [Int32Array];
    const size = (whole.length / PART_COUNT) * 2;
    this.parts = Array.from({ length: PART_COUNT }, () => this.memory.int32(size));
    this.partMask = PART_COUNT - 1;
    this.counts.fill(0);
    for (let at = 0; at < whole.length; at += 2) {
      if (whole[at + 1] !== 0) this.add(whole[at]!, whole[at + 1]! - 1);
    }
    this.memory.free(whole);
  }
}

function place(part: Int32Array, hash: number, stored: number): void {
  const mask = part.length - 1;
  let at = (hash << 1) & mask;
  while (part[at + 1] !== 0) at = (at + 2) & mask;
  part[at] = hash;
  part[at + 1] = stored;
}
