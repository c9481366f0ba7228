import { type DataType, StringType, type Value } from "@ss/core";
import {
  type DatetimeFormatter,
  microOfSecondOfMicros,
  type PatternWriter,
  secondOfMicros,
  type TimeZone,
  UTC,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression, Origin } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { arenaText, type TextArena } from "../emit/arena-text.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { guarded } from "../emit/parts.js";
import { doubleOfWords, isNear, wordArguments } from "../emit/stored-int64.js";
import { formatted, formatterFor, remembered } from "./patterns.js";
import { sessionZone } from "./zones.js";

/** A function that shows a time by the pattern in its second argument: bytes where the pattern is a constant. */
export function formatting(
  names: readonly string[],
  expected: Parameters<typeof inputTypes>[1],
  unitOf: (type: DataType) => TimeUnit,
): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    resolve: (args, context): Resolution => ({
      ...inputTypes(args, expected, context, StringType),
      state: stateOf(context),
    }),
    emit: (writer, args, call) => emitFormat(writer, args, call, unitOf(typeOf(args[0]!))),
  });
}

/** What the number of a time counts: from the epoch, in a zone or not, or from midnight. */
export type TimeUnit = "second" | "micro" | "localMicro" | "nanoOfDay";

const stateOf = ({ timeZone }: FunctionContext): { timeZone: string } => ({ timeZone });

function emitFormat(writer: CodeWriter, args: readonly Expression[], call: EmitCall, unit: TimeUnit): Code {
  const code = writer.expression(args[0]!);
  const zone = sessionZone(call.state as { timeZone: string });
  const pattern = args[1]!;
  if (pattern.kind !== "literal" || typeof pattern.value !== "string") {
    const formatterOf = remembered((text) => formatterFor(text, call.origin));
    const fn = (value: bigint, text: string): Value =>
      formatted(() => textOf(formatterOf(text), value, zone, unit), call.origin);
    return emitBoxedCall(writer, fn, [code, writer.expression(pattern)], call.type);
  }
  const text = pattern.value;
  const put = timePutter(() => formatterFor(text, call.origin), zone, unit, call.origin);
  return guarded(writer, code.isNull, call.type, () =>
    arenaText(writer, call.type, put, [wordArguments(writer, code)]),
  );
}

function textOf(formatter: DatetimeFormatter, value: bigint, zone: TimeZone, unit: TimeUnit): string {
  switch (unit) {
    case "second":
      return formatter.formatTimestampParts(Number(value), 0, zone);
    case "micro":
      return formatter.formatTimestamp(value, zone);
    case "localMicro":
      return formatter.formatTimestampNtz(value);
    case "nanoOfDay":
      return formatter.formatTime(Number(value) / 1000);
  }
}

/**
 * Puts the text of a number, given by its halves, into the arena. The formatter is made for the first value, whose error a wrong
 * pattern is.
 */
export function timePutter(
  formatterOf: () => DatetimeFormatter,
  zone: TimeZone,
  unit: TimeUnit,
  origin: Origin | undefined,
): (arena: TextArena, low: number, high: number) => void {
  let formatter: DatetimeFormatter | undefined;
  let writer: PatternWriter | undefined;
  const zoned = unit === "second" || unit === "micro";
  const local = zoned ? zone : UTC;
  const slow = (arena: TextArena, low: number, high: number): void => {
    const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
    arena.put(formatted(() => textOf(formatter!, value, zone, unit), origin));
  };
  return (arena, low, high) => {
    if (formatter === undefined) {
      formatter = formatterOf();
      const date = unit !== "nanoOfDay";
      writer = formatter.writer({ date, time: true, zone: zoned });
    }
    if (writer === undefined || !isNear(high)) return slow(arena, low, high);
    let second: number;
    let micro = 0;
    if (unit === "second") {
      second = doubleOfWords(low, high);
      // beyond the years that are written
      if (second > 1e12 || second < -1e12) return slow(arena, low, high);
    } else if (unit === "nanoOfDay") {
      const micros = Math.floor(doubleOfWords(low, high) / 1000);
      second = Math.floor(micros / 1e6);
      micro = micros - second * 1e6;
    } else {
      second = secondOfMicros(low, high);
      micro = microOfSecondOfMicros(low, high);
    }
    const offset = local.offsetAt(second);
    const days = Math.floor((second + offset) / 86400);
    const at = arena.reserve(writer.bytesMax);
    const end = writer.write(arena.bytes, at, days, second + offset - days * 86400, micro, offset);
    if (end < 0) slow(arena, low, high);
    else arena.close(end - at);
  };
}
