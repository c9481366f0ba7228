import type { LogicalPlan } from "../logical/plan.js";
import { parseFieldName } from "./identifiers.js";
import { parsePrimary } from "./primary.js";
import type { TokenCursor } from "./token-cursor.js";

/** The names in the hint comments of a SELECT. */
export function parseHints(cursor: TokenCursor): string[] {
  const names: string[] = [];
  while (cursor.accept("/*+")) {
    do {
      names.push(parseFieldName(cursor));
      if (cursor.at("(")) cursor.parenthesized(parsePrimary);
      cursor.accept(",");
    } while (!cursor.accept("*/"));
  }
  return names;
}

/** A plan under its hints. */
export function withHints(plan: LogicalPlan, names: readonly string[]): LogicalPlan {
  return names.reduceRight<LogicalPlan>((child, name) => ({ kind: "hint", child, name }), plan);
}
