import type { DataType, GroupState, GroupStateTimeout, OutputMode, StructType } from "@ss/core";
import type { Attribute, Expression } from "../expression/expression.js";
import type { LogicalPlan } from "./plan.js";

/** The function of `mapGroupsWithState` and `flatMapGroupsWithState`. */
export interface GroupsProgram {
  readonly kind: "groups";
  /** True for `mapGroupsWithState`, which gives out one row a call. */
  readonly single: boolean;
  readonly stateType: DataType;
  readonly outputMode: OutputMode;
  readonly timeout: GroupStateTimeout;
  readonly run: (key: unknown, rows: Iterable<object>, state: GroupState<unknown>) => Iterable<object>;
}

/** What a program of the user's does with the rows of each key. */
export type KeyedProgram = GroupsProgram;

/** `groupByKey` and what follows it. The first child gives the rows, the second, if there is one, what the state begins as. */
export interface Keyed {
  readonly kind: "keyed";
  readonly children: readonly [input: LogicalPlan] | readonly [input: LogicalPlan, initialState: LogicalPlan];
  /** By child. */
  readonly keys: readonly (readonly Expression[])[];
  /** By child: the columns that the program sees; filled in by the analyzer. */
  readonly inputs?: readonly (readonly Attribute[])[];
  readonly program: KeyedProgram;
  /** What the program gives out. */
  readonly schema: StructType;
  /** The columns of `schema`; filled in by the analyzer. */
  readonly output?: readonly Attribute[];
}

/** What a program is called in plans and messages. */
export function keyedName(program: KeyedProgram): string {
  return program.single ? "MapGroupsWithState" : "FlatMapGroupsWithState";
}
