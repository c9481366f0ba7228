import {
  Batch,
  type Column,
  type DataType,
  gatherColumn,
  KeyTable,
  StructType,
  type Value,
  valueAt,
} from "@ss/core";
import { partitionFolder } from "@ss/files";
import { ByteArena, DEFAULT_LOCALE, decodeUtf8, type TimeZone, writeTimestamp } from "@ss/kernels";
import {
  invalidPartitionType,
  onlyPartitionColumns,
  partitionNotFound,
  unnamablePartition,
} from "../errors.js";
import { type CellText, cellWriter } from "../writing/cell-writer.js";

/** The rows of a batch that go to one folder. */
export interface FolderRows {
  /** Relative to the output, without a slash at its end; empty where nothing is partitioned. */
  readonly folder: string;
  readonly batch: Batch;
}

const NESTED = new Set(["array", "map", "struct", "variant", "void"]);

/** Splits batches by the values of partition columns, which stand in folder names instead of the files. */
export class PartitionSplit {
  /** The columns that remain in the files. */
  readonly dataSchema: StructType;
  private readonly positions: readonly number[];
  private readonly dataPositions: readonly number[];
  private readonly schema: StructType;
  private readonly zone: TimeZone;
  private readonly table: KeyTable;
  private readonly folders: string[] = [];
  private slots = new Int32Array(0);

  constructor(schema: StructType, partitionBy: readonly string[], zone: TimeZone, caseSensitive: boolean) {
    this.schema = schema;
    this.zone = zone;
    this.positions = partitionBy.map((name) => positionOf(schema, name, caseSensitive));
    if (partitionBy.length > 0 && partitionBy.length === schema.length) throw onlyPartitionColumns();
    for (const k of this.positions)
      if (NESTED.has(schema.fields[k]!.type.kind)) throw invalidPartitionType(schema.fields[k]!.type);
    this.dataPositions = schema.fields.map((_, k) => k).filter((k) => !this.positions.includes(k));
    this.dataSchema = new StructType(this.dataPositions.map((k) => schema.fields[k]!));
    this.table = new KeyTable(this.positions.map((k) => schema.fields[k]!.type));
  }

  /** The rows of a batch by folder, in the order in which the folders first occurred. */
  split(batch: Batch): FolderRows[] {
    if (this.positions.length === 0) return [{ folder: "", batch }];
    const { rowCount, columns } = batch;
    if (this.slots.length < rowCount) this.slots = new Int32Array(rowCount);
    const keys = this.positions.map((k) => columns[k]!);
    this.table.findOrAdd(keys, rowCount, this.slots);
    const rows = new Map<number, number[]>();
    for (let i = 0; i < rowCount; i++) {
      const slot = this.slots[i]!;
      const list = rows.get(slot);
      if (list === undefined) rows.set(slot, [i]);
      else list.push(i);
    }
    return [...rows].map(([slot, positions]) => {
      this.folders[slot] ??= this.folderOf(keys, positions[0]!);
      return { folder: this.folders[slot]!, batch: this.gather(columns, positions) };
    });
  }

  private gather(columns: readonly Column[], positions: readonly number[]): Batch {
    const chosen = Int32Array.from(positions);
    const kept = this.dataPositions.map((k) => gatherColumn(columns[k]!, chosen));
    return new Batch(this.dataSchema, kept, chosen.length);
  }

  private folderOf(keys: readonly Column[], i: number): string {
    return this.positions
      .map((k, index) => {
        const { name, type } = this.schema.fields[k]!;
        const text = partitionText(keys[index]!, i, type, this.zone);
        // of all characters NUL alone is not escaped, in Spark neither
        if (text?.includes("\0")) throw unnamablePartition(name, text);
        return partitionFolder(name, text);
      })
      .join("/");
  }
}

function positionOf(schema: StructType, name: string, caseSensitive: boolean): number {
  const form = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const position = schema.fields.findIndex((field) => form(field.name) === form(name));
  if (position < 0) throw partitionNotFound(`\`${name}\``, schema.simpleString());
  return position;
}

/** The text of a value as a cast to STRING gives it; null for null. */
function partitionText(column: Column, i: number, type: DataType, zone: TimeZone): string | null {
  if (column.isNull(i)) return null;
  if (type.kind === "binary")
    return decodeUtf8(valueAt(column, i) as Uint8Array, 0, (valueAt(column, i) as Uint8Array).length);
  if (type.kind === "timestamp" || type.kind === "timestamp_ntz")
    return timestampText(valueAt(column, i), zone);
  const text: CellText = {
    zone,
    dateFormat: undefined,
    timestampFormat: undefined,
    timestampNtzFormat: undefined,
    timeFormat: undefined,
    locale: DEFAULT_LOCALE,
  };
  const cells = cellWriter(type, text);
  const arena = new ByteArena(64);
  cells.bind(column);
  cells.write(i, arena);
  return decodeUtf8(arena.bytes, 0, arena.length);
}

function timestampText(value: Value, zone: TimeZone): string {
  const micros = value as bigint;
  const bytes = new Uint8Array(64);
  const end = writeTimestamp(bytes, 0, Number(BigInt.asIntN(32, micros)), Number(micros >> 32n), zone);
  return decodeUtf8(bytes, 0, end);
}
