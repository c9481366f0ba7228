import type { Column } from "@ss/core";

/** Below 0, 0 or above 0 as row `a` comes before, with or after row `b`. */
export type RowOrder = (a: number, b: number) => number;

/**
 * The order of the rows of a column of numbers without nulls, as straight reads of its array: sorts call it millions of times.
 * Undefined for every other column.
 */
export function plainOrder(column: Column, ascending: boolean): RowOrder | undefined {
  if (column.validity !== null) return undefined;
  switch (column.layout) {
    case "int8":
    case "int16":
    case "int32": {
      const { values } = column;
      return ascending ? (a, b) => values[a]! - values[b]! : (a, b) => values[b]! - values[a]!;
    }
    case "int64":
      return ascending ? longOrder(column.words) : reversed(longOrder(column.words));
    case "float32":
    case "float64":
      return ascending ? floatOrder(column.values) : reversed(floatOrder(column.values));
    default:
      return undefined;
  }
}

function longOrder(words: Int32Array): RowOrder {
  return (a, b) => {
    const high = words[2 * a + 1]! - words[2 * b + 1]!;
    return high !== 0 ? high : (words[2 * a]! >>> 0) - (words[2 * b]! >>> 0);
  };
}

/** NaN is equal to itself and after all others, and zero has no sign. */
function floatOrder(values: Float32Array | Float64Array): RowOrder {
  return (a, b) => {
    const x = values[a]!;
    const y = values[b]!;
    if (x < y) return -1;
    if (x > y) return 1;
    if (x === y) return 0;
    return (x !== x ? 1 : 0) - (y !== y ? 1 : 0);
  };
}

function reversed(order: RowOrder): RowOrder {
  return (a, b) => order(b, a);
}
