import {
  type Column,
  type FamilySpec,
  Int64Column,
  type StateFamily,
  type StateRows,
  StructField,
  StructType,
  sliceColumn,
  takeColumn,
} from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import { SESSION_OPERATOR } from "../../physical/operator-names.js";
import type { AggregatePlan } from "../../physical/plan.js";
import { Accumulators, type GroupTable, shapesOf } from "../aggregate/group-table.js";
import { assembleKeys, boundAt, type EventTime, eventTimeOf } from "../aggregate/key-columns.js";
import { rowNumbers } from "../row-numbers.js";
import { slices } from "../slices.js";
import type { StateBatch, StateCounts } from "../state-partitions/messages.js";
import { joinedColumns } from "./joined-columns.js";
import { KeyNumbers } from "./key-numbers.js";
import { boundsOf, groupedByKey, mergeSessions, type Sessions } from "./merge-sessions.js";
import { SessionKeys, type SplitKeys } from "./session-keys.js";

/** Sessions of a batch that meet the state at once, about. */
const PIECE_ROWS = 1 << 14;

/** What of an aggregation its state depends on. */
export interface SessionStatePlan extends Pick<AggregatePlan, "keys" | "parts"> {
  readonly operatorId: number;
}

/** Sessions with partial results by row. */
interface Partial extends SplitKeys {
  readonly buffers: readonly Column[];
  readonly rowCount: number;
}

/**
 * The sessions of an aggregation over a stream. They are kept by the other keys and their start, and found by the other keys alone: those of
 * the keys that a batch has rows of are joined with the batch's. A session that begins earlier than before is another row of the state.
 */
export class SessionState {
  readonly spec: FamilySpec;
  private readonly plan: SessionStatePlan;
  private readonly keys: SessionKeys;
  private readonly numbers: KeyNumbers;
  private readonly merged: Accumulators;
  /** Sessions read from the state alone. */
  private readonly fromState: Accumulators;
  private readonly eventTime: EventTime | undefined;

  constructor(plan: SessionStatePlan, ansi: boolean) {
    this.plan = plan;
    this.keys = new SessionKeys(plan.keys);
    this.numbers = new KeyNumbers(this.keys.others.map((part) => part.type));
    const shapes = shapesOf(plan.parts, ansi);
    this.merged = new Accumulators(plan.parts, shapes);
    this.fromState = new Accumulators(plan.parts, shapes);
    this.eventTime = eventTimeOf(plan.keys);
    const { others, start, end } = this.keys;
    const values = plan.parts.flatMap(({ call }, k) => call.fn.buffer(shapes[k]!));
    this.spec = {
      operatorId: plan.operatorId,
      operatorName: SESSION_OPERATOR,
      name: "default",
      keySchema: new StructType(
        [...others, start].map((part) => StructField(part.name, part.type, part.nullable)),
      ),
      valueSchema: new StructType([
        StructField(end.name, end.type, end.nullable),
        ...values.map((value) => StructField(value.name, value.type, value.nullable)),
      ]),
      prefix: others.length,
      views: [this.keys.view(plan.keys, values)],
      ...(this.eventTime === undefined ? {} : { orderedBy: this.orderColumn(this.eventTime) }),
    };
  }

  /** The column of the state, values behind keys, that holds the event time. */
  private orderColumn({ part }: EventTime): number {
    const { startPart, others } = this.keys;
    if (part === startPart + 1) return others.length + 1;
    return part < startPart ? part : part - 2;
  }

  /**
   * Takes the groups of a batch, those whose sessions are late left out, into the state; goes on piece by piece. Every session of a key with rows
   * counts as updated, and as removed if it is now part of one that begins earlier.
   */
  *save(groups: GroupTable, batch: StateBatch, family: StateFamily, counts: StateCounts): Generator<void> {
    const partial = this.onTime(this.partialOf(groups), batch, counts);
    const { rowCount } = partial;
    const keyOf = this.numbers.of(partial.others, rowCount);
    const bounds = boundsOf(keyOf, this.numbers.count);
    const byKey = groupedByKey(keyOf, bounds);
    for (let from = 0; from < this.numbers.count; ) {
      let to = from + 1;
      while (to < this.numbers.count && bounds[to + 1]! - bounds[from]! <= PIECE_ROWS) to++;
      const rows = byKey.subarray(bounds[from]!, bounds[to]!);
      this.savePiece(take(partial, rows), numbersFrom(keyOf, rows, from), from, to, family, counts);
      from = to;
      yield;
    }
  }

  /** Gives what the mode asks for, and forgets what the watermark has completed. */
  *give(batch: StateBatch, family: StateFamily, counts: StateCounts): Generator<Rows> {
    if (batch.mode === "complete") for (const rows of family.scan()) yield* this.stored(rows);
    else if (this.eventTime !== undefined) {
      for (const rows of family.removeBelow(boundAt(batch.watermarkMs, this.eventTime))) {
        yield* this.stored(rows);
        counts.removed += rows.rowCount;
      }
    }
  }

  private partialOf({ table, accumulators, groupCount }: GroupTable): Partial {
    const keys = this.keys.split(table.keys.map((key) => key.view()));
    return { ...keys, buffers: accumulators.buffers(groupCount), rowCount: groupCount };
  }

  /** A session is late as it is, whatever it would have been joined with; in complete mode too, as in Spark. */
  private onTime(partial: Partial, { lateWatermarkMs }: StateBatch, counts: StateCounts): Partial {
    const { eventTime } = this;
    if (eventTime === undefined) return partial;
    const { rowCount } = partial;
    const time = this.keys.join(partial)[eventTime.part] as Int64Column;
    const bound = boundAt(lateWatermarkMs, eventTime);
    const kept = new Int32Array(rowCount);
    let count = 0;
    for (let i = 0; i < rowCount; i++) if (time.isNull(i) || time.values[i]! > bound) kept[count++] = i;
    if (count === rowCount) return partial;
    counts.droppedByWatermark += rowCount - count;
    return take(partial, kept.subarray(0, count));
  }

  /** Joins sessions of the keys numbered `from .. to)` with those of the state. */
  private savePiece(
    partial: Partial,
    keyOf: Int32Array,
    from: number,
    to: number,
    family: StateFamily,
    counts: StateCounts,
  ): void {
    const keyCount = to - from;
    const others = this.numbers.columns().map((column) => sliceColumn(column, from, to));
    const known = family.match(others, keyCount);
    const knownCount = known.positions.length;
    const state = this.partialAt(known, known.positions);
    const stretches = {
      keyOf: joined(known.questions, keyOf),
      keyCount,
      starts: joinedTimes(state.start, partial.start, knownCount, partial.rowCount),
      ends: joinedTimes(state.end, partial.end, knownCount, partial.rowCount),
    };
    const sessions = mergeSessions(stretches);
    const changes = changesOf(sessions, stretches.starts, knownCount);
    counts.updated += sessions.count;
    counts.removed += changes.gone.length;
    if (changes.count === 0) return;
    const { count, entries, slots } = changes;
    this.merged.reset();
    this.merged.resize(count);
    const buffers = joinedColumns(
      { columns: state.buffers, rowCount: knownCount },
      { columns: partial.buffers, rowCount: partial.rowCount },
      entries,
    );
    this.merged.merge(slots, buffers, entries.length);
    const numbers = numbersFrom(stretches.keyOf, changes.firsts, 0);
    const keys = others.map((column) => takeColumn(column, numbers, count));
    const starts = timesAt(stretches.starts, changes.firsts);
    const ends = timesAt(sessions.ends, changes.sessions);
    this.forget(family, state, changes.gone);
    family.put(
      [...keys, new Int64Column(this.keys.start.type, count, null, starts)],
      [new Int64Column(this.keys.end.type, count, null, ends), ...this.merged.buffers(count)],
      count,
    );
  }

  private partialAt({ keys, values }: Pick<StateRows, "keys" | "values">, positions: Int32Array): Partial {
    const rowCount = positions.length;
    const at = (column: Column): Column => takeColumn(column, positions, rowCount);
    const start = at(keys[this.keys.others.length]!) as Int64Column;
    const [end, ...buffers] = values.map(at);
    const others = keys.slice(0, this.keys.others.length).map(at);
    return { others, start, end: end as Int64Column, buffers, rowCount };
  }

  /** Removes sessions that begin earlier now. */
  private forget(family: StateFamily, state: Partial, gone: Int32Array): void {
    if (gone.length === 0) return;
    const keys = [...state.others, state.start].map((column) => takeColumn(column, gone, gone.length));
    family.remove(keys, gone.length);
  }

  /** Results of sessions in the state. */
  private *stored({ keys, values, rowCount }: StateRows): Generator<Rows> {
    if (rowCount === 0) return;
    this.fromState.reset();
    this.fromState.resize(rowCount);
    this.fromState.merge(rowNumbers(rowCount), values.slice(1), rowCount);
    const others = keys.slice(0, this.keys.others.length);
    const start = keys[others.length] as Int64Column;
    const parts = this.keys.join({ others, start, end: values[0] as Int64Column });
    yield* slices(
      [...assembleKeys(this.plan.keys, parts, rowCount), ...this.fromState.results(rowCount)],
      rowCount,
    );
  }
}

/** What of some sessions has to be written. Entries below `knownCount` are those of the state. */
interface Changes {
  readonly count: number;
  /** The numbers of the changed sessions, and the first entry of each. */
  readonly sessions: Int32Array;
  readonly firsts: Int32Array;
  /** The entries of the changed sessions in their order, and which of these sessions each belongs to. */
  readonly entries: Int32Array;
  readonly slots: Int32Array;
  /** Entries of the state that are now part of a session with another start. */
  readonly gone: Int32Array;
}

/** A session that is but one of the state is as it was. */
function changesOf({ count, order, firsts }: Sessions, starts: BigInt64Array, knownCount: number): Changes {
  const sessions = new Int32Array(count);
  const firstEntries = new Int32Array(count);
  const entries = new Int32Array(order.length);
  const slots = new Int32Array(order.length);
  const gone = new Int32Array(knownCount);
  let [changed, entryCount, goneCount] = [0, 0, 0];
  for (let session = 0; session < count; session++) {
    const from = firsts[session]!;
    const to = firsts[session + 1]!;
    const first = order[from]!;
    if (to - from === 1 && first < knownCount) continue;
    for (let place = from; place < to; place++) {
      const entry = order[place]!;
      entries[entryCount] = entry;
      slots[entryCount++] = changed;
      if (entry < knownCount && starts[entry] !== starts[first]) gone[goneCount++] = entry;
    }
    sessions[changed] = session;
    firstEntries[changed++] = first;
  }
  return {
    count: changed,
    sessions: sessions.subarray(0, changed),
    firsts: firstEntries.subarray(0, changed),
    entries: entries.subarray(0, entryCount),
    slots,
    gone: gone.subarray(0, goneCount),
  };
}

function take(partial: Partial, rows: Int32Array): Partial {
  const rowCount = rows.length;
  const at = (column: Column): Column => takeColumn(column, rows, rowCount);
  const { others, start, end, buffers } = partial;
  return {
    others: others.map(at),
    start: at(start) as Int64Column,
    end: at(end) as Int64Column,
    buffers: buffers.map(at),
    rowCount,
  };
}

/** The numbers of some entries, counted from `origin`. */
function numbersFrom(numbers: Int32Array, entries: Int32Array, origin: number): Int32Array {
  const taken = new Int32Array(entries.length);
  for (let i = 0; i < entries.length; i++) taken[i] = numbers[entries[i]!]! - origin;
  return taken;
}

/** Some of many times, by their halves, so that no bigint is made. */
function timesAt(times: BigInt64Array, entries: Int32Array): BigInt64Array {
  const from = new Int32Array(times.buffer, times.byteOffset, 2 * times.length);
  const taken = new BigInt64Array(entries.length);
  const to = new Int32Array(taken.buffer);
  for (let i = 0; i < entries.length; i++) {
    to[2 * i] = from[2 * entries[i]!]!;
    to[2 * i + 1] = from[2 * entries[i]! + 1]!;
  }
  return taken;
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function joinedTimes(
  first: Int64Column,
  second: Int64Column,
  firstCount: number,
  secondCount: number,
): BigInt64Array {
  const both = new BigInt64Array(firstCount + secondCount);
  both.set(first.values.subarray(0, firstCount));
  both.set(second.values.subarray(0, secondCount), firstCount);
  return both;
}
