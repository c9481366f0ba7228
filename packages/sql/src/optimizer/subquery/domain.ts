import { freshen } from "../../analyzer/fresh-ids.js";
import { type Alias, type Attribute, freshId } from "../../expression/expression.js";
import { outputOf } from "../../logical/output.js";
import type { LogicalPlan } from "../../logical/plan.js";

/** Makes a plan of the distinct values that some columns of the query around have, under ids of its own. */
export type Domain = (columns: readonly Attribute[]) => {
  readonly plan: LogicalPlan;
  /** In the order of the columns that were asked for. */
  readonly columns: readonly Attribute[];
};

/** The values as they are in a plan, which is computed again for them. */
export function domainOf(outer: LogicalPlan): Domain {
  return (columns) => {
    const expressions = columns.map(
      (column): Alias => ({ kind: "alias", child: column, names: [column.name], id: freshId() }),
    );
    const distinct: LogicalPlan = {
      kind: "deduplicate",
      child: { kind: "project", child: outer, expressions },
      columns: null,
    };
    const plan = freshen(distinct);
    return { plan, columns: outputOf(plan) };
  };
}
