import {
  type Column,
  type FamilySpec,
  Int64Column,
  LongType,
  NullType,
  StructField,
  StructType,
  TimestampType,
  takeColumn,
} from "@ss/core";
import { eventTimeColumn } from "../../logical/event-time-column.js";
import type { Rows } from "../../logical/rows.js";
import { DEDUPE_OPERATOR, DEDUPE_WITHIN_OPERATOR } from "../../physical/operator-names.js";
import type { DeduplicatePlan } from "../../physical/plan.js";
import { eventTimeOf, flattenKeys, keyParts, keyViews } from "../aggregate/key-columns.js";
import { eventTimes, onTime } from "../event-times.js";
import { plus } from "../int64-words.js";
import type { Operator, Run } from "../operator.js";
import type { OperatorCounts, StreamRun } from "../stream-run.js";

/** Spark's name of the rows that were there already. */
const DROPPED = "numDroppedDuplicateRows";

/**
 * Lets the first row of each key pass, over all batches of a stream. A key with an event time is forgotten when the watermark has passed
 * that; `within` forgets a key when the watermark has passed the event time of its first row and the delay. Rows that are late are dropped.
 */
export class DeduplicateOperator implements Operator {
  readonly output: DeduplicatePlan["output"];
  readonly family: FamilySpec;
  private readonly plan: DeduplicatePlan;
  private readonly child: Operator;
  private readonly keys: readonly number[];
  /** The column by which rows are late; -1 if none has a watermark. */
  private readonly time: number;

  constructor(plan: DeduplicatePlan, child: Operator) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
    this.keys = plan.keys.map((key) => child.output.findIndex((column) => column.id === key.id));
    this.time = eventTimeColumn(child.output);
    const parts = keyParts(plan.keys);
    const order = plan.within ? parts.length : eventTimeOf(plan.keys)?.part;
    this.family = {
      operatorId: plan.operatorId,
      operatorName: plan.within ? DEDUPE_WITHIN_OPERATOR : DEDUPE_OPERATOR,
      name: "default",
      keySchema: new StructType(parts.map((part) => StructField(part.name, part.type, part.nullable))),
      valueSchema: new StructType(plan.within ? [StructField("expiresAt", TimestampType, false)] : []),
      ...(order === undefined ? {} : { orderedBy: order }),
      views: [
        {
          store: "default",
          key: keyViews(plan.keys),
          value: plan.within
            ? [{ name: "expiresAtMicros", type: LongType, from: { kind: "column", column: parts.length } }]
            : [{ name: "__dummy__", type: NullType, from: { kind: "null" } }],
        },
      ],
    };
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const counts = stream.counts(this.plan.operatorId, this.family.operatorName!);
    counts.custom[DROPPED] ??= 0;
    for await (const batch of this.child.rows(run)) {
      const start = stream.monotonicMs();
      const fresh = this.fresh(this.withoutLate(batch, stream, counts), stream, counts);
      counts.updatesMs += stream.monotonicMs() - start;
      stream.checkState(batch.rowCount);
      if (fresh.rowCount > 0) yield fresh;
    }
    this.forget(stream, counts);
  }

  private withoutLate(batch: Rows, stream: StreamRun, counts: OperatorCounts): Rows {
    if (this.time < 0) return batch;
    const kept = onTime(
      batch.columns[this.time]!,
      batch.rowCount,
      stream.watermarksOf(this.plan.operatorId).lateWatermarkMs,
    );
    if (kept === undefined) return batch;
    counts.droppedByWatermark += batch.rowCount - kept.length;
    return taken(batch, kept);
  }

  /** The rows whose keys were not there; they are now. */
  private fresh(batch: Rows, stream: StreamRun, counts: OperatorCounts): Rows {
    const { rowCount, columns } = batch;
    if (rowCount === 0) return batch;
    const keys = flattenKeys(
      this.plan.keys,
      this.keys.map((k) => columns[k]!),
    );
    const family = stream.family(this.plan.operatorId);
    const rows = family.insert(keys, this.values(columns, rowCount), rowCount);
    counts.updated += rows.length;
    counts.custom[DROPPED]! += rowCount - rows.length;
    return rows.length === rowCount ? batch : taken(batch, rows);
  }

  /** When the keys of rows are to be forgotten, where that is not written in the keys. */
  private values(columns: readonly Column[], rowCount: number): readonly Column[] {
    const { within } = this.plan;
    if (within === undefined) return [];
    const times = eventTimes(columns[this.time]!, rowCount);
    const expiry = plus(times.words, rowCount, BigInt(within.delayMs) * 1000n);
    return [new Int64Column(TimestampType, rowCount, null, expiry)];
  }

  private forget(stream: StreamRun, counts: OperatorCounts): void {
    if (this.family.orderedBy === undefined) return;
    const start = stream.monotonicMs();
    const family = stream.family(this.plan.operatorId);
    const bound = BigInt(stream.watermarksOf(this.plan.operatorId).watermarkMs) * 1000n;
    for (const { rowCount } of family.removeBelow(bound)) counts.removed += rowCount;
    counts.removalsMs += stream.monotonicMs() - start;
  }
}

function taken({ columns }: Rows, rows: Int32Array): Rows {
  const rowCount = rows.length;
  return { columns: columns.map((column) => takeColumn(column, rows, rowCount)), rowCount };
}
