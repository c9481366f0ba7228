import { BATCH_ROWS, Batch, type Column, StreamError, type StructType } from "@ss/core";
import { NullFill } from "../arrow/nested-readers.js";
import { badColumn } from "../errors.js";
import type { ParquetFooter } from "../read/parquet-footer.js";
import { codecOf } from "./codecs.js";
import { ColumnReader } from "./column-reader.js";
import { valuesOf } from "./column-values.js";
import type { ColumnChunk, RowGroupMetadata } from "./file-metadata.js";
import { ParquetFault } from "./parquet-fault.js";
import { type FileColumn, isOptional } from "./parquet-schema.js";
import { ENCODING, type Values } from "./values.js";

/** A column of the scan and how it comes from the file. */
type Source = NullFill | DirectSource;

interface DirectSource {
  readonly column: FileColumn;
  readonly leaf: number;
  readonly reader: ColumnReader;
}

/** Bytes that the columns of a scan keep of a file at a time, all together and each. */
const WINDOWS_BYTES = 32 << 20;
const MAX_WINDOW_BYTES = 4 << 20;
const MIN_WINDOW_BYTES = 256 << 10;
/** Columns that lie together in a small row group are read in one go. */
const MAX_HELD_BYTES = 2 << 20;

/** Encodings that are no matter of the type: those of dictionaries and of levels. */
const COMMON_ENCODINGS: readonly number[] = [
  ENCODING.plainDictionary,
  ENCODING.dictionary,
  ENCODING.rle,
  ENCODING.bitPacked,
];

/** Reads columns of a file without parquet-wasm. */
export class DirectScan {
  private readonly footer: ParquetFooter;
  private readonly schema: StructType;
  private readonly sources: readonly Source[];

  private constructor(footer: ParquetFooter, schema: StructType, sources: readonly Source[]) {
    this.footer = footer;
    this.schema = schema;
    this.sources = sources;
  }

  /**
   * A scan of columns (undefined for one that the file lacks) as the fields of a schema; undefined where a type, an encoding
   * or a compression is not known here.
   */
  static plan(
    footer: ParquetFooter,
    schema: StructType,
    columns: readonly (FileColumn | undefined)[],
    groups: readonly RowGroupMetadata[],
  ): DirectScan | undefined {
    const rows = groups.reduce((most, { rowCount }) => Math.max(most, Math.min(rowCount, BATCH_ROWS)), 1);
    const window = Math.floor(WINDOWS_BYTES / Math.max(1, columns.length));
    const windowBytes = Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, window));
    const sources: Source[] = [];
    for (const [k, { type }] of schema.fields.entries()) {
      const column = columns[k];
      if (column === undefined) {
        sources.push(new NullFill(type));
        continue;
      }
      const { leaf, element } = column;
      const values = leaf === undefined ? undefined : valuesOf(element, type)?.(rows);
      if (leaf === undefined || values === undefined) return undefined;
      if (!groups.every((group) => isReadable(group.columns[leaf], values))) return undefined;
      const reader = new ColumnReader(values, isOptional(element), rows, windowBytes);
      sources.push({ column, leaf, reader });
    }
    return new DirectScan(footer, schema, sources);
  }

  /** The rows of a row group. */
  async *rows(group: RowGroupMetadata, index: number, signal: AbortSignal): AsyncGenerator<Batch> {
    const { sources, schema } = this;
    await this.start(group, index);
    for (let left = group.rowCount; left > 0; ) {
      signal.throwIfAborted();
      const count = Math.min(left, BATCH_ROWS);
      const columns: Column[] = [];
      for (const source of sources) {
        columns.push(
          source instanceof NullFill ? source.rows(count) : await this.readColumn(source, count, index),
        );
      }
      yield new Batch(schema, columns, count);
      left -= count;
    }
  }

  private async start(group: RowGroupMetadata, index: number): Promise<void> {
    const chunks: ColumnChunk[] = [];
    for (const source of this.sources) {
      if (source instanceof NullFill) continue;
      const { column, leaf, reader } = source;
      const chunk = group.columns[leaf];
      this.check(column, chunk, group, index);
      reader.start(this.footer.file, chunk!, codecOf(chunk!.codec)!);
      chunks.push(chunk!);
    }
    const start = Math.min(...chunks.map((chunk) => chunk.start));
    const end = Math.max(...chunks.map((chunk) => chunk.start + chunk.size));
    const wanted = chunks.reduce((sum, { size }) => sum + size, 0);
    if (chunks.length > 1 && end - start <= MAX_HELD_BYTES && wanted * 2 >= end - start)
      await this.guarded(() => this.footer.file.hold(start, end - start), undefined, index);
  }

  /** Compares what the footer says of a chunk with the schema and with the file. */
  private check(
    { element, name }: FileColumn,
    chunk: ColumnChunk | undefined,
    { rowCount }: RowGroupMetadata,
    index: number,
  ): void {
    const fault = this.faultOf(element.physical, chunk, rowCount);
    if (fault !== undefined) throw badColumn(this.footer.path, name, index, new ParquetFault(fault));
  }

  private faultOf(
    physical: number | undefined,
    chunk: ColumnChunk | undefined,
    rows: number,
  ): string | undefined {
    if (chunk === undefined || chunk.physical !== physical) return "the row group does not fit the schema";
    if (chunk.valueCount !== rows)
      return `the column has ${chunk.valueCount} values in a row group of ${rows} rows`;
    const end = chunk.start + chunk.size;
    return chunk.start < 4 || chunk.size < 0 || end > this.footer.dataEnd
      ? `its bytes ${chunk.start} to ${end} lie outside the data of the file`
      : undefined;
  }

  private readColumn({ reader, column }: DirectSource, count: number, index: number): Promise<Column> {
    return this.guarded(() => reader.read(count), column.name, index);
  }

  private async guarded<T>(call: () => Promise<T>, column: string | undefined, index: number): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      throw StreamError.is(cause) ? cause : badColumn(this.footer.path, column, index, cause);
    }
  }
}

function isReadable(chunk: ColumnChunk | undefined, { encodings }: Values): boolean {
  if (chunk === undefined) return true;
  if (chunk.isElsewhere || codecOf(chunk.codec) === undefined) return false;
  return chunk.encodings.every(
    (encoding) => encodings.includes(encoding) || COMMON_ENCODINGS.includes(encoding),
  );
}
