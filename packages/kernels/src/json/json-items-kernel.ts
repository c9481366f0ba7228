import { KIND_ARRAY, KIND_OBJECT } from "../text/field-kind.js";
import type { FieldColumn } from "../text/field-table.js";
import type { SpanList } from "../text/span-list.js";
import { kernelAddress, kernels } from "../wasm/kernel-module.js";

/** The kernel may load this many bytes behind a value. */
const REACH_BYTES = 64;

/** Lists the items of rows from `row` on; returns the first row that is left to the twin, or `to`. */
export type ItemsKernel = (row: number, to: number, depthMax: number) => number;

/**
 * The kernel that lists the elements of arrays or, with a list for the keys, the entries of objects; undefined where the bytes, the
 * column or the lists lie outside its memory.
 */
export function itemsKernel(
  bytes: Uint8Array,
  column: FieldColumn,
  offsets: Int32Array,
  keys: SpanList | undefined,
  values: SpanList,
): ItemsKernel | undefined {
  const base = kernelAddress(bytes);
  const [starts, lengths, kinds] = addressesOf(column);
  const at = kernelAddress(offsets);
  if (base < 0 || starts < 0 || lengths < 0 || kinds < 0 || at < 0 || !values.isInKernels) return undefined;
  if (keys !== undefined && !keys.isInKernels) return undefined;
  const { exports, memory } = kernels();
  if (base + bytes.length + REACH_BYTES > memory.current().byteLength) return undefined;
  const kind = keys === undefined ? KIND_ARRAY : KIND_OBJECT;
  return (from, to, depthMax) => {
    let row = from;
    while (row < to) {
      // a text has an item for every two of its bytes at most
      values.ensureCapacity(offsets[row] + (column.lengths[row] >> 1) + 2);
      keys?.ensureCapacity(values.capacity);
      const [keyStarts, keyLengths, keyKinds] = keys === undefined ? NOWHERE : addressesOf(keys);
      const [valueStarts, valueLengths, valueKinds] = addressesOf(values);
      if (valueStarts < 0 || keyStarts < 0) return row;
      const capacity = keys === undefined ? values.capacity : Math.min(keys.capacity, values.capacity);
      const next = exports.jsonItems(
        base,
        starts,
        lengths,
        kinds,
        kind,
        row,
        to,
        at,
        valueStarts,
        valueLengths,
        valueKinds,
        keyStarts,
        keyLengths,
        keyKinds,
        capacity,
        depthMax,
      );
      values.count = offsets[next];
      if (keys !== undefined) keys.count = offsets[next];
      if (next === row) return row;
      row = next;
    }
    return row;
  };
}

const NOWHERE: readonly [number, number, number] = [0, 0, 0];

function addressesOf({ starts, lengths, kinds }: FieldColumn): readonly [number, number, number] {
  return [kernelAddress(starts), kernelAddress(lengths), kernelAddress(kinds)];
}
