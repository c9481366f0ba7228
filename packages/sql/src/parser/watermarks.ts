import type { LogicalPlan } from "../logical/plan.js";
import { parseNamed } from "./expressions.js";
import { parseInterval } from "./interval-literals.js";
import { parseTypedLiteral } from "./typed-literals.js";
import type { Literal } from "../expression/expression.js";
import type { TokenCursor } from "./token-cursor.js";

/** `WATERMARK column DELAY OF INTERVAL '10' SECONDS` behind a relation, if it stands there. */
export function parseWatermark(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const next = cursor.peek();
  if (!cursor.at("WATERMARK") || next.type === "end" || [",", ")", ".", "AS"].includes(next.word)) return child;
  const at = cursor.index;
  cursor.next();
  const eventTime = parseNamed(cursor);
  if (!cursor.accept("DELAY", "OF")) {
    // WATERMARK was the alias of the relation.
    cursor.index = at;
    return child;
  }
  const unitsFollow = !cursor.isString(cursor.peek()) || cursor.peek(2).type === "word";
  const interval = unitsFollow ? parseInterval(cursor) : parseTypedLiteral(cursor);
  return { kind: "withWatermark", child, eventTime, delay: delayText(interval) };
}

/** The interval as text in the units that delays are written in. */
function delayText(interval: Literal): string {
  if (interval.type.kind === "yearMonthInterval") return `${interval.value} months`;
  if (interval.type.kind === "dayTimeInterval") return `${interval.value} microseconds`;
  return (interval.text ?? "").replace(/^INTERVAL '|'$/g, "");
}
