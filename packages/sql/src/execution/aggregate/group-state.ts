import {
  BATCH_ROWS,
  type Column,
  type FamilySpec,
  type KeyTable,
  type StateFamily,
  type StateLookupToPut,
  type StateRows,
  StructField,
  StructType,
  takeColumn,
} from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import { AGGREGATE_OPERATOR } from "../../physical/operator-names.js";
import type { AggregatePlan } from "../../physical/plan.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";
import { rowNumbers } from "../row-numbers.js";
import { slices } from "../slices.js";
import type { StateBatch, StateCounts } from "../state-partitions/messages.js";
import type { OwnedOperator } from "../state-partitions/owned-operator.js";
import { Accumulators, shapesOf } from "./group-table.js";
import { assembleKeys, boundAt, type EventTime, eventTimeOf, keyParts, keyViews } from "./key-columns.js";

/** What of an aggregation its state depends on. */
export interface GroupStatePlan extends Pick<AggregatePlan, "keys" | "parts"> {
  readonly operatorId: number;
}

/** Groups with partial results by row. */
interface Partial {
  readonly keys: readonly Column[];
  readonly buffers: readonly Column[];
  readonly rowCount: number;
}

/**
 * The groups of an aggregation over a stream, all of them or the part that a thread owns. Per batch: partial results whose event time is at
 * or before the late watermark are dropped; the rest is merged with the state and put back. Append gives the groups that the watermark
 * has completed and forgets them; update gives the groups that changed and forgets the completed ones; complete gives all and forgets none.
 */
export class GroupState implements OwnedOperator {
  readonly spec: FamilySpec;
  private readonly plan: GroupStatePlan;
  /** Late groups of the batch: one that comes in several partitions counts once. */
  private readonly late: KeyTable;
  /** Groups of the part of an open batch: the state knows only those of the whole batch. */
  private readonly touched: KeyTable;
  /** Groups among the rows at hand, where the state does not tell them apart. */
  private readonly distinct: KeyTable;
  /** Groups with what the state knew of them. */
  private readonly merged: Accumulators;
  /** Groups read from the state alone. */
  private readonly fromState: Accumulators;
  private readonly eventTime: EventTime | undefined;
  private batch!: StateBatch;
  private monotonicMs!: () => number;

  constructor(plan: GroupStatePlan, ansi: boolean) {
    this.plan = plan;
    this.late = kernelKeyTable(keyParts(plan.keys).map((part) => part.type));
    this.touched = kernelKeyTable(keyParts(plan.keys).map((part) => part.type));
    this.distinct = kernelKeyTable(keyParts(plan.keys).map((part) => part.type));
    const shapes = shapesOf(plan.parts, ansi);
    this.merged = new Accumulators(plan.parts, shapes);
    this.fromState = new Accumulators(plan.parts, shapes);
    this.eventTime = eventTimeOf(plan.keys);
    const values = plan.parts.flatMap(({ call }, k) => call.fn.buffer(shapes[k]!));
    this.spec = {
      operatorId: plan.operatorId,
      operatorName: AGGREGATE_OPERATOR,
      name: "default",
      keySchema: new StructType(
        keyParts(plan.keys).map((part) => StructField(part.name, part.type, part.nullable)),
      ),
      valueSchema: new StructType(values.map((value) => StructField(value.name, value.type, value.nullable))),
      views: [
        {
          store: "default",
          key: keyViews(plan.keys),
          value: values.map(({ name, type }, k) => ({
            name,
            type,
            from: { kind: "column", column: keyParts(plan.keys).length + k },
          })),
        },
      ],
      ...(this.eventTime === undefined ? {} : { orderedBy: this.eventTime.part }),
    };
  }

  begin(batch: StateBatch, monotonicMs: () => number): void {
    this.batch = batch;
    this.monotonicMs = monotonicMs;
    this.late.clear();
    this.touched.clear();
  }

  /** Takes partial results: the parts of the keys, then the buffers of the accumulators. */
  take({ columns, rowCount }: Rows, family: StateFamily, counts: StateCounts): void {
    const start = this.monotonicMs();
    const keyCount = this.spec.keySchema.length;
    const partial = { keys: columns.slice(0, keyCount), buffers: columns.slice(keyCount), rowCount };
    this.save(this.withoutLate(partial, counts), family, counts);
    counts.updatesMs += this.monotonicMs() - start;
  }

  *give(family: StateFamily, counts: StateCounts): Generator<Rows> {
    const { mode } = this.batch;
    if (mode === "update") for (const rows of this.changed(family)) yield* this.stored(rows);
    if (mode === "complete") for (const rows of family.scan()) yield* this.stored(rows);
    else yield* this.evict(family, counts);
  }

  private changed(family: StateFamily): Iterable<StateRows> {
    return this.batch.inParts && this.spec.keySchema.length > 0 ? this.touchedRows(family) : family.changed();
  }

  private *touchedRows(family: StateFamily): Generator<StateRows> {
    const end = this.touched.slotCount;
    const columns = this.touched.keys.map((key) => key.view());
    for (let from = 0; from < end; from += BATCH_ROWS) {
      const rowCount = Math.min(BATCH_ROWS, end - from);
      const slots = rowNumbers(end).subarray(from, from + rowCount);
      const keys = columns.map((column) => takeColumn(column, slots, rowCount));
      const { positions, values } = family.get(keys, rowCount);
      yield { keys, values: values.map((value) => takeColumn(value, positions, rowCount)), rowCount };
    }
  }

  /** Merges partial results into the state. */
  private save(batch: Partial, family: StateFamily, counts: StateCounts): void {
    const { rowCount, keys } = batch;
    if (rowCount === 0) return;
    if (this.batch.inParts && keys.length > 0)
      this.touched.findOrAdd(keys, rowCount, new Int32Array(rowCount));
    const { positions, values, firsts } = this.lookUp(keys, rowCount, family);
    const known = new Int32Array(rowCount);
    let knownCount = 0;
    for (let i = 0; i < rowCount; i++) {
      const isKnown = positions[i]! >= 0 && (firsts === null || firsts[i] === i);
      known[i] = isKnown ? i : -1;
      if (isKnown) knownCount++;
    }
    if (knownCount === 0 && firsts === null) {
      counts.updated += family.put(keys, batch.buffers, rowCount);
      return;
    }
    this.merged.reset();
    this.merged.resize(rowCount);
    if (knownCount > 0) {
      const before = values.map((value) => takeColumn(value, positions, rowCount));
      this.merged.merge(known, before, rowCount);
    }
    this.merged.merge(firsts ?? rowNumbers(rowCount), batch.buffers, rowCount);
    const merged = this.merged.buffers(rowCount);
    // rows of one group are put with the same
    const buffers = firsts === null ? merged : merged.map((buffer) => takeColumn(buffer, firsts, rowCount));
    counts.updated += family.put(keys, buffers, rowCount);
  }

  /** What the state has of groups that are going to be put. */
  private lookUp(keys: readonly Column[], rowCount: number, family: StateFamily): StateLookupToPut {
    if (family.getToPut !== undefined) return family.getToPut(keys, rowCount);
    this.distinct.clear();
    const groups = new Int32Array(rowCount);
    const count = this.distinct.findOrAdd(keys, rowCount, groups);
    const lookup = family.get(keys, rowCount);
    return { ...lookup, firsts: count === rowCount ? null : firstsOf(groups, count) };
  }

  /** The one group of an aggregation without keys is there, and counts as updated, without rows too. */
  saveGlobalGroup(family: StateFamily, counts: StateCounts): void {
    this.fromState.reset();
    this.fromState.resize(1);
    this.save({ keys: [], buffers: this.fromState.buffers(1), rowCount: 1 }, family, counts);
  }

  private withoutLate(batch: Partial, counts: StateCounts): Partial {
    const { eventTime } = this;
    if (eventTime === undefined || this.batch.mode === "complete") return batch;
    const bound = boundAt(this.batch.lateWatermarkMs, eventTime);
    const time = batch.keys[eventTime.part] as Extract<Column, { layout: "int64" }>;
    const kept = new Int32Array(batch.rowCount);
    let rowCount = 0;
    for (let i = 0; i < batch.rowCount; i++) {
      if (time.isNull(i) || time.values[i]! > bound) kept[rowCount++] = i;
    }
    if (rowCount === batch.rowCount) return batch;
    counts.droppedByWatermark += this.newlyLate(batch, eventTime.part, bound);
    const take = (column: Column): Column => takeColumn(column, kept, rowCount);
    return { keys: batch.keys.map(take), buffers: batch.buffers.map(take), rowCount };
  }

  /** How many of the groups are late and were not in another partition of the batch. */
  private newlyLate({ keys, rowCount }: Partial, timePart: number, bound: bigint): number {
    const time = keys[timePart] as Extract<Column, { layout: "int64" }>;
    const rows = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) if (!time.isNull(i) && time.values[i]! <= bound) rows[count++] = i;
    const lateKeys = keys.map((key) => takeColumn(key, rows, count));
    return this.late.findOrAdd(lateKeys, count, new Int32Array(count));
  }

  /** Forgets what the watermark has completed; in append mode it is given out. */
  private *evict(family: StateFamily, counts: StateCounts): Generator<Rows> {
    if (this.eventTime === undefined) return;
    const start = this.monotonicMs();
    for (const rows of family.removeBelow(boundAt(this.batch.watermarkMs, this.eventTime))) {
      if (this.batch.mode === "append") yield* this.stored(rows);
      counts.removed += rows.rowCount;
    }
    counts.removalsMs += this.monotonicMs() - start;
  }

  /** Results of groups in the state. */
  private *stored({ keys, values, rowCount }: StateRows): Generator<Rows> {
    if (rowCount === 0) return;
    this.fromState.reset();
    this.fromState.resize(rowCount);
    this.fromState.merge(rowNumbers(rowCount), values, rowCount);
    const columns = [...assembleKeys(this.plan.keys, keys, rowCount), ...this.fromState.results(rowCount)];
    yield* slices(columns, rowCount);
  }
}

/** For each row the first one of its group; groups are numbered in the order of their first rows. */
function firstsOf(groups: Int32Array, groupCount: number): Int32Array {
  const firsts = new Int32Array(groupCount).fill(-1);
  return groups.map((group, i) => {
    if (firsts[group] === -1) firsts[group] = i;
    return firsts[group]!;
  });
}
