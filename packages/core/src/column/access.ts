import type { StructType } from "../schema/struct-type.js";
import { Batch } from "./batch.js";
import { columnBuilder } from "./builder.js";
import type { Column } from "./column.js";
import type { Value } from "./value.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Row `i` of a column as a boxed value (see `Value`). */
export function valueAt(column: Column, i: number): Value {
  if (column.isNull(i)) return null;
  switch (column.layout) {
    case "boolean":
      return column.values[i] === 1;
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "float32":
    case "float64":
      return column.values[i]!;
    case "int128":
      return (column.values[2 * i + 1]! << 64n) | BigInt.asUintN(64, column.values[2 * i]!);
    case "bytes": {
      const bytes = column.data.subarray(column.starts[i]!, column.starts[i]! + column.lengths[i]!);
      // a shared buffer is read by TextDecoder on Node, so no copy is made for text
      return column.type.kind === "binary" ? bytes.slice() : decoder.decode(bytes);
    }
    case "interval":
      return { months: column.months[i]!, days: column.days[i]!, micros: column.micros[i]! };
    case "list":
      return slice(column.elements, column.starts[i]!, column.lengths[i]!);
    case "map":
      return {
        keys: slice(column.keys, column.starts[i]!, column.lengths[i]!),
        values: slice(column.mapValues, column.starts[i]!, column.lengths[i]!),
      };
    case "struct":
      return column.children.map((child) => valueAt(child, i));
    case "dictionary":
      return valueAt(column.dictionary, column.codes[i]!);
    case "null":
      return null;
  }
}

function slice(column: Column, start: number, length: number): Value[] {
  const values = new Array<Value>(length);
  for (let k = 0; k < length; k++) values[k] = valueAt(column, start + k);
  return values;
}

/** A copy of rows `from .. to)` of a column, in arrays of its own. */
export function copyColumn(column: Column, from = 0, to: number = column.length): Column {
  const builder = columnBuilder(column.type);
  builder.appendRange(column, from, to);
  return builder.finish();
}

/** The rows at `positions`, in that order, copied into arrays of their own. */
export function gatherColumn(
  column: Column,
  positions: Int32Array,
  count: number = positions.length,
): Column {
  const builder = columnBuilder(column.type);
  for (let k = 0; k < count; k++) {
    const i = positions[k]!;
    if (i < 0) builder.appendNull();
    else builder.appendFrom(column, i);
  }
  return builder.finish();
}

/** A batch from rows of boxed values; for literals, small sources and tests. */
export function batchFromRows(schema: StructType, rows: readonly (readonly Value[])[]): Batch {
  const columns = schema.fields.map((field, k) => {
    const builder = columnBuilder(field.type);
    for (const row of rows) builder.append(row[k] ?? null);
    return builder.finish();
  });
  return new Batch(schema, columns, rows.length);
}

/** The rows of a batch as boxed values; for tests and for what a person asks for. */
export function rowsOf(batch: Batch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, i) => batch.columns.map((column) => valueAt(column, i)));
}
