import { type Column, type Int64Column, takeColumn } from "@ss/core";

/** The event times of a column in microseconds: of windows their ends. */
export function eventTimes(column: Column, rowCount: number): Int64Column {
  if (column.layout === "struct") return eventTimes(column.children[column.children.length - 1]!, rowCount);
  if (column.layout !== "dictionary") return column as Int64Column;
  return takeColumn(column.dictionary, column.codes, rowCount) as Int64Column;
}

/** The rows whose event time is above a watermark, or null; undefined where all are. */
export function onTime(column: Column, rowCount: number, watermarkMs: number): Int32Array | undefined {
  const times = eventTimes(column, rowCount);
  const bound = BigInt(watermarkMs) * 1000n;
  const kept = new Int32Array(rowCount);
  let count = 0;
  for (let i = 0; i < rowCount; i++) if (column.isNull(i) || times.values[i]! > bound) kept[count++] = i;
  return count === rowCount ? undefined : kept.subarray(0, count);
}
