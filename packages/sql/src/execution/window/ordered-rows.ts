import { type Column, KeyTable, NullType, takeColumn } from "@ss/core";
import type { SortOrder } from "../../expression/expression.js";
import { literal } from "../../expression/expression.js";
import { rowOrder } from "../operators/sort.js";
import type { RowOrder } from "../plain-order.js";

/** Rows brought into the order of a window: partition by partition, each in its own order. */
export interface OrderedRows {
  readonly rowCount: number;
  /** The row (as it came) at each place. */
  readonly positions: Int32Array;
  /** Where each partition begins, and after the last the number of rows. */
  readonly starts: Int32Array;
  /** For each place the first place of its peers: rows of its partition that the ordering does not tell apart. */
  readonly peers: Int32Array;
  /** For each place the place after the last of its peers. */
  readonly peerEnds: Int32Array;
}

/**
 * Orders rows for a window. Partitions come in the order of their keys; rows that are equal in everything keep the order in
 * which `before` has them.
 */
export function orderRows(
  before: Int32Array,
  partitionBy: readonly Column[],
  orderBy: readonly Column[],
  orders: readonly SortOrder[],
): OrderedRows {
  const rowCount = before.length;
  const { positions, starts } = partition(before, partitionBy);
  const comparisons = orders.map((order, k) => rowOrder(orderBy[k]!, order));
  const compare: RowOrder = comparisons.length === 1 ? comparisons[0]! : inTurn(comparisons);
  if (comparisons.length > 0) {
    // typed arrays sort stably
    for (let p = 0; p + 1 < starts.length; p++) positions.subarray(starts[p]!, starts[p + 1]!).sort(compare);
  }
  return { rowCount, positions, starts, ...peerGroups(positions, starts, compare) };
}

function inTurn(comparisons: readonly RowOrder[]): RowOrder {
  return (a, b) => {
    for (const compare of comparisons) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}

/** Brings the rows of each partition together. */
function partition(
  before: Int32Array,
  keys: readonly Column[],
): { readonly positions: Int32Array; readonly starts: Int32Array } {
  const rowCount = before.length;
  if (rowCount === 0) return { positions: before.slice(), starts: Int32Array.of(0) };
  if (keys.length === 0) return { positions: before.slice(), starts: Int32Array.of(0, rowCount) };
  const table = new KeyTable(keys.map((key) => key.type));
  const slots = new Int32Array(rowCount);
  table.findOrAdd(keys, rowCount, slots);
  const ranks = ranksOf(table);
  const starts = new Int32Array(table.slotCount + 1);
  for (let row = 0; row < rowCount; row++) starts[ranks[slots[row]!]! + 1]!++;
  for (let p = 0; p < table.slotCount; p++) starts[p + 1]! += starts[p]!;
  const next = starts.slice();
  const positions = new Int32Array(rowCount);
  for (let i = 0; i < rowCount; i++) positions[next[ranks[slots[before[i]!]!]!]!++] = before[i]!;
  return { positions, starts };
}

/** The place of each slot's key among all keys. */
function ranksOf(table: KeyTable): Int32Array {
  const byKey = inTurn(
    table.keys.map((key) =>
      rowOrder(key.view(), {
        kind: "sortOrder",
        child: literal(null, key.type ?? NullType),
        ascending: true,
        nullsFirst: true,
      }),
    ),
  );
  const slots = Int32Array.from({ length: table.slotCount }, (_, slot) => slot).sort(byKey);
  const ranks = new Int32Array(slots.length);
  slots.forEach((slot, rank) => {
    ranks[slot] = rank;
  });
  return ranks;
}

function peerGroups(
  positions: Int32Array,
  starts: Int32Array,
  compare: RowOrder,
): { readonly peers: Int32Array; readonly peerEnds: Int32Array } {
  const peers = new Int32Array(positions.length);
  const peerEnds = new Int32Array(positions.length);
  for (let p = 0; p + 1 < starts.length; p++) {
    const end = starts[p + 1]!;
    let first = starts[p]!;
    for (let i = first + 1; i <= end; i++) {
      if (i < end && compare(positions[first]!, positions[i]!) === 0) continue;
      peers.fill(first, first, i);
      peerEnds.fill(i, first, i);
      first = i;
    }
  }
  return { peers, peerEnds };
}

/** A column in the order of the window. */
export function inOrder(column: Column, rows: OrderedRows): Column {
  return takeColumn(column, rows.positions, rows.rowCount);
}
