import type { Attribute, Expression } from "../expression/expression.js";
import { conjuncts, references } from "../expression/conjuncts.js";
import type { Join, LogicalPlan } from "../logical/plan.js";
import { outputOf } from "../logical/output.js";
import { isStream, type Planner, withColumns, narrow } from "./planner.js";
import type { JoinPlan, PhysicalPlan } from "./plan.js";

interface Equality {
  readonly left: Expression;
  readonly right: Expression;
  readonly nullSafe: boolean;
}

/** A hash join over the equalities of the condition; what remains of it is checked per pair. */
export function planJoin(planner: Planner, node: Join): PhysicalPlan {
  const leftIds = new Set(outputOf(node.left).map((a) => a.id));
  const rightIds = new Set(outputOf(node.right).map((a) => a.id));
  const equalities: Equality[] = [];
  const rest: Expression[] = [];
  for (const part of node.condition ? conjuncts(node.condition) : []) {
    const equality = equalityOf(part, leftIds, rightIds);
    if (equality) equalities.push(equality);
    else rest.push(part);
  }
  const left = withColumns(
    planner.plan(node.left),
    equalities.map((equality) => equality.left),
  );
  const right = withColumns(
    planner.plan(node.right),
    equalities.map((equality) => equality.right),
  );
  const output = outputOf(node);
  const semi = node.type === "leftSemi" || node.type === "leftAnti";
  const wide = semi ? left.plan.output : widened(node, left.plan.output, right.plan.output);
  const join: JoinPlan = {
    kind: "join",
    left: left.plan,
    right: right.plan,
    type: node.type === "cross" ? "inner" : node.type,
    keys: {
      left: left.attributes,
      right: right.attributes,
      nullSafe: equalities.map((equality) => equality.nullSafe),
    },
    conditions: rest,
    output: wide,
    build: buildSide(node),
  };
  return wide.length === output.length ? join : narrow(join, output);
}

/** Columns of both sides, nullable where an outer join may leave them out. */
function widened(node: Join, left: readonly Attribute[], right: readonly Attribute[]): readonly Attribute[] {
  const leftNull = node.type === "right" || node.type === "full";
  const rightNull = node.type === "left" || node.type === "full";
  const nullable = (attributes: readonly Attribute[], yes: boolean): readonly Attribute[] =>
    yes ? attributes.map((a) => ({ ...a, nullable: true })) : attributes;
  return [...nullable(left, leftNull), ...nullable(right, rightNull)];
}

/** The side that is held: the one that does not stream, else the right one (the left of a right join). */
function buildSide(node: Join): "left" | "right" {
  const streams = (plan: LogicalPlan): boolean => isStream(plan);
  if (streams(node.left) !== streams(node.right)) return streams(node.left) ? "right" : "left";
  return node.type === "right" ? "left" : "right";
}

function equalityOf(
  part: Expression,
  left: ReadonlySet<number>,
  right: ReadonlySet<number>,
): Equality | undefined {
  if (part.kind !== "scalar") return undefined;
  const name = part.fn.names[0]!;
  if (name !== "=" && name !== "<=>") return undefined;
  const [a, b] = part.args as [Expression, Expression];
  const nullSafe = name === "<=>";
  if (only(a, left) && only(b, right)) return { left: a, right: b, nullSafe };
  if (only(a, right) && only(b, left)) return { left: b, right: a, nullSafe };
  return undefined;
}

function only(e: Expression, ids: ReadonlySet<number>): boolean {
  const used = references(e);
  return used.size > 0 && [...used].every((id) => ids.has(id));
}
