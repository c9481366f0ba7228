import { type Attribute, type Expression, freshId } from "../../expression/expression.js";
import { sameExpression } from "../../expression/same-expression.js";
import { outputOf } from "../../logical/output.js";
import type { LogicalPlan, SetOperation } from "../../logical/plan.js";
import { outerColumns } from "./outer-references.js";
import { settled, type UnnestContext } from "./unnest.js";
import { type Bound, bind, overBound, type Unnested, unnested } from "./unnested.js";

/** UNION, INTERSECT and EXCEPT: every branch gives out, last, the outer values that any branch depends on. */
export function unnestSetOperation(plan: SetOperation, context: UnnestContext): Unnested {
  const branches = plan.children.map((child) => settled(child, context));
  const outer: Expression[] = [];
  for (const { bound } of branches) {
    for (const one of bound)
      if (!outer.some((known) => sameExpression(known, one.outer))) outer.push(one.outer);
  }
  const children = branches.map((branch, k) =>
    withValues(branch, outputOf(plan.children[k]!), outer, context),
  );
  const output = plan.output ?? outputOf(plan.children[0]!);
  const bound = outer.map((e, k): Bound => {
    const [first] = children;
    const column = outputOf(first!)[output.length + k]!;
    return { outer: e, inner: { ...column, id: freshId(), nullable: true } };
  });
  const all = { ...plan, children, output: [...output, ...bound.map(({ inner }) => inner)] };
  return { ...unnested(all), bound };
}

function withValues(
  branch: Unnested,
  columns: readonly Attribute[],
  outer: readonly Expression[],
  context: UnnestContext,
): LogicalPlan {
  const lacking = outer.filter((e) => !branch.bound.some((one) => sameExpression(one.outer, e)));
  const complete = outerColumns(lacking).length > 0 ? bind(branch, lacking, context.domain) : branch;
  const values = outer.map((e): Expression => {
    const known = complete.bound.find((one) => sameExpression(one.outer, e));
    const value = known ? known.inner : overBound(e, complete);
    return { kind: "alias", child: value, names: ["_bound"], id: freshId() };
  });
  return { kind: "project", child: complete.plan, expressions: [...columns, ...values] };
}
