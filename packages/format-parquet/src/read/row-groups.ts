import type { FileSplit, Predicate, StructType } from "@ss/core";
import type { RowGroupMetadata } from "../direct/file-metadata.js";
import { ParquetFault } from "../direct/parquet-fault.js";
import type { FileColumn } from "../direct/parquet-schema.js";
import { ALL_NULL, type Bounds, boundsOf } from "../direct/row-group-bounds.js";
import { mayMatch } from "../direct/row-group-pruning.js";
import { badFooter } from "../errors.js";
import type { ParquetFooter } from "./parquet-footer.js";

/** A row group to be read. */
export interface WantedGroup {
  readonly index: number;
  readonly group: RowGroupMetadata;
}

/** The row groups whose middle lies in the split, so that each belongs to one, and which may hold rows that are wanted. */
export function wantedGroups(
  footer: ParquetFooter,
  split: FileSplit,
  schema: StructType,
  predicates: readonly Predicate[],
): WantedGroup[] {
  const wanted: WantedGroup[] = [];
  for (const [index, group] of footer.metadata.rowGroups.entries()) {
    const middle = middleOf(group, split.fileSize);
    if (middle < split.start || middle >= split.end) continue;
    checkRowCount(footer, group);
    if (predicates.every((predicate) => mayHold(footer, group, schema, predicate)))
      wanted.push({ index, group });
  }
  return wanted;
}

/** Where a damaged footer says nonsense the middle is still in the file, so that one split comes upon the damage. */
function middleOf({ columns }: RowGroupMetadata, fileSize: number): number {
  const size = columns.reduce((sum, column) => sum + column.size, 0);
  const middle = Math.floor((columns[0]?.start ?? 0) + size / 2);
  return Math.max(0, Math.min(fileSize - 1, middle));
}

/** A column that is not nested has as many values as its row group has rows. */
function checkRowCount({ path, columns }: ParquetFooter, group: RowGroupMetadata): void {
  const flat = columns.find(({ leaf }) => leaf !== undefined);
  const chunk = flat && group.columns[flat.leaf!];
  if (
    flat === undefined ||
    (chunk !== undefined && (chunk.isElsewhere || chunk.valueCount === group.rowCount))
  )
    return;
  const values = `${chunk?.valueCount ?? 0} values of the column \`${flat.name}\``;
  throw badFooter(path, new ParquetFault(`a row group of ${group.rowCount} rows has ${values}`));
}

function mayHold(
  footer: ParquetFooter,
  group: RowGroupMetadata,
  schema: StructType,
  predicate: Predicate,
): boolean {
  const bounds = boundsIn(footer, group, schema, predicate.column);
  return bounds === undefined || mayMatch(predicate, bounds);
}

function boundsIn(
  { columns, metadata }: ParquetFooter,
  group: RowGroupMetadata,
  schema: StructType,
  name: string,
): Bounds | undefined {
  const at = schema.indexOf(name);
  if (at < 0) return undefined;
  const column = columnNamed(columns, name);
  if (column === undefined) return ALL_NULL;
  const chunk = column.leaf === undefined ? undefined : group.columns[column.leaf];
  if (chunk === undefined || chunk.isElsewhere || chunk.physical !== column.element.physical)
    return undefined;
  return boundsOf(
    column.element,
    chunk,
    schema.fields[at]!.type,
    metadata.hasTypeOrder[column.leaf!] ?? false,
  );
}

/** The column of a name; case decides only between several. */
export function columnNamed(columns: readonly FileColumn[], name: string): FileColumn | undefined {
  const lower = name.toLowerCase();
  return (
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === lower)
  );
}
