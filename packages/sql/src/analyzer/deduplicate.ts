import { analysisError, quotedName } from "../expression/errors.js";
import type { Attribute, Expression, Origin } from "../expression/expression.js";
import { isGroupable } from "../expression/type-predicates.js";
import type { Deduplicate, LogicalPlan } from "../logical/plan.js";
import { isStreaming } from "../logical/transform.js";
import { type Analyzer, materialize } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { columnsNamed, matchColumns, type Resolved } from "./scope.js";

/** DISTINCT, `dropDuplicates` and `dropDuplicatesWithinWatermark`. */
export function resolveDeduplicate(node: Deduplicate, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = materialize(analyzer.resolve(node.child, context));
  const columns = node.columns ? node.columns.flatMap((e) => keyColumns(e, child, analyzer)) : child.columns;
  refuseVariants(columns, undefined);
  if (node.grouping) return distinctRows(child.plan, columns);
  return { plan: { ...node, child: child.plan, columns }, columns: child.columns, hidden: [] };
}

/** DISTINCT of SQL text, over columns that are known. */
export function distinctRows(child: LogicalPlan, columns: readonly Attribute[]): Resolved {
  const plan: LogicalPlan = isStreaming(child)
    ? { kind: "aggregate", child, keys: columns, expressions: columns }
    : { kind: "deduplicate", child, columns };
  return { plan, columns, hidden: [] };
}

/** Rows with variants are not told apart. */
export function refuseVariants(columns: readonly Attribute[], origin: Origin | undefined): void {
  const column = columns.find(({ type }) => !isGroupable(type));
  if (column === undefined) return;
  const colName = quotedName(column.name);
  throw analysisError(
    "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE",
    "0A000",
    `DISTINCT, UNION, INTERSECT and EXCEPT compare rows, but the column ${colName} has variants, which are not compared.`,
    { colName, dataType: '"VARIANT"' },
    origin,
  );
}

/** All columns of a name are keys, even if there are several. */
function keyColumns(e: Expression, child: Resolved, analyzer: Analyzer): readonly Attribute[] {
  if (e.kind === "attribute") return [e];
  const parts = e.kind === "unresolvedAttribute" ? e.parts : [];
  const { caseSensitive } = analyzer.environment;
  const found = columnsNamed(child.columns, parts.join("."), caseSensitive);
  if (found.length > 0) return found;
  const match = parts.length > 0 ? matchColumns(child, parts, caseSensitive) : undefined;
  if (match && match.partCount === parts.length) return match.columns;
  const colName = quotedName(parts.join("."));
  const fieldNames = child.columns.map((column) => quotedName(column.name)).join(", ");
  throw analysisError(
    "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
    "42703",
    `There is no column ${colName} among ${fieldNames}.`,
    { colName, fieldNames },
    e.origin,
  );
}
