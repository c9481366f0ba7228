import { references, visit } from "../expression/conjuncts.js";
import type { Expression } from "../expression/expression.js";
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
      return { ...plan, left: prune(plan.left, needed), right: prune(plan.right, needed) };
    }
    default:
      // set operations, deduplication and the rest need all columns of their children
      return mapChildren(plan, (child) => prune(child, new Set(outputOf(child).map((a) => a.id))));
  }
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
