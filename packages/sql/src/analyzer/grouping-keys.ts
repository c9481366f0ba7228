import { children } from "../expression/children.js";
import { analysisError } from "../expression/errors.js";
import type { Expression } from "../expression/expression.js";
import { plainSql } from "../expression/expression-text.js";
import type { Aggregate } from "../logical/plan.js";
import { containsAggregate } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import { isConstant } from "./constant.js";
import type { PlanContext } from "./context.js";
import { unresolvedColumn } from "./errors.js";
import { resolveExpression } from "./resolve-expression.js";
import { matchColumns, type Resolved, sameName } from "./scope.js";
import type { Item } from "./select-list.js";

/** Grouping keys, as far as they are known before the select list is. */
export interface KeysInProgress {
  /** Those that stand for themselves. */
  readonly known: readonly Expression[];
  /** All of them: positions and aliases mean items of the select list. `positions[i]` is where written key i went. */
  finish(
    known: readonly Expression[],
    items: readonly Item[],
    child: Resolved,
  ): { readonly keys: readonly Expression[]; readonly positions: readonly number[] };
}

/** The keys of GROUP BY: expressions, positions, aliases, or ALL. */
export function resolveKeys(
  node: Aggregate,
  child: Resolved,
  context: PlanContext,
  analyzer: Analyzer,
): KeysInProgress {
  const known: Expression[] = [];
  const late = node.keys.map((key) => {
    if (isPosition(key, analyzer) || isAlias(key, node, child, analyzer)) return true;
    const resolved = resolveExpression(key, { scope: child, plan: context }, analyzer);
    known.push(resolved.kind === "alias" ? resolved.child : resolved);
    return false;
  });
  return {
    known,
    finish(windowed, items) {
      if (node.all) return { keys: allKeys(items, node), positions: [] };
      let next = 0;
      const keys: Expression[] = [];
      const positions = node.keys.map((key, i) => {
        const resolved = late[i] ? itemKey(key, items, node, child, analyzer) : windowed[next++]!;
        return keys.push(resolved) - 1;
      });
      return { keys, positions };
    },
  };
}

function isPosition(key: Expression, analyzer: Analyzer): boolean {
  const whole = key.kind === "literal" && key.type.kind === "integer";
  return whole && analyzer.environment.conf("spark.sql.groupByOrdinal") !== "false";
}

/** A name that is no column, but the alias of an item. */
function isAlias(key: Expression, node: Aggregate, child: Resolved, analyzer: Analyzer): boolean {
  if (key.kind !== "unresolvedAttribute" || analyzer.environment.conf("spark.sql.groupByAliases") === "false")
    return false;
  const { caseSensitive } = analyzer.environment;
  if (matchColumns(child, key.parts, caseSensitive)) return false;
  return (
    key.parts.length === 1 &&
    node.expressions.some(
      (e) =>
        e.kind === "alias" && e.names.length === 1 && sameName(e.names[0]!, key.parts[0]!, caseSensitive),
    )
  );
}

function itemKey(
  key: Expression,
  items: readonly Item[],
  node: Aggregate,
  child: Resolved,
  analyzer: Analyzer,
): Expression {
  if (key.kind === "unresolvedAttribute") {
    const { caseSensitive } = analyzer.environment;
    const item = items.find(
      (one) => one.kind === "alias" && sameName(one.names[0] ?? "", key.parts[0]!, caseSensitive),
    );
    if (item?.kind === "alias" && item.child.kind === "generator")
      throw unresolvedColumn(key.parts, child, key.origin);
    return (item as Extract<Item, { kind: "alias" }>).child;
  }
  const index = key.kind === "literal" ? Number(key.value) : 0;
  const item = items[index - 1];
  if (!item) {
    throw analysisError(
      "GROUP_BY_POS_OUT_OF_RANGE",
      "42805",
      `GROUP BY position ${index} is not in the select list, which has ${items.length} items.`,
      { index: String(index), size: String(items.length) },
      key.origin,
    );
  }
  const made = item.kind === "alias" ? item.child : item;
  const e = made.kind === "generator" && made.args.length === 1 ? made.args[0]! : made;
  if (containsAggregate(e)) {
    throw analysisError(
      "GROUP_BY_POS_AGGREGATE",
      "42903",
      `GROUP BY ${index} means an aggregate function, ${plainSql(e)}, which cannot be grouped by.`,
      { index: String(index), aggExpr: plainSql(item) },
      key.origin ?? node.origin,
    );
  }
  return e;
}

/** GROUP BY ALL: every item without an aggregate function. */
function allKeys(items: readonly Item[], node: Aggregate): readonly Expression[] {
  const keys = items.flatMap((item): readonly Expression[] => {
    const e = item.kind === "alias" ? item.child : item;
    // what a generator reads is grouped by, not what it makes
    if (e.kind === "generator") return e.args.filter((arg) => !isConstant(arg) && !containsAggregate(arg));
    return containsAggregate(e) ? [] : [e];
  });
  if (keys.length > 0 || !items.some(readsColumnBesideAggregate)) return keys;
  throw analysisError(
    "UNRESOLVED_ALL_IN_GROUP_BY",
    "42803",
    "GROUP BY ALL finds no column to group by, although columns stand beside aggregate functions: name the keys.",
    {},
    node.origin,
  );
}

function readsColumnBesideAggregate(e: Expression): boolean {
  if (e.kind === "aggregate") return false;
  if (e.kind === "subquery" && e.outer) return true;
  return e.kind === "attribute" || children(e).some(readsColumnBesideAggregate);
}
