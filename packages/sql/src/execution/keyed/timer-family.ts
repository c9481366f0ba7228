import {
  type Column,
  columnBuilder,
  Int64Column,
  LongType,
  type OutputMode,
  type StateView,
  StructField,
  StructType,
  type TimeMode,
  type TimerRows,
  TimestampType,
  takeColumn,
} from "@ss/core";
import { PROCESSOR_OPERATOR } from "../../physical/operator-names.js";
import { type FamilyContext, keySchemaOf, keyView, VariableFamily } from "./variable-family.js";

/** Timers whose time has come. */
export interface ExpiredTimers {
  readonly keys: readonly Column[];
  /** Microseconds. */
  readonly times: BigInt64Array;
}

/** The table of timers, ordered by their times. It is there for every processor, and tells what cannot change between two runs of it. */
export class TimerFamily extends VariableFamily implements TimerRows {
  /** What was noted, by the keys of the piece: removals come before all additions. */
  private readonly removed: number[] = [];
  private readonly removedTimes: bigint[] = [];
  private readonly added: number[] = [];
  private readonly addedTimes: bigint[] = [];
  /** For each key the place of its newest timer among those added, and for each of these that of the key's one before; -1 for none. */
  private readonly newestAdded: Map<number, number> = new Map();
  private readonly addedBefore: number[] = [];

  constructor(timeMode: TimeMode, outputMode: OutputMode, context: FamilyContext) {
    const { operatorId, keys } = context;
    const spec = {
      operatorId,
      operatorName: PROCESSOR_OPERATOR,
      name: "$timers",
      keySchema: keySchemaOf(keys, [StructField("$time", TimestampType, false)]),
      valueSchema: new StructType([]),
      prefix: keys.length,
      orderedBy: keys.length,
      views: [timerView(keys, timeMode)],
      settings: { outputMode: outputMode.charAt(0).toUpperCase() + outputMode.slice(1), timeMode },
    };
    super(spec, context);
  }

  /** Timers are no rows of the user's. */
  override get uncountedRows(): number {
    return this.family.rowCount;
  }

  add(timeMs: number): void {
    const { index } = this.context.cursor;
    this.addedBefore.push(this.newestAdded.get(index) ?? -1);
    this.newestAdded.set(index, this.added.length);
    this.added.push(index);
    this.addedTimes.push(micros(timeMs));
  }

  remove(timeMs: number): void {
    const time = micros(timeMs);
    if (this.isAdded(time)) this.flush();
    this.removed.push(this.context.cursor.index);
    this.removedTimes.push(time);
  }

  list(): readonly number[] {
    this.flush();
    const { positions, keys } = this.family.match(this.context.cursor.oneKey(), 1);
    const times = (keys[keys.length - 1] as Int64Column).values;
    return Array.from(positions, (position) => Number(times[position]! / 1000n)).sort((a, b) => a - b);
  }

  flush(): void {
    this.flushRemoved();
    this.flushAdded();
  }

  /** Whether a timer of the key at hand is among those that the table has not got yet. */
  private isAdded(time: bigint): boolean {
    let at = this.newestAdded.get(this.context.cursor.index) ?? -1;
    while (at >= 0 && this.addedTimes[at] !== time) at = this.addedBefore[at]!;
    return at >= 0;
  }

  /** All timers at or before a time, in the order of their times. */
  expired(timeMs: number): ExpiredTimers {
    const builders = this.spec.keySchema.fields.map((field) => columnBuilder(field.type));
    for (const { keys, rowCount } of this.family.scanBelow(micros(timeMs))) {
      for (let k = 0; k < builders.length; k++) builders[k]!.appendRange(keys[k]!, 0, rowCount);
    }
    const columns = builders.map((builder) => builder.finish());
    const times = (columns[columns.length - 1] as Int64Column).values;
    const order = Int32Array.from(times, (_, i) => i).sort((a, b) =>
      times[a]! < times[b]! ? -1 : times[a]! > times[b]! ? 1 : a - b,
    );
    const keys = columns.slice(0, -1).map((column) => takeColumn(column, order, order.length));
    return { keys, times: BigInt64Array.from(order, (i) => times[i]!) };
  }

  private flushAdded(): void {
    const count = this.added.length;
    if (count === 0) return;
    this.family.put(this.keys(this.added, this.addedTimes), [], count);
    this.added.length = 0;
    this.addedTimes.length = 0;
    this.newestAdded.clear();
    this.addedBefore.length = 0;
  }

  private flushRemoved(): void {
    const count = this.removed.length;
    if (count === 0) return;
    this.family.remove(this.keys(this.removed, this.removedTimes), count);
    this.removed.length = 0;
    this.removedTimes.length = 0;
  }

  private keys(indexes: readonly number[], times: readonly bigint[]): readonly Column[] {
    const column = new Int64Column(TimestampType, times.length, null, BigInt64Array.from(times));
    return [...this.context.cursor.keysAt(indexes), column];
  }
}

/** Timers as readers see them, under Spark's name of the store. */
function timerView(keys: FamilyContext["keys"], timeMode: TimeMode): StateView {
  const from = { kind: "column", column: keys.length, inMillis: true } as const;
  return {
    store: timeMode === "EventTime" ? "$eventTimers_keyToTimestamp" : "$procTimers_keyToTimestamp",
    variable: "timers",
    key: keyView(keys),
    value: [],
    columns: [{ name: "expiration_timestamp_ms", type: LongType, from }],
    partitionColumns: keys.length,
  };
}

function micros(timeMs: number): bigint {
  return BigInt(Math.trunc(timeMs)) * 1000n;
}
