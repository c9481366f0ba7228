import type {
  DataType,
  GroupState,
  GroupStateTimeout,
  OutputMode,
  StatefulProcessor,
  StructType,
  TimeMode,
} from "@ss/core";
import type { Attribute, Expression, SortOrder } from "../expression/expression.js";
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

/** A processor whose types are not known. */
export type AnyProcessor = StatefulProcessor<unknown, object, object>;

/** The processor of `transformWithState`. */
export interface ProcessorProgram {
  readonly kind: "processor";
  /** Gives the processor of a run. */
  readonly create: () => AnyProcessor;
  readonly timeMode: TimeMode;
  readonly outputMode: OutputMode;
  /** The column of what it gives out that has the event time from there on. */
  readonly eventTimeColumn: string | undefined;
}

/** The function of `mapGroups`, `flatMapGroups`, `cogroup` and those that sort, which sees the groups of a table, or of a batch, and remembers nothing. */
export interface StatelessProgram {
  readonly kind: "stateless";
  /** The method that it was given to. */
  readonly method: "mapGroups" | "flatMapGroups" | "flatMapSortedGroups" | "cogroup" | "cogroupSorted";
  /** `others` are the rows of the second table under the key. */
  readonly run: (key: unknown, rows: Iterable<object>, others: Iterable<object>) => Iterable<object>;
}

/** What a program of the user's does with the rows of each key. */
export type KeyedProgram = GroupsProgram | ProcessorProgram | StatelessProgram;

/** What a keyed node reads, or what stands for each: the rows, and perhaps the beginning of the state or other rows. */
export type Inputs<T> = readonly [input: T] | readonly [input: T, second: T];

/** Something for each input, in the same places. */
export function mapInputs<T, U>(inputs: Inputs<T>, map: (input: T) => U): Inputs<U> {
  return inputs.length === 1 ? [map(inputs[0])] : [map(inputs[0]), map(inputs[1])];
}

/** Inputs with another first one. */
export function withFirst<T>(first: T, inputs: Inputs<T>): Inputs<T> {
  return inputs.length === 1 ? [first] : [first, inputs[1]];
}

/** `groupByKey` and what follows it. The first child gives the rows, the second, if there is one, what the state begins as; with `cogroup` more rows. */
export interface Keyed {
  readonly kind: "keyed";
  readonly children: Inputs<LogicalPlan>;
  /** By child. */
  readonly keys: readonly (readonly Expression[])[];
  /** By child: the column that the program sees in place of a row, where that is what `mapValues` made. */
  readonly values?: readonly (string | undefined)[];
  /** By child: the order in which the program sees the rows of a key, where one was asked for. */
  readonly orders?: readonly (readonly SortOrder[])[];
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
  if (program.kind === "processor") return "TransformWithState";
  if (program.kind === "stateless") return program.method.startsWith("cogroup") ? "CoGroup" : "MapGroups";
  return program.single ? "MapGroupsWithState" : "FlatMapGroupsWithState";
}

/** Whether rows behind the watermark are dropped before the program, where there is one. */
export function dropsLate(program: KeyedProgram): boolean {
  return (
    program.kind === "processor" || (program.kind === "groups" && program.timeout === "EventTimeTimeout")
  );
}
