import { type DataType, StringType, sqlText } from "@ss/core";
import { call, literal } from "../expression/expression.js";
import { activeParserConf } from "../parser/active-conf.js";
import { parseExpression } from "../parser/parser.js";
import {
  Column,
  type ColumnOrName,
  columnOf,
  type LiteralValue,
  literalOf,
  namedColumn,
  toColumn,
} from "./column.js";

function of(name: string, ...columns: readonly ColumnOrName[]): Column {
  return new Column(call(name, ...columns.map((column) => columnOf(column).expression)));
}

function withLiterals(
  name: string,
  first: ColumnOrName,
  ...others: readonly (Column | LiteralValue)[]
): Column {
  return new Column(
    call(name, columnOf(first).expression, ...others.map((other) => toColumn(other).expression)),
  );
}

/** A column by name: `col("a")`, `col("t.a")`, `col("s.field")`. */
export function col(name: string): Column {
  return namedColumn(name);
}
/** A column by name. */
export function column(name: string): Column {
  return namedColumn(name);
}
/** A literal: integers are INT where they fit, else BIGINT, other numbers DOUBLE. */
export function lit(value: LiteralValue): Column {
  return new Column(literalOf(value));
}
/** A column as SQL text: `expr("a + 1")`. Literals of times are in the time zone of the active session. */
export function expr(text: string): Column {
  return new Column(parseExpression(text, activeParserConf()));
}
/** A call of any SQL function by name. */
export function call_function(name: string, ...columns: readonly ColumnOrName[]): Column {
  return of(name, ...columns);
}
/** The number of rows (`count("*")`), or of rows in which a column is not null. */
export function count(column: ColumnOrName): Column {
  if (column === "*") return new Column(call("count", literal(1, { kind: "integer" })));
  return of("count", column);
}
/** The number of distinct values. */
export function count_distinct(column: ColumnOrName, ...others: readonly ColumnOrName[]): Column {
  const args = [column, ...others].map((one) => columnOf(one).expression);
  return new Column({ kind: "call", name: ["count"], args, distinct: true });
}
/** The sum of the distinct values. */
export function sum_distinct(column: ColumnOrName): Column {
  return new Column({ kind: "call", name: ["sum"], args: [columnOf(column).expression], distinct: true });
}
/**
 * Windows of event time: `window("time", "10 minutes")` gives a struct of `start` and `end`. With `slideDuration` they overlap; with
 * `startTime` they begin so long after the full hour.
 */
export function window(
  timeColumn: ColumnOrName,
  windowDuration: string,
  slideDuration?: string,
  startTime?: string,
): Column {
  const texts = [
    windowDuration,
    slideDuration ?? (startTime === undefined ? undefined : windowDuration),
    startTime,
  ];
  const given = texts.filter((text): text is string => text !== undefined);
  return new Column(
    call("window", columnOf(timeColumn).expression, ...given.map((text) => literal(text, StringType))),
  );
}
/**
 * Sessions of event time: rows of a group that follow each other within the gap are in one, which ends a gap after its last row. The gap is
 * text, as in `session_window("time", "5 minutes")`, or a column of text or calendar intervals; a row whose gap is null or not positive is in
 * no session.
 */
export function session_window(timeColumn: ColumnOrName, gapDuration: string | Column): Column {
  const gap = typeof gapDuration === "string" ? literal(gapDuration, StringType) : gapDuration.expression;
  return new Column(call("session_window", columnOf(timeColumn).expression, gap));
}
/** The event time of a window column: its last microsecond. */
export function window_time(windowColumn: ColumnOrName): Column {
  return of("window_time", windowColumn);
}
/** The timestamp of the query's start, or of the batch; the same on replay. */
export function current_timestamp(): Column {
  return of("current_timestamp");
}
/** The date of the query's start, or of the batch. */
export function current_date(): Column {
  return of("current_date");
}
/** The timestamp of the query's start, or of the batch. */
export function now(): Column {
  return of("now");
}
/** The first value that is not null. */
export function coalesce(...columns: readonly ColumnOrName[]): Column {
  return of("coalesce", ...columns);
}
/** All texts in one. */
export function concat(...columns: readonly ColumnOrName[]): Column {
  return of("concat", ...columns);
}
/** All texts in one, with a separator in between; nulls are left out. */
export function concat_ws(separator: string, ...columns: readonly ColumnOrName[]): Column {
  return of("concat_ws", lit(separator), ...columns);
}
/** A struct of some columns. */
export function struct(...columns: readonly ColumnOrName[]): Column {
  return of("struct", ...columns);
}
/** An array of some columns. */
export function array(...columns: readonly ColumnOrName[]): Column {
  return of("array", ...columns);
}
/** The greatest of some columns. */
export function greatest(...columns: readonly ColumnOrName[]): Column {
  return of("greatest", ...columns);
}
/** The least of some columns. */
export function least(...columns: readonly ColumnOrName[]): Column {
  return of("least", ...columns);
}
/** The parts of a text between matches of a regular expression. `limit` 0 or below: no limit. */
export function split(text: ColumnOrName, pattern: string, limit?: number): Column {
  return limit === undefined
    ? withLiterals("split", text, pattern)
    : withLiterals("split", text, pattern, limit);
}
/** `length` characters from position `start`, which counts from 1. */
export function substring(text: ColumnOrName, start: number, length: number): Column {
  return withLiterals("substring", text, start, length);
}
/** Every match of a regular expression replaced. */
export function regexp_replace(text: ColumnOrName, pattern: string, replacement: string): Column {
  return withLiterals("regexp_replace", text, pattern, replacement);
}
/** A group of the first match of a regular expression. */
export function regexp_extract(text: ColumnOrName, pattern: string, group = 1): Column {
  return withLiterals("regexp_extract", text, pattern, group);
}
/** Rounded half up to `scale` digits after the point. */
export function round(number: ColumnOrName, scale = 0): Column {
  return withLiterals("round", number, scale);
}
/** The value to a power. */
export function pow(base: ColumnOrName, exponent: Column | number): Column {
  return withLiterals("power", base, exponent);
}
/** A timestamp from a text, by a pattern if one is given. */
export function to_timestamp(text: ColumnOrName, pattern?: string): Column {
  return pattern === undefined ? of("to_timestamp", text) : withLiterals("to_timestamp", text, pattern);
}
/** A date or timestamp as text, by a pattern. */
export function date_format(time: ColumnOrName, pattern: string): Column {
  return withLiterals("date_format", time, pattern);
}
/** A timestamp cut to a unit: `date_trunc("hour", "time")`. */
export function date_trunc(unit: string, time: ColumnOrName): Column {
  return of("date_trunc", lit(unit), time);
}
/** Days after a date. */
export function date_add(date: ColumnOrName, days: Column | number): Column {
  return withLiterals("date_add", date, days);
}
/** Days before a date. */
export function date_sub(date: ColumnOrName, days: Column | number): Column {
  return withLiterals("date_sub", date, days);
}
/** Days from `start` to `end`. */
export function datediff(end: ColumnOrName, start: ColumnOrName): Column {
  return of("datediff", end, start);
}
/** Whether an array has an element. */
export function array_contains(list: ColumnOrName, value: Column | LiteralValue): Column {
  return withLiterals("array_contains", list, value);
}
/** An element of an array (from 1), or the value of a map's key. */
export function element_at(list: ColumnOrName, key: Column | LiteralValue): Column {
  return withLiterals("element_at", list, key);
}
/** A part of a JSON text, by a path such as `$.a.b`. */
export function get_json_object(json: ColumnOrName, path: string): Column {
  return withLiterals("get_json_object", json, path);
}
/** A schema as SQL writes it, or as a type. */
function schemaText(schema: DataType | string): string {
  return typeof schema === "string" ? schema : sqlText(schema);
}
/** A call whose options, if there are any, come last as a map. */
function withOptions(
  name: string,
  options: Readonly<Record<string, string>> | undefined,
  ...args: readonly Column[]
): Column {
  const expressions = args.map((arg) => arg.expression);
  if (options === undefined || Object.keys(options).length === 0)
    return new Column(call(name, ...expressions));
  const entries = Object.entries(options).flatMap((entry) => entry.map((text) => literalOf(text)));
  return new Column(call(name, ...expressions, call("map", ...entries)));
}
/** The value that a JSON text holds, by a schema such as `"id INT, name STRING"`; options as of the JSON source. */
export function from_json(
  json: ColumnOrName,
  schema: DataType | string,
  options?: Readonly<Record<string, string>>,
): Column {
  return withOptions("from_json", options, columnOf(json), lit(schemaText(schema)));
}
/** A struct, an array or a map as JSON. */
export function to_json(value: ColumnOrName, options?: Readonly<Record<string, string>>): Column {
  return withOptions("to_json", options, columnOf(value));
}
/** The struct that a CSV text holds, by a schema such as `"id INT, name STRING"`; options as of the CSV source. */
export function from_csv(
  csv: ColumnOrName,
  schema: DataType | string,
  options?: Readonly<Record<string, string>>,
): Column {
  return withOptions("from_csv", options, columnOf(csv), lit(schemaText(schema)));
}
/** A struct as CSV. */
export function to_csv(value: ColumnOrName, options?: Readonly<Record<string, string>>): Column {
  return withOptions("to_csv", options, columnOf(value));
}
/** A value where a condition holds: `when(a.gt(1), "big").otherwise("small")`. */
export function when(condition: Column, value: Column | LiteralValue): Column {
  return new Column(call("when", condition.expression, toColumn(value).expression));
}
/** The number of the row within its window. */
export function row_number(): Column {
  return of("row_number");
}
/** The rank of the row within its window, with gaps. */
export function rank(): Column {
  return of("rank");
}
/** The rank of the row within its window, without gaps. */
export function dense_rank(): Column {
  return of("dense_rank");
}
/** The value `offset` rows before. */
export function lag(column: ColumnOrName, offset = 1): Column {
  return withLiterals("lag", column, offset);
}
/** The value `offset` rows after. */
export function lead(column: ColumnOrName, offset = 1): Column {
  return withLiterals("lead", column, offset);
}
/** Ascending by a column. */
export function asc(name: string): Column {
  return namedColumn(name).asc();
}
/** Descending by a column. */
export function desc(name: string): Column {
  return namedColumn(name).desc();
}

/** The sum. */
export function sum(column: ColumnOrName): Column {
  return of("sum", column);
}
/** The mean. */
export function avg(column: ColumnOrName): Column {
  return of("avg", column);
}
/** The mean. */
export function mean(column: ColumnOrName): Column {
  return of("mean", column);
}
/** The least value. */
export function min(column: ColumnOrName): Column {
  return of("min", column);
}
/** The greatest value. */
export function max(column: ColumnOrName): Column {
  return of("max", column);
}
/** The first value. */
export function first(column: ColumnOrName): Column {
  return of("first", column);
}
/** The last value. */
export function last(column: ColumnOrName): Column {
  return of("last", column);
}
/** All values but nulls, as an array. */
export function collect_list(column: ColumnOrName): Column {
  return of("collect_list", column);
}
/** The distinct values but null, as an array. */
export function collect_set(column: ColumnOrName): Column {
  return of("collect_set", column);
}
/** The sample standard deviation. */
export function stddev(column: ColumnOrName): Column {
  return of("stddev", column);
}
/** The sample variance. */
export function variance(column: ColumnOrName): Column {
  return of("variance", column);
}
/** Some value. */
export function any_value(column: ColumnOrName): Column {
  return of("any_value", column);
}
/** The number of rows for which a condition is true. */
export function count_if(column: ColumnOrName): Column {
  return of("count_if", column);
}
/** Whether a condition is true for all rows. */
export function bool_and(column: ColumnOrName): Column {
  return of("bool_and", column);
}
/** Whether a condition is true for some row. */
export function bool_or(column: ColumnOrName): Column {
  return of("bool_or", column);
}
/** Upper case. */
export function upper(column: ColumnOrName): Column {
  return of("upper", column);
}
/** Lower case. */
export function lower(column: ColumnOrName): Column {
  return of("lower", column);
}
/** Without spaces at both ends. */
export function trim(column: ColumnOrName): Column {
  return of("trim", column);
}
/** Without spaces at the start. */
export function ltrim(column: ColumnOrName): Column {
  return of("ltrim", column);
}
/** Without spaces at the end. */
export function rtrim(column: ColumnOrName): Column {
  return of("rtrim", column);
}
/** The number of characters. */
export function length(column: ColumnOrName): Column {
  return of("length", column);
}
/** The first letter of each word in upper case. */
export function initcap(column: ColumnOrName): Column {
  return of("initcap", column);
}
/** In reverse order. */
export function reverse(column: ColumnOrName): Column {
  return of("reverse", column);
}
/** The absolute value. */
export function abs(column: ColumnOrName): Column {
  return of("abs", column);
}
/** The square root. */
export function sqrt(column: ColumnOrName): Column {
  return of("sqrt", column);
}
/** e to the power of the value. */
export function exp(column: ColumnOrName): Column {
  return of("exp", column);
}
/** The natural logarithm. */
export function ln(column: ColumnOrName): Column {
  return of("ln", column);
}
/** The greatest whole number that is not above the value. */
export function floor(column: ColumnOrName): Column {
  return of("floor", column);
}
/** The least whole number that is not below the value. */
export function ceil(column: ColumnOrName): Column {
  return of("ceil", column);
}
/** The sign: -1, 0 or 1. */
export function signum(column: ColumnOrName): Column {
  return of("signum", column);
}
/** The year of a date or timestamp. */
export function year(column: ColumnOrName): Column {
  return of("year", column);
}
/** The month, 1 to 12. */
export function month(column: ColumnOrName): Column {
  return of("month", column);
}
/** The day of the month. */
export function dayofmonth(column: ColumnOrName): Column {
  return of("dayofmonth", column);
}
/** The day of the week, 1 is Sunday. */
export function dayofweek(column: ColumnOrName): Column {
  return of("dayofweek", column);
}
/** The day of the year. */
export function dayofyear(column: ColumnOrName): Column {
  return of("dayofyear", column);
}
/** The hour, 0 to 23. */
export function hour(column: ColumnOrName): Column {
  return of("hour", column);
}
/** The minute. */
export function minute(column: ColumnOrName): Column {
  return of("minute", column);
}
/** The second. */
export function second(column: ColumnOrName): Column {
  return of("second", column);
}
/** The quarter, 1 to 4. */
export function quarter(column: ColumnOrName): Column {
  return of("quarter", column);
}
/** The ISO week. */
export function weekofyear(column: ColumnOrName): Column {
  return of("weekofyear", column);
}
/** A date from a text or timestamp. */
export function to_date(column: ColumnOrName): Column {
  return of("to_date", column);
}
/** The timestamp so many seconds after 1970. */
export function timestamp_seconds(column: ColumnOrName): Column {
  return of("timestamp_seconds", column);
}
/** The timestamp so many milliseconds after 1970. */
export function timestamp_millis(column: ColumnOrName): Column {
  return of("timestamp_millis", column);
}
/** The timestamp so many microseconds after 1970. */
export function timestamp_micros(column: ColumnOrName): Column {
  return of("timestamp_micros", column);
}
/** Seconds since 1970. */
export function unix_seconds(column: ColumnOrName): Column {
  return of("unix_seconds", column);
}
/** The last day of the month. */
export function last_day(column: ColumnOrName): Column {
  return of("last_day", column);
}
/** One row per element of an array or entry of a map. */
export function explode(column: ColumnOrName): Column {
  return of("explode", column);
}
/** Like explode, with a row of nulls where there is none. */
export function explode_outer(column: ColumnOrName): Column {
  return of("explode_outer", column);
}
/** Like explode, with the position in front. */
export function posexplode(column: ColumnOrName): Column {
  return of("posexplode", column);
}
/** The number of elements. */
export function size(column: ColumnOrName): Column {
  return of("size", column);
}
/** Without duplicates. */
export function array_distinct(column: ColumnOrName): Column {
  return of("array_distinct", column);
}
/** The greatest element. */
export function array_max(column: ColumnOrName): Column {
  return of("array_max", column);
}
/** The least element. */
export function array_min(column: ColumnOrName): Column {
  return of("array_min", column);
}
/** An array of arrays as one array. */
export function flatten(column: ColumnOrName): Column {
  return of("flatten", column);
}
/** The keys of a map. */
export function map_keys(column: ColumnOrName): Column {
  return of("map_keys", column);
}
/** The values of a map. */
export function map_values(column: ColumnOrName): Column {
  return of("map_values", column);
}
/** The elements in ascending order. */
export function sort_array(column: ColumnOrName): Column {
  return of("sort_array", column);
}
/** Whether the value is null. */
export function isnull(column: ColumnOrName): Column {
  return of("isnull", column);
}
/** Whether the value is NaN. */
export function isnan(column: ColumnOrName): Column {
  return of("isnan", column);
}
/** The negation of a condition. */
export function not(column: ColumnOrName): Column {
  return of("not", column);
}
