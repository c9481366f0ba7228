import {
  type DataType,
  DateType,
  LongType,
  StringType,
  TimestampNTZType,
  TimestampType,
  TimeType,
} from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { type Cast, type Expression, literal } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { callLike, coerced, inputTypes, rewriting, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import type { Scratch } from "../emit/int64.js";
import { anyNull, valueOf } from "../emit/parts.js";
import { storedInt64, storeSafe, wordArguments } from "../emit/stored-int64.js";
import { formatting } from "./emit-format.js";
import { emitParse, timeParser, unixRules, unixSecond } from "./emit-parse.js";
import { sessionZone } from "./zones.js";

const UNIX_PATTERN = "yyyy-MM-dd HH:mm:ss";

/** Seconds since the epoch read with the time and the pattern that they take by default, as in Spark. */
function withDefaults(args: readonly string[], name: string): string {
  return `${name}(${args[0] ?? "current_timestamp()"}, ${args[1] ?? UNIX_PATTERN})`;
}

/** Texts to dates and times and back, by patterns. */
export const parseFormatFunctions: readonly ScalarFunction[] = [
  parsing("to_timestamp", (context) => defaultTimestamp(context), "try_to_timestamp"),
  parsing("to_timestamp_ltz", () => TimestampType, "try_to_timestamp"),
  parsing("to_timestamp_ntz", () => TimestampNTZType, "try_to_timestamp"),
  parsing("to_date", () => DateType, "try_to_date"),
  parsing("to_time", () => TimeType(), "try_to_time"),
  parsing("try_to_timestamp", (context) => defaultTimestamp(context), "try_to_timestamp"),
  parsing("try_to_date", () => DateType, "try_to_date"),
  parsing("try_to_time", () => TimeType(), "try_to_time"),
  parser("$parse_timestamp", TimestampType),
  parser("$parse_timestamp_ntz", TimestampNTZType),
  parser("$parse_date", DateType),
  parser("$parse_time", TimeType()),
  formatting(["date_format"], [["anyTimestamp", "time"], StringType], (type) => {
    if (type.kind === "time") return "nanoOfDay";
    return type.kind === "timestamp_ntz" ? "localMicro" : "micro";
  }),
  {
    ...rewriting(["unix_timestamp"], [0, 2], (args, context) =>
      args.length === 0 ? callLike(context, "$now_seconds") : callLike(context, "to_unix_timestamp", ...args),
    ),
    pretty: withDefaults,
  },
  {
    ...rewriting(["to_unix_timestamp"], [1, 2], (args, context) =>
      callLike(context, "$to_unix_timestamp", args[0]!, args[1] ?? literal(UNIX_PATTERN, StringType)),
    ),
    pretty: withDefaults,
  },
  scalar({
    names: ["$to_unix_timestamp"],
    arity: [2, 2],
    resolve: (args, context) => ({
      ...inputTypes(
        args,
        [[StringType, DateType, TimestampType, TimestampNTZType], StringType],
        context,
        LongType,
        true,
      ),
      state: { ansi: context.ansi, timeZone: context.timeZone },
    }),
    emit: emitUnix,
  }),
  rewriting(["from_unixtime"], [1, 2], (args, context) =>
    callLike(context, "$from_unixtime", args[0]!, args[1] ?? literal("yyyy-MM-dd HH:mm:ss", StringType)),
  ),
  formatting(["$from_unixtime"], [LongType, StringType], () => "second"),
];

/** The type of `to_timestamp`, by the setting `spark.sql.timestampType`. */
function defaultTimestamp(context: FunctionContext): DataType {
  const ntz = context.conf("spark.sql.timestampType")?.toUpperCase() === "TIMESTAMP_NTZ";
  return ntz ? TimestampNTZType : TimestampType;
}

/** Without a pattern a cast, with one a parser. */
function parsing(
  name: string,
  type: (context: FunctionContext) => DataType,
  suggestion: string,
): ScalarFunction {
  const tries = name.startsWith("try_");
  return rewriting([name], [1, 2], ([source, pattern], context) => {
    const to = type(context);
    if (!pattern || isTemporal(typeOf(source!))) {
      const cast: Cast = {
        kind: "cast",
        child: source!,
        type: to,
        mode: tries ? "try" : "cast",
        ansi: context.ansi,
      };
      return context.origin ? { ...cast, origin: context.origin } : cast;
    }
    const strict = literal(tries ? "try" : suggestion, StringType);
    const text = isString(typeOf(source!)) ? source! : coerced(source!, StringType, context);
    return callLike(context, `$parse_${to.kind}`, text, pattern, strict);
  });
}

function isTemporal(type: DataType): boolean {
  return type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

/** Texts by a pattern; the third argument is "try", or what a failure suggests to use. */
function parser(name: string, type: DataType): ScalarFunction {
  return scalar({
    names: [name],
    arity: [3, 3],
    resolve: (args, context) => ({
      ...inputTypes(args, [StringType, StringType, StringType], context, type, true),
      state: { ansi: context.ansi, timeZone: context.timeZone },
    }),
    emit: (writer, [text, pattern, mode], call) => {
      const state = call.state as { ansi: boolean; timeZone: string };
      const name = mode?.kind === "literal" ? (mode.value as string) : "try";
      const suggestion = name === "try" || !state.ansi ? undefined : name;
      if (type.kind !== "time") {
        const zone = sessionZone(state);
        return emitParse(writer, text!, pattern!, call.type, { type, zone, suggestion, origin: call.origin });
      }
      const codes = [writer.expression(text!), writer.expression(pattern!)];
      return emitBoxedCall(writer, timeParser(type, suggestion, call.origin), codes, call.type);
    },
  });
}

/** Seconds of dates and timestamps are computed from their numbers; texts are parsed. */
function emitUnix(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const [time, pattern] = args as [Expression, Expression];
  const { ansi, timeZone } = call.state as { ansi: boolean; timeZone: string };
  const zone = sessionZone({ timeZone });
  if (isString(typeOf(time)))
    return emitParse(writer, time, pattern, call.type, unixRules(ansi, zone, call.origin), true);
  const source = writer.expression(time);
  const isNull = anyNull(source.isNull, writer.expression(pattern).isNull);
  if (source.type.kind === "date") {
    const store = (slot: Scratch, days: number): void => storeSafe(slot, zone.secondOfLocal(days * 86400));
    return storedInt64(writer, call.type, isNull, store, () => [valueOf(source)]);
  }
  return storedInt64(writer, call.type, isNull, storeSecond, () => [wordArguments(writer, source)]);
}

/** Stores the epoch second of microseconds given by their halves. */
function storeSecond(slot: Scratch, low: number, high: number): void {
  storeSafe(slot, unixSecond(low, high));
}
