import { DecimalType, IntegerType, LongType, StringType, TimeType, type Value } from "@ss/core";
import { powerOfTen } from "@ss/kernels";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { boxed } from "../define.js";
import { invalidParameter, runtimeError } from "../runtime-error.js";

const NANOS_PER_DAY = 86_400_000_000_000n;

const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1000n,
  MILLISECOND: 1_000_000n,
  SECOND: 1_000_000_000n,
  MINUTE: 60_000_000_000n,
  HOUR: 3_600_000_000_000n,
};

/** Functions of times of day. */
export const timeFunctions: readonly ScalarFunction[] = [
  boxed(
    ["make_time"],
    [IntegerType, IntegerType, DecimalType(16, 6)],
    TimeType(),
    () => (hour, minute, second) => {
      const refuse = (name: string, max: number, value: bigint): never =>
        outOfBounds(`Invalid value for ${name} (valid values 0 - ${max}): ${value}`);
      const [h, m, micros] = [BigInt(hour as number), BigInt(minute as number), second as bigint];
      if (h < 0n || h > 23n) refuse("HourOfDay", 23, h);
      if (m < 0n || m > 59n) refuse("MinuteOfHour", 59, m);
      const whole = micros / 1_000_000n;
      if (micros < 0n || whole > 59n) refuse("SecondOfMinute", 59, whole);
      return (h * 3600n + m * 60n) * 1_000_000_000n + micros * 1000n;
    },
  ),
  boxed(
    ["time_trunc"],
    [StringType, "time"],
    (args) => typeOf(args[1]!),
    () => (unit, nanos) => {
      const size = unitOf(unit as string, "time_trunc");
      return (nanos as bigint) - ((nanos as bigint) % size);
    },
  ),
  boxed(
    ["time_diff"],
    [StringType, "time", "time"],
    LongType,
    () => (unit, start, end) => ((end as bigint) - (start as bigint)) / unitOf(unit as string, "time_diff"),
  ),
  fromUnit("time_from_seconds", 1_000_000_000n),
  fromUnit("time_from_millis", 1_000_000n),
  fromUnit("time_from_micros", 1000n),
  boxed(["time_to_seconds"], ["time"], DecimalType(14, 6), () => (nanos) => (nanos as bigint) / 1000n),
  boxed(["time_to_millis"], ["time"], LongType, () => (nanos) => (nanos as bigint) / 1_000_000n),
  boxed(["time_to_micros"], ["time"], LongType, () => (nanos) => (nanos as bigint) / 1000n),
];

function unitOf(unit: string, functionName: string): bigint {
  const name = unit.toUpperCase();
  if (Object.hasOwn(UNIT_NANOS, name)) return UNIT_NANOS[name]!;
  throw invalidParameter("TIME_UNIT", functionName, "unit", { invalidValue: `'${unit}'` });
}

function outOfBounds(rangeMessage: string): never {
  throw runtimeError(
    "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION",
    "22023",
    { rangeMessage },
    rangeMessage,
  );
}

function fromUnit(name: string, unit: bigint): ScalarFunction {
  return boxed([name], ["numeric"], TimeType(), (context) => {
    const toNanos = nanosOf(context, unit);
    return (value) => {
      const nanos = toNanos(value!);
      if (nanos === null || (nanos >= 0n && nanos < NANOS_PER_DAY)) return nanos;
      return outOfBounds(
        `Invalid TIME value: must be between 00:00:00 and 23:59:59.999999999, but got ${nanos} nanoseconds`,
      );
    };
  });
}

function nanosOf({ argTypes }: EvaluationContext, unit: bigint): (value: Value) => bigint | null {
  const type = argTypes[0]!;
  if (type.kind === "decimal") return (value) => ((value as bigint) * unit) / powerOfTen(type.scale);
  if (type.kind === "float" || type.kind === "double") {
    return (value) =>
      Number.isFinite(value) ? BigInt(Math.round((value as number) * 1e6)) * (unit / 1_000_000n) : null;
  }
  return (value) => BigInt(value as number | bigint) * unit;
}
