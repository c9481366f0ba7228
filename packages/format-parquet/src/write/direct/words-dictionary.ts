import { GrowingArray } from "../growing-array.js";

const FIRST_SLOTS = 1024;

/** Different numbers of one or two 32-bit words, numbered from 0, in the form of a dictionary page. */
export class WordsDictionary {
  readonly words: GrowingArray<Int32Array> = new GrowingArray((length) => new Int32Array(length));
  private readonly width: 1 | 2;
  /** A hash table by open addressing: 0, or 1 more than a code. */
  private slots = new Int32Array(FIRST_SLOTS);

  constructor(width: 1 | 2) {
    this.width = width;
  }
  get count(): number {
    return this.words.length / this.width;
  }
  get byteLength(): number {
    return this.words.length * 4;
  }

  /** Writes the codes of `count` numbers to `codes[at ..]`; those that are new are added. */
  encode(words: Int32Array, count: number, codes: Int32Array, at: number): void {
    if (this.width === 1) this.encodeSingles(words, count, codes, at);
    else this.encodePairs(words, count, codes, at);
  }

  private encodeSingles(words: Int32Array, count: number, codes: Int32Array, at: number): void {
    let previous = 0;
    let code = -1;
    for (let i = 0; i < count; i++) {
      const word = words[i]!;
      if (code < 0 || word !== previous) {
        const mask = this.slots.length - 1;
        let slot = hashOf(word, 0) & mask;
        while ((code = this.slots[slot]! - 1) >= 0 && this.words.values[code] !== word)
          slot = (slot + 1) & mask;
        if (code < 0) code = this.add(slot, word, 0);
        previous = word;
      }
      codes[at + i] = code;
    }
  }

  private encodePairs(words: Int32Array, count: number, codes: Int32Array, at: number): void {
    let previousLow = 0;
    let previousHigh = 0;
    let code = -1;
    for (let i = 0; i < count; i++) {
      const low = words[2 * i]!;
      const high = words[2 * i + 1]!;
      if (code < 0 || low !== previousLow || high !== previousHigh) {
        const mask = this.slots.length - 1;
        const { values } = this.words;
        let slot = hashOf(low, high) & mask;
        for (;;) {
          code = this.slots[slot]! - 1;
          if (code < 0 || (values[2 * code] === low && values[2 * code + 1] === high)) break;
          slot = (slot + 1) & mask;
        }
        if (code < 0) code = this.add(slot, low, high);
        previousLow = low;
        previousHigh = high;
      }
      codes[at + i] = code;
    }
  }

  private add(slot: number, low: number, high: number): number {
    const code = this.count;
    const { words } = this;
    words.reserve(this.width);
    words.values[words.length++] = low;
    if (this.width === 2) words.values[words.length++] = high;
    this.slots[slot] = code + 1;
    if ((code + 1) * 2 > this.slots.length) this.enlarge();
    return code;
  }

  private enlarge(): void {
    const slots = new Int32Array(this.slots.length * 4);
    const mask = slots.length - 1;
    const { values } = this.words;
    const { width, count } = this;
    for (let code = 0; code < count; code++) {
      let slot = hashOf(values[width * code]!, width === 2 ? values[2 * code + 1]! : 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = code + 1;
    }
    this.slots = slots;
  }

  clear(): void {
    this.words.length = 0;
    this.slots = new Int32Array(FIRST_SLOTS);
  }
}

function hashOf(low: number, high: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0xc2b2ae3d);
  return hash ^ (hash >>> 16);
}
