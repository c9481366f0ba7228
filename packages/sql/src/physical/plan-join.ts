import { conjuncts, references } from "../expression/conjuncts.js";
import type { Attribute, Expression } from "../expression/expression.js";
import { sameExpression } from "../expression/same-expression.js";
import { outputOf } from "../logical/output.js";
import type { Join, JoinType } from "../logical/plan.js";
import { buildSide } from "./build-side.js";
import type { JoinPlan, PhysicalPlan } from "./plan.js";
import { isStream, narrow, type Planner, withColumns } from "./planner.js";
import { isSteady } from "./steady.js";

export interface Equality {
  readonly left: Expression;
  readonly right: Expression;
  readonly nullSafe: boolean;
}

/** A hash join over the equalities of the condition; what remains of it is checked per pair. */
export function planJoin(planner: Planner, node: Join): PhysicalPlan {
  const { equalities, rest, nullAware } = joinParts(node);
  const left = withColumns(
    planner.plan(node.left),
    equalities.map((equality) => equality.left),
  );
  const right = withColumns(
    planner.plan(node.right),
    equalities.map((equality) => equality.right),
  );
  const output = outputOf(node);
  const wide = widened(node, left.plan.output, right.plan.output);
  const build = buildSide(node);
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
    build,
    beside: planner.context.streaming ? besideStream(node, build) : undefined,
    nullAware,
    subqueryOrigin: node.subqueryOrigin,
  };
  return wide.length === output.length ? join : narrow(join, output);
}

function besideStream(node: Join, build: "left" | "right"): JoinPlan["beside"] {
  const held = node[build];
  if (!isStream(node) || isStream(held)) return undefined;
  return isSteady(held) ? "steady" : "changing";
}

/** The condition as equalities of the two sides and the rest. */
export function joinParts(node: Join): {
  readonly equalities: readonly Equality[];
  readonly rest: readonly Expression[];
  readonly nullAware: boolean;
} {
  const left = new Set(outputOf(node.left).map((a) => a.id));
  const right = new Set(outputOf(node.right).map((a) => a.id));
  const parts = node.condition ? conjuncts(node.condition) : [];
  const only = parts.length === 1 && takesNullAware(node.type) ? equalOrNull(parts[0]!) : undefined;
  const equality = only && equalityOf(only, left, right);
  if (equality && !equality.nullSafe) return { equalities: [equality], rest: [], nullAware: true };
  const equalities: Equality[] = [];
  const rest: Expression[] = [];
  for (const part of parts) {
    const one = equalityOf(part, left, right);
    if (one) equalities.push(one);
    else rest.push(part);
  }
  return { equalities, rest, nullAware: false };
}

function takesNullAware(type: JoinType): boolean {
  return type === "leftAnti" || type === "existence";
}

/** The equality of `a = b OR (a = b) IS NULL`, as NOT IN asks for it. */
function equalOrNull(part: Expression): Expression | undefined {
  if (part.kind !== "scalar" || part.fn.names[0] !== "or") return undefined;
  const [equality, test] = part.args as [Expression, Expression];
  if (test.kind !== "scalar" || test.fn.names[0] !== "isnull") return undefined;
  return sameExpression(test.args[0]!, equality) ? equality : undefined;
}

/** The columns that the operator gives out: keys that were computed for it too. */
export function widened(
  node: Join,
  left: readonly Attribute[],
  right: readonly Attribute[],
): readonly Attribute[] {
  const nullable = (attributes: readonly Attribute[]): readonly Attribute[] =>
    attributes.map((a) => (a.nullable ? a : { ...a, nullable: true }));
  switch (node.type) {
    case "leftSemi":
    case "leftAnti":
      return left;
    case "existence":
      return [...left, node.flag!];
    case "left":
    case "leftSingle":
      return [...left, ...nullable(right)];
    case "right":
      return [...nullable(left), ...right];
    case "full":
      return [...nullable(left), ...nullable(right)];
    default:
      return [...left, ...right];
  }
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
