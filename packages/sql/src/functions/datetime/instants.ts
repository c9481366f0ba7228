import {
  BooleanType,
  type DataType,
  DateType,
  DecimalType,
  IntegerType,
  LongType,
  StringType,
  TimestampNTZType,
  TimestampType,
  type Value,
} from "@ss/core";
import {
  daysFromCivil,
  microOfSecondOfMicros,
  microsToBigint,
  powerOfTen,
  secondOfMicros,
  storeMicros,
  type TimeZone,
  timestampDifference,
  UTC,
} from "@ss/kernels";
import type { Code } from "../../expression/code.js";
import { unexpectedInputType } from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type { EvaluationContext, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnyTimestamp } from "../../expression/type-predicates.js";
import { instantOfLocal, localMicros } from "../cast/to-datetime.js";
import { saturateLong } from "../cast/to-number.js";
import { boxed, callLike, inputTypes, rewriting, scalar } from "../define.js";
import { bytesArguments } from "../emit/arena-text.js";
import { joinWords, type Scratch } from "../emit/int64.js";
import { anyNull, type BytesCode, held, valueOf } from "../emit/parts.js";
import { doubleOfWords, storedInt64, storeSafe, wordArguments } from "../emit/stored-int64.js";
import { arithmeticOverflow, runtimeError } from "../runtime-error.js";
import { civilRangeMessage, fieldOutOfBounds, isDateOfJava } from "./date-functions.js";
import { nameReader } from "./emit-dates.js";
import { addParts } from "./interval-arithmetic.js";
import { remembered } from "./patterns.js";
import { sessionZone, zoneOfText } from "./zones.js";

const MICROS_PER_SECOND = 1_000_000n;

/** Instants from numbers and fields, to numbers, and between zones. */
export const instantFunctions: readonly ScalarFunction[] = [
  boxed(["timestamp_seconds"], ["numeric"], TimestampType, fromSeconds, { nullable: true }),
  fromUnit("timestamp_millis", 1000n),
  fromUnit("timestamp_micros", 1n),
  toUnit("unix_seconds", MICROS_PER_SECOND),
  toUnit("unix_millis", 1000n),
  toUnit("unix_micros", 1n),
  moved("from_utc_timestamp", (zone, second) => second + zone.offsetAt(second)),
  moved("to_utc_timestamp", (zone, second) => zone.secondOfLocal(second)),
  rewriting(["convert_timezone"], [2, 3], (args, context) =>
    args.length === 3
      ? callLike(context, "$convert_timezone", ...args)
      : callLike(context, "$convert_timezone", callLike(context, "current_timezone"), ...args),
  ),
  boxed(["$convert_timezone"], [StringType, StringType, TimestampNTZType], TimestampNTZType, (context) => {
    const zone = remembered((id) => zoneOfText(id, context.origin));
    return (from, to, micros) =>
      localMicros(instantOfLocal(micros as bigint, zone(from as string)), zone(to as string));
  }),
  ...["make_timestamp", "make_timestamp_ltz", "make_timestamp_ntz"].flatMap((name) => [
    makeTimestamp(name),
    makeTimestamp(`try_${name}`),
  ]),
  boxed(
    ["timestampadd"],
    [StringType, LongType, ["anyTimestamp", DateType]],
    timestampAddType,
    evaluateTimestampAdd,
  ),
  boxed(["timestampdiff"], [StringType, TimestampType, TimestampType], LongType, (context) => {
    const zone = sessionZone(context);
    return (unit, start, end) => {
      const name = (unit as string).toUpperCase();
      const wanted = name === "DAYOFYEAR" ? "DAY" : name;
      const difference = timestampDifference(
        wanted,
        localMicros(start as bigint, zone),
        localMicros(end as bigint, zone),
      );
      if (difference === undefined) throw unknownUnit("timestampdiff", unit as string, context);
      return difference;
    };
  }),
];

/** The same time of day in another zone: `move` gives the second. */
function moved(name: string, move: (zone: TimeZone, second: number) => number): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [TimestampType, StringType], context, TimestampType),
    emit: (writer, args, call) => {
      const [time, id] = args.map((arg) => writer.expression(arg)) as [Code, BytesCode];
      const zoneOf = nameReader((text) => zoneOfText(text, call.origin));
      const read = writer.constant(zoneOf);
      const store = (slot: Scratch, zone: TimeZone, low: number, high: number): void => {
        const second = move(zone, secondOfMicros(low, high));
        const micro = microOfSecondOfMicros(low, high);
        if (!storeMicros(second, micro, slot.words, 0)) slot.values[0] = microsToBigint(second, micro);
      };
      return storedInt64(writer, call.type, anyNull(time.isNull, id.isNull), store, () => [
        `${read}(${bytesArguments(id)})`,
        wordArguments(writer, time),
      ]);
    },
  });
}

function fromSeconds({ argTypes, origin }: EvaluationContext): (...values: Value[]) => Value {
  const type = argTypes[0]!;
  const exact = (micros: bigint): bigint => {
    if (BigInt.asIntN(64, micros) === micros) return micros;
    throw arithmeticOverflow("long overflow", "", origin);
  };
  switch (type.kind) {
    case "float":
    case "double":
      return (value) => (Number.isFinite(value) ? saturateLong((value as number) * 1e6) : null);
    case "decimal": {
      const power = powerOfTen(type.scale);
      return (value) => {
        const scaled = (value as bigint) * MICROS_PER_SECOND;
        if (scaled % power !== 0n) throw arithmeticOverflow("Rounding necessary", "", origin);
        return exact(scaled / power);
      };
    }
    default:
      return (value) => exact(BigInt(value as number | bigint) * MICROS_PER_SECOND);
  }
}

function fromUnit(name: string, micros: bigint): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, ["integral"], context, TimestampType),
    emit: (writer, args, { type, origin }) => {
      const factor = Number(micros);
      const store = (slot: Scratch, low: number, high: number): void => {
        // a product that is a safe integer is exact, as its factors then are
        const product = doubleOfWords(low, high) * factor;
        if (Number.isSafeInteger(product)) return storeSafe(slot, product);
        const exact = joinWords(low, high) * micros;
        if (BigInt.asIntN(64, exact) !== exact) throw arithmeticOverflow("long overflow", "", origin);
        slot.values[0] = exact;
      };
      const code = writer.expression(args[0]!);
      const words = (): string => {
        if (code.layout === "int64") return wordArguments(writer, code);
        const value = held(writer, valueOf(code));
        return `${value}, ${value} >> 31`;
      };
      return storedInt64(writer, type, code.isNull, store, () => [words()]);
    },
  });
}

function toUnit(name: string, micros: bigint): ScalarFunction {
  return boxed([name], [TimestampType], LongType, () => (value) => {
    const quotient = (value as bigint) / micros;
    return (value as bigint) < 0n && (value as bigint) % micros !== 0n ? quotient - 1n : quotient;
  });
}

/** From year to second with a zone maybe, or from a date, a time maybe, and a zone maybe. */
function makeTimestamp(name: string): ScalarFunction {
  const type = (context: FunctionContext): DataType => {
    if (name.endsWith("_ntz")) return TimestampNTZType;
    const ntz = context.conf("spark.sql.timestampType")?.toUpperCase() === "TIMESTAMP_NTZ";
    return ntz && !name.endsWith("_ltz") ? TimestampNTZType : TimestampType;
  };
  const tries = literal(name.startsWith("try_"), BooleanType);
  return rewriting([name], [1, 7], (args, context) => {
    const target = type(context).kind;
    const zone =
      args.length === 7 ? args[6]! : args.length === 3 ? args[2]! : callLike(context, "current_timezone");
    if (args.length >= 6) return callLike(context, `$make_${target}`, ...args.slice(0, 6), zone, tries);
    if (isAnyTimestamp(typeOf(args[0]!))) throw unexpectedInputType(context, 0, DateType, args[0]!);
    const time = args[1] ?? literal(0n, { kind: "time", precision: 6 });
    return callLike(context, `$join_${target}`, args[0]!, time, zone);
  });
}

/** The functions that `make_timestamp` and its kin stand for. */
export const timestampMakers: readonly ScalarFunction[] = [TimestampType, TimestampNTZType].flatMap(
  (type) => [
    boxed(
      [`$make_${type.kind}`],
      [
        IntegerType,
        IntegerType,
        IntegerType,
        IntegerType,
        IntegerType,
        DecimalType(16, 6),
        StringType,
        BooleanType,
      ],
      type,
      (context) => {
        const zoneOf = remembered((id) => zoneOfText(id, context.origin));
        return (year, month, day, hour, minute, seconds, zoneId, tries) => {
          const fields = [year, month, day, hour, minute] as number[];
          const local = localOfFields(
            fields,
            seconds as bigint,
            !(tries as boolean) && context.ansi,
            context,
          );
          if (local === null || type.kind === "timestamp_ntz") return local;
          return instantOfLocal(local, zoneOf(zoneId as string));
        };
      },
      { nullable: true, pretty: (args) => `make_timestamp(${args.slice(0, 6).join(", ")})` },
    ),
    boxed(
      [`$join_${type.kind}`],
      [DateType, "time", StringType],
      type,
      (context) => {
        const zoneOf = remembered((id) => zoneOfText(id, context.origin));
        return (days, nanos, zoneId) => {
          const local = BigInt(days as number) * 86_400_000_000n + (nanos as bigint) / 1000n;
          return type.kind === "timestamp_ntz" ? local : instantOfLocal(local, zoneOf(zoneId as string));
        };
      },
      { pretty: (args) => `make_timestamp(${args.join(", ")})` },
    ),
  ],
);

function localOfFields(
  fields: readonly number[],
  secondMicros: bigint,
  strict: boolean,
  context: EvaluationContext,
): bigint | null {
  const [year, month, day, hour, minute] = fields as [number, number, number, number, number];
  const refuse = (message: string): null => {
    if (!strict) return null;
    throw fieldOutOfBounds(message);
  };
  if (!isDateOfJava(year, month, day)) return refuse(civilRangeMessage(year, month, day));
  if (hour < 0 || hour > 23) return refuse(`Invalid value for HourOfDay (valid values 0 - 23): ${hour}`);
  if (minute < 0 || minute > 59)
    return refuse(`Invalid value for MinuteOfHour (valid values 0 - 59): ${minute}`);
  const second = secondMicros / MICROS_PER_SECOND;
  if (second === 60n && secondMicros % MICROS_PER_SECOND !== 0n) {
    if (!strict) return null;
    const secAndMicros = `60.${String(secondMicros % MICROS_PER_SECOND)
      .padStart(6, "0")
      .replace(/0+$/, "")}`;
    throw runtimeError(
      "INVALID_FRACTION_OF_SECOND",
      "22023",
      { secAndMicros },
      `The seconds ${secAndMicros} are beyond the minute: 60 may have no fraction.`,
      context.origin,
    );
  }
  if (secondMicros < 0n || second > 60n)
    return refuse(`Invalid value for SecondOfMinute (valid values 0 - 59): ${second}`);
  const days = daysFromCivil(year, month, day);
  return microsToBigint((days * 24 + hour) * 3600 + minute * 60, 0) + secondMicros;
}

function timestampAddType(args: readonly Expression[]): DataType {
  return typeOf(args[2]!).kind === "timestamp_ntz" ? TimestampNTZType : TimestampType;
}

const UNITS: Readonly<Record<string, readonly [months: number, days: number, micros: bigint]>> = {
  YEAR: [12, 0, 0n],
  QUARTER: [3, 0, 0n],
  MONTH: [1, 0, 0n],
  WEEK: [0, 7, 0n],
  DAY: [0, 1, 0n],
  DAYOFYEAR: [0, 1, 0n],
  HOUR: [0, 0, 3_600_000_000n],
  MINUTE: [0, 0, 60_000_000n],
  SECOND: [0, 0, 1_000_000n],
  MILLISECOND: [0, 0, 1000n],
  MICROSECOND: [0, 0, 1n],
};

function evaluateTimestampAdd(context: EvaluationContext): (...values: Value[]) => Value {
  const base = context.argTypes[2]!;
  const zone = base.kind === "timestamp_ntz" ? UTC : sessionZone(context);
  return (unit, amount, value) => {
    const parts = UNITS[(unit as string).toUpperCase()];
    if (!parts) throw unknownUnit("timestampadd", unit as string, context);
    const start =
      base.kind === "date"
        ? BigInt(zone.secondOfLocal((value as number) * 86400)) * MICROS_PER_SECOND
        : (value as bigint);
    const count = Number(amount as bigint);
    return addParts(start, parts[0] * count, parts[1] * count, parts[2] * (amount as bigint), zone, context);
  };
}

function unknownUnit(functionName: string, unit: string, context: EvaluationContext): Error {
  return runtimeError(
    "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
    "22023",
    { functionName: `\`${functionName}\``, parameter: "`unit`", invalidValue: `'${unit}'` },
    `The unit '${unit}' is none that ${functionName} knows.`,
    context.origin,
  );
}
