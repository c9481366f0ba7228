import type { Column, StructField } from "@ss/core";
import { PAGE } from "../../direct/page-header.js";
import { invalidText } from "../../errors.js";
import { InvalidText } from "../check-text.js";
import { GrowingArray } from "../growing-array.js";
import type { ColumnForm } from "./column-form.js";
import { type Bounds, type ColumnValues, ENCODING, PAGE_BYTES, PAGE_ROWS } from "./column-values.js";
import type { Compressor } from "./compressor.js";
import { LevelWriter } from "./level-writer.js";
import { ThriftWriter } from "./thrift-writer.js";

/** How many pages of one kind and encoding a column chunk has. */
export interface PageCount {
  readonly kind: number;
  readonly encoding: number;
  readonly count: number;
}

/** A column chunk whose pages are encoded. */
export interface EncodedChunk {
  readonly rows: number;
  readonly nulls: number;
  /** Headers and pages, in the order of the file. */
  readonly parts: readonly Uint8Array[];
  /** Bytes of the dictionary page with its header, 0 if there is none. */
  readonly dictionarySize: number;
  readonly size: number;
  /** Bytes of all pages before compression. */
  readonly plainSize: number;
  readonly pages: readonly PageCount[];
  readonly bounds: Bounds | undefined;
}

/** Encodes one column of the rows of a row group. Pages are compressed as soon as they are full. */
export class ColumnChunkWriter {
  private readonly name: string;
  private readonly compressor: Compressor;
  private readonly values: ColumnValues;
  private readonly levels = new LevelWriter();
  private readonly page = new GrowingArray((length) => new Uint8Array(length));
  private parts: Uint8Array[] = [];
  private rows = 0;
  private nulls = 0;
  private size = 0;
  private plainSize = 0;
  private codedPages = 0;
  private plainPages = 0;

  constructor({ name }: StructField, form: ColumnForm, compressor: Compressor) {
    this.name = name;
    this.compressor = compressor;
    this.values = form.values();
  }

  /** Bytes that are held, about. */
  get byteSize(): number {
    return this.size + this.values.dictionaryBytes + this.values.pageBytes;
  }

  append(column: Column, from: number, to: number): void {
    for (let i = from; i < to; ) {
      const limit = Math.min(to, i + PAGE_ROWS - this.levels.rows);
      const stop = this.values.append(column, i, limit);
      this.levels.append(column, i, stop);
      if (stop < limit || this.levels.rows === PAGE_ROWS || this.values.pageBytes >= PAGE_BYTES)
        this.closePage();
      i = stop;
    }
  }

  private closePage(): void {
    const { levels, page } = this;
    const { rows, nulls } = levels;
    this.rows += rows;
    this.nulls += nulls;
    levels.put(page);
    const encoding = this.putValues();
    if (encoding === ENCODING.dictionary) this.codedPages++;
    else this.plainPages++;
    const parts = this.partsOf(PAGE.data, page.used(), (t) => {
      t.struct(5, () => {
        t.i32(1, rows);
        t.i32(2, encoding);
        t.i32(3, ENCODING.rle);
        t.i32(4, ENCODING.rle);
      });
    });
    this.parts.push(...parts);
    page.length = 0;
  }

  private putValues(): number {
    try {
      return this.values.putPage(this.page);
    } catch (error) {
      throw error instanceof InvalidText ? invalidText(this.name, error.bytes) : error;
    }
  }

  /** A page and its header, whose end differs by the kind of page. */
  private partsOf(kind: number, page: Uint8Array, rest: (t: ThriftWriter) => void): Uint8Array[] {
    const compressed = this.compressor.compress(page);
    const t = new ThriftWriter();
    t.body(() => {
      t.i32(1, kind);
      t.i32(2, page.length);
      t.i32(3, compressed.length);
      rest(t);
    });
    const header = t.used().slice();
    this.size += header.length + compressed.length;
    this.plainSize += header.length + page.length;
    return [header, compressed];
  }

  /** Closes the column chunk; the next one begins. */
  finish(): EncodedChunk {
    if (this.levels.rows > 0) this.closePage();
    const dictionary = this.values.dictionary();
    const first =
      dictionary === undefined
        ? []
        : this.partsOf(PAGE.dictionary, dictionary.bytes, (t) => {
            t.struct(7, () => {
              t.i32(1, dictionary.count);
              t.i32(2, ENCODING.plain);
            });
          });
    const pages = [
      { kind: PAGE.dictionary, encoding: ENCODING.plain, count: dictionary === undefined ? 0 : 1 },
      { kind: PAGE.data, encoding: ENCODING.dictionary, count: this.codedPages },
      { kind: PAGE.data, encoding: ENCODING.plain, count: this.plainPages },
    ];
    const chunk: EncodedChunk = {
      rows: this.rows,
      nulls: this.nulls,
      parts: [...first, ...this.parts],
      dictionarySize: first.reduce((sum, { length }) => sum + length, 0),
      size: this.size,
      plainSize: this.plainSize,
      pages: pages.filter(({ count }) => count > 0),
      bounds: this.values.bounds(),
    };
    this.reset();
    return chunk;
  }

  private reset(): void {
    this.values.reset();
    this.parts = [];
    this.rows = 0;
    this.nulls = 0;
    this.size = 0;
    this.plainSize = 0;
    this.codedPages = 0;
    this.plainPages = 0;
  }
}
