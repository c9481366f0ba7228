import { ByteArena } from "../text/byte-arena.js";
import { equalBytes } from "../text/byte-compare.js";
import { hash32 } from "../text/hash-bytes.js";
import { VariantError } from "./variant-error.js";
import { VARIANT_BYTES_MAX, VARIANT_VERSION, widthOf, writeUnsignedAt } from "./variant-format.js";

/** The keys of one variant, numbered in the order in which they came. */
export class VariantDictionary {
  /** How many keys there are. */
  count = 0;
  /** The keys, one behind the other. */
  readonly keys: ByteArena = new ByteArena(256);
  /** Where key `id` begins in `keys`; it ends where the next one begins. */
  starts: Int32Array = new Int32Array(65);
  #hashes: Int32Array = new Int32Array(64);
  #slots: Int32Array = new Int32Array(128);
  /** A slot counts only if it is of this generation, so that forgetting all keys takes no time. */
  #generations: Int32Array = new Int32Array(128);
  #generation = 1;

  /** Forgets all keys. */
  reset(): void {
    this.count = 0;
    this.keys.clear();
    this.#generation++;
  }

  /** The number of a key, a new one for a new key. */
  add(bytes: Uint8Array, start: number, length: number): number {
    const hash = hash32(bytes, start, length);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#generations[slot] === this.#generation) {
      const id = this.#slots[slot];
      const begin = this.starts[id];
      if (
        this.#hashes[id] === hash &&
        this.starts[id + 1] - begin === length &&
        equalBytes(this.keys.bytes, begin, bytes, start, length)
      ) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
    return this.#insert(bytes, start, length, hash, slot);
  }

  #insert(bytes: Uint8Array, start: number, length: number, hash: number, slot: number): number {
    const id = this.count++;
    if (this.keys.length + length > VARIANT_BYTES_MAX) throw new VariantError("VARIANT_SIZE_LIMIT");
    if (id + 1 >= this.starts.length) this.#growKeys();
    this.#hashes[id] = hash;
    this.starts[id] = this.keys.length;
    this.keys.appendBytes(bytes, start, length);
    this.starts[id + 1] = this.keys.length;
    this.#slots[slot] = id;
    this.#generations[slot] = this.#generation;
    if (2 * this.count > this.#slots.length) this.#rehash();
    return id;
  }

  #growKeys(): void {
    const starts = new Int32Array(2 * this.starts.length);
    starts.set(this.starts);
    this.starts = starts;
    const hashes = new Int32Array(starts.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #rehash(): void {
    const size = 2 * this.#slots.length;
    this.#slots = new Int32Array(size);
    this.#generations = new Int32Array(size);
    this.#generation = 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.#hashes[id] & (size - 1);
      while (this.#generations[slot] === 1) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = id;
      this.#generations[slot] = 1;
    }
  }

  /** Appends the metadata that holds the keys. */
  writeTo(out: ByteArena): void {
    const { count, keys } = this;
    const width = widthOf(Math.max(keys.length, count));
    const size = 1 + width + (count + 1) * width + keys.length;
    if (size > VARIANT_BYTES_MAX) throw new VariantError("VARIANT_SIZE_LIMIT");
    out.reserve(size);
    const target = out.bytes;
    let at = out.length;
    target[at] = VARIANT_VERSION | ((width - 1) << 6);
    writeUnsignedAt(target, at + 1, count, width);
    at += 1 + width;
    for (let id = 0; id < count; id++, at += width) writeUnsignedAt(target, at, this.starts[id], width);
    writeUnsignedAt(target, at, keys.length, width);
    out.length = at + width;
    out.appendBytes(keys.bytes, 0, keys.length);
  }
}
