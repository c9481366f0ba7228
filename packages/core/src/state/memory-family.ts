import { BATCH_ROWS } from "../column/batch.js";
import { type ColumnBuilder, columnBuilder } from "../column/builder.js";
import type { Column, Int64Column } from "../column/column.js";
import type { AcceleratorFactory } from "../column/key/bytes-dictionary.js";
import { KeyTable } from "../column/key-table.js";
import { runStart, sliceColumn, takeColumn } from "../column/take.js";
import { assert } from "../errors/stream-error.js";
import { FamilyImage } from "./family-image.js";
import { GatheredRows } from "./gathered-rows.js";
import { OrderedIndex } from "./ordered-index.js";
import { PrefixIndex } from "./prefix-index.js";
import { compacted, leavesGarbage, putRows } from "./slot-columns.js";
import { ascendingSlots, CHANGED, firstRows, LIVE, NEW, SETTLED } from "./slot-flags.js";
import { SlotList } from "./slot-list.js";
import type {
  FamilySpec,
  StateFamily,
  StateLookup,
  StateLookupToPut,
  StateMatches,
  StateRows,
} from "./state-store.js";

/** Value columns that writing over makes grow are copied when they have doubled beyond this many bytes. */
const COMPACT_BYTES = 1 << 20;

/** What a family changed since the last commit. */
interface FamilyChanges {
  /** Keys that were there at the last commit and are to be removed first. */
  readonly removedKeys: readonly Column[];
  readonly removedCount: number;
  /** Slots of the rows that were put and are still there. */
  readonly slots: Int32Array;
}

/** A family in memory: a hash table from keys to slots, with value columns by slot. */
export class MemoryFamily implements StateFamily {
  readonly spec: FamilySpec;
  private readonly table: KeyTable;
  private values: ColumnBuilder[];
  private index: OrderedIndex | null;
  private prefixes: PrefixIndex | null;
  /** Slots that were empty before the call at hand. */
  private readonly begun: { slots: Int32Array; count: number } = { slots: new Int32Array(0), count: 0 };
  private flags: Uint8Array = new Uint8Array(512);
  /** Slots put since the last commit. One that was removed and used again stands here twice. */
  private readonly puts: SlotList = new SlotList();
  /** Keys of the last commit that were removed since. */
  private readonly removed: ColumnBuilder[];
  private removedKeyCount = 0;
  private scratch: Int32Array = new Int32Array(0);
  private compactAt: number = COMPACT_BYTES;
  /** The keys whose slots were found, in `scratch`, and which are put next. */
  private asked: readonly Column[] | null = null;
  /** Rows of an earlier moment that are being read. */
  private image: FamilyImage | null = null;
  /** Rows put and removed since the last commit. */
  updatedCount = 0;
  removedCount = 0;

  constructor(spec: FamilySpec, accelerator?: AcceleratorFactory) {
    this.spec = spec;
    this.table = new KeyTable(
      spec.keySchema.fields.map((field) => field.type),
      accelerator,
    );
    this.values = spec.valueSchema.fields.map((field) => columnBuilder(field.type));
    this.removed = spec.keySchema.fields.map((field) => columnBuilder(field.type));
    this.index = spec.orderedBy === undefined ? null : new OrderedIndex();
    this.prefixes = this.newPrefixes();
  }

  get rowCount(): number {
    return this.table.rowCount;
  }

  get prefixCount(): number {
    return this.prefixes?.prefixCount ?? this.rowCount;
  }

  get(keys: readonly Column[], rowCount: number): StateLookup {
    const positions = new Int32Array(rowCount);
    this.table.find(keys, rowCount, positions);
    return { positions, values: this.values.map((builder) => builder.view()) };
  }

  getToPut(keys: readonly Column[], rowCount: number): StateLookupToPut {
    const slots = this.slotsFor(rowCount);
    this.table.findOrAdd(keys, rowCount, slots);
    this.growFlags();
    this.asked = keys;
    const { flags } = this;
    const positions = new Int32Array(rowCount);
    for (let i = 0; i < rowCount; i++) positions[i] = (flags[slots[i]!]! & LIVE) === 0 ? -1 : slots[i]!;
    return {
      positions,
      values: this.values.map((builder) => builder.view()),
      firsts: firstRows(flags, slots, rowCount),
    };
  }

  put(keys: readonly Column[], values: readonly Column[], rowCount: number): number {
    const isFound = this.asked === keys;
    const slots = this.slotsFor(rowCount);
    if (!isFound) this.table.findOrAdd(keys, rowCount, slots);
    this.growFlags();
    const changed = this.markPut(this.orderOf(keys, values), slots, rowCount);
    this.linkPrefixes();
    for (let k = 0; k < this.values.length; k++) putRows(this.values[k]!, values[k]!, slots, rowCount);
    this.updatedCount += changed;
    return changed;
  }

  /**
   * Takes rows whose keys are all different and not there; they do not count as changes. While a family takes no others it does not look
   * keys up, and makes what they are found by at once, when the first is asked for.
   */
  load(keys: readonly Column[], values: readonly Column[], rowCount: number): void {
    const { table } = this;
    if (!table.takesAppended) {
      this.put(keys, values, rowCount);
      return;
    }
    const first = table.append(keys, rowCount);
    this.growFlags();
    this.flags.fill(LIVE, first, first + rowCount);
    const order = this.orderOf(keys, values);
    if (order !== undefined) {
      for (let i = 0; i < rowCount; i++) this.index!.add(first + i, order, i);
    }
    if (this.prefixes !== null) {
      const slots = Int32Array.from({ length: rowCount }, (_, i) => first + i);
      this.prefixes.add(slots, rowCount);
    }
    for (let k = 0; k < this.values.length; k++) this.values[k]!.appendRange(values[k]!, 0, rowCount);
  }

  insert(keys: readonly Column[], values: readonly Column[], rowCount: number): Int32Array {
    const slots = this.slotsFor(rowCount);
    this.table.findOrAdd(keys, rowCount, slots);
    this.growFlags();
    const order = this.orderOf(keys, values);
    const columns = this.image === null ? [] : this.columns();
    const rows = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      const slot = slots[i]!;
      if ((this.flags[slot]! & LIVE) !== 0) continue;
      if (this.image !== null) this.settle(this.image, slot, false, columns);
      this.begin(slot, order, i);
      slots[count] = slot;
      rows[count++] = i;
    }
    this.linkPrefixes();
    for (let k = 0; k < this.values.length; k++) {
      putRows(this.values[k]!, takeColumn(values[k]!, rows, count), slots, count);
    }
    this.updatedCount += count;
    return rows.subarray(0, count);
  }

  *changed(): Generator<StateRows> {
    const slots = this.changedSlots();
    for (let from = 0; from < slots.length; from += BATCH_ROWS) {
      yield this.gather(slots.subarray(from, from + BATCH_ROWS));
    }
  }

  remove(keys: readonly Column[], rowCount: number): number {
    const slots = this.slotsFor(rowCount);
    this.table.find(keys, rowCount, slots);
    const gone = new Int32Array(rowCount);
    const rows = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      const slot = slots[i]!;
      // a key that comes twice is gone already
      if (slot < 0 || (this.flags[slot]! & LIVE) === 0) continue;
      this.flags[slot]! &= ~LIVE;
      this.index?.remove(slot);
      gone[count] = slot;
      rows[count++] = i;
    }
    this.drop(gone.subarray(0, count), keys, rows.subarray(0, count));
    return count;
  }

  *removeBelow(bound: bigint): Generator<StateRows> {
    const { index, spec } = this;
    assert(index !== null, `state family ${spec.name} has no orderedBy column`);
    const taken = index.takeBelow(bound, this.columns()[spec.orderedBy!] as Int64Column);
    const slots = ascendingSlots(this.flags, taken, this.table.slotCount);
    try {
      for (let from = 0; from < slots.length; from += BATCH_ROWS) {
        yield new GatheredRows(slots.subarray(from, from + BATCH_ROWS), this.columnsBySlot());
      }
    } finally {
      for (let k = 0; k < slots.length; k++) this.flags[slots[k]!]! &= ~LIVE;
      this.drop(slots, this.columnsBySlot().keys, slots);
    }
  }

  /** Gives slots back that are live no more; row `rows[k]` of `keys` is the key of the k-th. */
  private drop(slots: Int32Array, keys: readonly Column[], rows: Int32Array): void {
    const { flags, image } = this;
    const columns = image === null ? [] : this.columns();
    const known = new Int32Array(slots.length);
    let count = 0;
    for (let k = 0; k < slots.length; k++) {
      const slot = slots[k]!;
      if ((flags[slot]! & NEW) === 0) known[count++] = rows[k]!;
      if (image !== null) this.settle(image, slot, true, columns);
      flags[slot]! &= SETTLED;
    }
    for (let k = 0; k < this.removed.length; k++) {
      this.removed[k]!.appendRange(takeColumn(keys[k]!, known, count), 0, count);
    }
    this.removedKeyCount += count;
    this.removedCount += slots.length;
    this.prefixes?.remove(slots);
    this.table.removeSlots(slots);
  }

  match(prefix: readonly Column[], rowCount: number): StateMatches {
    assert(this.prefixes !== null, `state family ${this.spec.name} has no prefix`);
    const { questions, slots } = this.prefixes.match(prefix, rowCount);
    return { questions, positions: slots, ...this.columnsBySlot() };
  }

  *scan(): Generator<StateRows> {
    const end = this.table.slotCount;
    for (let from = 0; from < end; from += BATCH_ROWS) {
      const rows = this.piece(from, Math.min(end, from + BATCH_ROWS));
      if (rows.rowCount > 0) yield rows;
    }
  }

  *scanBelow(bound: bigint): Generator<StateRows> {
    const { index, spec } = this;
    assert(index !== null, `state family ${spec.name} has no orderedBy column`);
    const column = this.columns()[spec.orderedBy!] as Int64Column;
    const slots = index.below(bound, column);
    for (let from = 0; from < slots.length; from += BATCH_ROWS) {
      yield this.gather(slots.subarray(from, from + BATCH_ROWS));
    }
  }

  lowest(): bigint | null {
    const { index, spec } = this;
    assert(index !== null, `state family ${spec.name} has no orderedBy column`);
    return index.lowest(this.columns()[spec.orderedBy!] as Int64Column);
  }

  /** Forgets everything. */
  clear(): void {
    this.asked = null;
    this.image?.abandon();
    this.endImage();
    this.markCommitted();
    this.table.clear();
    for (const value of this.values) value.reset();
    this.flags.fill(0);
    if (this.index !== null) this.index = new OrderedIndex();
    this.prefixes = this.newPrefixes();
  }

  private newPrefixes(): PrefixIndex | null {
    const { prefix } = this.spec;
    if (prefix === undefined) return null;
    return new PrefixIndex(this.table, prefix);
  }

  /** Lets the rows that have just begun be found by the beginnings of their keys. */
  private linkPrefixes(): void {
    const { begun } = this;
    if (begun.count > 0) this.prefixes?.add(begun.slots, begun.count);
    begun.count = 0;
  }

  private noteBegun(slot: number): void {
    const { begun } = this;
    if (begun.count === begun.slots.length) {
      begun.slots = enlarged(begun.slots, Math.max(BATCH_ROWS, 2 * begun.count));
    }
    begun.slots[begun.count++] = slot;
  }

  /** What the next delta has to say; null if nothing. */
  changes(): FamilyChanges | null {
    const slots = this.changedSlots();
    if (slots.length === 0 && this.removedKeyCount === 0) return null;
    return {
      removedKeys: this.removed.map((key) => key.view()),
      removedCount: this.removedKeyCount,
      slots,
    };
  }

  /** Forgets the changes: they are durable. */
  markCommitted(): void {
    const { flags } = this;
    for (const slots of this.puts.pieces()) {
      for (let k = 0; k < slots.length; k++) flags[slots[k]!]! &= LIVE | SETTLED;
    }
    this.puts.clear();
    for (const key of this.removed) key.reset();
    this.removedKeyCount = 0;
    this.updatedCount = 0;
    this.removedCount = 0;
    this.compactValues();
  }

  /** The rows as they are now, to be read while the family goes on changing; one at a time, up to `endImage`. */
  beginImage(): FamilyImage {
    assert(this.image === null && this.puts.length === 0, "an image begins between two batches");
    const subject = {
      spec: this.spec,
      slotCount: this.table.slotCount,
      isLive: (slot: number) => (this.flags[slot]! & LIVE) !== 0,
      columns: () => this.columns(),
    };
    this.image = new FamilyImage(subject, (slot) => (this.flags[slot]! & SETTLED) !== 0);
    return this.image;
  }

  /** Rows of the image are asked for no more. */
  endImage(): void {
    if (this.image === null) return;
    for (const slot of this.image.settled) this.flags[slot]! &= ~SETTLED;
    this.image = null;
  }

  /** Key, then value columns by slot. */
  columns(): readonly Column[] {
    return [...this.table.keys, ...this.values].map((builder) => builder.view());
  }

  /** Key and value columns by slot. */
  private columnsBySlot(): { readonly keys: readonly Column[]; readonly values: readonly Column[] } {
    return {
      keys: this.table.keys.map((key) => key.view()),
      values: this.values.map((value) => value.view()),
    };
  }

  byteSize(): number {
    const values = this.values.reduce((sum, value) => sum + value.byteSize(), 0);
    return (
      this.table.byteSize() +
      values +
      this.flags.byteLength +
      (this.index?.byteSize() ?? 0) +
      (this.prefixes?.byteSize() ?? 0)
    );
  }

  /** Of some rows the column that orders them. */
  private orderOf(keys: readonly Column[], values: readonly Column[]): Column | undefined {
    const { orderedBy } = this.spec;
    if (orderedBy === undefined) return undefined;
    return orderedBy < keys.length ? keys[orderedBy] : values[orderedBy - keys.length];
  }

  /** Row `row` takes up a slot that was empty. */
  private begin(slot: number, order: Column | undefined, row: number): void {
    this.puts.push(slot);
    this.flags[slot]! |= LIVE | CHANGED | NEW;
    if (order !== undefined) this.index!.add(slot, order, row);
    if (this.prefixes !== null) this.noteBegun(slot);
  }

  /** Notes the slots that were put; gives how many had not been since the last commit. */
  private markPut(order: Column | undefined, slots: Int32Array, rowCount: number): number {
    const { flags, image } = this;
    // a key stays where it is, a value may move
    const moves = order !== undefined && this.spec.orderedBy! >= this.table.keys.length;
    const columns = image === null ? [] : this.columns();
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      const slot = slots[i]!;
      const isLive = (flags[slot]! & LIVE) !== 0;
      if (moves && isLive) {
        this.index!.remove(slot);
        this.index!.add(slot, order, i);
      }
      if ((flags[slot]! & CHANGED) !== 0) continue;
      count++;
      if (image !== null) this.settle(image, slot, isLive, columns);
      if (!isLive) this.begin(slot, order, i);
      else {
        this.puts.push(slot);
        flags[slot]! |= CHANGED;
      }
    }
    return count;
  }

  /** Lets the image have what it needs of a slot that is about to change. */
  private settle(image: FamilyImage, slot: number, wasLive: boolean, columns: readonly Column[]): void {
    const before = this.flags[slot]!;
    if ((before & SETTLED) !== 0 || !image.awaits(slot)) return;
    image.settle(slot, wasLive, columns);
    this.flags[slot] = before | SETTLED;
  }

  /** Slots with a change, each once: where it stands last, which is where the key that it has now was put. */
  private changedSlots(): Int32Array {
    const { flags } = this;
    // none was removed and used again
    if (this.removedCount === 0) return this.puts.toArray();
    const slots = new Int32Array(this.puts.length);
    let from = slots.length;
    for (const piece of this.puts.piecesBackwards()) {
      for (let k = piece.length - 1; k >= 0; k--) {
        const slot = piece[k]!;
        if ((flags[slot]! & CHANGED) === 0) continue;
        slots[--from] = slot;
        flags[slot]! &= ~CHANGED;
      }
    }
    for (let k = from; k < slots.length; k++) flags[slots[k]!]! |= CHANGED;
    return slots.subarray(from);
  }

  /** Rows of the slots `from .. to)`: as a view where all of them are live. */
  private piece(from: number, to: number): StateRows {
    let count = 0;
    const live = new Int32Array(to - from);
    for (let slot = from; slot < to; slot++) if ((this.flags[slot]! & LIVE) !== 0) live[count++] = slot;
    if (count < to - from) return this.gather(live.subarray(0, count));
    const { keys, values } = this.columnsBySlot();
    return {
      keys: keys.map((column) => sliceColumn(column, from, to)),
      values: values.map((column) => sliceColumn(column, from, to)),
      rowCount: count,
    };
  }

  private gather(slots: Int32Array): StateRows {
    const { keys, values } = this.columnsBySlot();
    return {
      keys: keys.map((column) => rowsOf(column, slots)),
      values: values.map((column) => rowsOf(column, slots)),
      rowCount: slots.length,
    };
  }

  private compactValues(): void {
    const bytes = this.values.reduce(
      (sum, value) => sum + (leavesGarbage(value.type) ? value.byteSize() : 0),
      0,
    );
    if (bytes < this.compactAt) return;
    const isLive = (slot: number): boolean => (this.flags[slot]! & LIVE) !== 0;
    this.values = this.values.map((value) => (leavesGarbage(value.type) ? compacted(value, isLive) : value));
    const left = this.values.reduce(
      (sum, value) => sum + (leavesGarbage(value.type) ? value.byteSize() : 0),
      0,
    );
    this.compactAt = Math.max(COMPACT_BYTES, 2 * left);
  }

  private growFlags(): void {
    if (this.table.slotCount <= this.flags.length) return;
    const flags = new Uint8Array(Math.max(this.table.slotCount, this.flags.length * 2));
    flags.set(this.flags);
    this.flags = flags;
  }

  private slotsFor(rowCount: number): Int32Array {
    this.asked = null;
    if (this.scratch.length < rowCount) this.scratch = new Int32Array(rowCount);
    return this.scratch;
  }
}

/** The rows of some slots: as a view where they are neighbours. */
function rowsOf(column: Column, slots: Int32Array): Column {
  const first = runStart(slots);
  const isPlain = column.validity === null && column.layout !== "struct";
  const isView = first >= 0 && (isPlain || first % 8 === 0);
  return isView ? sliceColumn(column, first, first + slots.length) : takeColumn(column, slots, slots.length);
}

function enlarged(old: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(old);
  return larger;
}
