import {
  type GroupState,
  GroupStateTimeout,
  type OutputMode,
  type RowFrom,
  type RowSpec,
  type StatefulProcessor,
  StreamError,
  schemaFrom,
  TimeMode,
  type TypedValue,
  type TypeSpec,
  typeFrom,
} from "@ss/core";
import type { Expression } from "../expression/expression.js";
import type { Keyed, KeyedProgram } from "../logical/keyed.js";
import type { LogicalPlan } from "../logical/plan.js";
import { DataFrame } from "./dataframe.js";
import type { Executor } from "./executor.js";
import type { AnyRow } from "./row-types.js";

/** How `mapGroupsWithState` runs. */
export interface MapGroupsOptions<State extends TypeSpec, Output extends RowSpec, Key> {
  /** The type of the state: an object by a schema literal or a schema, one value by the text of a type. */
  readonly state: State;
  /** The columns that the function gives out. */
  readonly output: Output;
  /** When the function is called for a group without new rows. Default never. */
  readonly timeout?: GroupStateTimeout;
  /**
   * What the first batch finds as state: a table grouped by the same keys, one row a key. Where the state is an object its fields are columns
   * of that table by name; where it is one value it is the only column beside the key.
   */
  readonly initialState?: KeyValueGroupedDataset<Key, object>;
}

/** How `flatMapGroupsWithState` runs. */
export interface FlatMapGroupsOptions<State extends TypeSpec, Output extends RowSpec, Key>
  extends MapGroupsOptions<State, Output, Key> {
  /** `append`: what the function gives out stands for good. `update`: it may give a group out anew. */
  readonly outputMode: OutputMode;
}

/** A processor, or a function that makes one for each run of the query. */
export type ProcessorSource<Key, Row extends object, Output extends object> =
  | StatefulProcessor<Key, Row, Output>
  | (() => StatefulProcessor<Key, Row, Output>);

/** How `transformWithState` runs. */
export interface TransformOptions<Output extends RowSpec, Key> {
  /** The columns that the processor gives out. */
  readonly output: Output;
  /** Handed to the processor, which decides by it what it gives out. */
  readonly outputMode: OutputMode;
  /** What time timers and rows go by. Default none. */
  readonly timeMode?: TimeMode;
  /**
   * A TIMESTAMP column of what the processor gives out that is the event time for the operators after it, by the watermark of the input; no
   * row may be older than that. The processor then works by TimeMode.EventTime.
   */
  readonly eventTimeColumn?: string;
  /** What the first batch hands to `handleInitialState`, row by row: a table grouped by the same keys. */
  readonly initialState?: KeyValueGroupedDataset<Key, object>;
}

/** A table whose rows are grouped by a key, for programs that see one group after the other. */
export class KeyValueGroupedDataset<Key = unknown, Row extends object = AnyRow> {
  private readonly plan: LogicalPlan;
  private readonly keys: readonly Expression[];
  private readonly executor: Executor;

  /** Use `groupByKey` of a table. */
  constructor(plan: LogicalPlan, keys: readonly Expression[], executor: Executor) {
    this.plan = plan;
    this.keys = keys;
    this.executor = executor;
  }

  /**
   * Calls a function for each group, with its rows; it gives out one row. On a stream the groups are those of a batch, and nothing is kept of them.
   *
   * @example
   * ```ts
   * const sums = sales.groupByKey("shop").mapGroups({ shop: "string", total: "double" }, (shop, rows) => {
   *   let total = 0;
   *   for (const { price } of rows) total += price;
   *   return { shop, total };
   * });
   * ```
   */
  mapGroups<const Output extends RowSpec>(
    output: Output,
    run: (key: Key, rows: Iterable<Row>) => RowFrom<Output>,
  ): DataFrame<RowFrom<Output>> {
    const list = (key: Key, rows: Iterable<Row>): Iterable<object> => [run(key, rows)];
    return this.keyed({ kind: "stateless", method: "mapGroups", run: list as never }, output, undefined);
  }

  /** As `mapGroups`, with a function that gives out any number of rows; it may be a generator. */
  flatMapGroups<const Output extends RowSpec>(
    output: Output,
    run: (key: Key, rows: Iterable<Row>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    return this.keyed({ kind: "stateless", method: "flatMapGroups", run: run as never }, output, undefined);
  }

  /**
   * Calls a function for each key of two tables that are grouped by the same types, with the rows that each of them has under it, maybe none.
   * Not on streams.
   */
  cogroup<Other extends object, const Output extends RowSpec>(
    other: KeyValueGroupedDataset<Key, Other>,
    output: Output,
    run: (key: Key, rows: Iterable<Row>, others: Iterable<Other>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    return this.keyed({ kind: "stateless", method: "cogroup", run: run as never }, output, other);
  }

  /**
   * Calls a function for each group with rows in the batch, and for each group whose timeout has passed, with what it remembers of the group;
   * it gives out one row. On a stream in mode `update` only; on a table it is called once a group, without a state.
   */
  mapGroupsWithState<const State extends TypeSpec, const Output extends RowSpec>(
    options: MapGroupsOptions<State, Output, Key>,
    run: (key: Key, rows: Iterable<Row>, state: GroupState<TypedValue<State>>) => RowFrom<Output>,
  ): DataFrame<RowFrom<Output>> {
    type Run = (key: Key, rows: Iterable<Row>, state: GroupState<TypedValue<State>>) => Iterable<object>;
    const list: Run = (key, rows, state) => [run(key, rows, state)];
    return this.groups({ ...options, outputMode: "update" }, list, true);
  }

  /**
   * As `mapGroupsWithState`, with a function that gives out any number of rows; it may be a generator. The rows of the group and what it gives
   * out are taken one by one, so that neither need fit into memory as objects.
   *
   * @example
   * ```ts
   * const visits = clicks.groupByKey("user").flatMapGroupsWithState(
   *   { state: "long", output: { user: "string", clicks: "long" }, outputMode: "update" },
   *   (user, rows, state) => {
   *     const clicks = (state.getOption() ?? 0) + [...rows].length;
   *     state.update(clicks);
   *     return [{ user, clicks }];
   *   },
   * );
   * ```
   */
  flatMapGroupsWithState<const State extends TypeSpec, const Output extends RowSpec>(
    options: FlatMapGroupsOptions<State, Output, Key>,
    run: (key: Key, rows: Iterable<Row>, state: GroupState<TypedValue<State>>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    return this.groups(options, run as never, false);
  }

  /**
   * Runs a processor over the rows of each key: state variables that are values, lists and maps, with an end if wanted, and timers.
   *
   * Give a function that makes the processor where the table is run more than once at a time: each run has a processor of its own.
   */
  transformWithState<const Output extends RowSpec>(
    processor: ProcessorSource<Key, Row, RowFrom<Output>>,
    options: TransformOptions<Output, Key>,
  ): DataFrame<RowFrom<Output>> {
    const { output, outputMode, eventTimeColumn, initialState } = options;
    const timeMode = eventTimeColumn === undefined ? (options.timeMode ?? TimeMode.None) : TimeMode.EventTime;
    if (!Object.values(TimeMode).includes(timeMode)) throw unknownTimeMode(timeMode);
    const create = typeof processor === "function" ? processor : () => processor;
    const program: KeyedProgram = {
      kind: "processor",
      create: create as never,
      timeMode,
      outputMode,
      eventTimeColumn,
    };
    return this.keyed(program, output, initialState);
  }

  private groups<State extends TypeSpec, Output extends RowSpec>(
    options: FlatMapGroupsOptions<State, Output, Key>,
    run: (key: Key, rows: Iterable<Row>, state: GroupState<TypedValue<State>>) => Iterable<object>,
    single: boolean,
  ): DataFrame<RowFrom<Output>> {
    const { state, output, outputMode, timeout = GroupStateTimeout.NoTimeout, initialState } = options;
    if (outputMode !== "append" && outputMode !== "update") throw wrongFunctionMode(outputMode);
    const program: KeyedProgram = {
      kind: "groups",
      single,
      stateType: typeFrom(state),
      outputMode,
      timeout,
      run: run as never,
    };
    return this.keyed(program, output, initialState);
  }

  private keyed<Output extends RowSpec>(
    program: KeyedProgram,
    output: Output,
    second: KeyValueGroupedDataset<Key, object> | undefined,
  ): DataFrame<RowFrom<Output>> {
    const schema = schemaFrom(output);
    const plan: Keyed = second
      ? {
          kind: "keyed",
          children: [this.plan, second.plan],
          keys: [this.keys, second.keys],
          program,
          schema,
        }
      : { kind: "keyed", children: [this.plan], keys: [this.keys], program, schema };
    return new DataFrame(plan, this.executor);
  }
}

function unknownTimeMode(timeMode: string): StreamError {
  return new StreamError({
    condition: "STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE",
    sqlState: "42802",
    parameters: { timeMode },
    message: `Unknown time mode ${timeMode}. Accepted timeMode modes are TimeMode.None, TimeMode.ProcessingTime and TimeMode.EventTime.`,
  });
}

function wrongFunctionMode(outputMode: OutputMode): StreamError {
  return new StreamError({
    condition: "SS_FUNCTION_OUTPUT_MODE",
    sqlState: "22023",
    parameters: { outputMode },
    message: `The output mode of function should be append or update, not ${outputMode}.`,
  });
}
