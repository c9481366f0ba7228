import {
  BATCH_ROWS,
  Batch,
  type FileSplit,
  type FormatContext,
  type ScanRequest,
  StreamError,
  StructField,
  StructType,
} from "@ss/core";
import { NullFill } from "../arrow/nested-readers.js";
import { DirectScan } from "../direct/direct-scan.js";
import { badFooter } from "../errors.js";
import { openFooter, type ParquetFooter } from "./parquet-footer.js";
import { columnNamed, type WantedGroup, wantedGroups } from "./row-groups.js";
import { wasmScan } from "./wasm-scan.js";

/**
 * Reads the row groups of a split that may hold wanted rows, one after the other, and of them only the wanted columns:
 * directly where that is possible for all of them, or else by parquet-wasm.
 */
export async function* readSplit(
  schema: StructType,
  scan: ScanRequest,
  split: FileSplit,
  context: FormatContext,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const footer = await openFooter(context.fileSystem, split.path);
  try {
    const isPruning = context.conf("spark.sql.parquet.filterPushdown") !== "false";
    const groups = wantedGroups(footer, split, schema, isPruning ? scan.predicates : []);
    if (groups.length > 0) yield* readGroups(footer, groups, wantedFields(schema, scan), context, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw StreamError.is(cause) ? cause : badFooter(split.path, cause);
  } finally {
    await footer.file.close();
  }
}

function wantedFields(schema: StructType, { columns }: ScanRequest): StructType {
  const wanted = columns.map((name) => schema.field(name));
  return new StructType(wanted.map(({ name, type, metadata }) => StructField(name, type, true, metadata)));
}

async function* readGroups(
  footer: ParquetFooter,
  groups: readonly WantedGroup[],
  schema: StructType,
  context: FormatContext,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const columns = schema.fieldNames().map((name) => columnNamed(footer.columns, name));
  if (columns.every((column) => column === undefined)) {
    for (const { group } of groups) yield* rowsWithoutData(schema, group.rowCount);
    return;
  }
  const rowGroups = groups.map(({ group }) => group);
  const direct = DirectScan.plan(footer, schema, columns, rowGroups);
  if (direct === undefined) {
    yield* wasmScan(schema, groups, footer.path, context, signal);
    return;
  }
  for (const { index, group } of groups) yield* direct.rows(group, index, signal);
}

/** Rows of which the file holds no wanted column. */
function* rowsWithoutData(schema: StructType, rows: number): Generator<Batch> {
  const nulls = schema.fields.map(({ type }) => new NullFill(type));
  for (let left = rows; left > 0; left -= BATCH_ROWS) {
    const count = Math.min(left, BATCH_ROWS);
    yield new Batch(
      schema,
      nulls.map((column) => column.rows(count)),
      count,
    );
  }
}
