import type { Column } from "../column/column.js";
import type { StructType } from "../schema/struct-type.js";
import { ByteReader } from "./byte-buffer.js";
import { readColumn, writeColumn } from "./column-codec.js";
import type { MemoryFamily } from "./memory-family.js";
import { newBlock, sealBlock } from "./state-file.js";

/** Rows in a block, at most. */
const BLOCK_ROWS = 1 << 16;
const REMOVED = 0;
const PUT = 1;

/** A block to be encoded: rows of one family. */
export interface BlockPlan {
  encode(): Uint8Array;
}

/**
 * The blocks that hold what a family changed since its last commit, removals first. A payload is: number of the family in
 * the header, what to do with the rows (0 remove, 1 put), number of rows (4 bytes, 1, 4), key columns and, for a put, value
 * columns.
 */
export function deltaBlocks(family: MemoryFamily, number: number): BlockPlan[] {
  const changes = family.changes();
  if (changes === null) return [];
  const everyRow = Int32Array.from({ length: changes.removedCount }, (_, i) => i);
  return [
    ...planBlocks(number, REMOVED, everyRow, () => changes.removedKeys),
    ...planBlocks(number, PUT, changes.slots, () => rowColumns(family)),
  ];
}

/** The blocks that hold all rows of a family. */
export function snapshotBlocks(family: MemoryFamily, number: number): BlockPlan[] {
  return planBlocks(number, PUT, family.liveSlots(), () => rowColumns(family));
}

/** Applies a block to a family. */
export function applyBlock(payload: Uint8Array, familyOf: (number: number) => MemoryFamily | null): void {
  const input = new ByteReader(payload);
  const family = familyOf(input.uint32());
  const action = input.uint8();
  const rowCount = input.uint32();
  if (family === null) return;
  const keys = readColumns(input, family.spec.keySchema, rowCount);
  if (action === REMOVED) family.remove(keys, rowCount);
  else family.put(keys, readColumns(input, family.spec.valueSchema, rowCount), rowCount);
}

function rowColumns(family: MemoryFamily): readonly Column[] {
  const { keys, values } = family.columnsBySlot();
  return [...keys, ...values];
}

function planBlocks(
  number: number,
  action: number,
  rows: Int32Array,
  columns: () => readonly Column[],
): BlockPlan[] {
  const plans: BlockPlan[] = [];
  for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
    const part = rows.subarray(from, from + BLOCK_ROWS);
    plans.push({
      encode: () => {
        const block = newBlock();
        block.uint32(number);
        block.uint8(action);
        block.uint32(part.length);
        for (const column of columns()) writeColumn(block, column, part);
        return sealBlock(block);
      },
    });
  }
  return plans;
}

function readColumns(input: ByteReader, schema: StructType, rowCount: number): Column[] {
  return schema.fields.map((field) => readColumn(input, field.type, rowCount));
}
