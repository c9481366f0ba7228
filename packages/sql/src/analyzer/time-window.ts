import { DayTimeIntervalType, type IntervalValue, LongType, StringType, type Value } from "@ss/core";
import { calendarIntervalMicros } from "@ss/kernels";
import { transformExpression } from "../expression/children.js";
import { analysisError, datatypeMismatch, quotedName, sqlOf } from "../expression/errors.js";
import {
  type Alias,
  type Attribute,
  call,
  type Expression,
  freshId,
  literal,
  type ScalarCall,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { sameExpression } from "../expression/same-expression.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import { attributeOf, metadataOf, outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { SESSION_WINDOW_MARK } from "../logical/session-window.js";
import type { Analyzer } from "./analyzer.js";
import { constantValue, isConstant } from "./constant.js";
import type { ExpressionContext } from "./context.js";
import { intervalOfText } from "./interval-text.js";
import { markerCall, SESSION_WINDOW, TIME_WINDOW, WINDOW_TIME } from "./marker-functions.js";
import { resolveExpression } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";
import { rowSession } from "./session-window.js";

/** The metadata key of columns with windows of fixed length. */
export const TIME_WINDOW_MARK = "spark.timeWindow";

/** As many as a plan can be made for: each row is copied into every window that it lies in. */
const WINDOWS_MAX = 100_000n;

/** A plan that has the time windows that expressions over it asked for, and the expressions over its columns. */
export interface Windowed {
  readonly child: Resolved;
  readonly expressions: readonly Expression[];
  readonly found: readonly Replacement[];
}

interface Replacement {
  readonly marker: ScalarCall;
  readonly column: Attribute;
}

/**
 * Takes `window`, `session_window` and `window_time` out of expressions: they become columns of the plan below. `before` is what
 * was found in other expressions of the same node, since a node may have one kind of window only.
 */
export function applyTimeWindows(
  child: Resolved,
  expressions: readonly Expression[],
  context: ExpressionContext,
  analyzer: Analyzer,
  before?: Windowed,
): Windowed {
  const found = before?.found ?? [];
  if (!expressions.some(hasMarker)) return { child, expressions, found };
  return new TimeWindows(child, context, analyzer, found).apply(expressions);
}

function hasMarker(e: Expression): boolean {
  let result = false;
  transformExpression(e, (part) => {
    result ||= windowCall(part) !== undefined;
    return part;
  });
  return result;
}

function windowCall(e: Expression): ScalarCall | undefined {
  return markerCall(e, TIME_WINDOW, SESSION_WINDOW, WINDOW_TIME);
}

class TimeWindows {
  private child: Resolved;
  private readonly context: ExpressionContext;
  private readonly analyzer: Analyzer;
  private readonly found: Replacement[];

  constructor(
    child: Resolved,
    context: ExpressionContext,
    analyzer: Analyzer,
    found: readonly Replacement[],
  ) {
    this.child = child;
    this.context = context;
    this.analyzer = analyzer;
    this.found = [...found];
  }

  apply(expressions: readonly Expression[]): Windowed {
    const rewritten = expressions.map((e) => this.rewrite(e));
    return { child: this.child, expressions: rewritten, found: this.found };
  }

  private rewrite(e: Expression): Expression {
    // an item that is but the window is the window's column
    const whole = e.kind === "alias" ? windowCall(e.child) : undefined;
    if (e.kind === "alias" && whole) {
      const column = this.column(this.prepared(whole));
      return e.names[0] === column.name
        ? column
        : { ...e, child: column, metadata: e.metadata ?? column.metadata };
    }
    return transformExpression(e, (part) => {
      const marker = windowCall(part);
      return marker ? this.column(this.prepared(marker)) : part;
    });
  }

  /** A window over windows is one over the time that stands for them. */
  private prepared(marker: ScalarCall): ScalarCall {
    const args = marker.args.map((arg, i) => {
      const inner = i === 0 ? (this.rewrite(arg) as Expression) : arg;
      if (i > 0 || marker.fn === WINDOW_TIME || typeOf(inner).kind !== "struct") return inner;
      const time = this.resolve({ kind: "call", name: ["window_time"], args: [inner] }) as ScalarCall;
      return this.column(time);
    });
    return { ...marker, args };
  }

  private column(marker: ScalarCall): Attribute {
    const known = this.found.find((one) => sameExpression(one.marker, marker));
    if (known) return known.column;
    if (marker.fn === WINDOW_TIME) return this.add(marker, this.timeOfWindow(marker));
    if (this.found.some((one) => one.marker.fn !== WINDOW_TIME)) throw manyWindows();
    return marker.fn === TIME_WINDOW ? this.timeWindow(marker) : this.sessionWindow(marker);
  }

  /** Adds a computed column to the plan below. */
  private add(marker: ScalarCall, alias: Alias): Attribute {
    const { plan } = this.child;
    const project: LogicalPlan = { kind: "project", child: plan, expressions: [alias, ...outputOf(plan)] };
    return this.adopt(marker, project, attributeOf(alias));
  }

  private adopt(marker: ScalarCall, plan: LogicalPlan, column: Attribute): Attribute {
    this.found.push({ marker, column });
    const { columns, hidden } = this.child;
    // a name that the table has already goes on to mean its own column, as in a window over windows
    const taken = columns.some(({ name }) => this.sameName(name, column.name));
    this.child = { plan, columns: taken ? columns : [...columns, column], hidden };
    return column;
  }

  private sameName(a: string, b: string): boolean {
    return this.analyzer.environment.caseSensitive ? a === b : a.toLowerCase() === b.toLowerCase();
  }

  private resolve(e: Expression): Expression {
    return resolveExpression(e, this.context, this.analyzer);
  }

  /** The last instant of a window. */
  private timeOfWindow(marker: ScalarCall): Alias {
    const window = marker.args[0]!;
    const marks = metadataOf(window) ?? {};
    if (marks[TIME_WINDOW_MARK] !== true && marks[SESSION_WINDOW_MARK] !== true) throw noWindow(marker);
    const { [TIME_WINDOW_MARK]: _time, [SESSION_WINDOW_MARK]: _session, ...metadata } = marks;
    const end = call("getItem", window, literal("end", StringType));
    const child = this.resolve(call("$add_interval", end, literal(-1n, DayTimeIntervalType())));
    return { kind: "alias", child, names: ["window_time"], id: freshId(), metadata };
  }

  private timeWindow(marker: ScalarCall): Attribute {
    const time = marker.args[0]!;
    const duration = this.micros(marker, 1);
    const slide = marker.args.length > 2 ? this.micros(marker, 2) : duration;
    const start = marker.args.length > 3 ? this.micros(marker, 3) : 0n;
    checkDurations(marker, duration, slide, start);
    const metadata = { ...metadataOf(time), [TIME_WINDOW_MARK]: true };
    this.keepRowsWithTime(time);
    if (slide === duration) {
      const child = this.resolve(call("$tumbling_window", time, long(duration), long(start)));
      return this.add(marker, { kind: "alias", child, names: ["window"], id: freshId(), metadata });
    }
    return this.slidingWindow(marker, duration, slide, start, metadata);
  }

  /** Each row once per window that it may lie in. */
  private slidingWindow(
    marker: ScalarCall,
    duration: bigint,
    slide: bigint,
    start: bigint,
    metadata: Readonly<Record<string, unknown>>,
  ): Attribute {
    const time = marker.args[0]!;
    const count = Number((duration + slide - 1n) / slide);
    const windows = Array.from({ length: count }, (_, k) =>
      this.resolve(call("$sliding_window", time, long(duration), long(slide), long(start), long(BigInt(k)))),
    );
    const first = windows[0]!;
    const column: Attribute = {
      kind: "attribute",
      id: freshId(),
      name: "window",
      type: typeOf(first),
      nullable: nullableOf(first),
      qualifier: [],
      metadata,
    };
    const { plan } = this.child;
    const input = outputOf(plan);
    const expand: LogicalPlan = {
      kind: "expand",
      child: plan,
      projections: windows.map((window) => [window, ...input]),
      output: [column, ...input],
    };
    if (duration % slide === 0n) return this.adopt(marker, expand, column);
    const bound = (name: string): Expression => call("getItem", column, literal(name, StringType));
    const inside = call("and", call(">=", time, bound("start")), call("<", time, bound("end")));
    return this.adopt(marker, { kind: "filter", child: expand, condition: this.resolve(inside) }, column);
  }

  /** The session of each row by itself; an aggregation joins them. */
  private sessionWindow(marker: ScalarCall): Attribute {
    const time = marker.args[0]!;
    const { session, condition } = rowSession(marker, nullableOf(time), this.analyzer);
    if (condition) this.keepRowsWhere(condition);
    const metadata = { ...metadataOf(time), [SESSION_WINDOW_MARK]: true };
    const child = this.resolve(session);
    return this.add(marker, { kind: "alias", child, names: ["session_window"], id: freshId(), metadata });
  }

  private keepRowsWithTime(time: Expression): void {
    if (nullableOf(time)) this.keepRowsWhere(call("isnotnull", time));
  }

  private keepRowsWhere(unresolved: Expression): void {
    const condition = this.resolve(unresolved);
    this.child = { ...this.child, plan: { kind: "filter", child: this.child.plan, condition } };
  }

  /** A constant duration in microseconds. */
  private micros(marker: ScalarCall, index: number): bigint {
    const arg = marker.args[index]!;
    if (!isConstant(arg)) throw notConstant(marker, arg);
    const value = constantValue(arg, this.analyzer);
    if (value === null) throw notConstant(marker, arg);
    return microsOf(value, marker, arg);
  }
}

function microsOf(value: Value, marker: ScalarCall, arg: Expression): bigint {
  if (typeof value === "bigint") return value;
  const interval = typeof value === "string" ? intervalOfText(value) : (value as IntervalValue);
  if (!interval || typeof interval !== "object") throw unparsable(String(value), marker);
  if (interval.months !== 0) {
    const text = typeof value === "string" ? value : prettyName(arg);
    throw analysisError(
      "_LEGACY_ERROR_TEMP_3231",
      undefined,
      `Intervals greater than a month is not supported (${text}).`,
      { interval: text },
    );
  }
  return calendarIntervalMicros(interval);
}

function long(value: bigint): Expression {
  return literal(value, LongType);
}

function unparsable(text: string, marker: ScalarCall): Error {
  return analysisError(
    "CANNOT_PARSE_INTERVAL",
    "22006",
    `'${text}' is no interval: write a number and a unit, as in '10 minutes'.`,
    { intervalString: `'${text}'` },
    marker.origin,
  );
}

function notConstant(marker: ScalarCall, arg: Expression): Error {
  return analysisError(
    "SS_WINDOW_DURATION_NOT_CONSTANT",
    undefined,
    `The duration and time inputs to time window must be an integer, long or string literal, but ${sqlOf(arg)} is none.`,
    {},
    marker.origin,
  );
}

function manyWindows(): Error {
  return analysisError(
    "_LEGACY_ERROR_TEMP_1039",
    undefined,
    "Multiple time/session window expressions would result in a cartesian product of rows, therefore they are currently not supported.",
    {},
  );
}

function noWindow(marker: ScalarCall): Error {
  const windowTime = prettyName(marker);
  return analysisError(
    "_LEGACY_ERROR_TEMP_3101",
    undefined,
    `The input is not a correct window column: ${windowTime}. Only what window(...) or session_window(...) gave is one.`,
    { windowTime },
    marker.origin,
  );
}

function checkDurations(marker: ScalarCall, duration: bigint, slide: bigint, start: bigint): void {
  const site = { name: "window", sql: prettyName(marker), origin: marker.origin };
  for (const [name, value] of [
    ["window_duration", duration],
    ["slide_duration", slide],
  ] as const) {
    if (value > 0n) continue;
    throw datatypeMismatch(site, "VALUE_OUT_OF_RANGE", `the ${name} must be greater than 0.`, {
      exprName: quotedName(name),
      valueRange: "(0, 9223372036854775807]",
      currentValue: `${value}L`,
    });
  }
  const windows = (duration + slide - 1n) / slide;
  if (windows > WINDOWS_MAX) throw tooManyWindows(marker, windows);
  if (slide > duration) throw constraint(site, "slide_duration", slide, "<=", "window_duration", duration);
  const distance = start < 0n ? -start : start;
  if (distance >= slide) throw constraint(site, "abs(start_time)", distance, "<", "slide_duration", slide);
}

function tooManyWindows(marker: ScalarCall, windows: bigint): Error {
  const [duration, slide] = marker.args.slice(1, 3).map((arg) => sqlOf(arg)) as [string, string];
  return analysisError(
    "SS_TOO_MANY_WINDOWS",
    undefined,
    `A window of ${duration} that slides by ${slide} puts each row into ${windows} windows, and there may be at most ${WINDOWS_MAX}: choose a longer slide or a shorter window.`,
    { windowDuration: duration, slideDuration: slide, windows: String(windows) },
    marker.origin,
  );
}

function constraint(
  site: Parameters<typeof datatypeMismatch>[0],
  left: string,
  leftValue: bigint,
  operator: string,
  right: string,
  rightValue: bigint,
): Error {
  return datatypeMismatch(
    site,
    "PARAMETER_CONSTRAINT_VIOLATION",
    `the ${left} must be ${operator} the ${right}.`,
    {
      leftExprName: quotedName(left),
      leftExprValue: `${leftValue}L`,
      constraint: operator,
      rightExprName: quotedName(right),
      rightExprValue: `${rightValue}L`,
    },
  );
}
