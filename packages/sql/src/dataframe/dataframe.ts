import {
  type ExplainMode,
  explainMode,
  IntegerType,
  type RowFrom,
  type RowSpec,
  renderTable,
  StreamError,
  type StructType,
  schemaFrom,
  type Value,
  valueAt,
} from "@ss/core";
import { type Expression, freshId, literal } from "../expression/expression.js";
import { toExternal } from "../expression/external-value.js";
import { givenRows } from "../expression/given-rows.js";
import { objectMaker } from "../expression/object-reader.js";
import { valueText } from "../expression/value-text.js";
import type { JoinType, LogicalPlan, MapRows } from "../logical/plan.js";
import { drawnSeed } from "../logical/sample-seed.js";
import { parseExpression } from "../parser/parser.js";
import { Column, type ColumnOrName, columnOf, namedColumn, sortOrderOf } from "./column.js";
import { columnArgument } from "./column-argument.js";
import { listOf, type OneOrMore } from "./column-list.js";
import { DataFrameWriter } from "./dataframe-writer.js";
import type { Executor } from "./executor.js";
import { GroupedData } from "./grouped-data.js";
import { joinTypeOf } from "./join-type.js";
import { KeyValueGroupedDataset } from "./key-value-grouped-dataset.js";
import type { AnyRow, ColumnName, Joined, Only, Renamed, With, Without } from "./row-types.js";
import { checkShow, SHOWN_ROWS_MAX } from "./show-arguments.js";
import { DataStreamWriter } from "./stream-writer.js";
import { textArgument } from "./text-argument.js";

/**
 * A table that is described, not held: every method adds a node to a plan; only actions (promises) run it. `Row` is the type of
 * its rows where a typed schema gave one.
 */
export class DataFrame<Row extends object = AnyRow> {
  /** The unresolved plan. */
  readonly plan: LogicalPlan;
  /** The session's back end. */
  readonly executor: Executor;

  constructor(plan: LogicalPlan, executor: Executor) {
    this.plan = plan;
    this.executor = executor;
  }

  private derive<R extends object = AnyRow>(plan: LogicalPlan): DataFrame<R> {
    return new DataFrame<R>(plan, this.executor);
  }

  /** Some columns, by name. */
  select<const C extends ColumnName<Row>>(...columns: readonly C[]): DataFrame<Only<Row, C>>;
  /** Some columns, by a list of names. */
  select<const C extends ColumnName<Row>>(columns: readonly C[]): DataFrame<Only<Row, C>>;
  /** Some columns, by name or computed. */
  select(...columns: OneOrMore<Column | ColumnName<Row> | "*">): DataFrame;
  select(...columns: OneOrMore<ColumnOrName>): DataFrame {
    const expressions = listOf(columns).map((column) => columnOf(column).expression);
    return this.derive({ kind: "project", child: this.plan, expressions });
  }

  /** Columns as SQL text: `selectExpr("a", "b * 2 AS twice")`. */
  selectExpr(...texts: readonly string[]): DataFrame {
    const conf = this.executor.parserConf();
    return this.derive({
      kind: "project",
      child: this.plan,
      expressions: texts.map((text) => parseExpression(text, conf)),
    });
  }

  /** Rows for which a condition (a column, or SQL text) is true. */
  filter(condition: Column | string): DataFrame<Row> {
    const expression =
      typeof condition === "string"
        ? parseExpression(condition, this.executor.parserConf())
        : columnArgument(condition, "filter").expression;
    return this.derive({ kind: "filter", child: this.plan, condition: expression });
  }

  /** Rows for which a condition is true. */
  where(condition: Column | string): DataFrame<Row> {
    return this.filter(condition);
  }

  /** This table with a column added, or replaced if there is one of that name. */
  withColumn<const C extends string>(name: C, column: Column): DataFrame<With<Row, C>> {
    return this.derive({
      kind: "withColumns",
      child: this.plan,
      columns: [{ name, expression: columnArgument(column, "withColumn").expression }],
    });
  }

  /** This table with several columns added or replaced. */
  withColumns<const C extends string>(columns: Readonly<Record<C, Column>>): DataFrame<With<Row, C>> {
    const list = Object.entries<Column>(columns).map(([name, column]) => ({
      name,
      expression: columnArgument(column, "withColumns").expression,
    }));
    return this.derive({ kind: "withColumns", child: this.plan, columns: list });
  }

  /** This table with a column renamed; a name that is not there changes nothing. */
  withColumnRenamed<const F extends ColumnName<Row>, const T extends string>(
    from: F,
    to: T,
  ): DataFrame<Renamed<Row, F, T>> {
    return this.derive({ kind: "renameColumns", child: this.plan, renames: [[from, to]] });
  }

  /** This table without some columns; names that are not there change nothing. */
  drop<const C extends ColumnName<Row>>(...columns: readonly C[]): DataFrame<Without<Row, C>>;
  /** This table without the columns of a list. */
  drop<const C extends ColumnName<Row>>(columns: readonly C[]): DataFrame<Without<Row, C>>;
  drop(...columns: OneOrMore<Column | ColumnName<Row>>): DataFrame;
  drop(...columns: OneOrMore<ColumnOrName>): DataFrame {
    const expressions = listOf(columns).map((column) => columnOf(column).expression);
    return this.derive({ kind: "drop", child: this.plan, columns: expressions });
  }

  /** New names for all columns. */
  toDF(...names: readonly string[]): DataFrame {
    return this.derive({ kind: "toNames", child: this.plan, names });
  }

  /** A name by which columns can be told apart: `col("a.id")`. */
  as(name: string): DataFrame<Row> {
    return this.derive({ kind: "subqueryAlias", child: this.plan, name: [name] });
  }

  /** A name by which columns can be told apart. */
  alias(name: string): DataFrame<Row> {
    return this.as(name);
  }

  /** The whole table as one group. */
  groupBy(): GroupedData<Row, Record<never, never>>;
  /** Groups by columns, by name. */
  groupBy<const C extends ColumnName<Row>>(...columns: readonly C[]): GroupedData<Row, Only<Row, C>>;
  /** Groups by columns: names, computed columns, windows. */
  groupBy(
    ...columns: readonly (Column | ColumnName<Row> | readonly (Column | ColumnName<Row>)[])[]
  ): GroupedData<Row>;
  groupBy(...columns: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData<Row> {
    const keys = columns.flat().map((column) => columnOf(column as ColumnOrName).expression);
    return new GroupedData<Row>(this, keys);
  }

  /** Groups the rows by a column for programs that keep a state of each group; the key is the column's value. */
  groupByKey<const C extends ColumnName<Row>>(
    column: C,
  ): KeyValueGroupedDataset<Row[C & keyof Row], Row, Only<Row, C>>;
  /** Groups the rows by several columns; the key is an object of them. */
  groupByKey<const C extends ColumnName<Row>>(
    ...columns: readonly [C, C, ...C[]]
  ): KeyValueGroupedDataset<Only<Row, C>, Row, Only<Row, C>>;
  /** Groups the rows by columns, by name or computed; the key is the value of a single one, or an object. */
  // biome-ignore lint/suspicious/noExplicitAny: the type of a computed column is known only at run time
  groupByKey(...columns: readonly (Column | ColumnName<Row>)[]): KeyValueGroupedDataset<any, Row>;
  // biome-ignore lint/suspicious/noExplicitAny: the overloads say what it is
  groupByKey(...columns: readonly ColumnOrName[]): KeyValueGroupedDataset<any, Row> {
    if (columns.length === 0) throw withoutKey();
    const keys = columns.map((column) => columnOf(column).expression);
    return new KeyValueGroupedDataset(this.plan, keys, this.executor);
  }

  /**
   * One row for each row, by a function of the program.
   *
   * @example
   * const lengths = words.map({ word: "string", length: "int" }, ({ word }) => ({ word, length: word.length }));
   */
  map<const Output extends RowSpec>(
    output: Output,
    run: (row: Row) => RowFrom<Output>,
  ): DataFrame<RowFrom<Output>> {
    return this.mapped("map", output, function* (rows) {
      for (const row of rows) yield run(row);
    });
  }

  /** Any number of rows for each row, by a function of the program, which may be a generator. */
  flatMap<const Output extends RowSpec>(
    output: Output,
    run: (row: Row) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    return this.mapped("flatMap", output, function* (rows) {
      for (const row of rows) yield* givenRows(run(row), "the function") as Iterable<RowFrom<Output>>;
    });
  }

  /** Any number of rows for some thousand rows at a time: for what is to be prepared once for many. */
  mapPartitions<const Output extends RowSpec>(
    output: Output,
    run: (rows: Iterable<Row>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    return this.mapped("mapPartitions", output, run);
  }

  private mapped<const Output extends RowSpec>(
    method: MapRows["method"],
    output: Output,
    run: (rows: Iterable<Row>) => Iterable<RowFrom<Output>>,
  ): DataFrame<RowFrom<Output>> {
    const schema = schemaFrom(output);
    return this.derive({ kind: "mapRows", child: this.plan, method, run: run as MapRows["run"], schema });
  }

  /** Aggregates over the whole table: columns, or functions by the name of their column. */
  agg(...aggregates: readonly Column[] | readonly [Readonly<Record<string, string>>]): DataFrame {
    return this.groupBy().agg(...aggregates);
  }

  /**
   * Joins another table: on a column or columns of the same name, or on a condition. `type` is one of Spark's names (`inner`,
   * `left`, `right`, `full`, `left_semi`, `left_anti`, `cross`), default `inner`.
   */
  join<R extends object, const T extends string = "inner">(
    right: DataFrame<R>,
    on?: (ColumnName<Row> & ColumnName<R>) | readonly (ColumnName<Row> & ColumnName<R>)[] | Column,
    type: T | "inner" = "inner",
  ): DataFrame<Joined<Row, R, T>> {
    const kind: JoinType = on === undefined && type === "inner" ? "cross" : joinTypeOf(type);
    const base = { kind: "join", left: this.plan, right: right.plan, type: kind } as const;
    if (on instanceof Column) return this.derive({ ...base, condition: on.expression });
    if (on === undefined) return this.derive(base);
    return this.derive({ ...base, using: typeof on === "string" ? [on] : (on as readonly string[]) });
  }

  /** Every row with every row of another table. */
  crossJoin<R extends object>(right: DataFrame<R>): DataFrame<Joined<Row, R, "cross">> {
    return this.derive({ kind: "join", left: this.plan, right: right.plan, type: "cross" });
  }

  /** The rows of both tables, columns by position. Duplicates stay. */
  union<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    return this.derive({ kind: "setOperation", type: "union", all: true, children: [this.plan, other.plan] });
  }

  /**
   * The rows of this stream, then those of the other: a backfill, then what is live. What is there when a stream's turn comes is read to its end
   * before the next one begins; only the last one goes on. Columns by position. State behind it (groups, watermarks) goes on from
   * stream to stream.
   */
  followedBy<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    const children = [this.plan, other.plan].flatMap((plan) =>
      plan.kind === "setOperation" && plan.sequential ? plan.children : [plan],
    );
    return this.derive({ kind: "setOperation", type: "union", all: true, sequential: true, children });
  }

  /** The rows of both tables. */
  unionAll<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    return this.union(other);
  }

  /** The rows of both tables, columns by name; with `allowMissingColumns` absent ones are null. */
  unionByName(other: DataFrame, allowMissingColumns = false): DataFrame {
    const children = [this.plan, other.plan];
    return this.derive({
      kind: "setOperation",
      type: "union",
      all: true,
      byName: true,
      allowMissingColumns,
      children,
    });
  }

  /** Distinct rows that are in both tables. */
  intersect<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    return this.derive({
      kind: "setOperation",
      type: "intersect",
      all: false,
      children: [this.plan, other.plan],
    });
  }

  /** Rows that are in both tables, as often as in the one that has them less often. */
  intersectAll<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    return this.derive({
      kind: "setOperation",
      type: "intersect",
      all: true,
      children: [this.plan, other.plan],
    });
  }

  /** Distinct rows that are not in another table. */
  except<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    return this.derive({
      kind: "setOperation",
      type: "except",
      all: false,
      children: [this.plan, other.plan],
    });
  }

  /** Rows of this table, less one for each equal row of the other. */
  exceptAll<R extends object>(other: DataFrame<R>): DataFrame<Row> {
    return this.derive({
      kind: "setOperation",
      type: "except",
      all: true,
      children: [this.plan, other.plan],
    });
  }

  /** Distinct rows. */
  distinct(): DataFrame<Row> {
    return this.derive({ kind: "deduplicate", child: this.plan, columns: null });
  }

  /** One row of those that are equal in the given columns (all, if none is given). */
  dropDuplicates(...columns: OneOrMore<ColumnName<Row>>): DataFrame<Row> {
    const keys = duplicateKeys(columns);
    return this.derive({ kind: "deduplicate", child: this.plan, columns: keys });
  }

  /**
   * The first of the rows that are equal in the given columns (all, if none is given) and whose event times lie within the delay of the
   * watermark of one another. Only on a stream with a watermark; a key is forgotten when the watermark has passed the event time of its first
   * row by the delay.
   */
  dropDuplicatesWithinWatermark(...columns: OneOrMore<ColumnName<Row>>): DataFrame<Row> {
    const keys = duplicateKeys(columns);
    return this.derive({ kind: "deduplicate", child: this.plan, columns: keys, withinWatermark: true });
  }

  /** All rows in order; columns say `desc()` or `asc()`. */
  orderBy(...columns: OneOrMore<Column | ColumnName<Row>>): DataFrame<Row> {
    const order = listOf<ColumnOrName>(columns).map(sortOrderOf);
    return this.derive({ kind: "sort", child: this.plan, order, global: true });
  }

  /** All rows in order. */
  sort(...columns: OneOrMore<Column | ColumnName<Row>>): DataFrame<Row> {
    return this.orderBy(...columns);
  }

  /** The first `count` rows. */
  limit(count: number): DataFrame<Row> {
    return this.derive({ kind: "limit", child: this.plan, count: rowCount(count, "limit") });
  }

  /** All rows but the first `count`. */
  offset(count: number): DataFrame<Row> {
    return this.derive({ kind: "offset", child: this.plan, count: rowCount(count, "offset") });
  }

  /** A part of the rows by chance; without a seed another part for every table that this makes, and the same in all its actions. */
  sample(fraction: number, seed?: number, withReplacement = false): DataFrame<Row> {
    const base = { kind: "sample", child: this.plan, fraction, withReplacement } as const;
    return this.derive({ ...base, seed: seed ?? drawnSeed(), drawn: seed === undefined });
  }

  /**
   * Declares the event time of a stream, and how much later than the latest one a row may come: state is kept that long.
   *
   * `delay` is an interval such as `"10 minutes"`; it must not be negative.
   */
  withWatermark(eventTime: ColumnName<Row>, delay: string): DataFrame<Row> {
    if (typeof delay !== "string") throw noDelay(delay);
    const { expression } = namedColumn(eventTime);
    return this.derive({ kind: "withWatermark", child: this.plan, eventTime: expression, delay });
  }

  /** Aggregates the rows that pass, for the progress report of a stream, under a name. */
  observe(name: string, ...aggregates: readonly [Column, ...Column[]]): DataFrame<Row> {
    const expressions = aggregates.map((column) => columnArgument(column, "observe").expression);
    return this.derive({ kind: "observe", child: this.plan, name, expressions });
  }

  /** A hint, as in SQL; it changes nothing here. */
  hint(name: string): DataFrame<Row> {
    return this.derive({ kind: "hint", child: this.plan, name });
  }

  /** What a function makes of this table; for chains. */
  transform<R extends object>(change: (table: DataFrame<Row>) => DataFrame<R>): DataFrame<R> {
    return change(this);
  }

  /** Whether rows keep coming. */
  get isStreaming(): boolean {
    return this.executor.isStreaming(this.plan);
  }

  /** The columns and their types. */
  schema(): Promise<StructType> {
    return this.executor.schema(this.plan);
  }

  /** The names of the columns. */
  async columns(): Promise<string[]> {
    return (await this.schema()).fieldNames();
  }

  /** Prints the schema as a tree. */
  async printSchema(): Promise<void> {
    this.executor.print(`${(await this.schema()).treeString()}\n`);
  }

  /** The rows, one at a time, without holding all of them. */
  async *toLocalIterator(): AsyncGenerator<Row, void, undefined> {
    const { schema, rows } = await this.executor.execute(this.plan);
    const make = rowMaker<Row>(schema, this.executor);
    for await (const batch of rows) {
      for (let i = 0; i < batch.rowCount; i++) yield make(batch.columns.map((column) => valueAt(column, i)));
    }
  }

  /** All rows. */
  async collect(): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.toLocalIterator()) rows.push(row);
    return rows;
  }

  /** The first `count` rows. */
  take(count: number): Promise<Row[]> {
    return this.limit(count).collect();
  }

  /** The first `count` rows. */
  head(count: number): Promise<Row[]> {
    return this.take(count);
  }

  /** The first row, or undefined if there is none. */
  async first(): Promise<Row | undefined> {
    return (await this.take(1))[0];
  }

  /** The number of rows. */
  async count(): Promise<number> {
    const counting = this.derive({
      kind: "aggregate",
      child: this.plan,
      keys: [],
      expressions: [
        {
          kind: "alias",
          child: { kind: "call", name: ["count"], args: [literal(1, IntegerType)] },
          names: ["count"],
          id: freshId(),
        },
      ],
    });
    const { rows } = await this.executor.execute(counting.plan);
    for await (const batch of rows) return Number(valueAt(batch.columns[0]!, 0));
    return 0;
  }

  /** Whether there is no row. */
  async isEmpty(): Promise<boolean> {
    return (await this.take(1)).length === 0;
  }

  /**
   * Prints the first rows as a table. `truncate`: cells longer than 20 characters are cut, or longer than the given number; false: none.
   * `vertical`: one line per value instead of one per row.
   */
  show(numRows?: number, truncate?: boolean | number, vertical?: boolean): Promise<void>;
  /** Prints the first 20 rows as a table, with long cells cut or not. */
  show(truncate: boolean): Promise<void>;
  async show(
    rowsOrTruncate: number | boolean = 20,
    truncate: boolean | number = true,
    vertical = false,
  ): Promise<void> {
    const [numRows, width] =
      typeof rowsOrTruncate === "boolean" ? [20, rowsOrTruncate] : [rowsOrTruncate, truncate];
    this.executor.print(`${await this.showString(numRows, width, vertical)}\n`);
  }

  /** The text that `show` prints. */
  async showString(numRows = 20, truncate: boolean | number = true, vertical = false): Promise<string> {
    checkShow(numRows, truncate, vertical);
    const shown = Math.min(Math.max(numRows, 0), SHOWN_ROWS_MAX);
    const { schema, rows } = await this.executor.execute(this.limit(shown + 1).plan);
    const texts = this.executor.cellTexts(schema);
    const cells: string[][] = [];
    for await (const batch of rows) {
      for (let i = 0; i < batch.rowCount; i++) {
        cells.push(batch.columns.map((column, k) => texts[k]!(valueAt(column, i))));
      }
    }
    const width = typeof truncate === "number" ? truncate : truncate ? 20 : 0;
    return renderTable(schema.fieldNames(), cells, { numRows: shown, truncate: width, vertical });
  }

  /** Prints how the query runs: `simple` its operators, `extended` the logical plans too, `codegen` also the generated code. */
  async explain(mode: ExplainMode | boolean = "simple"): Promise<void> {
    this.executor.print(`${await this.executor.explain(this.plan, explainMode(mode))}\n`);
  }

  /** Makes this table known to `sql(...)` under a name; TEMP_TABLE_OR_VIEW_ALREADY_EXISTS if it is taken. */
  createTempView(name: string): void {
    const view = textArgument("createTempView", "name", name);
    this.executor.createView([view], this.plan, { replace: false, global: false });
  }

  /** Makes this table known to `sql(...)` under a name. */
  createOrReplaceTempView(name: string): void {
    const view = textArgument("createOrReplaceTempView", "name", name);
    this.executor.createView([view], this.plan, { replace: true, global: false });
  }

  /** Writes the table: `df.write.mode("overwrite").parquet(path)`. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this.plan, this.executor);
  }

  /** Starts a streaming query: `df.writeStream.format("console").start()`. */
  get writeStream(): DataStreamWriter<Row> {
    return new DataStreamWriter<Row>(this.plan, this.executor);
  }

  /** A column of this table, by name. */
  col(name: ColumnName<Row>): Column {
    const { expression } = namedColumn(name);
    if (expression.kind !== "unresolvedAttribute") return new Column(expression);
    return new Column({ ...expression, table: this.plan });
  }
}

/** What equal rows are told by: all columns where none is given. */
function duplicateKeys(columns: OneOrMore<string>): readonly Expression[] | null {
  if (columns.length === 0 || columns[0] === undefined) return null;
  return listOf(columns).map((name) => columnOf(name).expression);
}

function withoutKey(): StreamError {
  return new StreamError({
    condition: "SS_GROUP_BY_NO_KEY",
    sqlState: "42803",
    message: "groupByKey() needs at least one column: group by lit(1) to have all rows under one key.",
  });
}

/** Makes row objects of one shape from boxed values. */
export function rowMaker<Row extends object>(
  schema: StructType,
  executor: Executor,
): (values: readonly Value[]) => Row {
  const { external } = executor;
  const { fields } = schema;
  let row: readonly Value[] = [];
  const readers = fields.map(
    ({ name, type }, k) =>
      () =>
        toExternal(row[k]!, type, external, name),
  );
  const read = objectMaker(fields.map(({ name }) => name))(readers);
  return (values) => {
    row = values;
    return read(0) as Row;
  };
}

function rowCount(count: number, method: string): ReturnType<typeof literal> {
  if (typeof count === "number" && count === (count | 0)) return literal(count, IntegerType);
  const found = valueText(count);
  throw new StreamError({
    condition: "SS_NO_ROW_COUNT",
    parameters: { method, found },
    message: `${method} takes a whole number of rows below 2^31, and not ${found}.`,
  });
}

function noDelay(delay: unknown): StreamError {
  const intervalString = valueText(delay);
  return new StreamError({
    condition: "CANNOT_PARSE_INTERVAL",
    sqlState: "22006",
    parameters: { intervalString },
    message: `withWatermark takes an interval such as '10 minutes' as its delay, and not ${intervalString}.`,
  });
}
