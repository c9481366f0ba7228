import { batchFromRows, type DataType, StreamError, StructField, StructType, type Value } from "@ss/core";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { findWiderType } from "../expression/coercion/wider-type.js";
import { analysisError, queryContext, quotedName, sqlOf } from "../expression/errors.js";
import { type Attribute, type Expression, freshId } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import type { InlineTable } from "../logical/plan.js";
import { type Analyzer, resolved } from "./analyzer.js";
import { constantValue, constantValues, isConstant } from "./constant.js";
import type { PlanContext } from "./context.js";
import { resolveExpression } from "./resolve-expression.js";
import { EMPTY_SCOPE, type Resolved } from "./scope.js";

/** VALUES, evaluated at once. */
export function resolveInlineTable(node: InlineTable, context: PlanContext, analyzer: Analyzer): Resolved {
  const width = node.names.length || node.rows[0]!.length;
  checkWidths(node, width);
  const scope = { scope: EMPTY_SCOPE, plan: context };
  const rows = node.rows.map((row) =>
    row.map((e) => constant(withoutName(resolveExpression(e, scope, analyzer)))),
  );
  const types = Array.from({ length: width }, (_, i) => columnType(node, rows, i, analyzer));
  const { ansi } = analyzer.environment;
  const cast = rows.flatMap((row) => row.map((e, i) => castTo(e, types[i]!, ansi)));
  const values = evaluate(cast, node, analyzer);
  const table = rows.map((_, r) => values.slice(r * width, (r + 1) * width));
  const fields = types.map((type, i) =>
    StructField(
      node.names[i] ?? `col${i + 1}`,
      type,
      table.some((row) => row[i] === null),
    ),
  );
  const attributes = fields.map(
    ({ name, type, nullable }): Attribute => ({
      kind: "attribute",
      id: freshId(),
      name,
      type,
      nullable,
      qualifier: [],
    }),
  );
  const batch = batchFromRows(new StructType(fields), table);
  return resolved({ kind: "localRelation", attributes, batches: [batch] });
}

function withoutName(e: Expression): Expression {
  return e.kind === "alias" ? e.child : e;
}

function checkWidths(node: InlineTable, width: number): void {
  const index = node.rows.findIndex((row) => row.length !== width);
  if (index < 0) return;
  const actual = node.rows[index]!.length;
  throw analysisError(
    "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
    "42000",
    `Row ${index} of VALUES has ${actual} columns, but ${width} were expected.`,
    { expectedNumCols: String(width), actualNumCols: String(actual), rowIndex: String(index) },
    node.origin,
  );
}

function constant(e: Expression): Expression {
  if (isConstant(e)) return e;
  throw analysisError(
    "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
    "42000",
    `${sqlOf(e)} cannot stand in VALUES: it is no constant.`,
    { expr: sqlOf(e) },
    e.origin,
  );
}

function columnType(
  node: InlineTable,
  rows: readonly (readonly Expression[])[],
  index: number,
  analyzer: Analyzer,
): DataType {
  const type = findWiderType(
    rows.map((row) => typeOf(row[index]!)),
    analyzer.environment.ansi,
  );
  if (type) return type;
  const colName = quotedName(node.names[index] ?? `col${index + 1}`);
  throw analysisError(
    "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
    "42000",
    `The rows of VALUES have types for ${colName} that do not go together.`,
    { colName },
    node.origin,
  );
}

/** A value that cannot be computed fails the whole table, and its error is the cause. */
function evaluate(cast: readonly Expression[], node: InlineTable, analyzer: Analyzer): readonly Value[] {
  try {
    return constantValues(cast, analyzer);
  } catch (cause) {
    if (!StreamError.is(cause)) throw cause;
    throw new StreamError({
      condition: "INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION",
      sqlState: "42000",
      message: `A value of VALUES cannot be computed: ${cause.message}`,
      parameters: { sqlExpr: failed(cast, analyzer) },
      queryContext: queryContext(node.origin),
      cause,
    });
  }
}

function failed(cast: readonly Expression[], analyzer: Analyzer): string {
  for (const e of cast) {
    try {
      constantValue(e, analyzer);
    } catch {
      return sqlOf(e);
    }
  }
  return "";
}
