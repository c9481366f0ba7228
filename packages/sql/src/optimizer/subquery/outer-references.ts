import { exists, transformExpression } from "../../expression/children.js";
import type { Attribute, Expression } from "../../expression/expression.js";
import { isRepeatable } from "../../expression/repeatable.js";

/** Whether an expression of a subquery reads columns of the query around it. */
export function readsOuter(e: Expression): boolean {
  return exists(e, (part) => part.kind === "outerReference");
}

/** The columns of the query around that expressions of a subquery read, each once. */
export function outerColumns(expressions: readonly Expression[]): readonly Attribute[] {
  const found = new Map<number, Attribute>();
  for (const e of expressions) {
    exists(e, (part) => {
      if (part.kind === "outerReference") found.set(part.attribute.id, part.attribute);
      return false;
    });
  }
  return [...found.values()];
}

/** The expression with outer references replaced. */
export function replaceOuterReferences(
  e: Expression,
  replace: (column: Attribute) => Expression,
): Expression {
  return transformExpression(e, (part) => (part.kind === "outerReference" ? replace(part.attribute) : part));
}

/** The expression as the query around sees it: outer references become columns. */
export function asSeenOutside(e: Expression): Expression {
  return replaceOuterReferences(e, (column) => column);
}

/** The expression with some columns replaced by what they stand for. */
export function substitute(e: Expression, definitions: ReadonlyMap<number, Expression>): Expression {
  if (definitions.size === 0) return e;
  return transformExpression(e, (part) =>
    part.kind === "attribute" ? (definitions.get(part.id) ?? part) : part,
  );
}

/** Whether an expression over the columns of a row may be computed elsewhere. */
export function isMovable(e: Expression): boolean {
  return isRepeatable(e) && !exists(e, (part) => PLACED.has(part.kind));
}

const PLACED: ReadonlySet<Expression["kind"]> = new Set(["subquery", "window", "aggregate", "generator"]);
