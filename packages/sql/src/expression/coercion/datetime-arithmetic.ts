import { CalendarIntervalType, type DataType, DateType, TimestampType } from "@ss/core";
import { call, type Expression } from "../expression.js";
import type { FunctionContext } from "../function.js";
import { isAnsiInterval, isAnyTimestamp, isInterval, isString } from "../type-predicates.js";
import { typeOf } from "../type-of.js";
import { castTo } from "./implicit-cast.js";
import { findAnsiStringType } from "./wider-type.js";

/**
 * What `+`, `-`, `*` or `/` means where a date, a timestamp or an interval takes part, as a call to be resolved; undefined
 * where the operator means plain arithmetic (numbers, two intervals of one family).
 *
 * Besides `date_add`, `date_sub` and `negative` it calls
 * - `extractansiintervaldays(interval)`: the days of an INTERVAL DAY, as INT;
 * - `$add_interval(time, interval)` and `$subtract_interval(time, interval)`, which read `t + i` and `t - i` without
 *   parentheses: DATE with months or a calendar interval is a DATE, and a timestamp keeps its type;
 * - `$subtract_dates(a, b)` and `$subtract_timestamps(a, b)`, which read `(a - b)`;
 * - `$multiply_interval(interval, number)`, which reads `(i * n)`, and `$divide_interval(interval, number)`: `(i / n)`.
 */
export function datetimeArithmetic(
  operator: "+" | "-" | "*" | "/",
  left: Expression,
  right: Expression,
  context: FunctionContext,
): Expression | undefined {
  const direct = ofTypes(operator, left, right, context);
  if (direct) return direct;
  if (!context.ansi) return undefined;
  const type = findAnsiStringType(typeOf(left), typeOf(right));
  if (!type || (type.kind !== "date" && !isAnyTimestamp(type))) return undefined;
  return ofTypes(operator, castTo(left, type, true), castTo(right, type, true), context);
}

function ofTypes(
  operator: "+" | "-" | "*" | "/",
  left: Expression,
  right: Expression,
  context: FunctionContext,
): Expression | undefined {
  const [l, r] = [typeOf(left), typeOf(right)];
  switch (operator) {
    case "+":
      return addition(left, right, l, r, context) ?? addition(right, left, r, l, context);
    case "-":
      return subtraction(left, right, l, r, context);
    case "*":
      if (isInterval(l)) return call("$multiply_interval", left, right);
      return isInterval(r) ? call("$multiply_interval", right, left) : undefined;
    case "/":
      return isInterval(l) ? call("$divide_interval", left, right) : undefined;
  }
}

function isDays(type: DataType): boolean {
  return type.kind === "dayTimeInterval" && type.start === "day" && type.end === "day";
}

function addition(
  left: Expression,
  right: Expression,
  l: DataType,
  r: DataType,
  context: FunctionContext,
): Expression | undefined {
  if (isString(l) && (r.kind === "interval" || r.kind === "dayTimeInterval")) {
    return call("$add_interval", castTo(left, TimestampType, context.ansi), right);
  }
  if (l.kind === "date") {
    if (isDays(r)) return call("date_add", left, call("extractansiintervaldays", right));
    if (r.kind === "dayTimeInterval") return call("$add_interval", castTo(left, TimestampType, context.ansi), right);
    if (r.kind === "yearMonthInterval" || r.kind === "interval") return call("$add_interval", left, right);
    if (r.kind === "void") return nullAddition(castTo(left, TimestampType, context.ansi), right, context);
    return isString(r) || isAnyTimestamp(r) ? undefined : call("date_add", left, right);
  }
  if (isAnyTimestamp(l)) {
    if (isInterval(r)) return call("$add_interval", left, right);
    if (r.kind === "void") return nullAddition(left, right, context);
  }
  return undefined;
}

function nullAddition(time: Expression, nothing: Expression, context: FunctionContext): Expression {
  return call("$add_interval", time, castTo(nothing, CalendarIntervalType, context.ansi));
}

function subtraction(
  left: Expression,
  right: Expression,
  l: DataType,
  r: DataType,
  context: FunctionContext,
): Expression | undefined {
  if (l.kind === "date" && isDays(r)) {
    return call("date_add", left, call("negative", call("extractansiintervaldays", right)));
  }
  if (l.kind === "date" && r.kind === "dayTimeInterval") {
    return call("$subtract_interval", castTo(left, TimestampType, context.ansi), right);
  }
  if (isString(l) && (r.kind === "interval" || r.kind === "dayTimeInterval")) {
    return call("$subtract_interval", castTo(left, TimestampType, context.ansi), right);
  }
  if ((l.kind === "date" || isAnyTimestamp(l)) && isInterval(r)) return call("$subtract_interval", left, right);
  if (isAnsiInterval(l) || isAnsiInterval(r) || l.kind === "interval") return undefined;
  if (isAnyTimestamp(l) || isAnyTimestamp(r)) return call("$subtract_timestamps", left, right);
  if (r.kind === "date") return call("$subtract_dates", left, right);
  if (l.kind !== "date" || isString(r)) return undefined;
  return r.kind === "void"
    ? call("$subtract_dates", left, castTo(right, DateType, context.ansi))
    : call("date_sub", left, right);
}
