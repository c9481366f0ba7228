import { type DataType, IntegerType, LongType, StringType, StructField, StructType } from "@ss/core";
import { castTo, implicitCastType } from "../expression/coercion/implicit-cast.js";
import {
  analysisError,
  ordinalWord,
  quotedName,
  quotedType,
  sqlOf,
  wrongNumArgs,
} from "../expression/errors.js";
import { type Attribute, type Expression, freshId } from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { typeOf } from "../expression/type-of.js";
import type { LogicalPlan, Read, TableFunction, UnresolvedRelation } from "../logical/plan.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import { renamed } from "./columns.js";
import { constantValues } from "./constant.js";
import type { CommonTable, PlanContext } from "./context.js";
import { tableNotFound } from "./errors.js";
import { generateOver } from "./generate.js";
import { resolveRecursive, rowsOfSelf, withoutRowLimit } from "./recursion.js";
import { resolveCall } from "./resolve-call.js";
import { resolveExpression } from "./resolve-expression.js";
import { EMPTY_SCOPE, qualified, type Resolved, sameName } from "./scope.js";

/** A source with its columns. */
export function resolveRead(read: Read, analyzer: Analyzer): Resolved {
  const schema = analyzer.environment.readSchema(read);
  const attributes = schema.fields.map(
    (field): Attribute => ({
      kind: "attribute",
      id: freshId(),
      name: field.name,
      type: readType(field.type),
      nullable: field.nullable,
      qualifier: [],
      metadata: field.metadata,
    }),
  );
  return resolved({ kind: "source", read, attributes });
}

/** CHAR and VARCHAR columns are read as STRING. */
function readType(type: DataType): DataType {
  switch (type.kind) {
    case "char":
    case "varchar":
      return StringType;
    case "array":
      return { ...type, elementType: readType(type.elementType) };
    case "map":
      return { ...type, keyType: readType(type.keyType), valueType: readType(type.valueType) };
    case "struct":
      return new StructType(
        type.fields.map((f) => StructField(f.name, readType(f.type), f.nullable, f.metadata)),
      );
    default:
      return type;
  }
}

/** A query of a WITH clause, a view or a table. */
export function resolveRelation(
  plan: UnresolvedRelation,
  context: PlanContext,
  analyzer: Analyzer,
): Resolved {
  const { name } = plan;
  const { caseSensitive } = analyzer.environment;
  const table = name.length === 1 ? findTable(name[0]!, context, caseSensitive) : undefined;
  if (table) return useTable(table, name[0]!, context, analyzer);
  const found = analyzer.environment.resolveRelation(name, plan.streaming);
  if (!found) throw tableNotFound(name, plan.origin);
  const view = materialize(analyzer.resolve(found, { tables: [], outer: undefined, windows: {} }));
  return resolved(
    view.plan,
    qualified(view.columns, caseSensitive ? name : name.map((part) => part.toLowerCase())),
  );
}

function findTable(name: string, context: PlanContext, caseSensitive: boolean): CommonTable | undefined {
  const { tables } = context;
  for (let i = tables.length - 1; i >= 0; i--) {
    if (sameName(tables[i]!.name, name, caseSensitive)) return tables[i];
  }
  return undefined;
}

/** The query of a WITH clause, with the columns as it names them. */
export function resolveCommonTable(table: CommonTable, analyzer: Analyzer): Resolved {
  const body = materialize(
    table.recursive
      ? resolveRecursive(table, table.recursive, analyzer)
      : analyzer.resolve(table.plan, table.context),
  );
  table.analyzed = materialize(table.columns ? renamed(body, table.columns) : body);
  analyzer.take(table.analyzed.plan);
  return table.analyzed;
}

function queryOf(table: CommonTable, context: PlanContext, analyzer: Analyzer): Resolved {
  const query = table.analyzed ? analyzer.reuse(table.analyzed.plan) : resolveCommonTable(table, analyzer);
  return context.unlimited ? { ...query, plan: withoutRowLimit(query.plan) } : query;
}

function useTable(table: CommonTable, name: string, context: PlanContext, analyzer: Analyzer): Resolved {
  const query = table.self ? rowsOfSelf(table.self) : queryOf(table, context, analyzer);
  return resolved(
    query.plan,
    qualified(query.columns, [analyzer.environment.caseSensitive ? name : name.toLowerCase()]),
  );
}

/** `range(...)` and generators in FROM. */
export function resolveTableFunction(
  plan: TableFunction,
  context: PlanContext,
  analyzer: Analyzer,
): Resolved {
  const name = plan.name[plan.name.length - 1]!.toLowerCase();
  if (name === "range") return resolveRange(plan, context, analyzer);
  const fn = analyzer.environment.functions.lookup(name);
  if (!fn) throw unresolvedTableFunction(plan);
  const call: Expression = {
    kind: "call",
    name: plan.name,
    args: plan.args,
    ...(plan.argNames ? { argNames: plan.argNames } : {}),
    ...(plan.origin ? { origin: plan.origin } : {}),
  };
  const generator = resolveCall(call, { scope: EMPTY_SCOPE, plan: context }, analyzer);
  if (generator.kind !== "generator") throw unresolvedTableFunction(plan);
  const made = generateOver(
    resolved({ kind: "oneRow" }),
    generator,
    generator.outer,
    undefined,
    [],
    analyzer,
  );
  return made;
}

function unresolvedTableFunction(plan: TableFunction): Error {
  const name = quotedName(...plan.name);
  return analysisError(
    "UNRESOLVABLE_TABLE_VALUED_FUNCTION",
    "42883",
    `There is no table function ${name}.`,
    { name },
    plan.origin,
  );
}

function resolveRange(plan: TableFunction, context: PlanContext, analyzer: Analyzer): Resolved {
  const site = { name: "range", sql: `range(${plan.args.map(prettyName).join(", ")})`, origin: plan.origin };
  if (plan.args.length < 1 || plan.args.length > 4)
    throw wrongNumArgs(site, "[1, 2, 3, 4]", plan.args.length);
  const args = plan.args.map((arg) =>
    resolveExpression(arg, { scope: EMPTY_SCOPE, plan: context }, analyzer),
  );
  const { ansi } = analyzer.environment;
  const cast = args.map((arg, i) => {
    const wanted = i === 3 ? IntegerType : LongType;
    const type = typeOf(arg).kind === "void" ? undefined : implicitCastType(typeOf(arg), wanted, ansi);
    if (!type) throw wrongRangeArgument(arg, args.length === 1 ? 1 : i, plan);
    return castTo(arg, wanted, ansi);
  });
  const values = constantValues(cast, analyzer) as readonly (bigint | number)[];
  const [start, end] = cast.length === 1 ? [0n, values[0]!] : [values[0]!, values[1]!];
  const step = values[2] ?? 1n;
  const attribute: Attribute = {
    kind: "attribute",
    id: freshId(),
    name: "id",
    type: LongType,
    nullable: false,
    qualifier: [],
  };
  const range: LogicalPlan = {
    kind: "range",
    start: BigInt(start),
    end: BigInt(end),
    step: BigInt(step),
    attribute,
  };
  return resolved(range);
}

function wrongRangeArgument(arg: Expression, index: number, plan: TableFunction): Error {
  const requiredType = quotedType(index === 3 ? IntegerType : LongType);
  return analysisError(
    "UNEXPECTED_INPUT_TYPE",
    "42K09",
    `The ${ordinalWord(index)} argument of range has to be ${requiredType}, but ${sqlOf(arg)} is ${quotedType(typeOf(arg))}.`,
    {
      functionName: "`range`",
      paramIndex: ordinalWord(index),
      requiredType,
      inputSql: sqlOf(arg),
      inputType: quotedType(typeOf(arg)),
    },
    plan.origin,
  );
}
