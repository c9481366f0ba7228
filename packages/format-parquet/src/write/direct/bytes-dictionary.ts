import { GrowingArray } from "../growing-array.js";
import { LENGTH_BYTES, PlainBytes } from "./plain-bytes.js";

const FIRST_SLOTS = 1024;

/** Different values of STRING and BINARY, numbered from 0, in the form of a dictionary page: each with its length in front. */
export class BytesDictionary {
  readonly data: PlainBytes = new PlainBytes();
  /** Where the bytes of each value start; one more stands behind them, as if for a next value. */
  private readonly starts = new GrowingArray((length) => new Int32Array(length));
  private readonly hashes = new GrowingArray((length) => new Int32Array(length));
  /** A hash table by open addressing: 0, or 1 more than a code. */
  private slots = new Int32Array(FIRST_SLOTS);

  constructor() {
    this.starts.values[0] = LENGTH_BYTES;
  }
  get count(): number {
    return this.hashes.length;
  }
  get byteLength(): number {
    return this.data.length;
  }
  startOf(code: number): number {
    return this.starts.values[code]!;
  }
  endOf(code: number): number {
    return this.starts.values[code + 1]! - LENGTH_BYTES;
  }

  /** The code of the value `bytes[start .. start + length)`, of which `view` is another view; it is added if it is new. */
  codeOf(bytes: Uint8Array, view: DataView, start: number, length: number): number {
    const hash = hashOf(bytes, view, start, length);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const code = this.slots[slot]! - 1;
      if (code < 0) return this.add(slot, hash, bytes, view, start, length);
      if (this.hashes.values[code] === hash && this.holds(code, bytes, view, start, length)) return code;
      slot = (slot + 1) & mask;
    }
  }

  private holds(code: number, bytes: Uint8Array, view: DataView, start: number, length: number): boolean {
    const own = this.starts.values[code]!;
    if (this.starts.values[code + 1]! - LENGTH_BYTES - own !== length) return false;
    if (length < 4) {
      const values = this.data.bytes;
      for (let k = 0; k < length; k++) if (values[own + k] !== bytes[start + k]) return false;
      return true;
    }
    const words = this.data.view;
    // the last word overlaps the one before it
    for (let k = 0; k < length - 4; k += 4)
      if (words.getInt32(own + k, true) !== view.getInt32(start + k, true)) return false;
    return words.getInt32(own + length - 4, true) === view.getInt32(start + length - 4, true);
  }

  private add(
    slot: number,
    hash: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    length: number,
  ): number {
    const code = this.count;
    const { data, starts, hashes } = this;
    data.append(bytes, view, start, length);
    hashes.reserve(1);
    hashes.values[hashes.length++] = hash;
    starts.length = hashes.length;
    starts.reserve(1);
    starts.values[hashes.length] = data.length + LENGTH_BYTES;
    this.slots[slot] = code + 1;
    if (hashes.length * 2 > this.slots.length) this.enlarge();
    return code;
  }

  private enlarge(): void {
    const slots = new Int32Array(this.slots.length * 4);
    const mask = slots.length - 1;
    for (let code = 0; code < this.count; code++) {
      let slot = this.hashes.values[code]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = code + 1;
    }
    this.slots = slots;
  }

  clear(): void {
    this.data.clear();
    this.hashes.length = 0;
    this.slots = new Int32Array(FIRST_SLOTS);
    this.starts.values[0] = LENGTH_BYTES;
  }
}

/** Two lanes take turns, so that a multiplication need not wait for the one before it. */
function hashOf(bytes: Uint8Array, view: DataView, start: number, length: number): number {
  let hash = length;
  let other = 0;
  if (length < 4) for (let k = 0; k < length; k++) hash = (hash << 8) | bytes[start + k]!;
  else {
    const last = start + length - 4;
    let at = start;
    for (; at + 4 < last; at += 8) {
      hash = Math.imul(((hash << 13) | (hash >>> 19)) ^ view.getInt32(at, true), 0x9e3779b1);
      other = Math.imul(((other << 13) | (other >>> 19)) ^ view.getInt32(at + 4, true), 0x27d4eb2f);
    }
    if (at < last) hash = Math.imul(((hash << 13) | (hash >>> 19)) ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= Math.imul(((other << 13) | (other >>> 19)) ^ view.getInt32(last, true), 0x165667b1);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca77);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae3d);
  return hash ^ (hash >>> 16);
}
