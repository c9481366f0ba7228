import { Batch, type Column, type FormatContext, StreamError, type StructType } from "@ss/core";
import type { RecordBatch } from "parquet-wasm";
import { arrowReader, positionOf } from "../arrow/arrow-reader.js";
import { ArrowArray, readArrowField } from "../arrow/arrow-schema.js";
import { typeOfArrow } from "../arrow/arrow-type.js";
import type { ArrowReader } from "../arrow/fixed-readers.js";
import { NullFill } from "../arrow/nested-readers.js";
import { badData, typeMismatch } from "../errors.js";
import { type OpenParquet, openParquet } from "./open-file.js";
import type { WantedGroup } from "./row-groups.js";

/** Rows that are taken out of WebAssembly memory at a time. */
const ROWS_AT_A_TIME = 8192;

/** Reads the wanted columns of row groups by parquet-wasm, which knows every type, encoding and compression. */
export async function* wasmScan(
  schema: StructType,
  groups: readonly WantedGroup[],
  path: string,
  context: FormatContext,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const open = await openParquet(context.fileSystem, path);
  try {
    const plan = new ColumnPlan(schema, open, path);
    for (const { index } of groups) {
      signal.throwIfAborted();
      yield* readRowGroup(open, index, plan, path, signal);
    }
  } finally {
    await open.close();
  }
}

async function* readRowGroup(
  { wasm, file }: OpenParquet,
  index: number,
  plan: ColumnPlan,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const options = { rowGroups: [index], columns: [...plan.names], batchSize: ROWS_AT_A_TIME };
  const reader = (
    await guarded(path, () => file.stream(options))
  ).getReader() as ReadableStreamDefaultReader<RecordBatch>;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await guarded(path, () => reader.read());
      if (done) return;
      // the data is copied before anything else runs: WebAssembly memory moves when it grows
      const exported = value.intoFFI();
      let batch: Batch;
      try {
        batch = plan.batch(wasm.wasmMemory().buffer, exported.schemaAddr(), exported.arrayAddr());
      } finally {
        exported.free();
      }
      yield batch;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function guarded<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw StreamError.is(cause) ? cause : badData(path, cause);
  }
}

/** How the columns of a scan come from those of one file. */
class ColumnPlan {
  /** Names of the file's columns that are read. */
  readonly names: readonly string[];
  private readonly schema: StructType;
  private readonly sources: readonly (NullFill | { readonly name: string; readonly reader: ArrowReader })[];
  private positions: readonly number[] | undefined;

  constructor(schema: StructType, { fields }: OpenParquet, path: string) {
    this.schema = schema;
    this.sources = schema.fields.map(({ name, type }) => {
      const field = fields[positionOf(fields, name)];
      if (field === undefined) return new NullFill(type);
      const reader = arrowReader(field, type);
      if (reader !== undefined) return { name: field.name, reader };
      throw typeMismatch(path, name, type, typeOfArrow(field)?.kind ?? field.format);
    });
    this.names = [
      ...new Set(this.sources.flatMap((source) => (source instanceof NullFill ? [] : [source.name]))),
    ];
  }

  batch(memory: ArrayBufferLike, schemaAddress: number, arrayAddress: number): Batch {
    // the columns of a projection stand in the file's order, so their places are looked up once
    this.positions ??= this.findPositions(memory, schemaAddress);
    const array = new ArrowArray(memory, arrayAddress);
    const columns = this.sources.map((source, k): Column => {
      if (source instanceof NullFill) return source.rows(array.length);
      return source.reader.read(array.child(this.positions![k]!));
    });
    return new Batch(this.schema, columns, array.length);
  }

  private findPositions(memory: ArrayBufferLike, schemaAddress: number): number[] {
    const fields = readArrowField(memory, schemaAddress).children;
    return this.sources.map((source) => {
      return source instanceof NullFill ? -1 : fields.findIndex(({ name }) => name === source.name);
    });
  }
}
