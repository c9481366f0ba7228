import { ByteArena } from "../text/byte-arena.js";
import { equalBytes } from "../text/byte-compare.js";
import { hash32 } from "../text/hash-bytes.js";

/** The longest piece `"key": ` that is remembered. */
const PIECE_BYTES_MAX = 96;
const PIECE_WORDS = PIECE_BYTES_MAX / 4;

/** How many keys beyond the wanted ones are remembered; with more, the rest is read without guesses. */
const OTHER_KEYS_MAX = 512;

/**
 * What earlier records tell about the keys to come: which keys there are, how the text from the start of a key to
 * its value looked, and which key followed which.
 *
 * Keys are numbered, those of the wanted columns first; `root` stands for the start of an object. A guess counts
 * only after its bytes were compared with those of the record, so it can never give a wrong answer.
 */
export class KeyGuesses {
  /** How many keys are columns; the keys with higher numbers are not wanted. */
  readonly wantedCount: number;
  /** The number that stands for the start of an object. */
  readonly root: number;
  /** The number that stands for a key that has none. */
  readonly unknown: number;
  /** For each key, `root` and `unknown`, the number of the key that followed it last time, or -1. */
  readonly successors: Int32Array;

  readonly #keysMax: number;
  readonly #pieces: Int32Array;
  readonly #pieceLengths: Int32Array;
  readonly #tailMasks: Int32Array;
  readonly #keyBytes = new ByteArena(1024);
  readonly #keyStarts: Int32Array;
  readonly #keyLengths: Int32Array;
  readonly #table: Int32Array;
  #count = 0;

  constructor(wantedKeys: readonly Uint8Array[]) {
    this.wantedCount = wantedKeys.length;
    this.#keysMax = wantedKeys.length + OTHER_KEYS_MAX;
    this.root = this.#keysMax;
    this.unknown = this.#keysMax + 1;
    this.successors = new Int32Array(this.#keysMax + 2).fill(-1);
    this.#pieces = new Int32Array(this.#keysMax * PIECE_WORDS);
    this.#pieceLengths = new Int32Array(this.#keysMax);
    this.#tailMasks = new Int32Array(this.#keysMax);
    this.#keyStarts = new Int32Array(this.#keysMax);
    this.#keyLengths = new Int32Array(this.#keysMax);
    this.#table = new Int32Array(1 << (33 - Math.clz32(this.#keysMax))).fill(-1);
    for (const key of wantedKeys) {
      const number = this.#count;
      if (this.keyNumber(key, 0, key.length) !== number)
        throw new RangeError("the wanted keys are not distinct");
    }
  }

  /** The number of a key, which is added when there is room; -1 when there is none. */
  keyNumber(bytes: Uint8Array, start: number, length: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash32(bytes, start, length) & mask;
    for (; table[slot] >= 0; slot = (slot + 1) & mask) {
      const number = table[slot];
      const isSame =
        this.#keyLengths[number] === length &&
        equalBytes(this.#keyBytes.bytes, this.#keyStarts[number], bytes, start, length);
      if (isSame) return number;
    }
    if (this.#count === this.#keysMax) return -1;
    const number = this.#count++;
    table[slot] = number;
    this.#keyStarts[number] = this.#keyBytes.length;
    this.#keyLengths[number] = length;
    this.#keyBytes.appendBytes(bytes, start, length);
    return number;
  }

  /** Remembers that the text of `bytes` from `start` to `end` leads up to the value of a key. */
  remember(number: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#pieceLengths[number] = 0;
    if (length > PIECE_BYTES_MAX) return;
    const base = number * PIECE_WORDS;
    for (let i = 0; i < PIECE_WORDS; i++) this.#pieces[base + i] = 0;
    for (let i = 0; i < length; i++) this.#pieces[base + (i >> 2)] |= bytes[start + i] << ((i & 3) * 8);
    const tail = length & 3;
    this.#tailMasks[number] = tail === 0 ? 0 : -1 >>> (32 - tail * 8);
    this.#pieceLengths[number] = length;
  }

  /** Offset of the value when the text at `position` is what is remembered of a key, else -1. */
  match(number: number, view: DataView, position: number, end: number): number {
    const length = this.#pieceLengths[number];
    const behind = position + length;
    // The last word may be read beyond `end`, but not beyond the memory.
    if (length === 0 || behind > end || behind + 3 > view.byteLength) return -1;
    const pieces = this.#pieces;
    let word = number * PIECE_WORDS;
    let next = position;
    for (; next + 4 <= behind; next += 4) {
      if (view.getInt32(next, true) !== pieces[word++]) return -1;
    }
    if (next < behind && ((view.getInt32(next, true) ^ pieces[word]) & this.#tailMasks[number]) !== 0)
      return -1;
    return behind;
  }
}
