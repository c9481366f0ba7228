import type { Column } from "../column/column.js";
import { takeColumn } from "../column/take.js";
import type { StructType } from "../schema/struct-type.js";
import { ByteReader, type ByteWriter } from "./byte-buffer.js";
import { readColumn, writeColumn } from "./column-codec.js";
import type { ImagePiece } from "./family-image.js";
import { grownColumns } from "./grown-columns.js";
import type { MemoryFamily } from "./memory-family.js";
import { rowsByOwner } from "./partition-hash.js";
import { newBlock, sealBlock } from "./state-file.js";
import { relationOf, type StateShare } from "./state-share.js";
import type { FamilySpec, StateFamily } from "./state-store.js";

/** Rows in a block, at most: some milliseconds of work, after which others may have their turn. */
const BLOCK_ROWS = 1 << 13;
const REMOVED = 0;
const PUT = 1;
/** Added to what is done with the rows where they are of one share. */
const SHARED = 2;

/** What the rows of a block belong to. */
export interface BlockOrigin {
  /** Number of the family in the header. */
  readonly number: number;
  /** The share that they are from; null where they may be from any. */
  readonly share: StateShare | null;
}

/** The beginning of a block. */
export interface BlockHead extends BlockOrigin {
  readonly action: number;
}

/**
 * The blocks that hold what a family changed since its last commit, removals first; null if nothing. A payload is: number of the family in
 * the header, what to do with the rows (0 remove, 1 put; 2 more where a share follows: partitions, owners, owner), number of rows
 * (4 bytes, 1, 3 times 4, 4), key columns and, for a put, value columns. Each is valid until the next is asked for.
 */
export function deltaBlocks(family: MemoryFamily, from: BlockOrigin): Iterable<Uint8Array> | null {
  const changes = family.changes();
  if (changes === null) return null;
  const { slots, removedKeys, removedCount } = changes;
  return (function* (): Generator<Uint8Array> {
    const removed = new Int32Array(removedCount);
    for (let i = 0; i < removedCount; i++) removed[i] = i;
    const block = newBlock();
    yield* encodeBlocks(from, REMOVED, removedKeys, removed, block);
    yield* encodeBlocks(from, PUT, family.columns(), slots, block);
  })();
}

/** The block that holds rows of a snapshot, or rows that were put; in the memory of a block that is needed no more, if one is given. */
export function pieceBlock(piece: ImagePiece, from: BlockOrigin, spent?: ByteWriter): Uint8Array {
  return encodeRows(from, PUT, piece.columns, piece.rows, spent);
}

/** The block with keys that were removed. */
export function removalBlock(keys: readonly Column[], rows: Int32Array, from: BlockOrigin): Uint8Array {
  return encodeRows(from, REMOVED, keys, rows);
}

/** What a block says of its rows. */
export function blockHead(payload: Uint8Array): BlockHead {
  return readHead(new ByteReader(payload));
}

/** The rows of a block: put, or only their keys where they were removed. */
export interface StateBlock extends BlockHead {
  readonly removed: boolean;
  readonly keys: readonly Column[];
  readonly values: readonly Column[];
  readonly rowCount: number;
}

/** Reads a block of a family. */
export function readBlock(payload: Uint8Array, { keySchema, valueSchema }: FamilySpec): StateBlock {
  const input = new ByteReader(payload);
  const head = readHead(input);
  const removed = head.action === REMOVED;
  const rowCount = input.uint32();
  const keys = readColumns(input, keySchema, rowCount);
  const values = removed ? [] : readColumns(input, valueSchema, rowCount);
  return { ...head, removed, keys, values, rowCount };
}

/**
 * Applies the rows of a block that are in a share (null: all) to a family. `stored` is the schema of its values, where the family's has
 * grown out of that.
 */
export function applyBlock(
  payload: Uint8Array,
  family: Pick<StateFamily, "spec" | "put" | "remove">,
  share: StateShare | null,
  stored?: StructType,
): void {
  const input = new ByteReader(payload);
  const head = readHead(input);
  const rowCount = input.uint32();
  const relation = relationOf(head.share, share);
  if (relation === "none") return;
  const { keySchema, valueSchema } = family.spec;
  const keys = readColumns(input, keySchema, rowCount);
  const values = head.action === REMOVED ? [] : readColumns(input, stored ?? valueSchema, rowCount);
  const own =
    share === null || relation === "all" ? undefined : rowsByOwner(keys, rowCount, share)[share.owner]!;
  const count = own?.length ?? rowCount;
  const taken = (columns: readonly Column[]): readonly Column[] =>
    own === undefined ? columns : columns.map((column) => takeColumn(column, own, count));
  if (head.action === REMOVED) family.remove(taken(keys), count);
  else family.put(taken(keys), taken(stored ? grownColumns(values, valueSchema, rowCount) : values), count);
}

function* encodeBlocks(
  from: BlockOrigin,
  action: number,
  columns: readonly Column[],
  rows: Int32Array,
  spent: ByteWriter,
): Generator<Uint8Array> {
  for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
    yield encodeRows(from, action, columns, rows.subarray(at, at + BLOCK_ROWS), spent);
  }
}

function encodeRows(
  { number, share }: BlockOrigin,
  action: number,
  columns: readonly Column[],
  rows: Int32Array,
  spent?: ByteWriter,
): Uint8Array {
  const block = newBlock(spent);
  block.uint32(number);
  block.uint8(share === null ? action : action + SHARED);
  if (share !== null) {
    block.uint32(share.partitions);
    block.uint32(share.owners);
    block.uint32(share.owner);
  }
  block.uint32(rows.length);
  for (const column of columns) writeColumn(block, column, rows);
  return sealBlock(block);
}

function readHead(input: ByteReader): BlockHead {
  const number = input.uint32();
  const code = input.uint8();
  if (code < SHARED) return { number, action: code, share: null };
  const [partitions, owners, owner] = [input.uint32(), input.uint32(), input.uint32()];
  return { number, action: code - SHARED, share: { partitions, owners, owner } };
}

function readColumns(input: ByteReader, schema: StructType, rowCount: number): Column[] {
  return schema.fields.map((field) => readColumn(input, field.type, rowCount));
}
