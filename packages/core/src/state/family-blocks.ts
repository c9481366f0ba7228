import type { Column } from "../column/column.js";
import type { StructType } from "../schema/struct-type.js";
import { ByteReader } from "./byte-buffer.js";
import { readColumn, writeColumn } from "./column-codec.js";
import type { ImagePiece } from "./family-image.js";
import type { MemoryFamily } from "./memory-family.js";
import { newBlock, sealBlock } from "./state-file.js";

/** Rows in a block, at most: some milliseconds of work, after which others may have their turn. */
const BLOCK_ROWS = 1 << 13;
const REMOVED = 0;
const PUT = 1;

/** Blocks that are encoded as they are asked for. */
export interface FamilyBlocks extends Iterable<Uint8Array> {
  readonly count: number;
}

/**
 * The blocks that hold what a family changed since its last commit, removals first. A payload is: number of the family in
 * the header, what to do with the rows (0 remove, 1 put), number of rows (4 bytes, 1, 4), key columns and, for a put, value
 * columns.
 */
export function deltaBlocks(family: MemoryFamily, number: number): FamilyBlocks {
  const changes = family.changes();
  if (changes === null) return { count: 0, *[Symbol.iterator]() {} };
  const { slots, removedKeys, removedCount } = changes;
  const removed = Int32Array.from({ length: removedCount }, (_, i) => i);
  return {
    count: Math.ceil(removedCount / BLOCK_ROWS) + Math.ceil(slots.length / BLOCK_ROWS),
    *[Symbol.iterator](): Generator<Uint8Array> {
      yield* encodeBlocks(number, REMOVED, removedKeys, removed);
      yield* encodeBlocks(number, PUT, family.columns(), slots);
    },
  };
}

/** The block that holds a piece of a snapshot. */
export function pieceBlock(piece: ImagePiece, number: number): Uint8Array {
  return encodeRows(number, PUT, piece.columns, piece.rows);
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

function* encodeBlocks(
  number: number,
  action: number,
  columns: readonly Column[],
  rows: Int32Array,
): Generator<Uint8Array> {
  for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
    yield encodeRows(number, action, columns, rows.subarray(from, from + BLOCK_ROWS));
  }
}

function encodeRows(
  number: number,
  action: number,
  columns: readonly Column[],
  rows: Int32Array,
): Uint8Array {
  const block = newBlock();
  block.uint32(number);
  block.uint8(action);
  block.uint32(rows.length);
  for (const column of columns) writeColumn(block, column, rows);
  return sealBlock(block);
}

function readColumns(input: ByteReader, schema: StructType, rowCount: number): Column[] {
  return schema.fields.map((field) => readColumn(input, field.type, rowCount));
}
