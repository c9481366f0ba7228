import {
  BATCH_ROWS,
  type ExpiredTimerInfo,
  FamilyHolder,
  type FamilySpec,
  type Int64Column,
  StreamError,
  StructField,
  StructType,
  sliceColumn,
  type TimerValues,
} from "@ss/core";
import type { ExternalOptions } from "../../expression/external-value.js";
import { ObjectReader } from "../../expression/object-reader.js";
import { eventTimeColumn } from "../../logical/event-time-column.js";
import type { ProcessorProgram } from "../../logical/keyed.js";
import type { Rows } from "../../logical/rows.js";
import { PROCESSOR_OPERATOR } from "../../physical/operator-names.js";
import type { KeyedPlan } from "../../physical/plan.js";
import { GroupObjects } from "../keyed/grouped-rows.js";
import { KeyCursor } from "../keyed/key-cursor.js";
import { KeyObjects } from "../keyed/key-objects.js";
import { KeyedInput } from "../keyed/keyed-input.js";
import { ObjectWriter, writtenRows } from "../keyed/object-writer.js";
import { ProcessorRun, processorName, userCall } from "../keyed/processor-run.js";
import type { FamilyContext } from "../keyed/variable-family.js";
import { kernelKeyTable } from "../keys/kernel-key-table.js";
import type { Holding } from "../memory-budget.js";
import type { Operator, Run } from "../operator.js";
import type { Families, OperatorCounts, TimedOperator } from "../stream-run.js";

/** Spark's names of what the parts of an open batch add up. */
const ADDED_UP: readonly string[] = [
  "numExpiredTimers",
  "numRegisteredTimers",
  "numDeletedTimers",
  "numValuesRemovedDueToTTLExpiry",
  "initialStateProcessingTimeMs",
];

/** What a run of the operator needs at every turn. */
interface Turn {
  readonly run: Run;
  readonly processor: ProcessorRun;
  readonly times: TimerValues;
  readonly writer: ObjectWriter;
  /** What the run holds beside the state store. */
  readonly holding: Holding;
  /** Absent on a table. */
  readonly counts: OperatorCounts | undefined;
}

/**
 * `transformWithState`: the processor is called for each row of an initial state, in the first batch, then for each key of the batch, then for
 * the timers whose time has come. It is called for many keys before what it did goes into the tables of its variables together.
 */
export class TransformWithStateOperator implements Operator, TimedOperator {
  readonly output: KeyedPlan["output"];
  private readonly plan: KeyedPlan;
  private readonly program: ProcessorProgram;
  private readonly input: KeyedInput;
  private readonly initial: KeyedInput | undefined;
  private readonly keys: KeyObjects;
  private readonly rowObjects: ObjectReader;
  private readonly initialObjects: ObjectReader | undefined;
  private readonly context: FamilyContext;
  /** The column of the output that may not be older than the watermark; -1 for none. */
  private readonly time: number;
  private processor: ProcessorRun | undefined;

  constructor(plan: KeyedPlan, children: readonly Operator[], options: ExternalOptions) {
    this.output = plan.output;
    this.plan = plan;
    this.program = plan.program as ProcessorProgram;
    const [keys, initialKeys] = plan.keys;
    const [columns, initialColumns] = plan.inputs;
    this.input = new KeyedInput(children[0]!, keys!, columns!);
    this.initial = children[1] && new KeyedInput(children[1], initialKeys!, initialColumns!);
    this.keys = new KeyObjects(keys!, options);
    const objects = (of: NonNullable<typeof columns>, alone: boolean): ObjectReader =>
      new ObjectReader(
        of.map((column) => column.name),
        options,
        alone,
      );
    this.rowObjects = objects(columns!, plan.alone[0]!);
    this.initialObjects = initialColumns && objects(initialColumns, plan.alone[1]!);
    this.time = eventTimeColumn(plan.output);
    this.context = {
      operatorId: plan.stateful?.operatorId ?? -1,
      keys: keys!,
      cursor: new KeyCursor(),
      options,
      changes: { updated: 0, removed: 0 },
    };
  }

  /** The tables of the state: what the processor declares when it begins. None for a table's run, which keeps nothing. */
  get families(): readonly FamilySpec[] {
    return this.plan.stateful === undefined ? [] : this.running.specs;
  }

  /** Ends the processor, if it has begun. */
  close(): void {
    const { processor } = this;
    this.processor = undefined;
    processor?.close();
  }

  isDue(families: Families, nowMs: number): boolean {
    if (this.program.timeMode !== "ProcessingTime") return false;
    const bound = BigInt(nowMs) * 1000n;
    return this.running.specs.some(({ name, orderedBy }) => {
      if (orderedBy === undefined) return false;
      for (const _ of families(this.context.operatorId, name).scanBelow(bound)) return true;
      return false;
    });
  }

  nextDueMs(families: Families): number | null {
    if (this.program.timeMode !== "ProcessingTime") return null;
    const timers = families(this.context.operatorId, this.running.tables.timers.spec.name);
    const lowest = timers.lowest?.() ?? null;
    return lowest === null ? null : Number(lowest / 1000n);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const turn = this.begin(run);
    for await (const rows of this.called(turn)) {
      this.checkTimes(rows, turn.times);
      yield rows;
    }
    this.end(turn);
  }

  private async *called(turn: Turn): AsyncGenerator<Rows> {
    const { run, writer, processor } = turn;
    processor.handle.state = "INITIALIZED";
    await this.takeInitialState(turn);
    yield* this.takeRows(turn);
    processor.handle.state = "DATA_PROCESSED";
    yield* this.takeTimers(turn);
    processor.handle.state = "TIMER_PROCESSED";
    if (writer.rowCount > 0) yield writer.take();
    run.stream?.checkState();
  }

  private get running(): ProcessorRun {
    this.processor ??= new ProcessorRun(this.program, this.context);
    return this.processor;
  }

  private begin(run: Run): Turn {
    const { stream } = run;
    const { operatorId, changes } = this.context;
    const processor = this.running;
    changes.updated = 0;
    changes.removed = 0;
    processor.handle.registeredTimers = 0;
    processor.handle.deletedTimers = 0;
    const isKept = stream !== undefined && this.plan.stateful !== undefined;
    const processingTimeMs = run.nowMs();
    const watermarkMs = isKept ? stream.watermarksOf(operatorId).watermarkMs : -1;
    const batch = {
      batchId: stream?.batchId ?? 0,
      processingTimeMs,
      query: stream?.query ?? { id: "", runId: "" },
    };
    const tables = isKept ? [] : processor.specs.map((spec) => new FamilyHolder(spec, null));
    processor.tables.begin(batch, processor.families, (name) =>
      isKept
        ? stream.family(operatorId, name)
        : tables.find(({ family }) => family.spec.name === name)!.family,
    );
    const holding = run.memory.hold(
      () => "the state of transformWithState on a table",
      () => tables.reduce((sum, table) => sum + table.byteSize, 0),
    );
    const schema = new StructType(this.output.map(({ name, type }) => StructField(name, type)));
    return {
      run,
      processor,
      times: {
        getCurrentProcessingTimeInMs: () => processingTimeMs,
        getCurrentWatermarkInMs: () => watermarkMs,
      },
      writer: new ObjectWriter(schema, `what ${processorName(processor.processor)} gives out`),
      holding,
      counts: isKept ? this.counted(stream.counts(operatorId, PROCESSOR_OPERATOR)) : undefined,
    };
  }

  /** Spark's counts of state variables. */
  private counted(counts: OperatorCounts): OperatorCounts {
    const { handle } = this.running;
    const { custom } = counts;
    for (const kind of ["Value", "List", "Map"] as const) {
      const all = handle.variables.filter((variable) => variable.kind === `${kind}State`);
      const timed = all.filter((variable) => variable.ttlMs !== undefined).length;
      custom[`num${kind}StateVars`] = all.length - timed;
      custom[`num${kind}StateWithTTLVars`] = timed;
    }
    custom["numDeletedStateVars"] = handle.deletedVariables;
    for (const name of ADDED_UP) custom[name] ??= 0;
    return counts;
  }

  private async takeInitialState(turn: Turn): Promise<void> {
    const { run, processor, times, counts } = turn;
    if (this.initial === undefined) return;
    if (counts !== undefined && (run.stream!.batchId > 0 || run.stream!.isLaterPart)) return;
    const start = this.nowMs(run);
    const { initial } = processor;
    const groups = await this.initial.grouped(run, "the initial state");
    const { rows, starts } = groups.order();
    const read = this.initialObjects!.over(groups.columns());
    const all = groups.keys();
    for (let from = 0; from < groups.groupCount; from += BATCH_ROWS) {
      const to = Math.min(groups.groupCount, from + BATCH_ROWS);
      const keys = all.map((column) => sliceColumn(column, from, to));
      const key = this.keys.over(keys);
      this.context.cursor.begin(keys, to - from);
      for (let g = from; g < to; g++) {
        this.context.cursor.at(g - from);
        for (let k = starts[g]!; k < starts[g + 1]!; k++) {
          const row = read(rows[k]!);
          userCall(initial, "handleInitialState", () =>
            initial.handleInitialState(key(g - from), row, times),
          );
        }
      }
      this.endPiece(processor);
    }
    if (counts) counts.custom["initialStateProcessingTimeMs"] = Math.round(this.nowMs(run) - start);
  }

  private async *takeRows(turn: Turn): AsyncGenerator<Rows> {
    const { run, processor, counts, times } = turn;
    const { cursor, operatorId } = this.context;
    const lateness = counts && { ...run.stream!.watermarksOf(operatorId), counts };
    const holder = `the rows of a batch by ${this.plan.keys[0]!.map((key) => key.name).join(", ")}`;
    const groups = await this.input.grouped(run, holder, lateness);
    const { rows, starts } = groups.order();
    const read = this.rowObjects.over(groups.columns());
    const all = groups.keys();
    const start = this.nowMs(run);
    for (let from = 0; from < groups.groupCount; from += BATCH_ROWS) {
      const to = Math.min(groups.groupCount, from + BATCH_ROWS);
      const keys = all.map((column) => sliceColumn(column, from, to));
      const key = this.keys.over(keys);
      cursor.begin(keys, to - from);
      for (let g = from; g < to; g++) {
        cursor.at(g - from);
        const own = new GroupObjects(rows, starts[g]!, starts[g + 1]!, read);
        yield* this.given(turn, "handleInputRows", () =>
          processor.processor.handleInputRows(key(g - from), own, times),
        );
      }
      this.endPiece(processor);
      run.stream?.checkState();
      turn.holding.look();
      const pause = run.breathe();
      if (pause) await pause;
    }
    if (counts) counts.updatesMs += this.nowMs(run) - start;
  }

  /** Calls the processor for the timers that had come when this began, those that it deletes meanwhile too. */
  private async *takeTimers(turn: Turn): AsyncGenerator<Rows> {
    const { run, processor, times, counts } = turn;
    const { timeMode } = this.program;
    if (timeMode === "NoTime") return;
    const { timers } = processor.tables;
    const start = this.nowMs(run);
    const nowMs =
      timeMode === "EventTime" ? times.getCurrentWatermarkInMs() : times.getCurrentProcessingTimeInMs();
    const expired = timers.expired(nowMs);
    for (let from = 0; from < expired.times.length; from += BATCH_ROWS) {
      const to = Math.min(expired.times.length, from + BATCH_ROWS);
      yield* this.expiredPiece(turn, expired, from, to);
      const pause = run.breathe();
      if (pause) await pause;
    }
    if (counts === undefined) return;
    counts.custom["numExpiredTimers"]! += expired.times.length;
    counts.custom["timerProcessingTimeMs"] = Math.round(this.nowMs(run) - start);
  }

  private *expiredPiece(
    turn: Turn,
    expired: ReturnType<ProcessorRun["tables"]["timers"]["expired"]>,
    from: number,
    to: number,
  ): Generator<Rows> {
    const { processor, times } = turn;
    const { cursor } = this.context;
    // a key may have several timers, and is one key of the piece all the same
    const table = kernelKeyTable(expired.keys.map((column) => column.type));
    const slots = new Int32Array(to - from);
    table.findOrAdd(
      expired.keys.map((column) => sliceColumn(column, from, to)),
      to - from,
      slots,
    );
    const keys = table.keys.map((key) => key.view());
    const key = this.keys.over(keys);
    cursor.begin(keys, table.slotCount);
    for (let i = from; i < to; i++) {
      const slot = slots[i - from]!;
      const timeMs = Number(expired.times[i]! / 1000n);
      const info: ExpiredTimerInfo = { getExpiryTimeInMs: () => timeMs };
      cursor.at(slot);
      yield* this.given(turn, "handleExpiredTimer", () =>
        processor.processor.handleExpiredTimer(key(slot), times, info),
      );
      processor.tables.timers.remove(timeMs);
      // a timer that has fired counts as deleted, as in Spark
      processor.handle.deletedTimers++;
    }
    this.endPiece(processor);
  }

  private endPiece(processor: ProcessorRun): void {
    this.context.cursor.leave();
    processor.flush();
  }

  private given({ writer, processor }: Turn, name: string, call: () => Iterable<object>): Generator<Rows> {
    return writtenRows(call, name, (code) => userCall(processor.processor, name, code), writer);
  }

  /** What the processor gives out as event time is not older than the watermark, by which operators after it work. */
  private checkTimes({ columns, rowCount }: Rows, times: TimerValues): void {
    if (this.time < 0) return;
    const column = columns[this.time] as Int64Column;
    const watermarkMs = times.getCurrentWatermarkInMs();
    const bound = BigInt(watermarkMs) * 1000n;
    for (let i = 0; i < rowCount; i++) {
      if (column.isNull(i) || column.values[i]! < bound) {
        throw olderThanWatermark(watermarkMs, column.isNull(i) ? null : column.values[i]! / 1000n);
      }
    }
  }

  /** Forgets values that have ended, and reports. */
  private end({ processor, times, counts, run }: Turn): void {
    const { changes } = this.context;
    const start = this.nowMs(run);
    const bound = BigInt(times.getCurrentProcessingTimeInMs()) * 1000n;
    let ended = 0;
    for (const { spec, family } of processor.families) {
      if (spec.orderedBy === undefined || spec.variable === undefined) continue;
      for (const { rowCount } of family.removeBelow(bound)) ended += rowCount;
    }
    if (counts === undefined) return;
    counts.updated += changes.updated;
    counts.removed += changes.removed + ended;
    counts.removalsMs += this.nowMs(run) - start;
    counts.internalRows = processor.families.reduce((sum, family) => sum + family.uncountedRows, 0);
    counts.custom["numRegisteredTimers"]! += processor.handle.registeredTimers;
    counts.custom["numDeletedTimers"]! += processor.handle.deletedTimers;
    counts.custom["numValuesRemovedDueToTTLExpiry"]! += ended;
  }

  private nowMs(run: Run): number {
    return run.stream?.monotonicMs() ?? 0;
  }
}

function olderThanWatermark(watermarkMs: number, emittedMs: bigint | null): StreamError {
  const parameters = { currentWatermark: String(watermarkMs), emittedRowEventTime: String(emittedMs) };
  return new StreamError({
    condition: "EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED",
    sqlState: "42815",
    parameters,
    message: `Previous node emitted a row with eventTime=${parameters.emittedRowEventTime} which is older than current_watermark_value=${parameters.currentWatermark}. This can lead to correctness issues in the stateful operators downstream in the execution pipeline: give out event times of the input, or the watermark itself.`,
  });
}
