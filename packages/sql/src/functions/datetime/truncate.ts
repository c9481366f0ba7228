import { type DataType, StringType, type Value } from "@ss/core";
import {
  microOfSecondOfBigint,
  microOfSecondOfMicros,
  microsToBigint,
  secondOfBigint,
  secondOfMicros,
  storeMicros,
  type TimeZone,
  TRUNCATE_DAY,
  TRUNCATE_HOUR,
  TRUNCATE_MICROSECOND,
  TRUNCATE_MILLISECOND,
  TRUNCATE_MINUTE,
  TRUNCATE_SECOND,
  truncateSecond,
  truncateUnitFromName,
  UTC,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import type { Scratch } from "../emit/int64.js";
import { alwaysNull } from "../emit/parts.js";
import { doubleOfWords, isNear, storedInt64, storeSafe, wordArguments } from "../emit/stored-int64.js";
import { sessionZone } from "./zones.js";

/** `date_trunc(unit, timestamp)`. */
export const truncateFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["date_trunc"],
    arity: [2, 2],
    resolve: (args, context) => ({
      ...inputTypes(args, [StringType, "anyTimestamp"], context, (cast) => typeOf(cast[1]!), true),
      state: context.timeZone,
    }),
    emit: emitTruncation,
  }),
];

function emitTruncation(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const zone = zoneOf(call.type, call.state as string);
  const [unit, time] = args as [Expression, Expression];
  const code = writer.expression(time);
  if (unit.kind !== "literal") {
    return emitBoxedCall(writer, truncation(zone), [writer.expression(unit), code], call.type);
  }
  const level = unit.value === null ? -1 : truncateUnitFromName(unit.value as string);
  if (level < 0) return alwaysNull(writer, call.type);
  if (level === TRUNCATE_MICROSECOND) return code;
  return storedInt64(writer, call.type, code.isNull, truncator(level, zone), () => [
    wordArguments(writer, code),
  ]);
}

function zoneOf(type: DataType, timeZone: string): TimeZone {
  return type.kind === "timestamp" ? sessionZone({ timeZone }) : UTC;
}

/** The start of a unit of time that has the same length always, for instants given by halves; by the calendar of the zone elsewhere. */
function truncator(level: number, zone: TimeZone): (slot: Scratch, low: number, high: number) => void {
  const size = SIZES.get(level);
  // where the offset changes, local units need not begin at multiples of their length, but seconds do
  if (size === undefined || (level > TRUNCATE_SECOND && !zone.isFixed)) return byCalendar(level, zone);
  const far = byCalendar(level, zone);
  const offset = level > TRUNCATE_SECOND ? zone.offsetAt(0) * 1e6 : 0;
  return (slot, low, high) => {
    if (!isNear(high)) return far(slot, low, high);
    const local = doubleOfWords(low, high) + offset;
    let from = Math.floor(local / size) * size;
    // the quotient was rounded, and may have reached the next integer
    if (from > local) from -= size;
    storeSafe(slot, from - offset);
  };
}

const SIZES: ReadonlyMap<number, number> = new Map([
  [TRUNCATE_MILLISECOND, 1e3],
  [TRUNCATE_SECOND, 1e6],
  [TRUNCATE_MINUTE, 60e6],
  [TRUNCATE_HOUR, 3600e6],
  [TRUNCATE_DAY, 86400e6],
]);

function byCalendar(level: number, zone: TimeZone): (slot: Scratch, low: number, high: number) => void {
  return (slot, low, high) => {
    let second = secondOfMicros(low, high);
    let micro = 0;
    if (level === TRUNCATE_MILLISECOND) {
      micro = microOfSecondOfMicros(low, high);
      micro -= micro % 1000;
    } else second = truncateSecond(second, level, zone);
    if (!storeMicros(second, micro, slot.words, 0)) slot.values[0] = microsToBigint(second, micro);
  };
}

/** The truncation by a unit that is known at run time only. */
function truncation(zone: TimeZone): (unit: string, micros: bigint) => Value {
  return (unit, micros) => {
    const level = truncateUnitFromName(unit);
    if (level < 0) return null;
    if (level === TRUNCATE_MICROSECOND) return micros;
    const second = secondOfBigint(micros);
    if (level === TRUNCATE_MILLISECOND) {
      const micro = microOfSecondOfBigint(micros);
      return microsToBigint(second, micro - (micro % 1000));
    }
    return microsToBigint(truncateSecond(second, level, zone), 0);
  };
}
