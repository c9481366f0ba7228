import type { LogicalPlan } from "../logical/plan.js";
import { parseIdentifier, parseIdentifierList } from "./identifiers.js";
import { atImplicitAlias } from "./expressions.js";
import { isStrict } from "./keywords.js";
import type { TokenCursor } from "./token-cursor.js";

/** `[AS] t [(a, b)]` behind a relation. */
export interface TableAlias {
  readonly name: string;
  readonly columns?: readonly string[];
}

/** The alias that stands here, if any. Words of joins and set operations are no aliases, but `AS (a, b)` is one of the name `as`. */
export function parseTableAlias(cursor: TokenCursor): TableAlias | undefined {
  if (cursor.at("AS", "(")) return { name: cursor.textOf(cursor.next()), columns: parseIdentifierList(cursor) };
  const explicit = cursor.accept("AS");
  const token = cursor.current;
  if (!cursor.isName(token) || isStrict(token.word) || (!explicit && !atImplicitAlias(cursor))) {
    if (explicit) throw cursor.error();
    return undefined;
  }
  const name = parseIdentifier(cursor);
  return cursor.at("(") ? { name, columns: parseIdentifierList(cursor) } : { name };
}

/** A relation under the alias that stands behind it. */
export function withTableAlias(cursor: TokenCursor, plan: LogicalPlan): LogicalPlan {
  const alias = parseTableAlias(cursor);
  if (alias === undefined) return plan;
  const child: LogicalPlan = alias.columns === undefined ? plan : { kind: "toNames", child: plan, names: alias.columns };
  return { kind: "subqueryAlias", child, name: [alias.name] };
}
