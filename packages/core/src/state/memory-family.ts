import { BATCH_ROWS } from "../column/batch.js";
import type { Column, Int64Column } from "../column/column.js";
import type { AcceleratorFactory } from "../column/key/bytes-dictionary.js";
import { KeyTable } from "../column/key-table.js";
import { takeColumn } from "../column/take.js";
import { assert } from "../errors/stream-error.js";
import { type Changes, FamilyChanges } from "./family-changes.js";
import { FamilyImage } from "./family-image.js";
import { GatheredRows } from "./gathered-rows.js";
import { OrderedIndex } from "./ordered-index.js";
import { PrefixIndex } from "./prefix-index.js";
import { ascendingSlots, CHANGED, firstRows, LIVE, NEW, SETTLED } from "./slot-flags.js";
import type { SlotList } from "./slot-list.js";
import { SlotRows } from "./slot-rows.js";
import type {
  FamilySpec,
  StateFamily,
  StateLookup,
  StateLookupToPut,
  StateMatches,
  StateRows,
} from "./state-store.js";

/** A family in memory: a hash table from keys to slots, with value columns by slot. */
export class MemoryFamily implements StateFamily {
  readonly spec: FamilySpec;
  private readonly table: KeyTable;
  private readonly rows: SlotRows;
  private index: OrderedIndex | null;
  private prefixes: PrefixIndex | null;
  /** Slots that were empty before the call at hand. */
  private readonly begun: { slots: Int32Array; count: number } = { slots: new Int32Array(0), count: 0 };
  private flags: Uint8Array = new Uint8Array(512);
  private readonly sinceCommit: FamilyChanges;
  /** Those of `sinceCommit`. */
  private readonly puts: SlotList;
  private scratch: Int32Array = new Int32Array(0);
  /** The keys whose slots were found, in `scratch`, and which are put next. */
  private asked: readonly Column[] | null = null;
  /** Rows of an earlier moment that are being read. */
  private image: FamilyImage | null = null;

  constructor(spec: FamilySpec, accelerator?: AcceleratorFactory) {
    this.spec = spec;
    this.table = new KeyTable(
      spec.keySchema.fields.map((field) => field.type),
      accelerator,
    );
    this.rows = new SlotRows(this.table, spec.valueSchema);
    this.sinceCommit = new FamilyChanges(spec.keySchema);
    this.puts = this.sinceCommit.puts;
    this.index = spec.orderedBy === undefined ? null : new OrderedIndex();
    this.prefixes = this.newPrefixes();
  }

  get rowCount(): number {
    return this.table.rowCount;
  }

  /** Rows put and removed since the last commit. */
  get updatedCount(): number {
    return this.sinceCommit.updatedCount;
  }
  get removedCount(): number {
    return this.sinceCommit.removedCount;
  }

  get prefixCount(): number {
    return this.prefixes?.prefixCount ?? this.rowCount;
  }

  get(keys: readonly Column[], rowCount: number): StateLookup {
    const positions = new Int32Array(rowCount);
    this.table.find(keys, rowCount, positions);
    return { positions, values: this.rows.values() };
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
      values: this.rows.values(),
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
    this.rows.put(slots, values, rowCount);
    this.sinceCommit.updatedCount += changed;
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
    this.rows.append(values, rowCount);
  }

  insert(keys: readonly Column[], values: readonly Column[], rowCount: number): Int32Array {
    const slots = this.slotsFor(rowCount);
    this.table.findOrAdd(keys, rowCount, slots);
    this.growFlags();
    const order = this.orderOf(keys, values);
    const columns = this.image === null ? [] : this.rows.columns();
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
    const begun = values.map((value) => takeColumn(value, rows, count));
    this.rows.put(slots, begun, count);
    this.sinceCommit.updatedCount += count;
    return rows.subarray(0, count);
  }

  *changed(): Generator<StateRows> {
    const slots = this.sinceCommit.slots(this.flags);
    for (let from = 0; from < slots.length; from += BATCH_ROWS) {
      yield this.rows.gather(slots.subarray(from, from + BATCH_ROWS));
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
    const taken = index.takeBelow(bound, this.rows.columns()[spec.orderedBy!] as Int64Column);
    const slots = ascendingSlots(this.flags, taken, this.table.slotCount);
    try {
      for (let from = 0; from < slots.length; from += BATCH_ROWS) {
        yield new GatheredRows(slots.subarray(from, from + BATCH_ROWS), this.rows.apart());
      }
    } finally {
      for (let k = 0; k < slots.length; k++) this.flags[slots[k]!]! &= ~LIVE;
      this.drop(slots, this.rows.apart().keys, slots);
    }
  }

  /** Gives slots back that are live no more; row `rows[k]` of `keys` is the key of the k-th. */
  private drop(slots: Int32Array, keys: readonly Column[], rows: Int32Array): void {
    const { flags, image } = this;
    const columns = image === null ? [] : this.rows.columns();
    const known = new Int32Array(slots.length);
    let count = 0;
    for (let k = 0; k < slots.length; k++) {
      const slot = slots[k]!;
      if ((flags[slot]! & NEW) === 0) known[count++] = rows[k]!;
      if (image !== null) this.settle(image, slot, true, columns);
      flags[slot]! &= SETTLED;
    }
    this.sinceCommit.removed(
      keys.map((key) => takeColumn(key, known, count)),
      count,
      slots.length,
    );
    this.prefixes?.remove(slots);
    this.table.removeSlots(slots);
  }

  match(prefix: readonly Column[], rowCount: number): StateMatches {
    assert(this.prefixes !== null, `state family ${this.spec.name} has no prefix`);
    const { questions, slots } = this.prefixes.match(prefix, rowCount);
    return { questions, positions: slots, ...this.rows.apart() };
  }

  *scan(): Generator<StateRows> {
    const end = this.table.slotCount;
    for (let from = 0; from < end; from += BATCH_ROWS) {
      const rows = this.rows.live(this.flags, from, Math.min(end, from + BATCH_ROWS));
      if (rows.rowCount > 0) yield rows;
    }
  }

  *scanBelow(bound: bigint): Generator<StateRows> {
    const { index, spec } = this;
    assert(index !== null, `state family ${spec.name} has no orderedBy column`);
    const column = this.rows.columns()[spec.orderedBy!] as Int64Column;
    const slots = index.below(bound, column);
    for (let from = 0; from < slots.length; from += BATCH_ROWS) {
      yield this.rows.gather(slots.subarray(from, from + BATCH_ROWS));
    }
  }

  lowest(): bigint | null {
    const { index, spec } = this;
    assert(index !== null, `state family ${spec.name} has no orderedBy column`);
    return index.lowest(this.rows.columns()[spec.orderedBy!] as Int64Column);
  }

  /** Forgets everything. */
  clear(): void {
    this.asked = null;
    this.image?.abandon();
    this.endImage();
    this.markCommitted();
    this.table.clear();
    this.rows.clearValues();
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
  changes(): Changes | null {
    return this.sinceCommit.told(this.flags);
  }

  /** Forgets the changes: they are durable. */
  markCommitted(): void {
    this.sinceCommit.forget(this.flags);
    this.rows.compact(this.flags);
  }

  /** The rows as they are now, to be read while the family goes on changing; one at a time, up to `endImage`. */
  beginImage(): FamilyImage {
    assert(this.image === null && this.puts.length === 0, "an image begins between two batches");
    const subject = {
      spec: this.spec,
      slotCount: this.table.slotCount,
      isLive: (slot: number) => (this.flags[slot]! & LIVE) !== 0,
      columns: () => this.rows.columns(),
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
    return this.rows.columns();
  }

  byteSize(): number {
    return (
      this.table.byteSize() +
      this.rows.valueBytes() +
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
    const columns = image === null ? [] : this.rows.columns();
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

function enlarged(old: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(old);
  return larger;
}
