import { DateType, DecimalType, IntegerType, StringType } from "@ss/core";
import {
  dayOfMonthOfDays,
  dayOfYearOfDays,
  isoDayOfWeekOfDays,
  isoWeekOfDays,
  isoWeekYearOfDays,
  lastDayOfMonth,
  microOfSecondOfMicros,
  monthOfDays,
  quarterOfDays,
  secondOfMicros,
  type TimeZone,
  timeZone,
  UTC,
  yearOfDays,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { type Scratch, wordsOf } from "../emit/int64.js";
import { bytesCode, guarded, valueCode, valueOf } from "../emit/parts.js";
import { doubleOfWords, storedInt64, storeSafe, wordArguments } from "../emit/stored-int64.js";

/** Names of three letters, one after the other. */
const DAY_NAMES = "MonTueWedThuFriSatSun";
const MONTH_NAMES = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Fields of dates and times: `year`, `hour`, `dayofweek`, ... */
export const fieldFunctions: readonly ScalarFunction[] = [
  ofDate(["year"], yearOfDays),
  ofDate(["quarter"], quarterOfDays),
  ofDate(["month"], monthOfDays),
  ofDate(["day", "dayofmonth"], dayOfMonthOfDays),
  ofDate(["dayofyear"], dayOfYearOfDays),
  ofDate(["dayofweek"], (days) => (isoDayOfWeekOfDays(days) % 7) + 1),
  ofDate(["weekday"], (days) => isoDayOfWeekOfDays(days) - 1),
  ofDate(["$dayofweek_iso"], isoDayOfWeekOfDays),
  ofDate(["weekofyear"], isoWeekOfDays),
  ofDate(["$yearofweek"], isoWeekYearOfDays),
  scalar({
    names: ["last_day"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [DateType], context, DateType),
    emit: (writer, args, call) => emitOfDate(writer, args, call, lastDayOfMonth),
  }),
  named("dayname", DAY_NAMES, (days) => isoDayOfWeekOfDays(days) - 1),
  named("monthname", MONTH_NAMES, (days) => monthOfDays(days) - 1),
  ofTime(["hour"], 3600, 24),
  ofTime(["minute"], 60, 60),
  ofTime(["second"], 1, 60),
  scalar({
    names: ["$second_with_fraction"],
    arity: [1, 1],
    resolve: (args, context) => ({
      ...inputTypes(args, [["anyTimestamp", "time"]], context, DecimalType(8, 6)),
      state: context.timeZone,
    }),
    emit: emitSecondAndMicros,
  }),
];

/** A name out of a list, as a view of the list's bytes. */
function named(name: string, names: string, place: (days: number) => number): ScalarFunction {
  const bytes = new TextEncoder().encode(names);
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [DateType], context, StringType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return guarded(writer, code.isNull, call.type, () => {
        const start = writer.variable(`${writer.constant(place)}(${valueOf(code)}) * 3`);
        return bytesCode(call.type, "false", writer.constant(bytes), start, "3");
      });
    },
  });
}

function emitSecondAndMicros(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const code = writer.expression(args[0]!);
  const { kind } = typeOf(args[0]!);
  const zone = kind === "timestamp" ? (timeZone(call.state as string) ?? UTC) : UTC;
  const store =
    kind === "time"
      ? (slot: Scratch, low: number, high: number): void =>
          storeSafe(slot, Math.floor(doubleOfWords(low, high) / 1000) % 60_000_000)
      : (slot: Scratch, low: number, high: number): void => {
          const second = secondOfMicros(low, high);
          const local = second + zone.offsetAt(second);
          storeSafe(slot, (((local % 60) + 60) % 60) * 1_000_000 + microOfSecondOfMicros(low, high));
        };
  return storedInt64(writer, call.type, code.isNull, store, () => [wordArguments(writer, code)]);
}

function ofDate(names: readonly string[], field: (days: number) => number): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [DateType], context, IntegerType),
    emit: (writer, args, call) => emitOfDate(writer, args, call, field),
  });
}

function emitOfDate(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  field: (days: number) => number,
): Code {
  const code = writer.expression(args[0]!);
  return guarded(writer, code.isNull, call.type, () =>
    valueCode(call.type, "false", writer.variable(`${writer.constant(field)}(${valueOf(code)})`)),
  );
}

/** A field of the local time of day: the seconds of one unit, and how many of them there are. */
function ofTime(names: readonly string[], unit: number, count: number): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => {
      const resolved = inputTypes(args, [["anyTimestamp", "time"]], context, IntegerType);
      return { ...resolved, state: context.timeZone };
    },
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      const kind = typeOf(args[0]!).kind;
      const zone = kind === "timestamp" ? (timeZone(call.state as string) ?? UTC) : UTC;
      return guarded(writer, code.isNull, call.type, () => {
        const second = secondText(writer, code, zone, kind === "time");
        return valueCode(
          call.type,
          "false",
          writer.variable(`${writer.constant(fieldOfSecond)}(${second}, ${unit}, ${count})`),
        );
      });
    },
  });
}

function fieldOfSecond(second: number, unit: number, count: number): number {
  const value = Math.floor(second / unit) % count;
  return value < 0 ? value + count : value;
}

/** The text of the local second of an instant, or of a time of day. */
function secondText(writer: CodeWriter, code: Code, zone: TimeZone, isTime: boolean): string {
  if (isTime) return `Number(${valueOf(code)} / 1000000000n)`;
  const words = wordsOf(code);
  const local = writer.constant((low: number, high: number): number => {
    const second = secondOfMicros(low, high);
    return second + zone.offsetAt(second);
  });
  if (words) return `${local}(${words.low}, ${words.high})`;
  const value = writer.variable(valueOf(code));
  return `${local}(Number(BigInt.asIntN(32, ${value})), Number(${value} >> 32n))`;
}
