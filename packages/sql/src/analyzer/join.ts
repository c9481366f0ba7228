import { analysisError, quotedName } from "../expression/errors.js";
import { type Attribute, call, type Expression, freshId } from "../expression/expression.js";
import { outputOf, toAttribute } from "../logical/output.js";
import type { Join, JoinType, LogicalPlan } from "../logical/plan.js";
import { containsAggregate } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { ambiguousReference } from "./errors.js";
import { generateOver } from "./generate.js";
import { resolveCall } from "./resolve-call.js";
import { asCondition, resolveExpression } from "./resolve-expression.js";
import { columnsNamed, type OuterScope, qualified, type Resolved } from "./scope.js";
import { editDistance } from "./suggestions.js";

/** Joins of all kinds; LATERAL too. */
export function resolveJoin(node: Join, context: PlanContext, analyzer: Analyzer): Resolved {
  const left = analyzer.resolve(node.left, context);
  const generated = node.lateral ? lateralGenerator(node, left, context, analyzer) : undefined;
  if (generated) return generated;
  const outer: OuterScope = { scope: left, used: new Map() };
  const right = analyzer.resolve(node.right, node.lateral ? { ...context, outer } : context);
  if (node.using || node.natural) return usingJoin(node, left, right, context, analyzer);
  const columns = [...left.columns, ...right.columns];
  const hidden = [...left.hidden, ...right.hidden];
  const condition = node.condition && joinCondition(node, { columns, hidden }, context, analyzer);
  const plan = joinPlan(node, node.type, left, right, condition);
  return visible(plan, node.type, left, right);
}

function joinPlan(
  node: Join,
  type: JoinType,
  left: Resolved,
  right: Resolved,
  condition: Expression | undefined,
): LogicalPlan {
  return {
    kind: "join",
    left: left.plan,
    right: right.plan,
    type: type === "cross" && condition ? "inner" : type,
    ...(condition ? { condition } : {}),
    ...(node.lateral ? { lateral: true } : {}),
  };
}

/** The columns of both sides (of the left one, for semi and anti joins), nullable where the join may lack a side. */
function visible(plan: LogicalPlan, type: JoinType, left: Resolved, right: Resolved): Resolved {
  const onlyLeft = type === "leftSemi" || type === "leftAnti";
  const columns = onlyLeft ? left.columns : [...left.columns, ...right.columns];
  const hidden = onlyLeft ? left.hidden : [...left.hidden, ...right.hidden];
  return { plan, columns: asGivenOut(columns, plan), hidden: asGivenOut(hidden, plan) };
}

/** Columns with the nullability that the plan gives them. */
function asGivenOut(columns: readonly Attribute[], plan: LogicalPlan): readonly Attribute[] {
  const nullable = new Map(outputOf(plan).map((column) => [column.id, column.nullable]));
  return columns.map((column) => {
    const own = nullable.get(column.id);
    return own === undefined || own === column.nullable ? column : { ...column, nullable: own };
  });
}

function joinCondition(
  node: Join,
  scope: { columns: readonly Attribute[]; hidden: readonly Attribute[] },
  context: PlanContext,
  analyzer: Analyzer,
): Expression {
  const condition = resolveExpression(node.condition!, { scope, plan: context }, analyzer);
  if (containsAggregate(condition)) {
    throw analysisError(
      "INVALID_JOIN_CONDITION",
      "42K0E",
      "The condition of a join cannot hold aggregate functions.",
      {},
      node.condition!.origin,
    );
  }
  return asCondition(condition, "JOIN", analyzer);
}

/** USING and NATURAL: columns of a name are equal and stand once. */
function usingJoin(
  node: Join,
  left: Resolved,
  right: Resolved,
  context: PlanContext,
  analyzer: Analyzer,
): Resolved {
  const { caseSensitive } = analyzer.environment;
  const names = node.using ?? commonNames(left, right, caseSensitive);
  const pairs = names.map((name) => ({
    left: keyColumn(name, left, "left", caseSensitive),
    right: keyColumn(name, right, "right", caseSensitive),
  }));
  const scope = { columns: [...left.columns, ...right.columns], hidden: [] };
  const inner = { scope, plan: context };
  let condition: Expression | undefined;
  for (const pair of pairs) {
    const equal = resolveCall(call("=", pair.left, pair.right), inner, analyzer);
    condition = condition ? resolveCall(call("and", condition, equal), inner, analyzer) : equal;
  }
  const type = node.type === "cross" && condition ? "inner" : node.type;
  const plan = joinPlan(node, type, left, right, condition);
  return usingOutput(plan, type, pairs, left, right, context, analyzer);
}

interface KeyPair {
  readonly left: Attribute;
  readonly right: Attribute;
}

function usingOutput(
  plan: LogicalPlan,
  type: JoinType,
  pairs: readonly KeyPair[],
  left: Resolved,
  right: Resolved,
  context: PlanContext,
  analyzer: Analyzer,
): Resolved {
  const leftKeys = pairs.map((pair) => pair.left);
  const rightKeys = pairs.map((pair) => pair.right);
  const others = (side: Resolved, keys: readonly Attribute[]): readonly Attribute[] =>
    side.columns.filter((column) => !keys.some((key) => key.id === column.id));
  const hiddenBefore = [...left.hidden, ...right.hidden];
  switch (type) {
    case "leftSemi":
    case "leftAnti":
      return { plan, columns: [...leftKeys, ...others(left, leftKeys)], hidden: left.hidden };
    case "right": {
      const columns = [...rightKeys, ...others(left, leftKeys), ...others(right, rightKeys)];
      return {
        plan,
        columns: asGivenOut(columns, plan),
        hidden: asGivenOut([...hiddenBefore, ...leftKeys], plan),
      };
    }
    case "full": {
      const { plan: merged, keys } = mergedKeys(plan, pairs, left, context, analyzer);
      const columns = [...keys, ...others(left, leftKeys), ...others(right, rightKeys)];
      const hidden = [...hiddenBefore, ...leftKeys, ...rightKeys];
      return { plan: merged, columns: asGivenOut(columns, merged), hidden: asGivenOut(hidden, merged) };
    }
    default: {
      const columns = [...leftKeys, ...others(left, leftKeys), ...others(right, rightKeys)];
      return {
        plan,
        columns: asGivenOut(columns, plan),
        hidden: asGivenOut([...hiddenBefore, ...rightKeys], plan),
      };
    }
  }
}

/** In a full join the key is that of the side which is there. */
function mergedKeys(
  plan: LogicalPlan,
  pairs: readonly KeyPair[],
  left: Resolved,
  context: PlanContext,
  analyzer: Analyzer,
): { plan: LogicalPlan; keys: readonly Attribute[] } {
  const output = outputOf(plan);
  const own = (column: Attribute): Attribute => output.find((one) => one.id === column.id) ?? column;
  const aliases = pairs.map((pair) => ({
    kind: "alias" as const,
    child: resolveCall(
      call("coalesce", own(pair.left), own(pair.right)),
      { scope: left, plan: context },
      analyzer,
    ),
    names: [pair.left.name],
    id: freshId(),
  }));
  const merged: LogicalPlan = { kind: "project", child: plan, expressions: [...output, ...aliases] };
  return { plan: merged, keys: aliases.map(toAttribute) };
}

function commonNames(left: Resolved, right: Resolved, caseSensitive: boolean): readonly string[] {
  return left.columns
    .map((column) => column.name)
    .filter((name) => columnsNamed(right.columns, name, caseSensitive).length > 0);
}

function keyColumn(name: string, side: Resolved, word: string, caseSensitive: boolean): Attribute {
  const found = columnsNamed(side.columns, name, caseSensitive);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw ambiguousReference([name], found, undefined);
  const ranked = [...side.columns].sort((a, b) => editDistance(a.name, name) - editDistance(b.name, name));
  const suggestion = ranked.map((column) => quotedName(column.name)).join(", ");
  throw analysisError(
    "UNRESOLVED_USING_COLUMN_FOR_JOIN",
    "42703",
    `The column ${quotedName(name)} of USING is not on the ${word} side, which has ${suggestion}.`,
    { colName: quotedName(name), side: word, suggestion },
  );
}

/** `LATERAL explode(...)` makes rows out of the row to its left and needs no join. */
function lateralGenerator(
  node: Join,
  left: Resolved,
  context: PlanContext,
  analyzer: Analyzer,
): Resolved | undefined {
  if (
    node.condition ||
    node.using ||
    (node.type !== "inner" && node.type !== "cross" && node.type !== "left")
  )
    return undefined;
  let plan = node.right;
  let qualifier: string | undefined;
  let names: readonly string[] = [];
  if (plan.kind === "subqueryAlias") {
    qualifier = plan.name[plan.name.length - 1];
    plan = plan.child;
  }
  if (plan.kind === "toNames") {
    names = plan.names;
    plan = plan.child;
  }
  if (plan.kind !== "tableFunction") return undefined;
  const written: Expression = { kind: "call", name: plan.name, args: plan.args, origin: plan.origin };
  const generator = resolveCall(written, { scope: left, plan: context }, analyzer);
  if (generator.kind !== "generator") return undefined;
  const made = generateOver(
    left,
    generator,
    node.type === "left" || generator.outer,
    qualifier,
    names,
    analyzer,
  );
  if (qualifier === undefined) return made;
  const count = left.columns.length;
  return { ...made, columns: [...left.columns, ...qualified(made.columns.slice(count), [qualifier])] };
}
