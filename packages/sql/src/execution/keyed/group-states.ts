import {
  type Column,
  columnBuilder,
  type DataType,
  type FamilySpec,
  type GroupStateTimeout,
  type Int64Column,
  type StateFamily,
  StructField,
  StructType,
  TimestampType,
  type TrackedGroupState,
  takeColumn,
} from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { ExternalOptions } from "../../expression/external-value.js";
import { toInternal } from "../../expression/internal-value.js";
import { valueReader } from "../../expression/object-reader.js";
import { GROUPS_OPERATOR } from "../../physical/operator-names.js";
import type { OperatorCounts } from "../stream-run.js";

/** What is remembered of a group. */
export interface StoredState {
  /** Undefined where the group has a timeout and no state. */
  readonly value: unknown;
  readonly timeoutMs: number | undefined;
}

const NOTHING: StoredState = { value: undefined, timeoutMs: undefined };

/** How the states of groups are kept: by the key a value and, where there are timeouts, the time of the group's. */
export class GroupStates {
  readonly spec: FamilySpec;
  private readonly type: DataType;
  private readonly timed: boolean;
  private readonly options: ExternalOptions;

  constructor(
    operatorId: number,
    keys: readonly Attribute[],
    type: DataType,
    timeout: GroupStateTimeout,
    options: ExternalOptions,
  ) {
    this.type = type;
    this.options = options;
    this.timed = timeout !== "NoTimeout";
    const values = [StructField("groupState", type)];
    if (this.timed) values.push(StructField("timeoutTimestamp", TimestampType));
    this.spec = {
      operatorId,
      operatorName: GROUPS_OPERATOR,
      name: "default",
      keySchema: new StructType(
        keys.map(({ name, type: keyType, nullable }) => StructField(name, keyType, nullable)),
      ),
      valueSchema: new StructType(values),
      growing: true,
      ...(this.timed ? { orderedBy: keys.length + 1 } : {}),
    };
  }

  /** What the value columns of the family say of the row at a position; -1 is none. */
  reader(values: readonly Column[]): (position: number) => StoredState {
    const read = valueReader(values[0]!, this.options, "groupState");
    const times = this.timed ? (values[1] as Int64Column) : undefined;
    return (position) => {
      if (position < 0) return NOTHING;
      const timed = times !== undefined && !times.isNull(position);
      return {
        value: read(position) ?? undefined,
        timeoutMs: timed ? Number(times.values[position]! / 1000n) : undefined,
      };
    };
  }

  /** The highest timeout in microseconds that has passed at a time. */
  static passed(timeMs: number): bigint {
    return BigInt(timeMs) * 1000n - 1n;
  }

  /** Gathers what functions did with states, to be put into the family together. */
  changes(): GroupStateChanges {
    return new GroupStateChanges(this.type, this.timed);
  }
}

/** States of some groups, in the order of their calls, that were put or removed. */
export class GroupStateChanges {
  private readonly put: number[] = [];
  private readonly removed: number[] = [];
  private readonly times: (number | undefined)[] = [];
  private readonly values: ReturnType<typeof columnBuilder>;
  private readonly type: DataType;
  private readonly timed: boolean;

  constructor(type: DataType, timed: boolean) {
    this.type = type;
    this.timed = timed;
    this.values = columnBuilder(type);
  }

  /** Notes what the function left of group `index`. */
  note(index: number, state: TrackedGroupState<unknown>, before: StoredState): void {
    const { timeoutTimestampMs } = state;
    if (state.isRemoved && timeoutTimestampMs === undefined) {
      this.removed.push(index);
      return;
    }
    if (!state.isUpdated && !state.isRemoved && timeoutTimestampMs === before.timeoutMs) return;
    this.set(index, state.getOption(), timeoutTimestampMs);
  }

  /** Sets the state of group `index`. */
  set(index: number, value: unknown, timeoutMs?: number): void {
    this.put.push(index);
    this.times.push(timeoutMs);
    this.values.append(toInternal(value, this.type, "the state"));
  }

  /** Puts the changes into the family, of groups whose keys are given. */
  apply(keys: readonly Column[], family: StateFamily, counts: OperatorCounts): void {
    const { put, removed } = this;
    const keysAt = (groups: readonly number[]): readonly Column[] => {
      const positions = Int32Array.from(groups);
      return keys.map((key) => takeColumn(key, positions, positions.length));
    };
    if (removed.length > 0) family.remove(keysAt(removed), removed.length);
    // as Spark counts: every call that removed, also where there was nothing
    counts.removed += removed.length;
    if (put.length === 0) return;
    const columns: Column[] = [this.values.finish()];
    if (this.timed) columns.push(this.timeColumn());
    family.put(keysAt(put), columns, put.length);
    counts.updated += put.length;
  }

  private timeColumn(): Column {
    const builder = columnBuilder(TimestampType);
    for (const ms of this.times) builder.append(ms === undefined ? null : BigInt(ms) * 1000n);
    return builder.finish();
  }
}
