import type { DataType } from "../schema/data-type.js";
import { ByteReader, ByteWriter } from "../state/byte-buffer.js";
import { readColumn, writeColumn } from "../state/column-codec.js";
import type { Column } from "./column.js";

let positions = new Int32Array(0);

/** 0, 1, 2, ... */
function firstRows(count: number): Int32Array {
  if (positions.length < count) positions = Int32Array.from({ length: count * 2 }, (_, i) => i);
  return positions.subarray(0, count);
}

const KEPT_BYTES = 1 << 23;
/** Used again, so that it seldom has to grow. */
const out: ByteWriter = new ByteWriter();

/** The rows of some columns in one piece of memory, which may be handed to another thread. Dictionaries are resolved. */
export function packColumns(columns: readonly Column[], rowCount: number): ArrayBuffer {
  return packRows(columns, firstRows(rowCount));
}

/** Some rows of some columns, in this order, packed in the same way. */
export function packRows(columns: readonly Column[], rows: Int32Array): ArrayBuffer {
  out.clear(KEPT_BYTES);
  for (const column of columns) writeColumn(out, column, rows);
  return out.written().slice().buffer;
}

/** The columns that {@link packColumns} packed; their types and number of rows travel apart. */
export function unpackColumns(
  packed: ArrayBuffer,
  types: readonly DataType[],
  rowCount: number,
): readonly Column[] {
  const input = new ByteReader(new Uint8Array(packed));
  return types.map((type) => readColumn(input, type, rowCount));
}
