import { type Column, columnBuilder, takeColumn } from "@ss/core";

/**
 * Rows of two tables with the same columns in one order: a place of `order` below the first table's row count is a row of it, one from there on a
 * row of the second.
 */
export function joinedColumns(
  first: { readonly columns: readonly Column[]; readonly rowCount: number },
  second: { readonly columns: readonly Column[]; readonly rowCount: number },
  order: Int32Array,
): readonly Column[] {
  if (first.rowCount === 0) return second.columns.map((column) => takeColumn(column, order, order.length));
  return first.columns.map((column, k) => {
    const both = columnBuilder(column.type);
    both.appendRange(column, 0, first.rowCount);
    both.appendRange(second.columns[k]!, 0, second.rowCount);
    return takeColumn(both.finish(), order, order.length);
  });
}
