import {
  type Column,
  type FamilySpec,
  type KeyTable,
  type StateFamily,
  type StateRows,
  StructField,
  StructType,
  takeColumn,
} from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan } from "../../physical/plan.js";
import type { GroupInput } from "../aggregate/group-input.js";
import { Accumulators, shapesOf } from "../aggregate/group-table.js";
import { assembleKeys, eventTimePart, keyParts } from "../aggregate/key-columns.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";
import type { Operator, Run } from "../operator.js";
import { slices } from "../slices.js";
import type { OperatorCounts, StreamRun } from "../stream-run.js";

/** Spark's name of the operator in progress reports. */
const NAME = "stateStoreSave";

/** Groups with partial results by row. */
interface Partial {
  readonly keys: readonly Column[];
  readonly buffers: readonly Column[];
  readonly rowCount: number;
}

/**
 * An aggregation over a stream. Per batch: the rows are grouped, partition by partition where the input can be divided; groups whose event
 * time is at or before the late watermark are dropped; the rest is merged with the state and put back. Append gives the groups that the
 * watermark has completed and forgets them; update gives the groups that changed and forgets the completed ones; complete gives all and
 * forgets none.
 */
export class StatefulAggregateOperator implements Operator {
  readonly output: AggregatePlan["output"];
  private readonly plan: AggregatePlan;
  private readonly operatorId: number;
  private readonly input: GroupInput;
  /** Late groups of the batch: one that comes in several partitions counts once. */
  private readonly late: KeyTable;
  /** Groups with what the state knew of them. */
  private readonly merged: Accumulators;
  /** Groups read from the state alone. */
  private readonly fromState: Accumulators;
  private readonly timePart: number;
  /** What the state store keeps for it. */
  readonly family: FamilySpec;

  constructor(plan: AggregatePlan, operatorId: number, input: GroupInput, ansi: boolean) {
    this.output = plan.output;
    this.plan = plan;
    this.operatorId = operatorId;
    this.input = input;
    this.late = kernelKeyTable(keyParts(plan.keys).map((part) => part.type));
    const shapes = shapesOf(plan.parts, ansi);
    this.merged = new Accumulators(plan.parts, shapes);
    this.fromState = new Accumulators(plan.parts, shapes);
    this.timePart = eventTimePart(plan.keys);
    const values = plan.parts.flatMap(({ call }, k) => call.fn.buffer(shapes[k]!));
    this.family = {
      operatorId,
      operatorName: NAME,
      name: "default",
      keySchema: new StructType(
        keyParts(plan.keys).map((part) => StructField(part.name, part.type, part.nullable)),
      ),
      valueSchema: new StructType(values.map((value) => StructField(value.name, value.type, value.nullable))),
      ...(this.timePart >= 0 ? { orderedBy: this.timePart } : {}),
    };
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const counts = stream.counts(this.operatorId, NAME);
    this.late.clear();
    const family = stream.family(this.operatorId);
    let groups = 0;
    for await (const { columns, rowCount } of this.input.partials(run)) {
      groups += rowCount;
      const start = stream.monotonicMs();
      const keyCount = this.family.keySchema.length;
      const partial = { keys: columns.slice(0, keyCount), buffers: columns.slice(keyCount), rowCount };
      this.save(this.withoutLate(partial, stream, counts), family, counts);
      counts.updatesMs += stream.monotonicMs() - start;
      stream.checkState();
      const pause = run.breathe();
      if (pause) await pause;
    }
    if (this.plan.keys.length === 0 && groups === 0) this.saveGlobalGroup(family, counts);
    if (stream.mode === "update") for (const rows of family.changed()) yield* this.stored(rows);
    if (stream.mode === "complete")
      for (const rows of stream.family(this.operatorId).scan()) yield* this.stored(rows);
    else yield* this.evict(stream, counts);
  }

  /** Merges partial results into the state. */
  private save(batch: Partial, family: StateFamily, counts: OperatorCounts): void {
    const { rowCount, keys } = batch;
    if (rowCount === 0) return;
    const { positions, values } = family.get(keys, rowCount);
    this.merged.reset();
    this.merged.resize(rowCount);
    const known = new Int32Array(rowCount);
    for (let i = 0; i < rowCount; i++) known[i] = positions[i]! >= 0 ? i : -1;
    const before = values.map((value) => takeColumn(value, positions, rowCount));
    this.merged.merge(known, before, rowCount);
    this.merged.merge(identity(rowCount), batch.buffers, rowCount);
    counts.updated += family.put(keys, this.merged.buffers(rowCount), rowCount);
  }

  /** The one group of an aggregation without keys is there, and counts as updated, without rows too. */
  private saveGlobalGroup(family: StateFamily, counts: OperatorCounts): void {
    this.fromState.reset();
    this.fromState.resize(1);
    this.save({ keys: [], buffers: this.fromState.buffers(1), rowCount: 1 }, family, counts);
  }

  private withoutLate(batch: Partial, stream: StreamRun, counts: OperatorCounts): Partial {
    if (this.timePart < 0 || stream.mode === "complete") return batch;
    const bound = BigInt(stream.lateWatermarkMs) * 1000n;
    const time = batch.keys[this.timePart] as Extract<Column, { layout: "int64" }>;
    const kept = new Int32Array(batch.rowCount);
    let rowCount = 0;
    for (let i = 0; i < batch.rowCount; i++) {
      if (time.isNull(i) || time.values[i]! > bound) kept[rowCount++] = i;
    }
    if (rowCount === batch.rowCount) return batch;
    counts.droppedByWatermark += this.newlyLate(batch, bound);
    const take = (column: Column): Column => takeColumn(column, kept, rowCount);
    return { keys: batch.keys.map(take), buffers: batch.buffers.map(take), rowCount };
  }

  /** How many of the groups are late and were not in another partition of the batch. */
  private newlyLate({ keys, rowCount }: Partial, bound: bigint): number {
    const time = keys[this.timePart] as Extract<Column, { layout: "int64" }>;
    const rows = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) if (!time.isNull(i) && time.values[i]! <= bound) rows[count++] = i;
    const lateKeys = keys.map((key) => takeColumn(key, rows, count));
    return this.late.findOrAdd(lateKeys, count, new Int32Array(count));
  }

  /** Forgets what the watermark has completed; in append mode it is given out. */
  private *evict(stream: StreamRun, counts: OperatorCounts): Generator<Rows> {
    if (this.timePart < 0) return;
    const start = stream.monotonicMs();
    const family = stream.family(this.operatorId);
    for (const rows of family.scanBelow(BigInt(stream.watermarkMs) * 1000n)) {
      if (stream.mode === "append") yield* this.stored(rows);
      counts.removed += family.remove(rows.keys, rows.rowCount);
    }
    counts.removalsMs += stream.monotonicMs() - start;
  }

  /** Results of groups in the state. */
  private *stored({ keys, values, rowCount }: StateRows): Generator<Rows> {
    if (rowCount === 0) return;
    this.fromState.reset();
    this.fromState.resize(rowCount);
    this.fromState.merge(identity(rowCount), values, rowCount);
    const columns = [...assembleKeys(this.plan.keys, keys, rowCount), ...this.fromState.results(rowCount)];
    yield* slices(columns, rowCount);
  }
}

let numbers = new Int32Array(0);

/** 0, 1, 2, ... */
function identity(count: number): Int32Array {
  if (numbers.length >= count) return numbers;
  numbers = new Int32Array(count * 2);
  for (let i = 0; i < numbers.length; i++) numbers[i] = i;
  return numbers;
}
