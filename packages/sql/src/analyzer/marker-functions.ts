import {
  ByteType,
  type DataType,
  LongType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
} from "@ss/core";
import { exists } from "../expression/children.js";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { accepts } from "../expression/coercion/type-expectation.js";
import { type CallSite, unexpectedInputType } from "../expression/errors.js";
import type { Expression, ScalarCall } from "../expression/expression.js";
import type { ScalarFunction, SqlFunction } from "../expression/function.js";
import { typeOf } from "../expression/type-of.js";

/**
 * Functions that mean something about the plan around them. The analyzer resolves them to calls as any others and takes them
 * out again before it is done: none reaches execution.
 */
export function markerFunction(name: string): SqlFunction | undefined {
  return MARKERS.get(name);
}

/** `window(time, duration[, slide[, start]])`. */
export const TIME_WINDOW: ScalarFunction = {
  form: "scalar",
  names: ["window"],
  arity: [2, 4],
  resolve: (args, context) => ({
    args: [timeColumn(args[0]!, context, context.ansi), ...args.slice(1)],
    type: windowType(args[0]!),
  }),
};

/** `session_window(time, gap)`. */
export const SESSION_WINDOW: ScalarFunction = {
  form: "scalar",
  names: ["session_window"],
  arity: [2, 2],
  resolve: (args, context) => ({
    args: [timeColumn(args[0]!, spelt(context), context.ansi), args[1]!],
    type: windowType(args[0]!),
  }),
};

/** Spark's messages spell this function without the underscore. */
function spelt({ name, sql, origin }: CallSite): CallSite {
  return { name, sql: sql.replace(/^session_window/i, "sessionwindow"), origin };
}

/** `window_time(window)`. */
export const WINDOW_TIME: ScalarFunction = {
  form: "scalar",
  names: ["window_time"],
  arity: [1, 1],
  resolve: (args, context) => {
    const type = typeOf(args[0]!);
    if (type.kind !== "struct" || type.fields.length !== 2) {
      throw unexpectedInputType(context, 0, "struct", args[0]!);
    }
    return { args, type: type.fields[1]!.type };
  },
};

/** `grouping(key)`. */
export const GROUPING: ScalarFunction = {
  form: "scalar",
  names: ["grouping"],
  arity: [1, 1],
  resolve: (args) => ({ args, type: ByteType, nullable: false }),
};

/** `grouping_id(keys...)`. */
export const GROUPING_ID: ScalarFunction = {
  form: "scalar",
  names: ["grouping_id"],
  arity: [0, 64],
  resolve: (args) => ({ args, type: LongType, nullable: false }),
};

const MARKERS: ReadonlyMap<string, SqlFunction> = new Map(
  [TIME_WINDOW, SESSION_WINDOW, WINDOW_TIME, GROUPING, GROUPING_ID].map((fn) => [fn.names[0]!, fn]),
);

/** Whether an expression is a call of one of these functions. */
export function isMarker(e: Expression, ...functions: readonly ScalarFunction[]): boolean {
  return markerCall(e, ...functions) !== undefined;
}

/** The expression as a call of one of these functions, or undefined. */
export function markerCall(e: Expression, ...functions: readonly ScalarFunction[]): ScalarCall | undefined {
  return e.kind === "scalar" && functions.includes(e.fn) ? e : undefined;
}

/** Whether `grouping` or `grouping_id` stands in an expression. */
export function hasGrouping(e: Expression): boolean {
  return exists(e, (part) => isMarker(part, GROUPING, GROUPING_ID));
}

/** What has the time of an event: a timestamp, or a window whose time is meant. */
const TIMES = ["anyTimestamp", startAndEnd(TimestampType), startAndEnd(TimestampNTZType)] as const;

function timeColumn(e: Expression, site: CallSite, ansi: boolean): Expression {
  const type = typeOf(e);
  if (accepts(TIMES, type)) return e;
  if (type.kind === "date" || type.kind === "string" || type.kind === "void")
    return castTo(e, TimestampType, ansi);
  throw unexpectedInputType(site, 0, TIMES, e);
}

function startAndEnd(type: DataType): StructType {
  return new StructType([StructField("start", type), StructField("end", type)]);
}

function windowType(time: Expression): StructType {
  const type = typeOf(time);
  const of =
    type.kind === "timestamp_ntz" ? type : type.kind === "struct" ? type.fields[0]!.type : TimestampType;
  return startAndEnd(of);
}
