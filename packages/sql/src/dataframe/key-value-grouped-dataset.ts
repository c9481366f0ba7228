import {
  type GroupState,
  GroupStateTimeout,
  IntegerType,
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
import { call, type Expression, literal, type SortOrder } from "../expression/expression.js";
import { reduceGroups } from "../functions/aggregate/program/reduce-groups.js";
import type { Keyed, KeyedProgram } from "../logical/keyed.js";
import type { LogicalPlan } from "../logical/plan.js";
import { callOf } from "./aggregator.js";
import { type Column, sortOrderOf } from "./column.js";
import { columnArgument } from "./column-argument.js";
import { DataFrame } from "./dataframe.js";
import type { Executor } from "./executor.js";
import { type MappedValue, overValues, replaced, withMappedValue } from "./mapped-value.js";
import type { AnyRow, Counted } from "./row-types.js";
import { isStable } from "./user-functions.js";

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
  readonly initialState?: KeyValueGroupedDataset<Key, unknown, object>;
}

/** How `flatMapGroupsWithState` runs. */
export interface FlatMapGroupsOptions<State extends TypeSpec, Output extends RowSpec, Key>
  extends MapGroupsOptions<State, Output, Key> {
  /** `append`: what the function gives out stands for good. `update`: it may give a group out anew. */
  readonly outputMode: OutputMode;
}

/** A processor, or a function that makes one for each run of the query. */
export type ProcessorSource<Key, Row, Output extends object> =
  | StatefulProcessor<Key, Row, Output>
  | (() => StatefulProcessor<Key, Row, Output>);

/** How `transformWithState` runs. */
export interface TransformOptions<Output extends RowSpec, Key> {
  /** The columns that the processor gives out. */
  readonly output: Output;
  /** Handed to the processor, which decides by it what it gives out. */
  readonly outputMode: OutputMode;
  /** What time timers and rows go by. Default none. On a stream event time asks for a watermark: `withWatermark(...)` before `groupByKey(...)`. */
  readonly timeMode?: TimeMode;
  /**
   * A TIMESTAMP column of what the processor gives out that is the event time for the operators after it, by the watermark of the input; no
   * row may be older than that. The processor then works by TimeMode.EventTime.
   */
  readonly eventTimeColumn?: string;
  /** What the first batch hands to `handleInitialState`, row by row: a table grouped by the same keys. */
  readonly initialState?: KeyValueGroupedDataset<Key, unknown, object>;
}

/** The key columns, with what `reduceGroups` made of the rows of each. */
export type Reduced<Keys, Row> = string extends keyof Keys
  ? AnyRow
  : { [N in keyof Keys | "reduced"]: N extends keyof Keys ? Keys[N] : Row };

/**
 * A table whose rows are grouped by a key, for programs that see one group after the other, and for aggregates of the program. `Row` is what they see
 * of a row, the row itself or what `mapValues` made of it; `Keys` are the key columns where they were given by name.
 */
export class KeyValueGroupedDataset<Key = unknown, Row = AnyRow, Keys extends object = AnyRow> {
  private readonly plan: LogicalPlan;
  private readonly keyColumns: readonly Expression[];
  private readonly executor: Executor;
  private readonly value: MappedValue | undefined;

  /** Use `groupByKey` of a table. */
  constructor(plan: LogicalPlan, keys: readonly Expression[], executor: Executor, value?: MappedValue) {
    this.plan = plan;
    this.keyColumns = keys;
    this.executor = executor;
    this.value = value;
  }

  /** Each key once. On a stream the keys are groups without aggregates, by the rules of `agg`: in update mode those that have rows in the batch. */
  keys(): DataFrame<Keys> {
    const child: LogicalPlan = { kind: "project", child: this.plan, expressions: this.keyColumns };
    return new DataFrame({ kind: "deduplicate", child, columns: null, grouping: true }, this.executor);
  }

  /**
   * What a function makes of each row, in place of the row: an object with columns by a schema, or one value by the text of a type. The keys
   * stay as they are, and aggregates in `agg` mean the new columns, or the value as `value`.
   *
   * @example
   * ```ts
   * const highest = sales
   *   .groupByKey("shop")
   *   .mapValues("double", ({ price, tax }) => price + tax)
   *   .reduceGroups((a, b) => Math.max(a, b));
   * ```
   */
  mapValues<const T extends TypeSpec>(
    type: T,
    run: (row: Row) => TypedValue<T>,
  ): KeyValueGroupedDataset<Key, TypedValue<T>, Keys> {
    const { plan, keyColumns, executor } = this;
    const made = withMappedValue(plan, typeFrom(type), run as never, isStable(run), this.value);
    return new KeyValueGroupedDataset(made.plan, keyColumns, executor, made.value);
  }

  /**
   * The key columns and some aggregates of each group: what `toColumn()` of an {@link Aggregator} gives, and the functions that are built in.
   * On a stream the groups are remembered: by the rules of `groupBy(...).agg(...)`, in every output mode that these allow.
   */
  agg(...aggregates: readonly [Column, ...Column[]]): DataFrame {
    return this.aggregated(aggregates.map((column) => columnArgument(column, "agg").expression));
  }

  /** The key columns and the number of rows of each group, as `count`. */
  count(): DataFrame<Counted<Keys>> {
    const rows = call("count", literal(1, IntegerType));
    return this.aggregated([{ kind: "alias", child: rows, names: ["count"], id: 0 }]);
  }

  /**
   * The key columns and, as `reduced`, what a function of two rows makes of all rows of each group. It has to give the same in whatever order and
   * pairs the rows come. On a stream what it has made so far is remembered, by the rules of `agg`.
   */
  reduceGroups(run: (a: Row, b: Row) => Row): DataFrame<Reduced<Keys, Row>> {
    const fn = reduceGroups(run as never);
    const child = callOf(fn, "reduceGroups", [{ kind: "star" }]);
    return this.aggregated([{ kind: "alias", child, names: ["reduced"], id: 0 }]);
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
   * As `flatMapGroups`, with the rows of each group in an order: by columns of the table, or of what `mapValues` made. On a stream those of a batch.
   *
   * @example
   * ```ts
   * const gaps = visits.groupByKey("user").flatMapSortedGroups(["at"], { user: "string", gapMs: "long" }, function* (user, rows) {
   *   let last: Date | undefined;
   *   for (const { at } of rows) {
   *     if (last) yield { user, gapMs: at.getTime() - last.getTime() };
   *     last = at;
   *   }
   * });
   * ```
   */
  flatMapSortedGroups<const Output extends RowSpec>(
    order: readonly [Column | string, ...(Column | string)[]],
    output: Output,
    run: (key: Key, rows: Iterable<Row>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    const program: KeyedProgram = { kind: "stateless", method: "flatMapSortedGroups", run: run as never };
    return this.keyed(program, output, undefined, [this.sortOrders(order)]);
  }

  /**
   * Calls a function for each key of two tables that are grouped by the same types, with the rows that each of them has under it, maybe none.
   * Not on streams.
   */
  cogroup<Other, const Output extends RowSpec>(
    other: KeyValueGroupedDataset<Key, Other, object>,
    output: Output,
    run: (key: Key, rows: Iterable<Row>, others: Iterable<Other>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    return this.keyed({ kind: "stateless", method: "cogroup", run: run as never }, output, other);
  }

  /** As `cogroup`, with the rows of both tables in orders of their own. */
  cogroupSorted<Other, const Output extends RowSpec>(
    other: KeyValueGroupedDataset<Key, Other, object>,
    order: readonly (Column | string)[],
    otherOrder: readonly (Column | string)[],
    output: Output,
    run: (key: Key, rows: Iterable<Row>, others: Iterable<Other>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    const program: KeyedProgram = { kind: "stateless", method: "cogroupSorted", run: run as never };
    return this.keyed(program, output, other, [this.sortOrders(order), other.sortOrders(otherOrder)]);
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
    second: KeyValueGroupedDataset<Key, unknown, object> | undefined,
    orders?: Keyed["orders"],
  ): DataFrame<RowFrom<Output>> {
    const schema = schemaFrom(output);
    const values = [this.value?.column, second?.value?.column];
    const children: Keyed["children"] = second ? [this.plan, second.plan] : [this.plan];
    const keys = second ? [this.keyColumns, second.keyColumns] : [this.keyColumns];
    const plan: Keyed = { kind: "keyed", children, keys, values, ...(orders && { orders }), program, schema };
    return new DataFrame(plan, this.executor);
  }

  private aggregated<R extends object = AnyRow>(aggregates: readonly Expression[]): DataFrame<R> {
    const { plan, keyColumns, value } = this;
    const over = value === undefined ? aggregates : aggregates.map((e) => overValues(e, value));
    const expressions = [...keyColumns, ...over];
    return new DataFrame({ kind: "aggregate", child: plan, keys: keyColumns, expressions }, this.executor);
  }

  private sortOrders(order: readonly (Column | string)[]): readonly SortOrder[] {
    const { value } = this;
    const orders = order.map(sortOrderOf);
    return value === undefined ? orders : orders.map((one) => replaced(one, value) as SortOrder);
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
