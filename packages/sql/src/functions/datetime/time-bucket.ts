import { type DataType, TimestampNTZType, TimestampType, type Value } from "@ss/core";
import { addMonthsToDays, civilFromDays, civilMonth, civilYear, type TimeZone, UTC } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { castTo } from "../../expression/coercion/implicit-cast.js";
import { accepts, type TypeExpectation } from "../../expression/coercion/type-expectation.js";
import {
  type CallSite,
  nonFoldableInput,
  unexpectedInputType,
  valueOutOfRange,
} from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import { prettyName } from "../../expression/expression-text.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { sqlLiteral } from "../../expression/literal-text.js";
import { typeOf } from "../../expression/type-of.js";
import { instantOfLocal, localMicros } from "../cast/to-datetime.js";
import { constantOf, scalar } from "../define.js";
import type { Scratch } from "../emit/int64.js";
import { alwaysNull } from "../emit/parts.js";
import {
  bigintOfWords,
  doubleOfWords,
  isNear,
  storedInt64,
  storeSafe,
  wordArguments,
} from "../emit/stored-int64.js";
import { sessionZone } from "./zones.js";

const MICROS_PER_DAY = 86_400_000_000n;

const SIZE: TypeExpectation = ["dayTimeInterval", "yearMonthInterval"];

/** `time_bucket(size, time[, origin])`: the start of the bucket of a time, counted from the origin. */
export const timeBucketFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["time_bucket"], arity: [2, 3], resolve: resolveBucket, emit: emitBucket }),
];

/** What the buckets are; null where one of the constants is. */
interface Buckets {
  readonly months: number;
  readonly micros: bigint;
  readonly origin: bigint;
  readonly timeZone: string;
}

function resolveBucket(args: readonly Expression[], context: FunctionContext): Resolution {
  const [size, time] = args as [Expression, Expression];
  const type = typeOf(time).kind === "timestamp_ntz" ? TimestampNTZType : TimestampType;
  const origin = args[2] ?? epoch(type, context.timeZone);
  const site: CallSite = args[2] === undefined ? withOrigin(context, origin) : context;
  if (!isNull(size) && !accepts(SIZE, typeOf(size))) throw unexpectedInputType(site, 0, SIZE, size);
  checkTime(site, 1, time);
  checkTime(site, 2, origin);
  if (!isNull(origin) && !accepts(type, typeOf(origin))) throw unexpectedInputType(site, 2, type, origin);
  const length = lengthOf(size, site, context);
  const from = constantOf(origin, context);
  if (from === undefined) throw nonFoldableInput(site, "origin", typeOf(origin), origin);
  const { timeZone } = context;
  const state: Buckets | null =
    length === null || from === null ? null : { ...length, origin: from as bigint, timeZone };
  const typed = (arg: Expression): Expression => (isNull(arg) ? castTo(arg, type, context.ansi) : arg);
  return { args: [size, typed(time), typed(origin)], type, state };
}

function isNull(e: Expression): boolean {
  return typeOf(e).kind === "void";
}

/** 1970 in the local time of the session. */
function epoch(type: DataType, timeZone: string): Expression {
  const isLocal = type.kind === "timestamp_ntz";
  const micros = isLocal ? 0n : instantOfLocal(0n, sessionZone({ timeZone }));
  const shown = `${isLocal ? "TIMESTAMP_NTZ" : "TIMESTAMP"} '1970-01-01 00:00:00'`;
  return { ...literal(micros, type), shown };
}

/** The call with the origin that it goes by. */
function withOrigin({ name, sql, origin }: CallSite, from: Expression): CallSite {
  return { name, sql: `${sql.slice(0, -1)}, ${prettyName(from)})`, origin };
}

function checkTime(site: CallSite, index: number, arg: Expression): void {
  if (isNull(arg) || accepts("anyTimestamp", typeOf(arg))) return;
  throw unexpectedInputType(site, index, "anyTimestamp", arg);
}

/** The length of a bucket, which has to be a positive constant. */
function lengthOf(
  size: Expression,
  site: CallSite,
  context: FunctionContext,
): { readonly months: number; readonly micros: bigint } | null {
  const value = constantOf(size, context);
  const type = typeOf(size);
  if (value === undefined) throw nonFoldableInput(site, "bucketSize", type, size);
  if (value === null) return null;
  const isMonths = type.kind === "yearMonthInterval";
  const length = { months: isMonths ? (value as number) : 0, micros: isMonths ? 0n : (value as bigint) };
  if (length.months > 0 || length.micros > 0n) return length;
  throw valueOutOfRange(site, "bucketSize", "(0, inf)", sqlLiteral(value as Value, type));
}

function emitBucket(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const buckets = call.state as Buckets | null;
  if (buckets === null) return alwaysNull(writer, call.type);
  const time = writer.expression(args[1]!);
  const zone = call.type.kind === "timestamp" ? sessionZone({ timeZone: buckets.timeZone }) : UTC;
  return storedInt64(writer, call.type, time.isNull, bucketOf(buckets, zone), () => [
    wordArguments(writer, time),
  ]);
}

/** The start of a bucket, for instants given by halves. Buckets of a day and more follow the local calendar, shorter ones the clock. */
function bucketOf(buckets: Buckets, zone: TimeZone): (slot: Scratch, low: number, high: number) => void {
  const { micros, origin } = buckets;
  const far = byStarts(buckets, zone);
  const isEven = micros > 0n && (micros < MICROS_PER_DAY || zone.isFixed);
  const [size, from] = [Number(micros), Number(origin)];
  if (!isEven || !Number.isSafeInteger(from)) {
    return (slot, low, high) => {
      slot.values[0] = far(bigintOfWords(low, high));
    };
  }
  return (slot, low, high) => {
    if (!isNear(high)) {
      slot.values[0] = far(bigintOfWords(low, high));
      return;
    }
    const time = doubleOfWords(low, high);
    let start = Math.floor((time - from) / size) * size + from;
    // the quotient was rounded, and may have reached the next integer
    if (start > time) start -= size;
    storeSafe(slot, start);
  };
}

/** The start of a bucket by the number of the bucket, which is guessed from the local time and moved to where it is right. */
function byStarts({ months, micros, origin }: Buckets, zone: TimeZone): (time: bigint) => bigint {
  const local = localMicros(origin, zone);
  const [day, rest] = [floorDivide(local, MICROS_PER_DAY), floorRest(local, MICROS_PER_DAY)];
  const startOf = (n: bigint): bigint => {
    if (months > 0) {
      const days = addMonthsToDays(Number(day), Number(n) * months);
      return instantOfLocal(BigInt(days) * MICROS_PER_DAY + rest, zone);
    }
    if (micros < MICROS_PER_DAY) return origin + n * micros;
    return instantOfLocal(local + n * micros, zone);
  };
  const firstMonth = monthOf(day);
  const guess = (then: bigint): bigint =>
    months > 0
      ? floorDivide(BigInt(monthOf(floorDivide(then, MICROS_PER_DAY)) - firstMonth), BigInt(months))
      : floorDivide(then - local, micros);
  return (time) => {
    let n = guess(localMicros(time, zone));
    while (startOf(n) > time) n--;
    while (startOf(n + 1n) <= time) n++;
    return startOf(n);
  };
}

/** Months since the year 0 of a day. */
function monthOf(day: bigint): number {
  const civil = civilFromDays(Number(day));
  return civilYear(civil) * 12 + civilMonth(civil);
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function floorRest(a: bigint, b: bigint): bigint {
  return a - floorDivide(a, b) * b;
}
