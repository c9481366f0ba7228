import { type Column, type Int64Column, takeColumn } from "@ss/core";
import { wordsOf } from "./int64-words.js";

/** The event times of a column in microseconds: of windows their ends. */
export function eventTimes(column: Column, rowCount: number): Int64Column {
  if (column.layout === "struct") return eventTimes(column.children[column.children.length - 1]!, rowCount);
  if (column.layout !== "dictionary") return column as Int64Column;
  return takeColumn(column.dictionary, column.codes, rowCount) as Int64Column;
}

/** The rows whose event time is above a watermark, or null; undefined where all are. */
export function onTime(column: Column, rowCount: number, watermarkMs: number): Int32Array | undefined {
  const kept = rowsWhere(false, column, rowCount, watermarkMs);
  return kept.length === rowCount ? undefined : kept;
}

/** The other rows: those whose event time is at or below a watermark. */
export function lateOnes(column: Column, rowCount: number, watermarkMs: number): Int32Array {
  return rowsWhere(true, column, rowCount, watermarkMs);
}

function rowsWhere(late: boolean, column: Column, rowCount: number, watermarkMs: number): Int32Array {
  const times = eventTimes(column, rowCount);
  const { low, high } = wordsOf(BigInt(watermarkMs) * 1000n);
  const { words } = times;
  const rows = new Int32Array(rowCount);
  let count = 0;
  for (let i = 0; i < rowCount; i++) {
    const own = words[2 * i + 1]!;
    const isBelow = own < high || (own === high && words[2 * i]! >>> 0 <= low);
    const isLate = isBelow && !column.isNull(i);
    if (isLate === late) rows[count++] = i;
  }
  return rows.subarray(0, count);
}
