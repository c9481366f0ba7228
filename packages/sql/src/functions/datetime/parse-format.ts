import {
  type DataType,
  DateType,
  LongType,
  StringType,
  TimestampNTZType,
  TimestampType,
  TimeType,
  type Value,
} from "@ss/core";
import { type DatetimeParser, secondOfBigint, secondOfMicros } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { type Cast, type Expression, literal } from "../../expression/expression.js";
import type {
  EmitCall,
  EvaluationContext,
  FunctionContext,
  ScalarFunction,
} from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnyTimestamp, isString } from "../../expression/type-predicates.js";
import { boxed, callLike, coerced, inputTypes, rewriting, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import type { Scratch } from "../emit/int64.js";
import { anyNull, valueOf } from "../emit/parts.js";
import { storedInt64, storeSafe, wordArguments } from "../emit/stored-int64.js";
import { runtimeError } from "../runtime-error.js";
import { formatted, formatterFor, parserFor, remembered } from "./patterns.js";
import { sessionZone } from "./zones.js";

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
  boxed(["date_format"], [["anyTimestamp", "time"], StringType], StringType, evaluateFormat),
  rewriting(["unix_timestamp"], [0, 2], (args, context) =>
    args.length === 0 ? callLike(context, "$now_seconds") : callLike(context, "to_unix_timestamp", ...args),
  ),
  rewriting(["to_unix_timestamp"], [1, 2], (args, context) =>
    callLike(context, "$to_unix_timestamp", args[0]!, args[1] ?? literal("yyyy-MM-dd HH:mm:ss", StringType)),
  ),
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
  boxed(["$from_unixtime"], [LongType, StringType], StringType, (context) => {
    const formatter = remembered((pattern) => formatterFor(pattern, context.origin));
    const zone = sessionZone(context);
    return (seconds, pattern) =>
      formatted(
        () => formatter(pattern as string).formatTimestampParts(Number(seconds), 0, zone),
        context.origin,
      );
  }),
];

/** The type of `to_timestamp`, by the setting `spark.sql.timestampType`. */
function defaultTimestamp(context: FunctionContext): DataType {
  return context.conf("spark.sql.timestampType") === "TIMESTAMP_NTZ" ? TimestampNTZType : TimestampType;
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

function parser(name: string, type: DataType): ScalarFunction {
  return boxed(
    [name],
    [StringType, StringType, StringType],
    type,
    (context) => {
      const parserOf = remembered((pattern) => parserFor(pattern, context.origin));
      const parse = parseAs(type, context);
      return (text, pattern, mode) => {
        const compiled = parserOf(pattern as string);
        const value = parse(compiled, text as string);
        if (value !== undefined) return value;
        if (mode === "try" || !context.ansi) return null;
        throw cannotParse(type, compiled, text as string, pattern as string, mode as string);
      };
    },
    { nullable: true },
  );
}

function parseAs(
  type: DataType,
  context: EvaluationContext,
): (parser: DatetimeParser, text: string) => Value | undefined {
  switch (type.kind) {
    case "timestamp": {
      const zone = sessionZone(context);
      return (compiled, text) => compiled.parseTimestamp(text, zone);
    }
    case "timestamp_ntz":
      return (compiled, text) => compiled.parseTimestampNtz(text, false);
    case "date":
      return (compiled, text) => {
        const days = compiled.parseDate(text);
        return days === days ? days : undefined;
      };
    default:
      return (compiled, text) => {
        const micros = compiled.parseTime(text);
        return micros === micros ? BigInt(micros) * 1000n : undefined;
      };
  }
}

function cannotParse(
  type: DataType,
  parser: DatetimeParser,
  text: string,
  pattern: string,
  func: string,
): Error {
  if (type.kind === "time") {
    return runtimeError(
      "CANNOT_PARSE_TIME",
      "22010",
      { input: `'${text}'`, format: `'${pattern}'` },
      `The input string '${text}' cannot be parsed as a time by the format '${pattern}'.`,
    );
  }
  return runtimeError(
    "CANNOT_PARSE_TIMESTAMP",
    "22007",
    { func: `\`${func}\``, message: parser.failure },
    `${parser.failure}. Use \`${func}\` to tolerate invalid input and return NULL instead.`,
  );
}

function evaluateFormat(context: EvaluationContext): (...values: Value[]) => Value {
  const formatter = remembered((pattern) => formatterFor(pattern, context.origin));
  const { kind } = context.argTypes[0]!;
  const zone = sessionZone(context);
  return (value, pattern) =>
    formatted(() => {
      const compiled = formatter(pattern as string);
      if (kind === "time") return compiled.formatTime(Number(value as bigint) / 1000);
      if (kind === "timestamp_ntz") return compiled.formatTimestampNtz(value as bigint);
      return compiled.formatTimestamp(value as bigint, zone);
    }, context.origin);
}

/** Seconds of dates and timestamps are computed from their numbers; texts are parsed. */
function emitUnix(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const [source, pattern] = args.map((arg) => writer.expression(arg)) as [Code, Code];
  const context = { ...(call.state as { ansi: boolean; timeZone: string }), origin: call.origin };
  const isNull = anyNull(source.isNull, pattern.isNull);
  if (source.type.kind === "date") {
    const zone = sessionZone(context);
    const store = (slot: Scratch, days: number): void => storeSafe(slot, zone.secondOfLocal(days * 86400));
    return storedInt64(writer, call.type, isNull, store, () => [valueOf(source)]);
  }
  if (isAnyTimestamp(source.type)) {
    return storedInt64(writer, call.type, isNull, storeSecond, () => [wordArguments(writer, source)]);
  }
  return emitBoxedCall(writer, unixOfText(context), [source, pattern], call.type);
}

/** Stores the epoch second of microseconds given by their halves. */
function storeSecond(slot: Scratch, low: number, high: number): void {
  storeSafe(slot, secondOfMicros(low, high));
}

function unixOfText(
  context: Pick<EvaluationContext, "ansi" | "timeZone" | "origin">,
): (text: string, pattern: string) => Value {
  const zone = sessionZone(context);
  const parserOf = remembered((pattern) => parserFor(pattern, context.origin));
  return (text, pattern) => {
    const compiled = parserOf(pattern);
    const micros = compiled.parseTimestamp(text, zone);
    if (micros !== undefined) return BigInt(secondOfBigint(micros));
    if (!context.ansi) return null;
    throw cannotParse(TimestampType, compiled, text, pattern, "try_to_timestamp");
  };
}
