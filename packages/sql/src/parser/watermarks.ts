import type { Expression, Literal } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { parseNamed } from "./expressions.js";
import { atUnitInterval, parseInterval } from "./interval-literals.js";
import type { TokenCursor } from "./token-cursor.js";
import { parseTypedLiteral } from "./typed-literals.js";

/** What a WATERMARK clause says. */
export interface Watermark {
  readonly eventTime: Expression;
  readonly delay: string;
}

/** `WATERMARK column DELAY OF INTERVAL '10' SECONDS` behind a relation, if it stands there. */
export function parseWatermark(cursor: TokenCursor): Watermark | undefined {
  const next = cursor.peek();
  if (!cursor.at("WATERMARK") || next.type === "end" || [",", ")", ".", "AS"].includes(next.word))
    return undefined;
  const at = cursor.index;
  cursor.next();
  const eventTime = parseNamed(cursor);
  if (!cursor.accept("DELAY", "OF")) {
    // WATERMARK was the alias of the relation.
    cursor.index = at;
    return undefined;
  }
  if (!cursor.at("INTERVAL")) throw cursor.error();
  const interval = atUnitInterval(cursor) ? parseInterval(cursor) : parseTypedLiteral(cursor);
  return { eventTime, delay: delayText(interval) };
}

/** A relation under its watermark. */
export function underWatermark(child: LogicalPlan, watermark: Watermark | undefined): LogicalPlan {
  return watermark === undefined ? child : { kind: "withWatermark", child, ...watermark };
}

/** The interval as text in the units that delays are written in. */
function delayText(interval: Literal): string {
  if (interval.type.kind === "yearMonthInterval") return `${interval.value} months`;
  if (interval.type.kind === "dayTimeInterval") return `${interval.value} microseconds`;
  return (interval.text ?? "").replace(/^INTERVAL '|'$/g, "");
}
