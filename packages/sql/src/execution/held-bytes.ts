import type { Column } from "@ss/core";
import type { Rows } from "../logical/rows.js";

/** About how many bytes some rows hold that were copied for keeps: those of their arrays. */
export function heldBytes({ columns }: Rows): number {
  return columns.reduce((sum, column) => sum + columnBytes(column), 0);
}

function columnBytes(column: Column): number {
  return (column.validity?.byteLength ?? 0) + valueBytes(column);
}

function valueBytes(column: Column): number {
  switch (column.layout) {
    case "null":
      return 0;
    case "bytes":
      return column.data.byteLength + column.starts.byteLength + column.lengths.byteLength;
    case "interval":
      return column.months.byteLength + column.days.byteLength + column.micros.byteLength;
    case "list":
      return column.starts.byteLength + column.lengths.byteLength + columnBytes(column.elements);
    case "map": {
      const entries = columnBytes(column.keys) + columnBytes(column.mapValues);
      return column.starts.byteLength + column.lengths.byteLength + entries;
    }
    case "struct":
      return column.children.reduce((sum, child) => sum + columnBytes(child), 0);
    case "dictionary":
      return column.codes.byteLength + columnBytes(column.dictionary);
    default:
      return column.values.byteLength;
  }
}
