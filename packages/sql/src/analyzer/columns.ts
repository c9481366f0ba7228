import { analysisError, quotedName } from "../expression/errors.js";
import { type Alias, type Attribute, freshId, type Origin } from "../expression/expression.js";
import { attributeOf } from "../logical/output.js";
import type {
  Drop,
  LogicalPlan,
  RenameColumns,
  TableFunction,
  ToNames,
  WithColumns,
} from "../logical/plan.js";
import { type Analyzer, materialize } from "./analyzer.js";
import { LateralAliases, type PlanContext } from "./context.js";
import { unresolvedColumn } from "./errors.js";
import { projection } from "./project.js";
import { resolveExpression } from "./resolve-expression.js";
import { matchColumns, type Resolved, sameName } from "./scope.js";
import { type Item, named } from "./select-list.js";
import { applyTimeWindows } from "./time-window.js";

/** `withColumn`: columns of a name that there is are replaced where they stand, others are added. */
export function resolveWithColumns(node: WithColumns, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const { caseSensitive } = analyzer.environment;
  const scope = { scope: child, plan: context };
  refuseRepeated(
    node.columns.map((column) => column.name),
    caseSensitive,
  );
  const written = node.columns.map(({ name, expression }): Item => {
    const item = named(expression, resolveExpression(expression, scope, analyzer));
    const value = item.kind === "alias" ? item.child : item;
    const metadata = item.metadata ? { metadata: item.metadata } : {};
    return { kind: "alias", child: value, names: [name], id: freshId(), ...metadata };
  });
  const windowed = applyTimeWindows(child, written, scope, analyzer);
  const values = windowed.expressions as readonly Item[];
  const nameOf = (item: Item): string => (item.kind === "alias" ? item.names[0]! : item.name);
  const replaced = child.columns.map((column): Item => {
    return values.find((value) => sameName(nameOf(value), column.name, caseSensitive)) ?? column;
  });
  const added = values.filter((value) => !replaced.includes(value));
  if (node.existing && added.length > 0) throw unresolvedColumn([nameOf(added[0]!)], child, undefined);
  return projection(windowed.child, [...replaced, ...added], new LateralAliases(caseSensitive), analyzer);
}

function refuseRepeated(names: readonly string[], caseSensitive: boolean): void {
  const repeated = names.find(
    (name, i) => names.findIndex((other) => sameName(name, other, caseSensitive)) < i,
  );
  if (repeated === undefined) return;
  throw analysisError(
    "COLUMN_ALREADY_EXISTS",
    "42711",
    `The column ${quotedName(repeated)} is given twice.`,
    { columnName: quotedName(repeated) },
  );
}

/** `withColumnRenamed`: names that there are not change nothing. */
export function resolveRename(node: RenameColumns, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const { caseSensitive } = analyzer.environment;
  const names = child.columns.map((column) => {
    let { name } = column;
    for (const [from, to] of node.renames) if (sameName(name, from, caseSensitive)) name = to;
    return name;
  });
  return withNames(child, names);
}

/** `drop`: columns that there are not change nothing. */
export function resolveDrop(node: Drop, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const { caseSensitive } = analyzer.environment;
  const dropped = new Set<number>();
  for (const e of node.columns) {
    if (e.kind === "attribute") dropped.add(e.id);
    if (e.kind !== "unresolvedAttribute") continue;
    const match = matchColumns(child, e.parts, caseSensitive);
    if (match?.partCount === e.parts.length) for (const column of match.columns) dropped.add(column.id);
  }
  const columns = child.columns.filter((column) => !dropped.has(column.id));
  const plan: LogicalPlan = { kind: "project", child: child.plan, expressions: columns };
  return { plan, columns, hidden: [] };
}

/** `toDF` and `t(a, b)`: new names for all columns. */
export function resolveToNames(node: ToNames, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = materialize(analyzer.resolve(node.child, context));
  if (node.child.kind === "tableFunction" && node.names.length !== child.columns.length) {
    throw wrongFunctionNames(node, node.child, child.columns.length);
  }
  return renamed(child, node.names, node.origin);
}

function wrongFunctionNames(node: ToNames, fn: TableFunction, count: number): Error {
  const funcName = quotedName(...fn.name);
  return analysisError(
    "NUM_TABLE_VALUE_ALIASES_MISMATCH",
    "42826",
    `${funcName} makes ${count} columns, but ${node.names.length} names were given.`,
    { funcName, aliasesNum: String(node.names.length), outColsNum: String(count) },
    node.origin,
  );
}

/** The columns under other names. */
export function renamed(child: Resolved, names: readonly string[], origin?: Origin): Resolved {
  if (names.length !== child.columns.length) {
    throw analysisError(
      "ASSIGNMENT_ARITY_MISMATCH",
      "42802",
      `${names.length} names were given for ${child.columns.length} columns.`,
      { numExpr: String(names.length), numTarget: String(child.columns.length) },
      origin,
    );
  }
  return withNames(child, names);
}

function withNames(child: Resolved, names: readonly string[]): Resolved {
  const items = child.columns.map((column, i): Alias | Attribute => {
    if (column.name === names[i]) return column;
    const metadata = column.metadata ? { metadata: column.metadata } : {};
    return { kind: "alias", child: column, names: [names[i]!], id: freshId(), ...metadata };
  });
  const plan: LogicalPlan = { kind: "project", child: child.plan, expressions: items };
  const columns = items.map((item, i) =>
    item.kind === "attribute" ? item : { ...attributeOf(item), qualifier: child.columns[i]!.qualifier },
  );
  return { plan, columns, hidden: [] };
}
