import { type DataType, NullType, sameType } from "@ss/core";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { findWiderTypeForTwo } from "../expression/coercion/wider-type.js";
import { analysisError, ordinalWord, quotedName, quotedType } from "../expression/errors.js";
import { type Attribute, type Expression, freshId, literal } from "../expression/expression.js";
import type { LogicalPlan, SetOperation } from "../logical/plan.js";
import { isStreaming } from "../logical/transform.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { distinctRows, refuseVariants } from "./deduplicate.js";
import { resolveExpression } from "./resolve-expression.js";
import { columnsNamed, type Resolved } from "./scope.js";

/** UNION, INTERSECT and EXCEPT: columns go together by position (or name) and meet in one type. */
export function resolveSetOperation(node: SetOperation, context: PlanContext, analyzer: Analyzer): Resolved {
  let children = node.children.map((child) => materialize(analyzer.resolve(child, context)));
  if (node.byName) children = byName(children, node, analyzer);
  checkCounts(children, node);
  const types = commonTypes(children, node, analyzer);
  const cast = children.map((child) => withTypes(child, types, analyzer));
  const output = outputOfSet(cast, node, types);
  if (node.type !== "union" || !node.all) refuseVariants(output, node.origin);
  const [left, right] = cast.map((child) => child.plan) as [LogicalPlan, LogicalPlan];
  if (node.type === "except" && !node.all && isStreaming(left) && !isStreaming(right)) {
    return distinctRows(withoutRowsOf(cast[0]!, cast[1]!, context, analyzer), cast[0]!.columns);
  }
  const plan: LogicalPlan = {
    kind: "setOperation",
    type: node.type,
    all: node.type === "union" ? true : node.all,
    ...(node.sequential && { sequential: true }),
    children: cast.map((child) => child.plan),
    output,
  };
  if (node.type !== "union" || node.all) return resolved(plan, output);
  return distinctRows(plan, output);
}

/** The rows of a stream that a table does not have, in the batch in which they come. */
function withoutRowsOf(
  stream: Resolved,
  table: Resolved,
  context: PlanContext,
  analyzer: Analyzer,
): LogicalPlan {
  const same = stream.columns.map(
    (column, k): Expression => ({ kind: "call", name: ["<=>"], args: [column, table.columns[k]!] }),
  );
  const all = same.reduce((a, b) => ({ kind: "call", name: ["and"], args: [a, b] }));
  const condition = resolveExpression(all, { scope: stream, plan: context }, analyzer);
  return { kind: "join", left: stream.plan, right: table.plan, type: "leftAnti", condition };
}

function operatorName(node: SetOperation): string {
  const name = node.type.toUpperCase();
  return node.all && node.type !== "union" ? `${name} ALL` : name;
}

function checkCounts(children: readonly Resolved[], node: SetOperation): void {
  const count = children[0]!.columns.length;
  const index = children.findIndex((child) => child.columns.length !== count);
  if (index < 0) return;
  const actual = children[index]!.columns.length;
  const operator = operatorName(node);
  throw analysisError(
    "NUM_COLUMNS_MISMATCH",
    "42826",
    `${operator} needs the same number of columns on all sides: the first has ${count}, the ${ordinalWord(index)} ${actual}.`,
    {
      operator,
      firstNumColumns: String(count),
      invalidOrdinalNum: ordinalWord(index),
      invalidNumColumns: String(actual),
    },
    node.origin,
  );
}

function commonTypes(
  children: readonly Resolved[],
  node: SetOperation,
  analyzer: Analyzer,
): readonly DataType[] {
  const { ansi } = analyzer.environment;
  return children[0]!.columns.map((first, c) => {
    let common: DataType = first.type;
    for (let i = 1; i < children.length; i++) {
      const { type } = children[i]!.columns[c]!;
      const wider = findWiderTypeForTwo(common, type, ansi);
      if (!wider) throw incompatible(node, i, c, type, first.type);
      common = wider;
    }
    return common;
  });
}

function incompatible(
  node: SetOperation,
  table: number,
  column: number,
  type: DataType,
  first: DataType,
): Error {
  const operator = operatorName(node);
  return analysisError(
    "INCOMPATIBLE_COLUMN_TYPE",
    "42825",
    `${operator}: the ${ordinalWord(column)} column of the ${ordinalWord(table)} table is ${quotedType(type)}, which does not go with ${quotedType(first)} of the first table.`,
    {
      operator,
      columnOrdinalNumber: ordinalWord(column),
      tableOrdinalNumber: ordinalWord(table),
      dataType1: quotedType(type),
      dataType2: quotedType(first),
      hint: "",
    },
    node.origin,
  );
}

function withTypes(child: Resolved, types: readonly DataType[], analyzer: Analyzer): Resolved {
  if (child.columns.every((column, i) => sameType(column.type, types[i]!, true))) return child;
  const expressions = child.columns.map((column, i): Expression => {
    if (sameType(column.type, types[i]!, true)) return column;
    const value = castTo(column, types[i]!, analyzer.environment.ansi);
    return { kind: "alias", child: value, names: [column.name], id: freshId(), metadata: column.metadata };
  });
  return resolved({ kind: "project", child: child.plan, expressions });
}

/** Columns of the result are called as those of the first side; nulls may come from any side that gives rows. */
function outputOfSet(
  children: readonly Resolved[],
  node: SetOperation,
  types: readonly DataType[],
): readonly Attribute[] {
  return children[0]!.columns.map((first, i) => {
    const nullable =
      node.type === "union"
        ? children.some((child) => child.columns[i]!.nullable)
        : node.type === "intersect"
          ? children.every((child) => child.columns[i]!.nullable)
          : first.nullable;
    return { ...first, id: freshId(), type: types[i]!, nullable, qualifier: [] };
  });
}

/** The right sides with their columns in the order of the left one's names. */
function byName(children: readonly Resolved[], node: SetOperation, analyzer: Analyzer): Resolved[] {
  let left = children[0]!;
  let arranged: Resolved[] = [];
  for (const right of children.slice(1)) {
    const [widened, matched] = arrange(left, right, node, analyzer);
    if (widened !== left) arranged = arranged.map((one) => arrange(widened, one, node, analyzer)[1]);
    left = widened;
    arranged.push(matched);
  }
  return [left, ...arranged];
}

function arrange(
  left: Resolved,
  right: Resolved,
  node: SetOperation,
  analyzer: Analyzer,
): [Resolved, Resolved] {
  const { caseSensitive } = analyzer.environment;
  refuseDuplicates(left, caseSensitive);
  refuseDuplicates(right, caseSensitive);
  const taken = new Set<number>();
  const fromRight = left.columns.map((column): Expression => {
    const match = columnsNamed(right.columns, column.name, caseSensitive)[0];
    if (match) {
      taken.add(match.id);
      return match;
    }
    if (node.allowMissingColumns) return nullColumn(column);
    throw missingByName(column.name, right);
  });
  const others = right.columns.filter((column) => !taken.has(column.id));
  if (others.length > 0 && !node.allowMissingColumns) {
    if (left.columns.length !== right.columns.length) return [left, right];
    throw missingByName(others[0]!.name, left);
  }
  const rightPlan: LogicalPlan = {
    kind: "project",
    child: right.plan,
    expressions: [...fromRight, ...others],
  };
  if (others.length === 0) return [left, resolved(rightPlan)];
  const leftPlan: LogicalPlan = {
    kind: "project",
    child: left.plan,
    expressions: [...left.columns, ...others.map(nullColumn)],
  };
  return [resolved(leftPlan), resolved(rightPlan)];
}

function nullColumn(column: Attribute): Expression {
  const value = literal(null, NullType);
  const child: Expression = { kind: "cast", child: value, type: column.type, mode: "implicit", ansi: true };
  return { kind: "alias", child, names: [column.name], id: freshId() };
}

function refuseDuplicates(side: Resolved, caseSensitive: boolean): void {
  const repeated = side.columns.find(
    (column) => columnsNamed(side.columns, column.name, caseSensitive).length > 1,
  );
  if (!repeated) return;
  throw analysisError(
    "COLUMN_ALREADY_EXISTS",
    "42711",
    `UNION BY NAME needs different names, but ${quotedName(repeated.name)} stands twice.`,
    { columnName: quotedName(repeated.name) },
  );
}

function missingByName(name: string, side: Resolved): Error {
  const fieldNames = side.columns.map((column) => quotedName(column.name)).join(", ");
  return analysisError(
    "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
    "42703",
    `There is no column ${quotedName(name)} among ${fieldNames}.`,
    { colName: quotedName(name), fieldNames },
  );
}
