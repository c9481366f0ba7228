import { visit } from "../expression/conjuncts.js";
import type { LogicalPlan, Name, Read } from "./plan.js";
import { childrenOf, expressionsOf } from "./transform.js";

/** Every data source that an unresolved plan reads, also through views and in subqueries. */
export function collectReads(plan: LogicalPlan, view: (name: Name) => LogicalPlan | undefined): Read[] {
  const reads: Read[] = [];
  const seen = new Set<LogicalPlan>();
  const collect = (node: LogicalPlan): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "read") reads.push(node);
    if (node.kind === "unresolvedRelation") {
      const found = view(node.name);
      if (found) collect(found);
    }
    if (node.kind === "with") for (const cte of node.ctes) collect(cte.plan);
    for (const e of expressionsOf(node)) {
      visit(e, (part) => {
        if (part.kind === "subquery") collect(part.plan);
      });
    }
    for (const child of childrenOf(node)) collect(child);
  };
  collect(plan);
  return reads;
}
