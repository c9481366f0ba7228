import type { Column, Validity } from "@ss/core";
import { DeltaReader } from "./delta-reader.js";
import { HybridReader } from "./hybrid-reader.js";
import type { Page } from "./page-reader.js";
import { ParquetFault } from "./parquet-fault.js";
import type { PlainNumbers } from "./plain-numbers.js";
import {
  ENCODING,
  isDictionaryEncoding,
  spreadPairs,
  spreadWide,
  spreadWords,
  unknownEncoding,
  type Values,
  valuesTooShort,
} from "./values.js";

/** Makes a column of numbers that lie in words as the file has them. */
export type Finish = (words: Int32Array, rows: number, validity: Validity) => Column;

/** Numbers of one, two or four words of 32 bits: plain, by dictionary, or as differences. */
export class NumberValues implements Values {
  readonly encodings: readonly number[];
  private readonly words: Int32Array;
  private readonly width: number;
  /** Bytes of a value in a file, at least. */
  private readonly fileBytes: number;
  private readonly plain: PlainNumbers;
  private readonly finish: Finish;
  private readonly codes: Int32Array;
  private readonly codeReader = new HybridReader();
  private readonly deltas = new DeltaReader();
  private dictionary: Int32Array | undefined;
  /** The same memory as values of 64 bits, where they are that wide: moved so, they are moved in one step. */
  private readonly pairs: BigInt64Array;
  private dictionaryPairs: BigInt64Array = new BigInt64Array(0);
  private dictionarySize = 0;
  private encoding: number = ENCODING.plain;
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private end = 0;

  /** `isWhole`: whether values may be written as differences. */
  constructor(
    rows: number,
    width: number,
    fileBytes: number,
    isWhole: boolean,
    plain: PlainNumbers,
    finish: Finish,
  ) {
    this.encodings = isWhole ? [ENCODING.plain, ENCODING.delta] : [ENCODING.plain];
    this.words = new Int32Array(rows * width);
    this.pairs = width === 2 ? new BigInt64Array(this.words.buffer) : new BigInt64Array(0);
    this.codes = new Int32Array(rows);
    this.width = width;
    this.fileBytes = fileBytes;
    this.plain = plain;
    this.finish = finish;
  }

  startChunk(): void {
    this.dictionary = undefined;
    this.dictionarySize = 0;
  }

  setDictionary({ header, bytes, start, end }: Page): void {
    const { valueCount } = header;
    if (valueCount * this.fileBytes > end - start) throw new ParquetFault("its dictionary is cut off");
    this.dictionary = new Int32Array(valueCount * this.width);
    if (this.width === 2) this.dictionaryPairs = new BigInt64Array(this.dictionary.buffer);
    this.dictionarySize = valueCount;
    this.plain(bytes, start, end, valueCount, this.dictionary, 0);
  }

  startPage(encoding: number, bytes: Uint8Array, start: number, end: number): void {
    this.encoding = encoding;
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    if (encoding === ENCODING.plain) return;
    if (encoding === ENCODING.delta && this.encodings.includes(encoding)) {
      if (end > start) this.deltas.start(bytes, start, end);
      return;
    }
    if (!isDictionaryEncoding(encoding)) throw unknownEncoding(encoding);
    if (this.dictionary === undefined)
      throw new ParquetFault("its values refer to a dictionary that is not there");
    if (end > start) this.codeReader.start(bytes, start + 1, end, bytes[start]!, this.dictionarySize);
  }

  begin(): void {}

  take(at: number, rows: number, present: number, validity: Uint8Array): void {
    const { words, width, encoding } = this;
    if (present > 0) {
      if (encoding === ENCODING.plain)
        this.position = this.plain(this.bytes, this.position, this.end, present, words, at);
      else if (this.end === this.position) throw valuesTooShort();
      else if (encoding === ENCODING.delta) this.deltas.read(present, words, at * width, width);
      else this.takeCodes(at, present);
    }
    if (present === rows) return;
    if (width === 1) spreadWords(words, at, rows, present, validity);
    else if (width === 2) spreadPairs(this.pairs, at, rows, present, validity);
    else spreadWide(words, width, at, rows, present, validity);
  }

  private takeCodes(at: number, present: number): void {
    const { codes, words, width } = this;
    const dictionary = this.dictionary!;
    this.codeReader.read(present, codes, 0);
    if (width === 1) gatherWords(dictionary, codes, present, words, at);
    else if (width === 2) gatherPairs(this.dictionaryPairs, codes, present, this.pairs, at);
    else gatherWide(dictionary, codes, present, words, at * width, width);
  }

  leavePage(): void {}

  column(rows: number, validity: Validity): Column {
    return this.finish(this.words, rows, validity);
  }
}

function gatherWords(from: Int32Array, codes: Int32Array, count: number, to: Int32Array, at: number): void {
  for (let i = 0; i < count; i++) to[at + i] = from[codes[i]!]!;
}

function gatherPairs(
  from: BigInt64Array,
  codes: Int32Array,
  count: number,
  to: BigInt64Array,
  at: number,
): void {
  for (let i = 0; i < count; i++) to[at + i] = from[codes[i]!]!;
}

function gatherWide(
  from: Int32Array,
  codes: Int32Array,
  count: number,
  to: Int32Array,
  at: number,
  width: number,
): void {
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < width; k++) to[at++] = from[codes[i]! * width + k]!;
  }
}
