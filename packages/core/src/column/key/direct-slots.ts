import type { BytesDictionary } from "./bytes-dictionary.js";
import type { KeySlots } from "./key-slots.js";
import type { RowWords } from "./row-words.js";

/** Finds the slots of keys of a single string: the codes of its dictionary are dense, and lead to slots without a hash. */
export class DirectSlots {
  private readonly dictionary: BytesDictionary;
  private readonly rows: RowWords;
  private readonly keys: KeySlots;
  /** Slot plus one by code plus one. */
  private slots: Int32Array = new Int32Array(256);
  private added: Int32Array = new Int32Array(0);

  constructor(dictionary: BytesDictionary, rows: RowWords, keys: KeySlots) {
    this.dictionary = dictionary;
    this.rows = rows;
    this.keys = keys;
  }

  /** Takes in the rows at hand, whose keys have been appended. */
  append(first: number): void {
    this.reserve();
    const { slots } = this;
    const { words, rowCount } = this.rows;
    for (let i = 0; i < rowCount; i++) slots[words[i]! + 1] = first + i + 1;
  }

  find(slots: Int32Array): void {
    const { words, rowCount } = this.rows;
    const { slots: direct } = this;
    const { length } = direct;
    for (let i = 0; i < rowCount; i++) {
      // unknown codes are below all places
      const place = words[i]! + 1;
      slots[i] = (place >>> 0 < length ? direct[place]! : 0) - 1;
    }
  }

  findOrAdd(slots: Int32Array): void {
    this.reserve();
    const { keys, slots: direct } = this;
    const { words, rowCount } = this.rows;
    if (this.added.length < rowCount) this.added = new Int32Array(Math.max(rowCount, 4096));
    const { added } = this;
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      const place = words[i]! + 1;
      let slot = direct[place]! - 1;
      if (slot < 0) {
        slot = keys.free.pop() ?? keys.slotEnd++;
        direct[place] = slot + 1;
        added[count++] = i;
      }
      slots[i] = slot;
    }
    if (count === 0) return;
    for (let k = 0; k < count; k++) keys.entries.write(slots[added[k]!]!, words, added[k]!);
    keys.fillAll(added, count, slots);
  }

  remove(code: number): void {
    this.slots[code + 1] = 0;
  }

  clear(): void {
    this.slots.fill(0);
  }

  byteSize(): number {
    return this.slots.byteLength;
  }

  private reserve(): void {
    const { slots } = this;
    const length = this.dictionary.codeCount + 1;
    if (slots.length >= length) return;
    this.slots = new Int32Array(Math.max(length, slots.length * 2));
    this.slots.set(slots);
  }
}
