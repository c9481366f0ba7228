import {
  applyBlock,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type FamilySpec,
  type HeldFamily,
  type Int64Column,
  pieceBlock,
  removalBlock,
  type StateBlocks,
  type StateFamily,
  type StateImage,
  type StateLookup,
  type StateMatches,
  type StateRows,
  type StructType,
} from "@ss/core";
import type { Change } from "./change-log.js";
import { FamilyTable, type NamedRow } from "./family-table.js";
import type { LmdbCache } from "./lmdb-cache.js";
import { RowReader } from "./row-reader.js";
import { RowWriter } from "./row-writer.js";
import { idOf, type StoredRow, toValues } from "./stored-row.js";

/** Keys and values of rows as they are collected. */
interface Collected {
  readonly keys: readonly ColumnBuilder[];
  readonly values: readonly ColumnBuilder[];
  rowCount: number;
}

/** A family whose rows stand in tables of LMDB. Every change goes there at once; memory holds what a call gives out. */
export class LmdbFamily implements StateFamily, HeldFamily {
  readonly spec: FamilySpec;
  readonly family: StateFamily = this;
  updatedCount = 0;
  removedCount = 0;
  private readonly cache: LmdbCache;
  private readonly number: number;
  private readonly table: FamilyTable;
  private readonly keyWriter: RowWriter = new RowWriter(true);
  private readonly prefixWriter: RowWriter = new RowWriter(true);
  private readonly valueWriter: RowWriter = new RowWriter(false);
  private readonly reader: RowReader = new RowReader();

  constructor(cache: LmdbCache, number: number, spec: FamilySpec) {
    this.cache = cache;
    this.number = number;
    this.spec = spec;
    const form = { ordered: spec.orderedBy !== undefined, prefixed: spec.prefix !== undefined };
    this.table = new FamilyTable(cache.environment, String(number), form);
  }

  get rowCount(): number {
    return this.table.rowCount;
  }
  get byteSize(): number {
    return this.cache.memoryBytes;
  }
  get storedBytes(): number {
    return this.table.storedBytes;
  }

  get(keys: readonly Column[], rowCount: number): StateLookup {
    const positions = new Int32Array(rowCount);
    const values = this.spec.valueSchema.fields.map((field) => columnBuilder(field.type));
    let found = 0;
    for (let i = 0; i < rowCount; i++) {
      const row = this.table.get(idOf(this.keyOf(keys, i)));
      positions[i] = row === undefined ? -1 : found++;
      if (row !== undefined) this.readValues(row, values);
      this.cache.environment.countReads(1);
    }
    return { positions, values: values.map((builder) => builder.view()) };
  }

  put(keys: readonly Column[], values: readonly Column[], rowCount: number): number {
    let count = 0;
    this.change(rowCount, (i) => {
      const key = this.keyOf(keys, i);
      const id = idOf(key);
      if (this.putRow(id, key, this.find(id), keys, values, i)) count++;
    });
    this.updatedCount += count;
    return count;
  }

  insert(keys: readonly Column[], values: readonly Column[], rowCount: number): Int32Array {
    const rows = new Int32Array(rowCount);
    let count = 0;
    this.change(rowCount, (i) => {
      const key = this.keyOf(keys, i);
      const id = idOf(key);
      if (this.table.has(id)) return;
      this.putRow(id, key, undefined, keys, values, i);
      rows[count++] = i;
    });
    this.updatedCount += count;
    return rows.subarray(0, count);
  }

  remove(keys: readonly Column[], rowCount: number): number {
    let count = 0;
    this.change(rowCount, (i) => {
      if (this.removeRow(idOf(this.keyOf(keys, i)))) count++;
    });
    this.removedCount += count;
    return count;
  }

  *changed(): Generator<StateRows> {
    for (const piece of this.cache.log.pieces()) {
      const rows = this.putRows(piece);
      if (rows.rowCount > 0) yield viewOf(rows);
    }
  }

  match(prefix: readonly Column[], rowCount: number): StateMatches {
    const questions: number[] = [];
    const found = this.collect();
    for (let i = 0; i < rowCount; i++) {
      const asked = Buffer.from(this.keyOf(prefix, i));
      for (let behind: Buffer | undefined; ; ) {
        const entries = this.table.ofPrefix(asked, behind, this.cache.environment.pieceRows);
        for (const { id } of entries) {
          questions.push(i);
          this.add(found, this.table.get(id)!);
          this.cache.environment.countReads(1);
        }
        this.cache.environment.countReads(1);
        if (entries.length < this.cache.environment.pieceRows) break;
        behind = entries.at(-1)!.entry;
      }
    }
    const positions = Int32Array.from(questions.keys());
    return { questions: Int32Array.from(questions), positions, ...viewOf(found) };
  }

  *scan(): Generator<StateRows> {
    let last: Buffer | undefined;
    for (;;) {
      const rows = this.table.after(last, this.cache.environment.pieceRows);
      if (rows.length > 0) yield this.rowsOf(rows);
      this.cache.environment.countReads(rows.length);
      if (rows.length < this.cache.environment.pieceRows) return;
      last = rows.at(-1)!.id;
    }
  }

  *scanBelow(bound: bigint): Generator<StateRows> {
    let last: Buffer | undefined;
    for (;;) {
      const entries = this.table.timesUpTo(bound, last, this.cache.environment.pieceRows);
      const found = this.collect();
      for (const { id } of entries) {
        this.add(found, this.table.get(id)!);
        this.cache.environment.countReads(1);
      }
      if (entries.length > 0) yield viewOf(found);
      if (entries.length < this.cache.environment.pieceRows) return;
      last = entries.at(-1)!.entry;
    }
  }

  /** Undoes a change. */
  putBack({ id, old }: Change): void {
    this.table.putBack(id, old);
  }

  async clear(): Promise<void> {
    this.cache.forget();
    this.cache.environment.transact(() => this.table.clear());
    this.updatedCount = 0;
    this.removedCount = 0;
  }

  *removeBelow(bound: bigint): Generator<StateRows> {
    const { pieceRows } = this.cache.environment;
    const lowest = (): Buffer[] => this.table.timesUpTo(bound, undefined, pieceRows).map(({ id }) => id);
    try {
      for (let ids = lowest(); ids.length > 0; ids = lowest()) {
        const found = this.collect();
        for (const id of ids) this.add(found, this.table.get(id)!);
        this.cache.environment.countReads(ids.length);
        yield viewOf(found);
        this.removeRows(ids);
      }
    } finally {
      // the rest, where nobody asks for it any more
      for (let ids = lowest(); ids.length > 0; ids = lowest()) this.removeRows(ids);
    }
  }

  lowest(): bigint | null {
    return this.table.lowestTime();
  }

  async apply(block: Uint8Array, stored?: StructType): Promise<void> {
    applyBlock(block, this, null, stored);
  }

  changes(number: number): StateBlocks | null {
    if (this.updatedCount === 0 && this.removedCount === 0) return null;
    return this.changeBlocks(number);
  }

  async committed(): Promise<void> {
    this.updatedCount = 0;
    this.removedCount = 0;
  }

  image(number: number): StateImage {
    const { environment } = this.cache;
    environment.transact(() => this.table.beginImage());
    return {
      blocks: this.imageBlocks(number),
      end: () => environment.transact(() => this.table.endImage()),
    };
  }

  private *imageBlocks(number: number): Generator<Uint8Array> {
    const { environment } = this.cache;
    for (;;) {
      if (!this.table.hasImage) throw new Error("the state was loaded anew while its snapshot was written");
      let rows: NamedRow[] | null = null;
      environment.transact(() => {
        rows = this.table.imageRows(this.cache.environment.pieceRows);
      });
      environment.countReads(2 * this.cache.environment.pieceRows);
      if (rows === null) return;
      if ((rows as NamedRow[]).length > 0) yield putBlock(this.rowsOf(rows), number);
    }
  }

  /** Removals first, as the log has them; then what was put. */
  private *changeBlocks(number: number): Generator<Uint8Array> {
    for (const piece of this.removedCount === 0 ? [] : this.cache.log.pieces()) {
      const gone = this.collect();
      for (const { family, id, old } of piece) {
        if (family !== this.number || old === undefined || this.table.has(id)) continue;
        this.addKey(gone, this.table.decode(id, old).key);
        this.cache.environment.countReads(1);
      }
      const { keys, rowCount } = viewOf(gone);
      if (rowCount > 0) yield removalBlock(keys, upTo(rowCount), { number, share: null });
    }
    for (const piece of this.cache.log.pieces()) {
      const rows = this.putRows(piece);
      if (rows.rowCount > 0) yield putBlock(viewOf(rows), number);
    }
  }

  /** Of entries of the log the rows that they put, as they are now. */
  private putRows(piece: readonly Change[]): Collected {
    const rows = this.collect();
    for (const { family, id, number } of piece) {
      if (family !== this.number) continue;
      const row = this.table.get(id);
      if (row?.epoch === this.cache.epoch && row.put === number) this.add(rows, row);
      this.cache.environment.countReads(1);
    }
    return rows;
  }

  private removeRows(ids: readonly Buffer[]): void {
    this.change(ids.length, (i) => {
      if (this.removeRow(ids[i]!)) this.removedCount++;
    });
  }

  /** Removes a row; false where there is none. */
  private removeRow(id: Buffer): boolean {
    const row = this.find(id);
    if (row === undefined) return false;
    // what was put since the last commit stands in the log already
    if (row.epoch !== this.cache.epoch) this.cache.logged(this.number, id, row.bytes);
    this.table.drop(id, row);
    return true;
  }

  /** Changes rows, some a transaction. */
  private change(rowCount: number, one: (i: number) => void): void {
    if (rowCount === 0) return;
    const { environment, memory } = this.cache;
    this.cache.beforeChange();
    for (let from = 0; from < rowCount; from += memory.transactionRows) {
      const to = Math.min(rowCount, from + memory.transactionRows);
      environment.transact(() => {
        for (let i = from; i < to; i++) one(i);
      });
      environment.countReads(3 * (to - from));
    }
  }

  /** Writes row `i`; true where its key had not been put since the last commit. */
  private putRow(
    id: Buffer,
    key: Buffer,
    old: StoredRow | undefined,
    keys: readonly Column[],
    values: readonly Column[],
    i: number,
  ): boolean {
    const { epoch } = this.cache;
    const again = old !== undefined && old.epoch === epoch;
    const put = again ? old.put : this.cache.logged(this.number, id, old?.bytes);
    this.valueWriter.clear();
    this.valueWriter.row(values, i);
    const head = {
      epoch,
      put,
      time: this.timeOf(keys, values, i),
      first: old?.first ?? this.cache.nextFirst(),
      prefixBytes: old?.prefixBytes ?? this.prefixBytesOf(keys, i),
    };
    this.table.write(id, old, head, key, this.valueWriter.written());
    return !again;
  }

  /** A row that may be kept while others are looked at. */
  private find(id: Buffer): StoredRow | undefined {
    const row = this.table.get(id);
    return row && this.table.decode(id, Buffer.from(row.bytes));
  }

  /** The bytes of a key, valid until the next are asked for. */
  private keyOf(keys: readonly Column[], i: number): Buffer {
    this.keyWriter.clear();
    this.keyWriter.row(keys, i);
    return this.keyWriter.written();
  }

  private prefixBytesOf(keys: readonly Column[], i: number): number {
    const { prefix } = this.spec;
    if (prefix === undefined) return 0;
    // cells tell where they end: those of the prefix alone are as long as in the key
    this.prefixWriter.clear();
    this.prefixWriter.row(keys.slice(0, prefix), i);
    return this.prefixWriter.length;
  }

  private timeOf(keys: readonly Column[], values: readonly Column[], i: number): bigint | null {
    const { orderedBy } = this.spec;
    if (orderedBy === undefined) return null;
    let column = orderedBy < keys.length ? keys[orderedBy]! : values[orderedBy - keys.length]!;
    if (column.isNull(i)) return null;
    let row = i;
    if (column.layout === "dictionary") {
      row = column.codes[i]!;
      column = column.dictionary;
    }
    return (column as Int64Column).values[row]!;
  }

  private rowsOf(rows: readonly NamedRow[]): StateRows {
    const found = this.collect();
    for (const { row } of rows) this.add(found, row);
    return viewOf(found);
  }

  private collect(): Collected {
    const { keySchema, valueSchema } = this.spec;
    return {
      keys: keySchema.fields.map((field) => columnBuilder(field.type)),
      values: valueSchema.fields.map((field) => columnBuilder(field.type)),
      rowCount: 0,
    };
  }

  private add(to: Collected, row: StoredRow): void {
    this.addKey(to, row.key);
    this.readValues(row, to.values);
  }

  private addKey(to: Collected, key: Buffer): void {
    this.reader.begin(key, 0);
    this.reader.row(to.keys);
    to.rowCount++;
  }

  private readValues(row: StoredRow, values: readonly ColumnBuilder[]): void {
    toValues(this.reader, row);
    this.reader.row(values);
  }
}

function viewOf({ keys, values, rowCount }: Collected): StateRows {
  return {
    keys: keys.map((builder) => builder.view()),
    values: values.map((builder) => builder.view()),
    rowCount,
  };
}

function putBlock({ keys, values, rowCount }: StateRows, number: number): Uint8Array {
  return pieceBlock({ columns: [...keys, ...values], rows: upTo(rowCount) }, { number, share: null });
}

function upTo(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
