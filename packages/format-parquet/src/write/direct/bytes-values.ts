import type { BytesColumn, Column } from "@ss/core";
import type { GrowingArray } from "../growing-array.js";
import { BytesBounds } from "./bytes-bounds.js";
import { BytesDictionary } from "./bytes-dictionary.js";
import { checkPlainText } from "./check-plain-text.js";
import {
  type Bounds,
  type ColumnValues,
  DICTIONARY_BYTES,
  type Dictionary,
  ENCODING,
  isInVain,
  PAGE_BYTES,
  PAGE_ROWS,
} from "./column-values.js";
import { bitsOf, putHybrid } from "./hybrid-writer.js";
import { PlainBytes } from "./plain-bytes.js";

/** STRING and BINARY. */
export class BytesValues implements ColumnValues {
  private readonly isText: boolean;
  private readonly entries = new BytesDictionary();
  private readonly codes = new Int32Array(PAGE_ROWS);
  /** How many codes the page has. */
  private count = 0;
  private readonly plain = new PlainBytes();
  private readonly extent = new BytesBounds();
  private usesDictionary = true;
  /** How many pages of codes the column chunk has. */
  private codedPages = 0;
  /** What the codes of the page would take as values. */
  private plainBytes = 0;
  /** How much of the dictionary earlier pages brought. */
  private earlierBytes = 0;
  private readonly known = new KnownCodes();

  constructor(isText: boolean) {
    this.isText = isText;
  }

  append(column: Column, from: number, to: number): number {
    if (column.layout === "dictionary") {
      return this.usesDictionary
        ? this.appendCodes(column, from, to)
        : this.appendPlainCodes(column, from, to);
    }
    const bytes = column as BytesColumn;
    return this.usesDictionary ? this.appendValues(bytes, from, to) : this.appendPlain(bytes, from, to);
  }

  private appendValues(column: BytesColumn, from: number, to: number): number {
    const { data, starts, lengths, validity } = column;
    const { entries, codes } = this;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const full = this.earlierBytes + PAGE_BYTES;
    let { count, plainBytes } = this;
    let i = from;
    for (; i < to && entries.byteLength < full; i++) {
      if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
      const length = lengths[i]!;
      codes[count++] = entries.codeOf(data, view, starts[i]!, length);
      plainBytes += length + 4;
    }
    this.count = count;
    this.plainBytes = plainBytes;
    return i;
  }

  /** Values of a dictionary are looked up once each. */
  private appendCodes(column: Column & { layout: "dictionary" }, from: number, to: number): number {
    const { codes: given, validity } = column;
    const { data, starts, lengths } = column.dictionary as BytesColumn;
    const { entries, codes } = this;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const known = this.known.of(column.dictionary);
    const full = this.earlierBytes + PAGE_BYTES;
    let { count, plainBytes } = this;
    let i = from;
    for (; i < to && entries.byteLength < full; i++) {
      if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
      const k = given[i]!;
      let code = known[k]! - 1;
      if (code < 0) {
        code = entries.codeOf(data, view, starts[k]!, lengths[k]!);
        known[k] = code + 1;
      }
      codes[count++] = code;
      plainBytes += lengths[k]! + 4;
    }
    this.count = count;
    this.plainBytes = plainBytes;
    return i;
  }

  private appendPlain(column: BytesColumn, from: number, to: number): number {
    const { data, starts, lengths, validity } = column;
    const { plain, extent } = this;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let i = from;
    for (; i < to && plain.length < PAGE_BYTES; i++) {
      if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
      const start = starts[i]!;
      const length = lengths[i]!;
      plain.append(data, view, start, length);
      extent.fold(data, start, start + length);
    }
    return i;
  }

  private appendPlainCodes(column: Column & { layout: "dictionary" }, from: number, to: number): number {
    const { codes, validity } = column;
    const { data, starts, lengths } = column.dictionary as BytesColumn;
    const { plain, extent } = this;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let i = from;
    for (; i < to && plain.length < PAGE_BYTES; i++) {
      if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
      const k = codes[i]!;
      plain.append(data, view, starts[k]!, lengths[k]!);
      extent.fold(data, starts[k]!, starts[k]! + lengths[k]!);
    }
    return i;
  }

  get pageBytes(): number {
    return this.plain.length + this.entries.byteLength - this.earlierBytes;
  }
  get dictionaryBytes(): number {
    return this.earlierBytes;
  }

  putPage(target: GrowingArray<Uint8Array>): number {
    if (!this.usesDictionary) return this.putPlain(target);
    const { entries, count } = this;
    if (this.isText) checkPlainText(entries.data.bytes, this.earlierBytes, entries.byteLength);
    const width = bitsOf(entries.count);
    if (this.codedPages === 0 && isInVain(this.plainBytes, entries.byteLength, count, width)) {
      this.expandCodes();
      this.foldEntries();
      this.dropDictionary();
      return this.putPlain(target);
    }
    target.reserve(1);
    target.values[target.length++] = width;
    putHybrid(target, this.codes, count, width);
    this.codedPages++;
    this.count = 0;
    this.plainBytes = 0;
    this.earlierBytes = entries.byteLength;
    this.usesDictionary = entries.byteLength <= DICTIONARY_BYTES;
    return ENCODING.dictionary;
  }

  private putPlain(target: GrowingArray<Uint8Array>): number {
    const { plain } = this;
    if (this.isText) checkPlainText(plain.bytes, 0, plain.length);
    target.reserve(plain.length);
    target.values.set(plain.used(), target.length);
    target.length += plain.length;
    plain.clear();
    return ENCODING.plain;
  }

  private expandCodes(): void {
    const { entries, codes } = this;
    const { bytes, view } = entries.data;
    for (let i = 0; i < this.count; i++) {
      const start = entries.startOf(codes[i]!);
      this.plain.append(bytes, view, start, entries.endOf(codes[i]!) - start);
    }
  }

  private foldEntries(): void {
    const { entries } = this;
    for (let k = 0; k < entries.count; k++)
      this.extent.fold(entries.data.bytes, entries.startOf(k), entries.endOf(k));
  }

  private dropDictionary(): void {
    this.usesDictionary = false;
    this.clearDictionary();
  }

  private clearDictionary(): void {
    this.entries.clear();
    this.known.clear();
    this.count = 0;
    this.plainBytes = 0;
    this.earlierBytes = 0;
  }

  dictionary(): Dictionary | undefined {
    return this.codedPages === 0 ? undefined : { bytes: this.entries.data.used(), count: this.entries.count };
  }

  bounds(): Bounds | undefined {
    this.foldEntries();
    return this.extent.bounds();
  }

  reset(): void {
    this.clearDictionary();
    this.extent.reset();
    this.codedPages = 0;
    this.usesDictionary = true;
  }
}

/** Which codes of this column chunk those of another dictionary are: 0, or 1 more than a code. */
class KnownCodes {
  private dictionary: Column | undefined;
  private codes = new Int32Array(0);

  of(dictionary: Column): Int32Array {
    if (this.dictionary !== dictionary) {
      this.dictionary = dictionary;
      if (this.codes.length >= dictionary.length) this.codes.fill(0, 0, dictionary.length);
      else this.codes = new Int32Array(dictionary.length);
    }
    return this.codes;
  }
  clear(): void {
    this.dictionary = undefined;
  }
}
