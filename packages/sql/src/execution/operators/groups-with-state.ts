import {
  BATCH_ROWS,
  type Column,
  copyColumn,
  type FamilySpec,
  type GroupStateMoment,
  type StateFamily,
  StreamError,
  StructField,
  StructType,
  sliceColumn,
  TrackedGroupState,
} from "@ss/core";
import type { ExternalOptions } from "../../expression/external-value.js";
import { ObjectReader, valueReader } from "../../expression/object-reader.js";
import { thrownText } from "../../expression/value-text.js";
import { dropsLate, type GroupsProgram } from "../../logical/keyed.js";
import type { Rows } from "../../logical/rows.js";
import type { KeyedPlan } from "../../physical/plan.js";
import { GroupStates, type StoredState } from "../keyed/group-states.js";
import { type GroupedRows, GroupObjects } from "../keyed/grouped-rows.js";
import { KeyObjects } from "../keyed/key-objects.js";
import { KeyedInput } from "../keyed/keyed-input.js";
import { ObjectWriter, writtenRows } from "../keyed/object-writer.js";
import type { Operator, Run } from "../operator.js";
import type { Families, OperatorCounts, TimedOperator } from "../stream-run.js";

/** What a run of the operator needs at every turn. */
interface Turn {
  readonly run: Run;
  readonly moment: GroupStateMoment;
  /** Absent on a table, where nothing is kept. */
  readonly kept?: { readonly family: StateFamily; readonly counts: OperatorCounts };
  readonly writer: ObjectWriter;
}

/** The state that some groups begin with. */
interface InitialStates {
  /** Row of `read`, by group; -1 for none. */
  readonly rowOfGroup: Int32Array;
  readonly read: (row: number) => unknown;
}

/**
 * `mapGroupsWithState` and `flatMapGroupsWithState`: the function is called for each group of the batch, then for the groups whose timeout
 * has passed. States are looked up and put many groups at a time; what the functions did goes into the family when those of a
 * piece have all been called, so that what was read of it stays good until then.
 */
export class GroupsWithStateOperator implements Operator, TimedOperator {
  readonly output: KeyedPlan["output"];
  readonly family: FamilySpec | undefined;
  readonly operatorId: number;
  private readonly plan: KeyedPlan;
  private readonly program: GroupsProgram;
  private readonly input: KeyedInput;
  private readonly initial: KeyedInput | undefined;
  private readonly states: GroupStates;
  private readonly keys: KeyObjects;
  private readonly rowObjects: ObjectReader;
  private readonly initialObjects: ObjectReader | undefined;
  private readonly options: ExternalOptions;
  private readonly skipsInitialKeys: boolean;

  constructor(
    plan: KeyedPlan,
    children: readonly Operator[],
    options: ExternalOptions,
    skipsInitialKeys: boolean,
  ) {
    this.output = plan.output;
    this.plan = plan;
    this.program = plan.program as GroupsProgram;
    this.options = options;
    this.skipsInitialKeys = skipsInitialKeys;
    this.operatorId = plan.stateful?.operatorId ?? -1;
    this.input = new KeyedInput(children[0]!, plan.keys[0]!, plan.inputs[0]!);
    this.initial = children[1] && new KeyedInput(children[1], plan.keys[1]!, plan.inputs[1]!);
    const { stateType, timeout } = this.program;
    this.states = new GroupStates(this.operatorId, plan.keys[0]!, stateType, timeout, options);
    this.family = plan.stateful && this.states.spec;
    this.keys = new KeyObjects(plan.keys[0]!, options);
    this.rowObjects = new ObjectReader(
      plan.inputs[0]!.map((column) => column.name),
      options,
      plan.alone[0],
    );
    this.initialObjects =
      plan.inputs[1] &&
      new ObjectReader(
        plan.inputs[1].map((column) => column.name),
        options,
      );
  }

  isDue(families: Families, nowMs: number): boolean {
    if (this.program.timeout !== "ProcessingTimeTimeout") return false;
    for (const _ of families(this.operatorId).scanBelow(GroupStates.passed(nowMs))) return true;
    return false;
  }

  nextDueMs(families: Families): number | null {
    if (this.program.timeout !== "ProcessingTimeTimeout") return null;
    const lowest = families(this.operatorId).lowest?.() ?? null;
    return lowest === null ? null : Number(lowest / 1000n) + 1;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const turn = this.turn(run);
    const { kept } = turn;
    const holder = `the rows of a batch by ${this.plan.keys[0]!.map((key) => key.name).join(", ")}`;
    const late = dropsLate(this.program) ? run.stream : undefined;
    const lateness = late && kept && { ...late.watermarksOf(this.operatorId), counts: kept.counts };
    const groups = await this.input.grouped(run, holder, lateness);
    const initial = await this.initialStates(run, groups);
    const order = groups.order();
    const read = this.rowObjects.over(groups.columns());
    const keys = groups.keys();
    for (let from = 0; from < groups.groupCount; from += BATCH_ROWS) {
      const to = Math.min(groups.groupCount, from + BATCH_ROWS);
      yield* this.piece(turn, keys, from, to, order, read, initial);
      run.stream?.checkState();
      const pause = run.breathe();
      if (pause) await pause;
    }
    yield* this.timeouts(turn);
    if (turn.writer.rowCount > 0) yield turn.writer.take();
  }

  private turn(run: Run): Turn {
    const { stream } = run;
    const { timeout, single } = this.program;
    const hasWatermark = this.input.time >= 0;
    const watermarkMs = stream?.watermarksOf(this.operatorId).watermarkMs ?? -1;
    const moment = {
      timeout,
      processingTimeMs: run.nowMs(),
      watermarkMs: hasWatermark ? watermarkMs : undefined,
    };
    const schema = new StructType(this.output.map(({ name, type }) => StructField(name, type)));
    const what = `what the function of ${single ? "mapGroupsWithState" : "flatMapGroupsWithState"} gives out`;
    const writer = new ObjectWriter(schema, what);
    if (stream === undefined || this.plan.stateful === undefined) return { run, moment, writer };
    const counts = stream.counts(this.operatorId, this.states.spec.operatorName!);
    return { run, moment, writer, kept: { family: stream.family(this.operatorId), counts } };
  }

  /** In the first batch, and on a table, what groups begin with; groups without rows come along. */
  private async initialStates(run: Run, groups: GroupedRows): Promise<InitialStates | undefined> {
    const { stream } = run;
    if (this.initial === undefined) return undefined;
    const isLater = this.plan.stateful !== undefined && (stream!.batchId > 0 || stream!.isLaterPart);
    if (isLater) return undefined;
    const given = await this.initial.grouped(run, "the initial state");
    const { starts, rows } = given.order();
    const own = groups.groupsOf(given.keys(), given.groupCount);
    const rowOfGroup = new Int32Array(groups.groupCount).fill(-1);
    for (let g = 0; g < given.groupCount; g++) {
      if (starts[g + 1]! - starts[g]! > 1) throw severalInitialStates();
      rowOfGroup[own[g]!] = rows[starts[g]!]!;
    }
    const columns = given.columns();
    const read =
      this.program.stateType.kind === "struct"
        ? this.initialObjects!.over(columns)
        : valueReader(columns[0]!, this.options, "state");
    return { rowOfGroup, read };
  }

  /** Calls the function for the groups `from .. to)` of the batch. */
  private *piece(
    turn: Turn,
    columns: readonly Column[],
    from: number,
    to: number,
    { rows, starts }: { readonly rows: Int32Array; readonly starts: Int32Array },
    read: (row: number) => object,
    initial: InitialStates | undefined,
  ): Generator<Rows> {
    const { kept } = turn;
    const start = this.nowMs(turn);
    const keys = columns.map((column) => sliceColumn(column, from, to));
    const key = this.keys.over(keys);
    const found = kept?.family.get(keys, to - from);
    const stored = found && this.states.reader(found.values);
    const changes = this.states.changes();
    for (let g = from; g < to; g++) {
      const before = stored?.(found!.positions[g - from]!) ?? { value: undefined, timeoutMs: undefined };
      const row = initial === undefined ? -1 : initial.rowOfGroup[g]!;
      const value = row < 0 ? before.value : (initial!.read(row) ?? undefined);
      const isEmpty = starts[g] === starts[g + 1];
      if (isEmpty && this.skipsInitialKeys) {
        changes.set(g - from, value);
        continue;
      }
      const state = new TrackedGroupState<unknown>(turn.moment, value, false);
      yield* this.call(turn, key(g - from), new GroupObjects(rows, starts[g]!, starts[g + 1]!, read), state);
      if (row >= 0 && !state.isUpdated && !state.isRemoved)
        changes.set(g - from, value, state.timeoutTimestampMs);
      else changes.note(g - from, state, before);
    }
    if (kept !== undefined) {
      changes.apply(keys, kept.family, kept.counts);
      kept.counts.updatesMs += this.nowMs(turn) - start;
    }
  }

  /** Calls the function for the groups whose timeout has passed; groups of the batch have a new one, or none. */
  private *timeouts(turn: Turn): Generator<Rows> {
    const { kept, moment } = turn;
    if (kept === undefined || moment.timeout === "NoTimeout") return;
    const start = this.nowMs(turn);
    const timeMs = moment.timeout === "EventTimeTimeout" ? moment.watermarkMs! : moment.processingTimeMs;
    for (const { keys, values, rowCount } of kept.family.scanBelow(GroupStates.passed(timeMs))) {
      const columns = keys.map((column) => copyColumn(column));
      const key = this.keys.over(columns);
      const stored = this.states.reader(values);
      const changes = this.states.changes();
      for (let i = 0; i < rowCount; i++) {
        const before: StoredState = stored(i);
        const state = new TrackedGroupState<unknown>(moment, before.value, true);
        yield* this.call(turn, key(i), [], state);
        changes.note(i, state, before);
      }
      changes.apply(columns, kept.family, kept.counts);
    }
    kept.counts.removalsMs += this.nowMs(turn) - start;
  }

  private call(
    { writer }: Turn,
    key: unknown,
    rows: Iterable<object>,
    state: TrackedGroupState<unknown>,
  ): Generator<Rows> {
    return writtenRows(() => this.program.run(key, rows, state), "the function", userCode, writer);
  }

  private nowMs({ run }: Turn): number {
    return run.stream?.monotonicMs() ?? 0;
  }
}

/** What the user's code gives; what it throws is told as its own. */
function userCode<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (StreamError.is(error)) throw error;
    throw userFunctionFailed(error);
  }
}

function userFunctionFailed(error: unknown): StreamError {
  const reason = thrownText(error);
  return new StreamError({
    condition: "FLATMAPGROUPSWITHSTATE_USER_FUNCTION_ERROR",
    sqlState: "39000",
    parameters: { reason },
    message: `An error occurred in the user provided function in flatMapGroupsWithState: ${reason}`,
    cause: error,
  });
}

function severalInitialStates(): StreamError {
  return new StreamError({
    condition: "SS_INITIAL_STATE_NOT_UNIQUE",
    sqlState: "23505",
    message:
      "The initial state provided contained multiple rows(state) with the same key. Make sure to de-duplicate the initial state before passing it.",
  });
}
