import type { StreamError } from "@ss/core";
import { analysisError, quotedName, sqlOf } from "../expression/errors.js";
import type { Attribute, Expression, Origin } from "../expression/expression.js";
import type { Name } from "../logical/plan.js";
import type { Scope } from "./scope.js";
import { suggestColumns } from "./suggestions.js";

/** Where names of tables and functions are looked for. */
const SEARCH_PATH = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]";

/** A name that is no column here. */
export function unresolvedColumn(
  parts: readonly string[],
  scope: Scope,
  origin: Origin | undefined,
): StreamError {
  const objectName = quotedName(...parts);
  const proposals = suggestColumns(parts, scope);
  if (proposals.length === 0) {
    return analysisError(
      "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
      "42703",
      `There is no column, variable or parameter ${objectName} here.`,
      { objectName },
      origin,
    );
  }
  const proposal = proposals.join(", ");
  return analysisError(
    "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    "42703",
    `There is no column, variable or parameter ${objectName} here. Did you mean one of these? [${proposal}].`,
    { objectName, proposal },
    origin,
  );
}

/** A name that several columns have. */
export function ambiguousReference(
  parts: readonly string[],
  columns: readonly Attribute[],
  origin: Origin | undefined,
): StreamError {
  const names = columns.map((column) => quotedName(...column.qualifier, column.name)).sort();
  const parameters = { name: quotedName(...parts), referenceNames: `[${names.join(", ")}]` };
  return analysisError(
    "AMBIGUOUS_REFERENCE",
    "42704",
    `The name ${parameters.name} may mean any of ${parameters.referenceNames}: qualify it.`,
    parameters,
    origin,
  );
}

/** A table or view that there is not. */
export function tableNotFound(name: Name, origin: Origin | undefined): StreamError {
  const relationName = quotedName(...name);
  return analysisError(
    "TABLE_OR_VIEW_NOT_FOUND",
    "42P01",
    `There is no table or view ${relationName}. Check its name, or register it with createOrReplaceTempView.`,
    { relationName, searchPath: SEARCH_PATH },
    origin,
  );
}

/** A function that there is not. */
export function unresolvedRoutine(name: readonly string[], origin: Origin | undefined): StreamError {
  const routineName = quotedName(...name);
  return analysisError(
    "UNRESOLVED_ROUTINE",
    "42883",
    `There is no function ${routineName} on the search path ${SEARCH_PATH}.`,
    { routineName, searchPath: SEARCH_PATH },
    origin,
  );
}

/** Functions that packages bring, with the package and Spark's condition for a session without it. */
const BROUGHT: Readonly<Record<string, readonly [packageName: string, condition: string]>> = {
  from_avro: ["@ss/format-avro", "AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE"],
  to_avro: ["@ss/format-avro", "AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE"],
  schema_of_avro: ["@ss/format-avro", "AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE"],
  from_protobuf: ["@ss/format-protobuf", "PROTOBUF_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE"],
  to_protobuf: ["@ss/format-protobuf", "PROTOBUF_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE"],
};

/** A function of a package that the session does not use; undefined for any other name. */
export function functionNotLoaded(name: string, origin: Origin | undefined): StreamError | undefined {
  if (!Object.hasOwn(BROUGHT, name)) return undefined;
  const [packageName, condition] = BROUGHT[name]!;
  const functionName = name.toUpperCase();
  return analysisError(
    condition,
    "22KD3",
    `The function ${functionName} comes with ${packageName}: install it and pass it to SparkSession.builder().use(...).`,
    { functionName },
    origin,
  );
}

/** A column beside aggregates that is neither grouped by nor aggregated. */
export function missingAggregation(e: Expression): StreamError {
  const expression = sqlOf(e);
  const anyValue = `"any_value(${expression.slice(1, -1)})"`;
  return analysisError(
    "MISSING_AGGREGATION",
    "42803",
    `The column ${expression} is neither grouped by nor within an aggregate function: add it to GROUP BY, or use ${anyValue} if any value will do.`,
    { expression, expressionAnyValue: anyValue },
  );
}

/** Columns beside aggregates without GROUP BY. */
export function missingGroupBy(origin: Origin | undefined): StreamError {
  return analysisError(
    "MISSING_GROUP_BY",
    "42803",
    "The query has aggregate functions but no GROUP BY: group by the other columns, or aggregate them too.",
    {},
    origin,
  );
}

/** `t.*` where there is no t. */
export function cannotExpandStar(
  target: readonly string[],
  scope: Scope,
  origin: Origin | undefined,
): StreamError {
  const columns = scope.columns.map((column) => quotedName(column.name)).join(", ");
  return analysisError(
    "CANNOT_RESOLVE_STAR_EXPAND",
    "42704",
    `Cannot expand ${quotedName(...target)}.*: it is no table or struct here. There are the columns ${columns}.`,
    { targetString: quotedName(...target), columns },
    origin,
  );
}
