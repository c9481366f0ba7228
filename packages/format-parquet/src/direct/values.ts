import type { Column, Validity } from "@ss/core";
import type { Page } from "./page-reader.js";
import { ParquetFault } from "./parquet-fault.js";

/** Encodings, by number. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  bitPacked: 4,
  delta: 5,
  deltaLength: 6,
  dictionary: 8,
} as const;

/**
 * Takes the values of one column out of its pages. For each batch: `begin`, then per page `take`, with `leavePage` before a
 * next page is read, then `column`.
 */
export interface Values {
  /** Encodings of data pages that `startPage` knows, beside that of dictionaries. */
  readonly encodings: readonly number[];
  /** Forgets the dictionary of the chunk before. */
  startChunk(): void;
  /** Takes a dictionary, whose bytes stay as they are. */
  setDictionary(page: Page): void;
  /** Begins with the values of a page: `bytes[start .. end)`. */
  startPage(encoding: number, bytes: Uint8Array, start: number, end: number): void;
  begin(): void;
  /**
   * Takes values for rows `at .. at + rows)`, of which `present` have one, by the bits of `validity`.
   */
  take(at: number, rows: number, present: number, validity: Uint8Array): void;
  /** Copies what the batch has of the page. */
  leavePage(): void;
  /** The rows of the batch, valid until the next `begin`. */
  column(rows: number, validity: Validity): Column;
}

/** Values that a page does not have. */
export function valuesTooShort(): ParquetFault {
  return new ParquetFault("its values end too early");
}

/** A data page in an encoding that its column does not name. */
export function unknownEncoding(encoding: number): ParquetFault {
  return new ParquetFault(`a page has the encoding ${encoding}, which its values cannot have`);
}

/** Whether codes of a dictionary stand in pages of an encoding. */
export function isDictionaryEncoding(encoding: number): boolean {
  return encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary;
}

/** Moves the first `present` numbers of the rows to those rows whose bits are set. */
export function spreadWords(
  words: Int32Array,
  at: number,
  rows: number,
  present: number,
  validity: Uint8Array,
): void {
  let from = at + present - 1;
  for (let i = at + rows - 1; i > from; i--) {
    if ((validity[i >> 3]! & (1 << (i & 7))) !== 0) words[i] = words[from--]!;
  }
}

/** The same for numbers of two words. */
export function spreadPairs(
  pairs: BigInt64Array,
  at: number,
  rows: number,
  present: number,
  validity: Uint8Array,
): void {
  let from = at + present - 1;
  for (let i = at + rows - 1; i > from; i--) {
    if ((validity[i >> 3]! & (1 << (i & 7))) !== 0) pairs[i] = pairs[from--]!;
  }
}

/** The same for numbers of more words. */
export function spreadWide(
  words: Int32Array,
  width: number,
  at: number,
  rows: number,
  present: number,
  validity: Uint8Array,
): void {
  let from = at + present - 1;
  for (let i = at + rows - 1; i > from; i--) {
    if ((validity[i >> 3]! & (1 << (i & 7))) === 0) continue;
    for (let k = 0; k < width; k++) words[i * width + k] = words[from * width + k]!;
    from--;
  }
}
