import type { Origin } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { atImplicitAlias } from "./expressions.js";
import { parseIdentifier, parseIdentifierList } from "./identifiers.js";
import { isStrict } from "./keywords.js";
import type { TokenCursor } from "./token-cursor.js";

/** `[AS] t [(a, b)]` behind a relation. */
export interface TableAlias {
  readonly name: string;
  readonly columns?: readonly string[];
}

/** The alias that stands here, if any. Words of joins and set operations are no aliases, but `AS (a, b)` is one of the name `as`. */
export function parseTableAlias(cursor: TokenCursor): TableAlias | undefined {
  if (cursor.at("AS", "("))
    return { name: cursor.textOf(cursor.next()), columns: parseIdentifierList(cursor) };
  const explicit = cursor.accept("AS");
  const token = cursor.current;
  if (!cursor.isName(token) || isStrict(token.word) || (!explicit && !atImplicitAlias(cursor))) {
    if (explicit) throw cursor.error();
    return undefined;
  }
  const name = parseIdentifier(cursor);
  return cursor.at("(") ? { name, columns: parseIdentifierList(cursor) } : { name };
}

/** A relation under its alias; `origin` is the text of both. */
export function underAlias(plan: LogicalPlan, alias: TableAlias | undefined, origin: Origin): LogicalPlan {
  if (alias === undefined) return plan;
  const { name, columns } = alias;
  const child: LogicalPlan =
    columns === undefined ? plan : { kind: "toNames", child: plan, names: columns, origin };
  return { kind: "subqueryAlias", child, name: [name] };
}
