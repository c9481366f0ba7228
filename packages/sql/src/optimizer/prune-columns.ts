import { references, visit } from "../expression/conjuncts.js";
import type { Attribute, Expression } from "../expression/expression.js";
import { DELAY_MARK } from "../logical/event-time-column.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { expressionsOf, mapChildren } from "../logical/transform.js";

/** Reads and computes only the columns that somebody above uses. */
export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  return prune(plan, new Set(outputOf(plan).map((a) => a.id)));
}

type Ids = ReadonlySet<number>;

function prune(plan: LogicalPlan, wanted: Ids): LogicalPlan {
  switch (plan.kind) {
    case "source":
      return { ...plan, attributes: plan.attributes.filter((a) => wanted.has(a.id)) };
    case "project": {
      const kept = plan.expressions.filter((e) => wanted.has(idOf(e)));
      return { ...plan, expressions: kept, child: prune(plan.child, used(kept)) };
    }
    case "aggregate": {
      const kept = plan.expressions.filter((e) => wanted.has(idOf(e)));
      const needed = used([...kept, ...plan.keys]);
      return { ...plan, expressions: kept, child: prune(plan.child, needed) };
    }
    case "filter":
    case "sort":
    case "limit":
    case "offset":
    case "withWatermark":
    case "sample":
    case "observe":
    case "generate":
    case "window":
      return mapChildren(plan, (child) => prune(child, new Set([...wanted, ...used(expressionsOf(plan))])));
    case "lateRows": {
      // what goes on is what would if late rows, which are reported with all columns, were not asked for: state may be made of it
      const output = outputOf(prune(plan.child, wanted));
      return { ...plan, output, child: prune(plan.child, new Set(outputOf(plan.child).map((a) => a.id))) };
    }
    case "expand":
      return { ...plan, child: prune(plan.child, used(expressionsOf(plan))) };
    case "join": {
      const needed = new Set([...wanted, ...used(expressionsOf(plan))]);
      return { ...plan, left: pruneTimes(plan.left, needed), right: pruneTimes(plan.right, needed) };
    }
    case "deduplicate": {
      const ids = new Set(outputOf(plan.child).map((a) => a.id));
      if (!plan.withinWatermark) {
        const needed = new Set([...wanted, ...used(plan.columns ?? [])]);
        for (const column of idleTimes(plan.child, needed)) ids.delete(column.id);
      }
      return { ...plan, child: pruneTimes(plan.child, ids) };
    }
    default:
      // set operations, deduplication and the rest need all columns of their children
      return mapChildren(plan, (child) => prune(child, new Set(outputOf(child).map((a) => a.id))));
  }
}

/** The input of an operator that keeps rows by one event time: of several those that nobody above uses are left out. */
function pruneTimes(plan: LogicalPlan, needed: Ids): LogicalPlan {
  const child = prune(plan, needed);
  const idle = idleTimes(child, needed);
  if (idle.length === 0) return child;
  return { kind: "project", child, expressions: outputOf(child).filter((column) => !idle.includes(column)) };
}

function idleTimes(plan: LogicalPlan, needed: Ids): readonly Attribute[] {
  const times = outputOf(plan).filter((column) => column.metadata?.[DELAY_MARK] !== undefined);
  return times.length < 2 ? [] : times.filter((column) => !needed.has(column.id));
}

function idOf(e: Expression): number {
  return e.kind === "alias" || e.kind === "attribute" ? e.id : -1;
}

function used(expressions: readonly Expression[]): Ids {
  const ids = new Set<number>();
  for (const e of expressions) {
    references(e, ids);
    visit(e, (part) => {
      if (part.kind === "subquery") for (const outer of part.outer ?? []) ids.add(outer.id);
    });
  }
  return ids;
}
