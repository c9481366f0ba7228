import type { Column } from "@ss/core";
import type { GrowingArray } from "../growing-array.js";

/** As in parquet-mr: a page is closed when it has so many rows, ... */
export const PAGE_ROWS = 20_000;
/** ... or so many bytes before compression. */
export const PAGE_BYTES: number = 1 << 20;
/** A dictionary that has grown beyond this is not used for further pages. */
export const DICTIONARY_BYTES: number = 1 << 20;

/** Encodings of values, by number. */
export const ENCODING = { plain: 0, rle: 3, dictionary: 8 } as const;

/** The least and the greatest value of a column chunk, as PLAIN writes them without a length. */
export interface Bounds {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** The values of a dictionary page. */
export interface Dictionary {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Gathers the values of one column, page by page and, for what belongs to all its pages, column chunk by column chunk. */
export interface ColumnValues {
  /** Takes the values of rows `from ..` up to `to`, or until the page is full; returns the first row that was not taken. */
  append(column: Column, from: number, to: number): number;
  /** Bytes of the page, about. */
  readonly pageBytes: number;
  /** Bytes that are held for the column chunk, without those of the page. */
  readonly dictionaryBytes: number;
  /** Writes the values of the page and returns the number of their encoding; the next page begins. */
  putPage(target: GrowingArray<Uint8Array>): number;
  /** The dictionary that pages of this column chunk refer to. */
  dictionary(): Dictionary | undefined;
  /** Undefined where there are no values, or none that can be ordered. */
  bounds(): Bounds | undefined;
  /** Begins the next column chunk. */
  reset(): void;
}

/**
 * Whether the first page of a column chunk shows that a dictionary does not pay: together with it the codes take no less
 * room than the values themselves.
 */
export function isInVain(plainBytes: number, dictionaryBytes: number, codes: number, width: number): boolean {
  return dictionaryBytes + ((codes * width) >> 3) >= plainBytes;
}
