import type { StructType } from "@ss/core";
import type { EncodedChunk } from "./column-chunk.js";
import type { ColumnForm } from "./column-form.js";
import { ENCODING } from "./column-values.js";
import { ThriftWriter } from "./thrift-writer.js";

/** A column chunk as the footer describes it. */
export type WrittenChunk = Omit<EncodedChunk, "parts"> & { readonly offset: number };

/** A row group as the footer describes it. */
export interface WrittenRowGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

/** What a footer tells. */
export interface Footer {
  readonly schema: StructType;
  readonly forms: readonly ColumnForm[];
  readonly codec: number;
  readonly rowGroups: readonly WrittenRowGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
  readonly createdBy: string;
}

const OPTIONAL = 1;

/** The metadata of a file, in Thrift's compact protocol (FileMetaData of the format's definition). */
export function footerBytes(footer: Footer): Uint8Array {
  const t = new ThriftWriter();
  const { forms, schema } = footer;
  t.body(() => {
    t.i32(1, 1);
    t.structs(2, [undefined, ...forms.keys()], (k) => {
      if (k === undefined) putRoot(t, forms.length);
      else putElement(t, schema.fields[k]!.name, forms[k]!);
    });
    t.i64(
      3,
      sumOf(footer.rowGroups, ({ rows }) => rows),
    );
    t.structs(4, [...footer.rowGroups.entries()], ([k, group]) => putRowGroup(t, footer, group, k));
    t.structs(5, [...footer.keyValues], ([key, value]) => {
      t.text(1, key);
      t.text(2, value);
    });
    t.text(6, footer.createdBy);
    // bounds are in the order that the type of the column defines
    t.structs(7, forms, () => t.struct(1, () => {}));
  });
  return t.used();
}

function putRoot(t: ThriftWriter, columns: number): void {
  t.text(4, "spark_schema");
  t.i32(5, columns);
}

function putElement(t: ThriftWriter, name: string, form: ColumnForm): void {
  t.i32(1, form.physical);
  if (form.length !== undefined) t.i32(2, form.length);
  t.i32(3, OPTIONAL);
  t.text(4, name);
  if (form.converted !== undefined) t.i32(6, form.converted);
  if (form.decimal !== undefined) {
    t.i32(7, form.decimal.scale);
    t.i32(8, form.decimal.precision);
  }
  const { logical } = form;
  if (logical !== undefined) t.struct(10, () => logical(t));
}

function putRowGroup(t: ThriftWriter, footer: Footer, group: WrittenRowGroup, ordinal: number): void {
  const { chunks } = group;
  t.structs(1, [...chunks.entries()], ([k, chunk]) => {
    t.i64(2, chunk.offset);
    t.struct(3, () => putChunk(t, chunk, footer.schema.fields[k]!.name, footer.forms[k]!, footer.codec));
  });
  t.i64(
    2,
    sumOf(chunks, ({ plainSize }) => plainSize),
  );
  t.i64(3, group.rows);
  t.i64(5, chunks[0]!.offset);
  t.i64(
    6,
    sumOf(chunks, ({ size }) => size),
  );
  // ordinals have 16 bits, and readers do without them
  if (ordinal < 1 << 15) t.i16(7, ordinal);
}

function putChunk(t: ThriftWriter, chunk: WrittenChunk, name: string, form: ColumnForm, codec: number): void {
  const { offset, dictionarySize, bounds } = chunk;
  t.i32(1, form.physical);
  t.i32s(2, [...new Set([...chunk.pages.map(({ encoding }) => encoding), ENCODING.rle])]);
  t.texts(3, [name]);
  t.i32(4, codec);
  t.i64(5, chunk.rows);
  t.i64(6, chunk.plainSize);
  t.i64(7, chunk.size);
  t.i64(9, offset + dictionarySize);
  if (dictionarySize > 0) t.i64(11, offset);
  t.struct(12, () => {
    t.i64(3, chunk.nulls);
    if (bounds === undefined) return;
    t.binary(5, bounds.max);
    t.binary(6, bounds.min);
    t.boolean(7, true);
    t.boolean(8, true);
  });
  t.structs(13, chunk.pages, ({ kind, encoding, count }) => {
    t.i32(1, kind);
    t.i32(2, encoding);
    t.i32(3, count);
  });
}

function sumOf<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((sum, item) => sum + size(item), 0);
}
