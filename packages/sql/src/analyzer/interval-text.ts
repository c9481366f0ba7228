import type { IntervalValue } from "@ss/core";
import { tryParseCalendarInterval } from "@ss/kernels";
import type { Expression } from "../expression/expression.js";
import { parseExpression } from "../parser/parser.js";

/** A span of time as `withWatermark` and `window` take it: with units, `10 minutes`, or as SQL has it, `INTERVAL '10' MINUTE`; undefined where it is none. */
export function intervalOfText(text: string): IntervalValue | undefined {
  const interval = tryParseCalendarInterval(text);
  if (interval !== undefined || !/^\s*interval\b/i.test(text)) return interval;
  try {
    return valueOf(parseExpression(text));
  } catch {
    return undefined;
  }
}

function valueOf(e: Expression): IntervalValue | undefined {
  if (e.kind !== "literal" || e.value === null) return undefined;
  switch (e.type.kind) {
    case "interval":
      return e.value as IntervalValue;
    case "dayTimeInterval":
      return { months: 0, days: 0, micros: e.value as bigint };
    case "yearMonthInterval":
      return { months: Number(e.value), days: 0, micros: 0n };
    default:
      return undefined;
  }
}
