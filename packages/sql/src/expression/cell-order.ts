import {
  type Column,
  ColumnBuilder,
  type DataType,
  layoutOf,
  type MapValue,
  type Value,
  valueAt,
} from "@ss/core";

/** A place that has cells: a column, or a builder that is still growing. */
export type Cells = Column | ColumnBuilder;

/** Below 0, 0 or above 0 as cell `i` of `a` comes before, with or after cell `j` of `b`. Neither is null. */
export type CellOrder = (a: Cells, i: number, b: Cells, j: number) => number;

interface NumberCells {
  readonly values: ArrayLike<number>;
}
interface BigintCells {
  readonly values: BigInt64Array;
}
interface BytesCells {
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
}

/** The order of Spark's values of a type: bytes for strings, NaN after every number, -0.0 equal to 0.0. */
export function compareCells(type: DataType): CellOrder {
  switch (layoutOf(type)) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
      return plain((a, i, b, j) => numbers(a)[i]! - numbers(b)[j]!);
    case "float32":
    case "float64":
      return plain((a, i, b, j) => compareDoubles(numbers(a)[i]!, numbers(b)[j]!));
    case "int64":
      return plain((a, i, b, j) => {
        const x = (a as unknown as BigintCells).values[i]!;
        const y = (b as unknown as BigintCells).values[j]!;
        return x < y ? -1 : x > y ? 1 : 0;
      });
    case "bytes":
      return plain((a, i, b, j) =>
        compareBytes(a as unknown as BytesCells, i, b as unknown as BytesCells, j),
      );
    default:
      return (a, i, b, j) => compareValues(cell(a, i), cell(b, j));
  }
}

/** Dictionary columns are looked through before `order` sees them. */
function plain(order: CellOrder): CellOrder {
  return (a, i, b, j) => {
    if ("layout" in a && a.layout === "dictionary") return order(a.dictionary, a.codes[i]!, b, j);
    return order(a, i, b, j);
  };
}

function numbers(cells: Cells): ArrayLike<number> {
  return (cells as unknown as NumberCells).values;
}

function cell(cells: Cells, i: number): Value {
  return valueAt(cells instanceof ColumnBuilder ? cells.view() : cells, i);
}

/** Spark's order of doubles. */
export function compareDoubles(x: number, y: number): number {
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return 0;
  return (x !== x ? 1 : 0) - (y !== y ? 1 : 0);
}

function compareBytes(a: BytesCells, i: number, b: BytesCells, j: number): number {
  const length = Math.min(a.lengths[i]!, b.lengths[j]!);
  const x = a.starts[i]!;
  const y = b.starts[j]!;
  for (let k = 0; k < length; k++) {
    const difference = a.data[x + k]! - b.data[y + k]!;
    if (difference !== 0) return difference;
  }
  return a.lengths[i]! - b.lengths[j]!;
}

const encoder = new TextEncoder();

/** Spark's order of boxed values of one type; nulls first. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  switch (typeof a) {
    case "number":
      return compareDoubles(a, b as number);
    case "bigint":
      return a < (b as bigint) ? -1 : a > (b as bigint) ? 1 : 0;
    case "boolean":
      return Number(a) - Number(b);
    case "string":
      return a === b ? 0 : Buffer.compare(encoder.encode(a), encoder.encode(b as string));
  }
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array);
  if (Array.isArray(a)) return compareLists(a, b as readonly Value[]);
  if ("keys" in a) {
    const keys = compareLists((a as MapValue).keys, (b as MapValue).keys);
    return keys !== 0 ? keys : compareLists((a as MapValue).values, (b as MapValue).values);
  }
  return 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let k = 0; k < length; k++) {
    const order = compareValues(a[k]!, b[k]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
