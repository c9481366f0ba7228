import { type DataType, StringType } from "@ss/core";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { findWiderType } from "../expression/coercion/wider-type.js";
import { analysisError, quotedName, quotedType, sqlOf } from "../expression/errors.js";
import { type Attribute, call, type Expression, freshId, literal } from "../expression/expression.js";
import type { LogicalPlan, Unpivot } from "../logical/plan.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { resolveExpression } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";
import { selectItems } from "./select-list.js";

interface Group {
  readonly name: string;
  readonly columns: readonly Attribute[];
}

/** Columns become rows: each row stands once per group of value columns. */
export function resolveUnpivot(node: Unpivot, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = materialize(analyzer.resolve(node.child, context));
  const columnsOf = (
    expressions: readonly Expression[],
    given: string,
    empty: string,
  ): readonly Attribute[] =>
    selectItems(expressions, { scope: child, plan: context }, analyzer).map((item) => {
      if (item.kind === "attribute") return item;
      throw attributesRequired(given, empty, item.child);
    });
  const given = node.values.map(({ columns, alias }): Group => {
    const attributes = columnsOf(columns, "value", "id");
    return { name: alias ?? attributes.map((column) => column.name).join("_"), columns: attributes };
  });
  const valueIds = new Set(given.flatMap((group) => group.columns.map((column) => column.id)));
  const ids = node.ids
    ? columnsOf(node.ids, "id", "value")
    : child.columns.filter((column) => !valueIds.has(column.id));
  const groups = given.length > 0 ? given : othersAsGroups(child, ids);
  if (groups.length === 0) throw noValues();
  checkSizes(groups, node);
  return expanded(node, child, ids, groups, context, analyzer);
}

function othersAsGroups(child: Resolved, ids: readonly Attribute[]): readonly Group[] {
  const others = child.columns.filter((column) => !ids.some((id) => id.id === column.id));
  return others.map((column) => ({ name: column.name, columns: [column] }));
}

function expanded(
  node: Unpivot,
  child: Resolved,
  ids: readonly Attribute[],
  groups: readonly Group[],
  context: PlanContext,
  analyzer: Analyzer,
): Resolved {
  const { ansi } = analyzer.environment;
  const types = node.valueColumns.map((_, i) => commonType(groups, i, ansi));
  const make = (name: string, type: DataType, nullable: boolean): Attribute => ({
    kind: "attribute",
    id: freshId(),
    name,
    type,
    nullable,
    qualifier: [],
  });
  const values = node.valueColumns.map((name, i) =>
    make(
      name,
      types[i]!,
      groups.some((group) => group.columns[i]!.nullable),
    ),
  );
  const output = [...ids, make(node.nameColumn, StringType, false), ...values];
  const projections = groups.map((group): Expression[] => [
    ...ids,
    literal(group.name, StringType),
    ...group.columns.map((column, i) => castTo(column, types[i]!, ansi)),
  ]);
  const plan: LogicalPlan = { kind: "expand", child: child.plan, projections, output };
  if (node.includeNulls) return resolved(plan, output);
  let condition: Expression | undefined;
  for (const value of values) {
    const present = call("isnotnull", value);
    condition = condition ? call("or", condition, present) : present;
  }
  const resolvedCondition = resolveExpression(condition!, { scope: child, plan: context }, analyzer);
  return resolved({ kind: "filter", child: plan, condition: resolvedCondition }, output);
}

function commonType(groups: readonly Group[], index: number, ansi: boolean): DataType {
  const columns = groups.map((group) => group.columns[index]!);
  const type = findWiderType(
    columns.map((column) => column.type),
    ansi,
  );
  if (type) return type;
  const byType = new Map<string, string[]>();
  for (const column of columns) {
    const key = quotedType(column.type);
    byType.set(key, [...(byType.get(key) ?? []), quotedName(column.name)]);
  }
  const types = [...byType].map(([typeText, names]) => `${typeText} (${names.join(", ")})`).join(", ");
  throw analysisError(
    "UNPIVOT_VALUE_DATA_TYPE_MISMATCH",
    "42K09",
    `The value columns of UNPIVOT have types that do not go together: ${types}.`,
    { types },
  );
}

function checkSizes(groups: readonly Group[], node: Unpivot): void {
  if (groups.every((group) => group.columns.length === node.valueColumns.length)) return;
  const names = node.valueColumns.map((name) => quotedName(name)).join(", ");
  throw analysisError(
    "UNPIVOT_VALUE_SIZE_MISMATCH",
    "428C4",
    `Every group of value columns in UNPIVOT needs as many columns as there are names: ${names}.`,
    { names },
  );
}

function noValues(): Error {
  return analysisError(
    "UNPIVOT_REQUIRES_VALUE_COLUMNS",
    "42K0A",
    "UNPIVOT needs at least one value column.",
    {},
  );
}

function attributesRequired(given: string, empty: string, e: Expression): Error {
  return analysisError(
    "UNPIVOT_REQUIRES_ATTRIBUTES",
    "42K0A",
    `UNPIVOT takes columns as its ${given} expressions, not ${sqlOf(e)}.`,
    { given, empty, expressions: sqlOf(e) },
  );
}
