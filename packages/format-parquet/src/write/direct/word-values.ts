import type { Column } from "@ss/core";
import { GrowingArray } from "../growing-array.js";
import type { NumberBounds } from "./bounds.js";
import {
  type Bounds,
  type ColumnValues,
  DICTIONARY_BYTES,
  type Dictionary,
  ENCODING,
  isInVain,
  PAGE_ROWS,
} from "./column-values.js";
import { bitsOf, putHybrid } from "./hybrid-writer.js";
import { WordsDictionary } from "./words-dictionary.js";

/** The words of the numbers that rows `from .. to)` have, in `words` or in an array of the column; nulls have none. */
export type Gather = (column: Column, from: number, to: number, words: Int32Array) => Int32Array;

/** Numbers that Parquet holds as one or two words of 32 bits. */
export class WordValues implements ColumnValues {
  private readonly width: 1 | 2;
  private readonly gather: Gather;
  private readonly extent: NumberBounds;
  private readonly entries: WordsDictionary;
  private readonly gathered: Int32Array;
  private readonly codes = new Int32Array(PAGE_ROWS);
  /** How many codes the page has. */
  private count = 0;
  private readonly plain = new GrowingArray((length) => new Int32Array(length));
  private usesDictionary = true;
  /** How many pages of codes the column chunk has. */
  private codedPages = 0;
  private earlierBytes = 0;

  constructor(width: 1 | 2, gather: Gather, extent: NumberBounds) {
    this.width = width;
    this.gather = gather;
    this.extent = extent;
    this.entries = new WordsDictionary(width);
    this.gathered = new Int32Array(PAGE_ROWS * width);
  }

  append(column: Column, from: number, to: number): number {
    const words = this.gather(column, from, to, this.gathered);
    const count = words.length / this.width;
    if (this.usesDictionary) {
      this.entries.encode(words, count, this.codes, this.count);
      this.count += count;
    } else {
      this.extent.fold(words, count);
      const { plain } = this;
      plain.reserve(words.length);
      plain.values.set(words, plain.length);
      plain.length += words.length;
    }
    return to;
  }

  get pageBytes(): number {
    return this.plain.length * 4 + this.entries.byteLength - this.earlierBytes;
  }
  get dictionaryBytes(): number {
    return this.earlierBytes;
  }

  putPage(target: GrowingArray<Uint8Array>): number {
    if (!this.usesDictionary) return this.putPlain(target);
    const { entries, count } = this;
    const width = bitsOf(entries.count);
    if (this.codedPages === 0 && isInVain(count * this.width * 4, entries.byteLength, count, width)) {
      this.expandCodes();
      this.extent.fold(entries.words.values, entries.count);
      this.usesDictionary = false;
      this.clearDictionary();
      return this.putPlain(target);
    }
    target.reserve(1);
    target.values[target.length++] = width;
    putHybrid(target, this.codes, count, width);
    this.codedPages++;
    this.count = 0;
    this.earlierBytes = entries.byteLength;
    this.usesDictionary = entries.byteLength <= DICTIONARY_BYTES;
    return ENCODING.dictionary;
  }

  private putPlain(target: GrowingArray<Uint8Array>): number {
    const bytes = bytesOf(this.plain.used());
    target.reserve(bytes.length);
    target.values.set(bytes, target.length);
    target.length += bytes.length;
    this.plain.length = 0;
    return ENCODING.plain;
  }

  private expandCodes(): void {
    const { plain, codes, width, count } = this;
    const entries = this.entries.words.values;
    plain.reserve(count * width);
    for (let i = 0; i < count; i++) {
      const at = codes[i]! * width;
      plain.values[plain.length++] = entries[at]!;
      if (width === 2) plain.values[plain.length++] = entries[at + 1]!;
    }
  }

  private clearDictionary(): void {
    this.entries.clear();
    this.count = 0;
    this.earlierBytes = 0;
  }

  dictionary(): Dictionary | undefined {
    const { words, count } = this.entries;
    return this.codedPages === 0 ? undefined : { bytes: bytesOf(words.used()), count };
  }

  bounds(): Bounds | undefined {
    this.extent.fold(this.entries.words.values, this.entries.count);
    return this.extent.bounds();
  }

  reset(): void {
    this.clearDictionary();
    this.extent.reset();
    this.codedPages = 0;
    this.usesDictionary = true;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
