import { transformExpression } from "../expression/children.js";
import { type Attribute, type Expression, freshId } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf, expressionsOf, mapExpressions, transformUp } from "../logical/transform.js";

/** The ids of the attributes that a plan's nodes make. */
export function producedIds(plan: LogicalPlan): number[] {
  const ids: number[] = [];
  collect(plan, ids);
  return ids;
}

function collect(plan: LogicalPlan, ids: number[]): void {
  for (const child of childrenOf(plan)) collect(child, ids);
  for (const attribute of ownAttributes(plan)) ids.push(attribute.id);
  if (plan.kind === "project" || plan.kind === "aggregate" || plan.kind === "window") {
    for (const e of expressionsOf(plan)) if (e.kind === "alias") ids.push(e.id);
  }
}

function ownAttributes(plan: LogicalPlan): readonly Attribute[] {
  switch (plan.kind) {
    case "source":
    case "localRelation":
    case "columnar":
    case "recursionRows":
      return plan.attributes;
    case "range":
      return [plan.attribute];
    case "expand":
    case "generate":
    case "setOperation":
    case "recursion":
    case "keyed":
    case "mapRows":
      return plan.output ?? [];
    default:
      return [];
  }
}

/** The same plan, whose nodes make attributes with other ids. */
export function freshen(plan: LogicalPlan): LogicalPlan {
  const ids = new Map(producedIds(plan).map((id) => [id, freshId()]));
  return withIds(plan, ids);
}

/** The plan with ids replaced, those of attributes that its nodes make and those that they read. */
function withIds(plan: LogicalPlan, ids: ReadonlyMap<number, number>): LogicalPlan {
  const attribute = (one: Attribute): Attribute => {
    const id = ids.get(one.id);
    return id === undefined ? one : { ...one, id };
  };
  const expression = (e: Expression): Expression =>
    transformExpression(e, (part) => {
      switch (part.kind) {
        case "attribute":
          return attribute(part);
        case "alias":
          return { ...part, id: ids.get(part.id) ?? part.id };
        case "outerReference":
          return { ...part, attribute: attribute(part.attribute) };
        case "subquery":
          return {
            ...part,
            plan: withIds(part.plan, ids),
            ...(part.outer ? { outer: part.outer.map(attribute) } : {}),
          };
        default:
          return part;
      }
    });
  return transformUp(plan, (node) => {
    const mapped = mapExpressions(node, expression);
    switch (mapped.kind) {
      case "source":
      case "localRelation":
      case "columnar":
      case "recursionRows":
        return { ...mapped, attributes: mapped.attributes.map(attribute) };
      case "range":
        return { ...mapped, attribute: attribute(mapped.attribute) };
      case "expand":
      case "recursion":
        return { ...mapped, output: mapped.output.map(attribute) };
      case "generate":
      case "keyed":
      case "mapRows":
      case "setOperation":
        return mapped.output ? { ...mapped, output: mapped.output.map(attribute) } : mapped;
      default:
        return mapped;
    }
  });
}
