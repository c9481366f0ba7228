import {
  CalendarIntervalType,
  type DataType,
  DayTimeIntervalType,
  DecimalType,
  IntegerType,
  type Value,
  YearMonthIntervalType,
} from "@ss/core";
import { type Expression, literal } from "../../expression/expression.js";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { boxed, callLike, rewriting, scalar } from "../define.js";
import { arithmeticOverflow, intervalOverflow } from "../runtime-error.js";

const SECONDS = DecimalType(18, 6);
const CALENDAR_TYPES: readonly DataType[] = [...new Array<DataType>(6).fill(IntegerType), SECONDS];

/** `make_interval`, `make_dt_interval`, `make_ym_interval`. */
export const intervalMakers: readonly ScalarFunction[] = [
  filled(["make_interval"], "$make_interval", 7),
  filled(["try_make_interval"], "$try_make_interval", 7),
  filled(["make_dt_interval"], "$make_dt_interval", 4),
  filled(["make_ym_interval"], "$make_ym_interval", 2),
  calendar("$make_interval", false),
  calendar("$try_make_interval", true),
  boxed(
    ["$make_dt_interval"],
    [IntegerType, IntegerType, IntegerType, SECONDS],
    DayTimeIntervalType(),
    ({ origin }) =>
      (days, hours, minutes, seconds) => {
        const micros =
          BigInt(days as number) * 86_400_000_000n +
          BigInt(hours as number) * 3_600_000_000n +
          BigInt(minutes as number) * 60_000_000n +
          (seconds as bigint);
        if (BigInt.asIntN(64, micros) !== micros) throw intervalOverflow("", origin);
        return micros;
      },
  ),
  boxed(
    ["$make_ym_interval"],
    [IntegerType, IntegerType],
    YearMonthIntervalType(),
    ({ origin }) =>
      (years, months) => {
        const total = (years as number) * 12 + (months as number);
        if (total !== (total | 0)) throw intervalOverflow("", origin);
        return total | 0;
      },
  ),
];

/** A function whose missing arguments are zero; seconds, the last one of day-time makers, are decimals. */
function filled(names: readonly string[], target: string, count: number): ScalarFunction {
  return rewriting(names, [0, count], (args, context) => {
    const rest = Array.from({ length: count - args.length }, (): Expression => literal(0, IntegerType));
    return callLike(context, target, ...args, ...rest);
  });
}

function calendar(name: string, tries: boolean): ScalarFunction {
  return boxed([name], CALENDAR_TYPES, CalendarIntervalType, (context) => makeCalendar(context, tries), {
    nullable: true,
  });
}

function makeCalendar({ ansi, origin }: EvaluationContext, tries: boolean): (...values: Value[]) => Value {
  return (years, months, weeks, days, hours, minutes, seconds) => {
    const allMonths = (years as number) * 12 + (months as number);
    const allDays = (weeks as number) * 7 + (days as number);
    const micros =
      BigInt(hours as number) * 3_600_000_000n +
      BigInt(minutes as number) * 60_000_000n +
      (seconds as bigint);
    const fits =
      allMonths === (allMonths | 0) && allDays === (allDays | 0) && BigInt.asIntN(64, micros) === micros;
    if (fits) return { months: allMonths | 0, days: allDays | 0, micros };
    if (tries || !ansi) return null;
    throw arithmeticOverflow("integer overflow", "", origin);
  };
}

/** `$try(x)`: null where `x` fails. */
export const tryFunction: ScalarFunction = scalar({
  names: ["$try"],
  arity: [1, 1],
  resolve: (args) => ({ args, type: typeOf(args[0]!), nullable: true }),
  emit: (writer, args, call) => {
    const result = writer.declare(call.type);
    writer.write("try {");
    // the block is a scope of its own, as that of a condition is
    writer.when("true", () => writer.assign(result, writer.expression(args[0]!)));
    writer.write("} catch (failure) {");
    const check = writer.constant((failure: unknown) => {
      if (!isValueError(failure)) throw failure;
    });
    writer.write(`${check}(failure);`);
    writer.assignNull(result);
    writer.write("}");
    return result;
  },
  pretty: ([inner]) => inner!,
});

function isValueError(failure: unknown): boolean {
  return (
    failure instanceof Error &&
    failure.name === "StreamError" &&
    !String((failure as { condition?: string }).condition).startsWith("INTERNAL")
  );
}
