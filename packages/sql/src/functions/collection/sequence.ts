import {
  ArrayType,
  CalendarIntervalType,
  type DataType,
  DayTimeIntervalType,
  type IntervalValue,
  type Value,
} from "@ss/core";
import { addMonthsToDays, UTC } from "@ss/kernels";
import { findWiderType } from "../../expression/coercion/wider-type.js";
import { datatypeMismatch } from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type {
  EvaluationContext,
  FunctionContext,
  Resolution,
  ScalarFunction,
} from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnyTimestamp, isIntegral, isInterval, isString } from "../../expression/type-predicates.js";
import { addParts } from "../datetime/interval-arithmetic.js";
import { sessionZone } from "../datetime/zones.js";
import { coerced, scalar } from "../define.js";
import { runtimeError } from "../runtime-error.js";

const MICROS_PER_DAY = 86_400_000_000n;
const LENGTH_MAX = 2_147_483_632;

/** `sequence(start, stop[, step])` of integers, dates and timestamps. */
export const sequenceFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["sequence"], arity: [2, 3], resolve, evaluate }),
];

function resolve(args: readonly Expression[], context: FunctionContext): Resolution {
  const [start, stop, step] = args as [Expression, Expression, Expression | undefined];
  const type = findWiderType([typeOf(start), typeOf(stop)], context.ansi);
  if (type && isIntegral(type) && (!step || isIntegral(typeOf(step)))) {
    const common = step ? findWiderType([type, typeOf(step)], context.ansi)! : type;
    return { args: args.map((arg) => coerced(arg, common, context)), type: ArrayType(common, false) };
  }
  const temporal = type && (type.kind === "date" || isAnyTimestamp(type));
  if (!temporal || (step && !isInterval(typeOf(step)) && !isString(typeOf(step)))) {
    throw datatypeMismatch(
      context,
      "SEQUENCE_WRONG_INPUT_TYPES",
      "start and stop have to be integers, dates or timestamps.",
      {
        functionName: `\`${context.name}\``,
        startType: '("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
        stepType: '("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
        otherStartType: '"INTEGRAL"',
      },
    );
  }
  const by = !step
    ? literal(MICROS_PER_DAY, DayTimeIntervalType())
    : isString(typeOf(step))
      ? coerced(step, CalendarIntervalType, context)
      : step;
  return {
    args: [coerced(start, type, context), coerced(stop, type, context), by],
    type: ArrayType(type, false),
    state: step === undefined,
  };
}

function evaluate(context: EvaluationContext): (...values: Value[]) => Value {
  const type = context.argTypes[0]!;
  if (!isIntegral(type)) return temporal(type, context);
  const unbox =
    type.kind === "long" ? (value: bigint): Value => value : (value: bigint): Value => Number(value);
  return (start, stop, step) => {
    const [from, to] = [BigInt(start as number), BigInt(stop as number)];
    const by = step === undefined ? (to >= from ? 1n : -1n) : BigInt(step as number);
    checkBoundaries(from, to, by, context);
    if (by === 0n) return [unbox(from)];
    const length = (to - from) / by + 1n;
    if (length > BigInt(LENGTH_MAX)) throw tooLong(String(length), context);
    return Array.from({ length: Number(length) }, (_, k) => unbox(from + by * BigInt(k)));
  };
}

function checkBoundaries(start: bigint, stop: bigint, step: bigint, context: EvaluationContext): void {
  const fits =
    (step > 0n && start <= stop) || (step < 0n && start >= stop) || (step === 0n && start === stop);
  if (fits) return;
  throw runtimeError(
    "ILLEGAL_SEQUENCE_BOUNDARIES",
    "22023",
    { start: String(start), stop: String(stop), step: String(step) },
    `A sequence cannot go from ${start} to ${stop} by ${step}.`,
    context.origin,
  );
}

function tooLong(length: string, context: EvaluationContext): Error {
  return runtimeError(
    "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
    "54000",
    {
      numberOfElements: length,
      maxRoundedArrayLength: String(LENGTH_MAX),
      functionName: "`sequence`",
      parameter: "`count`",
    },
    `A sequence of ${length} elements is too long.`,
    context.origin,
  );
}

interface Step {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

function stepOf(type: DataType, value: Value): Step {
  if (type.kind === "yearMonthInterval") return { months: value as number, days: 0, micros: 0n };
  if (type.kind === "dayTimeInterval") return { months: 0, days: 0, micros: value as bigint };
  return value as IntervalValue;
}

function temporal(type: DataType, context: EvaluationContext): (...values: Value[]) => Value {
  const zone = type.kind === "timestamp" ? sessionZone(context) : UTC;
  const stepType = context.argTypes[2]!;
  const defaultStep = context.state as boolean;
  const isDate = type.kind === "date";
  const micros = (value: Value): bigint =>
    isDate ? BigInt(value as number) * MICROS_PER_DAY : (value as bigint);
  return (start, stop, step) => {
    const [from, to] = [micros(start!), micros(stop!)];
    let by = stepOf(stepType, step!);
    if (defaultStep && to < from) by = { months: 0, days: 0, micros: -MICROS_PER_DAY };
    const size = BigInt(by.months) * 28n * MICROS_PER_DAY + BigInt(by.days) * MICROS_PER_DAY + by.micros;
    checkBoundaries(from, to, size, context);
    const out: Value[] = [];
    for (let k = 0; ; k++) {
      const next = at(from, by, k);
      if (size > 0n ? next > to : next < to) return out;
      out.push(isDate ? Number(next / MICROS_PER_DAY) : next);
      if (size === 0n) return out;
      if (out.length > LENGTH_MAX) throw tooLong(String(out.length), context);
    }
  };

  function at(from: bigint, by: Step, k: number): bigint {
    if (!isDate) {
      const whole = by.micros * BigInt(k);
      return addParts(from, by.months * k, by.days * k, whole, zone, context);
    }
    const days = Number(from / MICROS_PER_DAY);
    const moved = addMonthsToDays(days, by.months * k) + by.days * k;
    return BigInt(moved) * MICROS_PER_DAY + by.micros * BigInt(k);
  }
}
