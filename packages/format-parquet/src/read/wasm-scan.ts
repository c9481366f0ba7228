import {
  Batch,
  type Column,
  type FileSystem,
  type FormatContext,
  StreamError,
  type StructType,
} from "@ss/core";
import type { RecordBatch, Table } from "parquet-wasm";
import { arrowReader, positionOf } from "../arrow/arrow-reader.js";
import { ArrowArray, readArrowField } from "../arrow/arrow-schema.js";
import { typeOfArrow } from "../arrow/arrow-type.js";
import type { ArrowReader } from "../arrow/fixed-readers.js";
import { NullFill } from "../arrow/nested-readers.js";
import { badData, typeMismatch } from "../errors.js";
import type { ParquetWasm } from "../wasm.js";
import { type OpenParquet, openParquet } from "./open-file.js";
import type { WantedGroup } from "./row-groups.js";

/** Rows that are taken out of WebAssembly memory at a time. */
const ROWS_AT_A_TIME = 8192;

/**
 * Files up to this size are decoded in one call. A damaged page can make parquet-wasm stop with a trap: that call then throws, while the trap of
 * an asynchronous reading is nobody's to catch and would end the process.
 */
const SMALL_FILE = 64 << 20;

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
    const whole = await smallFile(context.fileSystem, path);
    for (const { index } of groups) {
      signal.throwIfAborted();
      if (whole !== null) yield* readAtOnce(open, whole, index, plan, path);
      else yield* readRowGroup(open, index, plan, path, signal);
    }
  } finally {
    await open.close();
  }
}

async function smallFile(fileSystem: FileSystem, path: string): Promise<Uint8Array | null> {
  const entry = await fileSystem.stat(path);
  return entry !== null && entry.size <= SMALL_FILE ? fileSystem.readAll(path) : null;
}

function* readAtOnce(
  { wasm }: OpenParquet,
  bytes: Uint8Array,
  index: number,
  plan: ColumnPlan,
  path: string,
): Generator<Batch> {
  let table: Table;
  try {
    const options = { rowGroups: [index], columns: [...plan.names], batchSize: ROWS_AT_A_TIME };
    table = wasm.readParquet(bytes, options);
  } catch (cause) {
    throw badData(path, cause);
  }
  try {
    for (let k = 0; k < table.numBatches; k++) yield copied(wasm, table.recordBatch(k)!, plan);
  } finally {
    table.free();
  }
}

/** The rows of a batch, copied before anything else runs: WebAssembly memory moves when it grows. */
function copied(wasm: ParquetWasm, rows: RecordBatch, plan: ColumnPlan): Batch {
  const exported = rows.intoFFI();
  try {
    return plan.batch(wasm.wasmMemory().buffer, exported.schemaAddr(), exported.arrayAddr());
  } finally {
    exported.free();
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
      yield copied(wasm, value, plan);
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
