import { sameType } from "@ss/core";
import { exists } from "../expression/children.js";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { findWiderTypeForTwo } from "../expression/coercion/wider-type.js";
import { analysisError, quotedType } from "../expression/errors.js";
import { type Attribute, type Expression, freshId } from "../expression/expression.js";
import type { Join, LogicalPlan, With } from "../logical/plan.js";
import { childrenOf, expressionsOf, transformUp } from "../logical/transform.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import { renamed } from "./columns.js";
import type { CommonTable, PlanContext, RecursiveTable, SelfReference } from "./context.js";
import type { Resolved } from "./scope.js";

/** A query of a WITH clause. */
export function commonTable(cte: With["ctes"][number], node: With, context: PlanContext): CommonTable {
  const recursive = node.recursive ? { maxLevel: cte.maxRecursion, origin: node.origin } : undefined;
  return { name: cte.name, columns: cte.columns, plan: cte.plan, context, recursive };
}

/** A query of WITH RECURSIVE: `anchor UNION ALL step`, where the step refers to the query itself; any other query if it does not. */
export function resolveRecursive(
  table: CommonTable,
  recursive: RecursiveTable,
  analyzer: Analyzer,
): Resolved {
  const outside: SelfReference = { rows: undefined, used: false };
  const inside: SelfReference = { rows: undefined, used: false };
  const { body, context } = within(table, outside, inside);
  if (body.kind !== "setOperation" || body.type !== "union" || body.children.length !== 2) {
    return analyzer.resolve(body, context);
  }
  const anchor = anchorOf(analyzer.resolve(body.children[0]!, context), table);
  const recursionId = freshId();
  inside.rows = { recursionId, columns: anchor.columns };
  const step = materialize(analyzer.resolve(body.children[1]!, context));
  if (!inside.used) return analyzer.resolve(body, context);
  if (!body.all) throw distinctUnion(recursive);
  if (holdsWithin(step.plan, recursionId)) throw invalidPlace();
  // the set operation tells what is wrong with the numbers of columns
  if (anchor.columns.length !== step.columns.length) return analyzer.resolve(body, context);
  return recursion(recursionId, anchor, step, recursive, analyzer);
}

/** The query without the WITH clauses around it; those see the query itself too, but may not use it. */
function within(
  table: CommonTable,
  outside: SelfReference,
  inside: SelfReference,
): { readonly body: LogicalPlan; readonly context: PlanContext } {
  const self = (reference: SelfReference): CommonTable => ({
    ...table,
    recursive: undefined,
    self: reference,
  });
  let body = table.plan;
  const inner: CommonTable[] = [];
  while (body.kind === "with") {
    for (const cte of body.ctes) {
      const tables = [...table.context.tables, self(outside), ...inner];
      inner.push(commonTable(cte, body, { ...table.context, tables, windows: {} }));
    }
    body = body.child;
  }
  const tables = [...table.context.tables, self(inside), ...inner];
  return { body, context: { ...table.context, tables } };
}

/** The rows of the time before, where the query's text names the query. */
export function rowsOfSelf(self: SelfReference): Resolved {
  if (!self.rows) throw invalidRecursion();
  self.used = true;
  const { recursionId, columns } = self.rows;
  const attributes = columns.map(
    (column): Attribute => ({ ...column, id: freshId(), nullable: true, qualifier: [] }),
  );
  return resolved({ kind: "recursionRows", recursionId, attributes });
}

function anchorOf(anchor: Resolved, table: CommonTable): Resolved {
  const plain = materialize(anchor);
  return materialize(table.columns ? renamed(plain, table.columns) : plain);
}

/** Columns of the step are cast to the types of the anchor's, which have to be the wider ones. */
function recursion(
  recursionId: number,
  anchor: Resolved,
  step: Resolved,
  recursive: RecursiveTable,
  analyzer: Analyzer,
): Resolved {
  const { ansi, conf } = analyzer.environment;
  const expressions = step.columns.map((column, k): Expression => {
    const { type } = anchor.columns[k]!;
    if (sameType(column.type, type, true)) return column;
    const wider = findWiderTypeForTwo(type, column.type, ansi);
    if (!wider || !sameType(wider, type, true)) throw incompatible(anchor.columns[k]!, column);
    return { kind: "alias", child: castTo(column, type, ansi), names: [column.name], id: freshId() };
  });
  const output = anchor.columns.map(
    (column): Attribute => ({ ...column, id: freshId(), nullable: true, qualifier: [] }),
  );
  return resolved({
    kind: "recursion",
    recursionId,
    children: [anchor.plan, { kind: "project", child: step.plan, expressions }],
    output,
    levelLimit: limitOf(recursive.maxLevel ?? Number(conf("spark.sql.cteRecursionLevelLimit") ?? 100)),
    rowLimit: limitOf(Number(conf("spark.sql.cteRecursionRowLimit") ?? 1_000_000)),
  });
}

/** -1 means no limit. */
function limitOf(value: number): number {
  return value < 0 ? Number.POSITIVE_INFINITY : value;
}

/** The plan whose recursions may give any number of rows. */
export function withoutRowLimit(plan: LogicalPlan): LogicalPlan {
  return transformUp(plan, (node) =>
    node.kind === "recursion" ? { ...node, rowLimit: Number.POSITIVE_INFINITY } : node,
  );
}

/** Whether a step reads the rows of the time before where it would need those of all times. */
function holdsWithin(plan: LogicalPlan, recursionId: number): boolean {
  const reads = (node: LogicalPlan): boolean => readsRecursion(node, recursionId);
  if (!reads(plan)) return false;
  switch (plan.kind) {
    case "aggregate":
    case "deduplicate":
    case "window":
    case "sort":
      return true;
    case "join":
      if (sidesThatMayLack(plan).some(reads)) return true;
      break;
    case "setOperation":
      if (plan.type !== "union") return true;
      break;
  }
  const inSubqueries = expressionsOf(plan).some((e) =>
    exists(e, (part) => part.kind === "subquery" && holdsWithin(part.plan, recursionId)),
  );
  return inSubqueries || childrenOf(plan).some((child) => holdsWithin(child, recursionId));
}

function sidesThatMayLack({ type, left, right }: Join): readonly LogicalPlan[] {
  switch (type) {
    case "inner":
    case "cross":
      return [];
    case "right":
      return [left];
    case "full":
      return [left, right];
    default:
      return [right];
  }
}

/** Whether a plan reads the rows of a recursion, itself or in a subquery. */
function readsRecursion(plan: LogicalPlan, recursionId: number): boolean {
  if (plan.kind === "recursionRows") return plan.recursionId === recursionId;
  const inSubquery = (e: Expression): boolean =>
    exists(e, (part) => part.kind === "subquery" && readsRecursion(part.plan, recursionId));
  return (
    expressionsOf(plan).some(inSubquery) ||
    childrenOf(plan).some((child) => readsRecursion(child, recursionId))
  );
}

function invalidRecursion(): Error {
  return analysisError(
    "INVALID_RECURSIVE_CTE",
    "42836",
    "A recursive query is written `anchor UNION ALL step`, and only the step refers to the query itself.",
    {},
  );
}

function invalidPlace(): Error {
  return analysisError(
    "INVALID_RECURSIVE_REFERENCE.PLACE",
    "42836",
    "A recursive query refers to itself on the outer side of a join, or below an aggregate, a window or a sort.",
    {},
  );
}

function distinctUnion({ origin }: RecursiveTable): Error {
  return analysisError(
    "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE",
    "42836",
    "A recursive query needs UNION ALL: UNION would drop rows of earlier steps.",
    {},
    origin,
  );
}

function incompatible(anchor: Attribute, step: Attribute): Error {
  const parameters = { left: quotedType(anchor.type), right: quotedType(step.type) };
  return analysisError(
    "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
    "42825",
    `The column ${anchor.name} of a recursive query is ${parameters.left} at first and ${parameters.right} in its steps: cast the first.`,
    parameters,
  );
}
