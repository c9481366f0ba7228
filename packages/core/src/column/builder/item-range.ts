import type { ListColumn, MapColumn } from "../column.js";

/** Up to how many items that no row has are copied along. */
const GAP_MAX = 64;

/** Items of lists or maps that can be copied together. */
export interface ItemRange {
  readonly first: number;
  readonly end: number;
}

/**
 * The items of rows `from .. to)`, if they lie together: the rows' in ascending order, with few others between them; undefined
 * otherwise.
 */
export function itemRange(column: ListColumn | MapColumn, from: number, to: number): ItemRange | undefined {
  const { starts, lengths } = column;
  let first = -1;
  let end = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    if (column.isNull(i)) continue;
    const start = starts[i]!;
    if (first < 0) first = start;
    else if (start < end) return undefined;
    end = start + lengths[i]!;
    count += lengths[i]!;
  }
  if (first < 0) return { first: 0, end: 0 };
  return end - first <= 2 * count + GAP_MAX ? { first, end } : undefined;
}
