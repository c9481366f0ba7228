import type { Code, CodeWriter } from "../../expression/code.js";
import { valueOrder } from "../value-order.js";
import { present, valueOf } from "./parts.js";

interface ValueCells {
  readonly values: { readonly [index: number]: number | bigint };
}
interface BytesCells {
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
}

function findValue(cells: ValueCells, start: number, length: number, key: number | bigint): number {
  const { values } = cells;
  for (let k = start; k < start + length; k++) {
    const value = values[k]!;
    if (value === key || (value !== value && key !== key)) return k;
  }
  return -1;
}

function findBytes(
  cells: BytesCells,
  start: number,
  length: number,
  data: Uint8Array,
  keyStart: number,
  keyLength: number,
): number {
  for (let k = start; k < start + length; k++) {
    if (cells.lengths[k] !== keyLength) continue;
    const from = cells.starts[k]!;
    let at = 0;
    while (at < keyLength && cells.data[from + at] === data[keyStart + at]) at++;
    if (at === keyLength) return k;
  }
  return -1;
}

type MapCode = Extract<Code, { readonly layout: "map" }>;

/** The text of the position of a key among a map's entries, or -1. Both sides are present. */
export function findKeyText(writer: CodeWriter, map: MapCode, key: Code): string {
  const entries = `${map.keys}, ${map.start}, ${map.length}`;
  switch (key.layout) {
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "float32":
    case "float64":
      return `${writer.constant(findValue)}(${entries}, ${valueOf(key)})`;
    case "bytes":
      return `${writer.constant(findBytes)}(${entries}, ${key.data}, ${key.start}, ${key.length})`;
    default: {
      const order = valueOrder(key.type);
      const find = (keys: readonly never[], start: number, wanted: never): number => {
        const at = keys.findIndex((one) => order(one, wanted) === 0);
        return at < 0 ? -1 : start + at;
      };
      const list = `${writer.runtime}.list(${entries})`;
      return `${writer.constant(find)}(${list}, ${map.start}, ${writer.box(present(key))})`;
    }
  }
}
