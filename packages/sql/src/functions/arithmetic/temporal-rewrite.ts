import {
  CalendarIntervalType,
  type DataType,
  DateType,
  StringType,
  TimestampNTZType,
  TimestampType,
} from "@ss/core";
import type { Expression, UnresolvedCall } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnyTimestamp, isInterval, isString } from "../../expression/type-predicates.js";
import { callLike, coerced } from "../define.js";

/** The names of internal functions of dates and intervals. */
export const ADD_INTERVAL = "$add_interval";
export const SUBTRACT_INTERVAL = "$subtract_interval";
export const SUBTRACT_DATES = "$subtract_dates";
export const SUBTRACT_TIMESTAMPS = "$subtract_timestamps";
export const SUBTRACT_TIMES = "$subtract_times";

type Rewrite = (left: Expression, right: Expression, context: FunctionContext) => Expression | undefined;

/** `+` of dates, times and intervals; undefined where both sides are numbers or both are intervals. */
export const rewriteAdd: Rewrite = (left, right, context) => {
  const [l, r] = [typeOf(left), typeOf(right)];
  if (takesInterval(l, r)) return plusInterval(ADD_INTERVAL, left, right, context);
  if (takesInterval(r, l) && !isInterval(r)) return plusInterval(ADD_INTERVAL, right, left, context, true);
  if (isAnyTimestamp(l) && r.kind === "void") return plusInterval(ADD_INTERVAL, left, right, context);
  if (isAnyTimestamp(r) && l.kind === "void") return plusInterval(ADD_INTERVAL, right, left, context, true);
  if (l.kind === "date" && r.kind === "void")
    return plusInterval(ADD_INTERVAL, instant(left, context), right, context);
  if (r.kind === "date" && l.kind === "void") {
    return plusInterval(ADD_INTERVAL, instant(right, context), left, context, true);
  }
  if (l.kind === "date") {
    return callLike(context, "date_add", left, isString(r) ? coerced(right, DateType, context) : right);
  }
  if (r.kind !== "date") return undefined;
  return isString(l)
    ? callLike(context, "date_add", coerced(left, DateType, context), right)
    : callLike(context, "date_add", right, left);
};

/** `-` of dates, times and intervals. */
export const rewriteSubtract: Rewrite = (left, right, context) => {
  const [l, r] = [typeOf(left), typeOf(right)];
  if (takesInterval(l, r)) return plusInterval(SUBTRACT_INTERVAL, left, right, context);
  if (l.kind === "time" && r.kind === "time") return callLike(context, SUBTRACT_TIMES, left, right);
  if (isAnyTimestamp(l) || isAnyTimestamp(r)) {
    const common = l.kind === "timestamp" || r.kind === "timestamp" ? TimestampType : TimestampNTZType;
    if (!isPointInTime(l) || !isPointInTime(r)) return undefined;
    return callLike(
      context,
      SUBTRACT_TIMESTAMPS,
      coerced(left, common, context),
      coerced(right, common, context),
    );
  }
  if ((l.kind === "date" && isPointInTime(r)) || (r.kind === "date" && isPointInTime(l))) {
    return callLike(
      context,
      SUBTRACT_DATES,
      coerced(left, DateType, context),
      coerced(right, DateType, context),
    );
  }
  return l.kind === "date" ? callLike(context, "date_sub", left, right) : undefined;
};

function isPointInTime(type: DataType): boolean {
  return type.kind === "date" || isAnyTimestamp(type) || isString(type) || type.kind === "void";
}

/** Whether an interval of type `interval` is added to a value of type `base`. */
function takesInterval(base: DataType, interval: DataType): boolean {
  if (!isInterval(interval)) return false;
  if (base.kind === "date" || isAnyTimestamp(base)) return true;
  if (base.kind === "time") return interval.kind === "dayTimeInterval";
  if (interval.kind === "yearMonthInterval" || base.kind === interval.kind) return false;
  // anything else is refused when the call is resolved, as no timestamp
  return base.kind !== "void" || interval.kind === "interval";
}

function instant(e: Expression, context: FunctionContext): Expression {
  return coerced(e, TimestampType, context);
}

function plusInterval(
  name: typeof ADD_INTERVAL | typeof SUBTRACT_INTERVAL,
  base: Expression,
  interval: Expression,
  context: FunctionContext,
  swapped = false,
): Expression {
  const [b, i] = [typeOf(base), typeOf(interval)];
  const call = (l: Expression, r: Expression): UnresolvedCall =>
    swapped ? callLike(context, `${name}_swapped`, r, l) : callLike(context, name, l, r);
  if (b.kind === "date" && i.kind === "dayTimeInterval") {
    if (i.start !== "day" || i.end !== "day") return call(instant(base, context), interval);
    const days = callLike(context, "extractansiintervaldays", interval);
    return callLike(
      context,
      "date_add",
      base,
      name === ADD_INTERVAL ? days : callLike(context, "negative", days),
    );
  }
  if (i.kind === "void") return call(base, coerced(interval, CalendarIntervalType, context));
  if (!isString(b)) return call(b.kind === "void" ? instant(base, context) : base, interval);
  const moved = call(instant(base, context), interval);
  return { kind: "cast", child: moved, type: StringType, mode: "cast", ansi: context.ansi };
}
