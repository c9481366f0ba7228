import { exists } from "../expression/children.js";
import { references } from "../expression/conjuncts.js";
import type { Expression } from "../expression/expression.js";
import { freshId } from "../expression/expression.js";
import { attributeOf, outputOf } from "../logical/output.js";
import type { Project } from "../logical/plan.js";
import { aggregateItems } from "./aggregate.js";
import { containsAggregate } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { LateralAliases } from "./context.js";
import type { Extension, Resolved, Scope } from "./scope.js";
import { hasWindow, type Item, layItems, selectItems } from "./select-list.js";
import { applyTimeWindows } from "./time-window.js";

/** SELECT without GROUP BY; with aggregate functions it is an aggregate over all rows. */
export function resolveProject(node: Project, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const lateral = new LateralAliases(analyzer.environment.caseSensitive);
  const items = selectItems(node.expressions, { scope: child, plan: context, lateral }, analyzer);
  if (items.some(containsAggregate)) {
    return aggregateItems(
      { child, keys: [], sets: undefined, items, lateral, origin: node.origin, context },
      analyzer,
    );
  }
  const windowed = applyTimeWindows(child, items, { scope: child, plan: context }, analyzer);
  return projection(windowed.child, windowed.expressions as readonly Item[], lateral, analyzer);
}

/** A projection to items that are resolved, which can bring up more columns from below. */
export function projection(
  child: Resolved,
  items: readonly Item[],
  lateral: LateralAliases,
  analyzer: Analyzer,
): Resolved {
  const plan = layItems(child.plan, items, lateral);
  const columns = plan.visible;
  return {
    plan: plan.plan,
    columns,
    hidden: [],
    extension: projectExtension(child, items, lateral, columns, analyzer),
  };
}

function projectExtension(
  child: Resolved,
  items: readonly Item[],
  lateral: LateralAliases,
  columns: Resolved["columns"],
  analyzer: Analyzer,
): Extension {
  return {
    below: belowOf(child),
    aggregate: false,
    bringUp(expressions) {
      const extra: Item[] = [];
      const rewritten = expressions.map((e): Expression => {
        if (!hasWindow(e)) return e;
        const alias: Item = { kind: "alias", child: e, names: ["_w"], id: freshId() };
        extra.push(alias);
        return attributeOf(alias as Extract<Expression, { kind: "alias" }>);
      });
      const lower = broughtUpBelow(child, [...rewritten, ...extra], items);
      const known = new Set([...columns.map((column) => column.id), ...extra.map((item) => item.id)]);
      for (const id of missing([...rewritten], known)) {
        const column = outputOf(lower.plan).find((one) => one.id === id);
        if (column) extra.push(column);
      }
      const raised = projection(lower, [...items, ...extra], lateral, analyzer);
      return { resolved: { ...raised, columns }, expressions: rewritten };
    },
  };
}

/** The columns below a select list, and what lies below those. */
export function belowOf(child: Resolved): Scope {
  const below = child.extension?.below;
  return below
    ? { columns: child.columns, hidden: child.hidden, below }
    : { columns: child.columns, hidden: child.hidden };
}

/** Columns that expressions read and the child does not give out are brought up to it first. */
function broughtUpBelow(
  child: Resolved,
  expressions: readonly Expression[],
  items: readonly Item[],
): Resolved {
  if (!child.extension) return child;
  const known = new Set([
    ...outputOf(child.plan).map((column) => column.id),
    ...items.map((item) => item.id),
  ]);
  const ids = missing(expressions, known);
  if (ids.length === 0) return child;
  const wanted = expressions.flatMap((e) => attributesIn(e)).filter((e) => ids.includes(e.id));
  return child.extension.bringUp(wanted).resolved;
}

function attributesIn(e: Expression): Extract<Expression, { kind: "attribute" }>[] {
  const found: Extract<Expression, { kind: "attribute" }>[] = [];
  exists(e, (part) => {
    if (part.kind === "attribute") found.push(part);
    if (part.kind === "subquery") found.push(...(part.outer ?? []));
    return false;
  });
  return found;
}

/** The ids that expressions read (subqueries too) and that are not known. */
export function missing(expressions: readonly Expression[], known: ReadonlySet<number>): number[] {
  const ids = new Set<number>();
  for (const e of expressions) references(e, ids);
  return [...ids].filter((id) => !known.has(id));
}
