import { IntegerType, type Value } from "@ss/core";
import { exists, findPart, mapChildren, mapList, transformExpression } from "../expression/children.js";
import { analysisError, quotedName, sqlOf, wrongNumArgs } from "../expression/errors.js";
import {
  type AggregateCall,
  type Attribute,
  type Expression,
  freshId,
  type Lambda,
  type LambdaVariable,
  literal,
  type Origin,
  type SortOrder,
  type UnresolvedCall,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import type { FunctionContext, SqlFunction } from "../expression/function.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import type { Analyzer } from "./analyzer.js";
import { isConstant } from "./constant.js";
import type { ExpressionContext } from "./context.js";
import { unresolvedRoutine } from "./errors.js";
import { markerFunction } from "./marker-functions.js";
import { expandStar, resolveExpression, resolveSortOrder } from "./resolve-expression.js";
import { nestedGenerator } from "./select-list.js";
import { positionalArguments } from "./named-arguments.js";

/** A call with its function found and its arguments checked. */
export function resolveCall(e: UnresolvedCall, context: ExpressionContext, analyzer: Analyzer): Expression {
  const fn = lookup(e, analyzer);
  const name = e.name[e.name.length - 1]!.toLowerCase();
  const written = e.argNames ? positionalArguments(e, fn) : e.args;
  const inner = argumentContext(fn, context);
  const args = resolveArguments(written, fn, name, e, inner, analyzer);
  const plainName = fn.form === "generator" ? name.replace(/_outer$/, "") : name;
  const site = new CallContext(analyzer, plainName, e, args);
  if (args.some((arg) => arg.kind === "generator")) throw nestedGenerator(site.sql);
  checkArity(fn, args.length, site);
  checkClauses(fn, e);
  const keepsAliases = fn.form === "scalar" && fn.keepsAliases === true;
  const values = keepsAliases ? args : mapList(args, withoutAlias);
  switch (fn.form) {
    case "scalar": {
      const rewritten = fn.rewrite?.(values, site);
      if (rewritten) return shownAs(resolveExpression(rewritten, context, analyzer), name, site);
      const shown = shownText(name, e, values, keepsAliases);
      const { args: cast, type, nullable, state } = fn.resolve(values, site);
      return {
        kind: "scalar",
        fn,
        args: cast,
        type,
        nullable: nullable ?? cast.some(nullableOf),
        name,
        ...(shown === undefined ? {} : { shown }),
        ...(state === undefined ? {} : { state }),
        ...(e.origin ? { origin: e.origin } : {}),
      };
    }
    case "aggregate":
      return resolveAggregate(fn, e, name, values, site, context, analyzer);
    case "generator": {
      const { args: cast, outputs, state } = fn.resolve(values, site);
      return {
        kind: "generator",
        fn,
        args: cast,
        outputs,
        name,
        outer: name.endsWith("_outer"),
        ...(state === undefined ? {} : { state }),
        ...(e.origin ? { origin: e.origin } : {}),
      };
    }
    case "window": {
      const { args: cast, type, nullable, state } = fn.resolve(values, site);
      return {
        kind: "windowFunction",
        fn,
        args: cast,
        type,
        nullable: nullable ?? true,
        name,
        ...(e.ignoreNulls === undefined ? {} : { ignoreNulls: e.ignoreNulls }),
        ...(state === undefined ? {} : { state }),
        ...(e.origin ? { origin: e.origin } : {}),
      };
    }
  }
}

function argumentContext(fn: SqlFunction, context: ExpressionContext): ExpressionContext {
  if (fn.form !== "aggregate") return context;
  const { overWindow: _, ...rest } = context;
  return { ...rest, inAggregate: true };
}

const BUILTIN_PREFIXES: ReadonlySet<string> = new Set([
  "system.builtin",
  "builtin",
  "system.session",
  "session",
  "spark_catalog.default",
  "default",
]);

function lookup(e: UnresolvedCall, analyzer: Analyzer): SqlFunction {
  const name = e.name[e.name.length - 1]!.toLowerCase();
  const prefix = e.name.slice(0, -1).join(".").toLowerCase();
  if (prefix === "" || BUILTIN_PREFIXES.has(prefix)) {
    const fn = markerFunction(name) ?? analyzer.environment.functions.lookup(name);
    if (fn) return fn;
  }
  throw unresolvedRoutine(e.name, e.origin);
}

function withoutAlias(e: Expression): Expression {
  return e.kind === "alias" ? e.child : e;
}

/** What functions get to know; texts are made only if somebody asks. */
class CallContext implements FunctionContext {
  readonly ansi: boolean;
  readonly timeZone: string;
  readonly name: string;
  readonly origin: Origin | undefined;
  private readonly analyzer: Analyzer;
  private readonly call: UnresolvedCall;
  private readonly args: readonly Expression[];

  constructor(analyzer: Analyzer, name: string, call: UnresolvedCall, args: readonly Expression[]) {
    this.ansi = analyzer.environment.ansi;
    this.timeZone = analyzer.environment.timeZone;
    this.analyzer = analyzer;
    this.name = name;
    this.origin = call.origin;
    this.call = call;
    this.args = args;
  }

  get sql(): string {
    const fn = markerFunction(this.name) ?? this.analyzer.environment.functions.lookup(this.name);
    if (fn && (fn.form === "scalar" || fn.form === "aggregate") && fn.pretty && !this.call.distinct) {
      return fn.pretty(this.args.map(prettyName), this.name);
    }
    return prettyName({ ...this.call, name: [this.name], args: this.args });
  }

  conf(key: string): string | undefined {
    return this.analyzer.environment.conf(key);
  }

  constant(e: Expression): Value | undefined {
    return isConstant(e) ? (this.analyzer.environment.evaluate([e])[0] ?? null) : undefined;
  }
}

/** How a call reads where its name and arguments alone do not tell. */
function shownText(
  name: string,
  e: UnresolvedCall,
  values: readonly Expression[],
  keepsAliases: boolean,
): string | undefined {
  const written = (): string => `${name}(${values.map(prettyName).join(", ")})`;
  if (keepsAliases && values.some((value) => value.kind === "alias")) return written();
  return name === "negative" && isWrittenOut(e) ? written() : undefined;
}

/** Whether a minus was written as a word. */
function isWrittenOut(e: UnresolvedCall): boolean {
  const { origin } = e;
  return origin !== undefined && wordAt(origin) === "negative";
}

function wordAt(origin: Origin): string {
  return (/^\w+/.exec(origin.text.slice(origin.start, origin.stop + 1))?.[0] ?? "").toLowerCase();
}

/** Functions that are casts under the name of a type. They do not show in names, as implicit casts do not. */
const TYPE_NAMES: ReadonlySet<string> = new Set([
  "boolean",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "decimal",
  "date",
  "time",
  "timestamp",
  "binary",
  "string",
]);

/** A rewritten call still reads as it was written, unless it was an operator. */
function shownAs(e: Expression, name: string, site: CallContext): Expression {
  if (e.kind === "cast" && TYPE_NAMES.has(name)) return { ...e, mode: "implicit", origin: site.origin ?? e.origin };
  if (!/^[a-z_]/.test(name)) return site.origin && !e.origin ? { ...e, origin: site.origin } : e;
  return { ...e, shown: site.sql, origin: site.origin ?? e.origin };
}

function resolveArguments(
  written: readonly Expression[],
  fn: SqlFunction,
  name: string,
  e: UnresolvedCall,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  if (written.some((arg) => arg.kind === "star")) return starArguments(written, name, e, context, analyzer);
  if (!written.some((arg) => arg.kind === "lambda")) {
    return mapList(written, (arg) => resolveExpression(arg, context, analyzer));
  }
  return lambdaArguments(written, fn, name, e, context, analyzer);
}

function starArguments(
  written: readonly Expression[],
  name: string,
  e: UnresolvedCall,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  const first = written[0]!;
  if (name === "count" && written.length === 1 && first.kind === "star" && !e.distinct) {
    if (!first.target && !first.except) return [literal(1, IntegerType)];
    if (first.target && analyzer.environment.conf("spark.sql.legacy.allowStarWithSingleTableIdentifierInCount") !== "true") {
      const tableName = quotedName(...first.target);
      throw analysisError(
        "INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT",
        "42000",
        `count(${tableName}.*) is refused, since it counts rows without any null: write count(*) or name the columns.`,
        { tableName },
      );
    }
  }
  return written.flatMap((arg) =>
    arg.kind === "star" ? expandStar(arg, context, analyzer) : [resolveExpression(arg, context, analyzer)],
  );
}

function lambdaArguments(
  written: readonly Expression[],
  fn: SqlFunction,
  name: string,
  e: UnresolvedCall,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Expression[] {
  const values = written.map((arg) =>
    arg.kind === "lambda" ? undefined : resolveExpression(arg, context, analyzer),
  );
  const lambdas = written.filter((arg) => arg.kind === "lambda");
  if (fn.form !== "scalar" || !fn.lambdas) {
    throw analysisError(
      "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
      "42K0D",
      `A lambda function was given to ${name}, which takes none.`,
      { class: name },
      e.origin,
    );
  }
  const site = new CallContext(analyzer, name, e, written);
  const counts = lambdas.map((lambda) => lambda.parameters.length);
  checkArity(fn, written.length, site);
  const types = fn.lambdas(values, counts, site);
  let next = 0;
  return values.map((value, i) => {
    if (value) return value;
    return resolveLambda(written[i] as Lambda, types[next++] ?? [], context, analyzer);
  });
}

function resolveLambda(
  lambda: Lambda,
  types: readonly { readonly type: LambdaVariable["type"]; readonly nullable: boolean }[],
  context: ExpressionContext,
  analyzer: Analyzer,
): Lambda {
  if (types.length !== lambda.parameters.length) {
    throw analysisError(
      "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
      "42K0D",
      `A higher-order function gives its lambda ${types.length} arguments, but it has ${lambda.parameters.length} parameters.`,
      { expectedNumArgs: String(lambda.parameters.length), actualNumArgs: String(types.length) },
      lambda.origin,
    );
  }
  const key = (name: string): string => (analyzer.environment.caseSensitive ? name : name.toLowerCase());
  if (new Set(lambda.parameters.map(({ name }) => key(name))).size < lambda.parameters.length) {
    throw analysisError(
      "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES",
      "42K0D",
      "The parameters of a lambda function need different names.",
      { args: lambda.parameters.map(({ name }) => quotedName(name)).join(", "), caseSensitiveConfig: '"spark.sql.caseSensitive"' },
      lambda.origin,
    );
  }
  const parameters = lambda.parameters.map((parameter, i) => ({ ...parameter, ...types[i]!, id: freshId() }));
  const inner = { ...context, lambdas: [...(context.lambdas ?? []), ...parameters] };
  return { ...lambda, parameters, body: resolveExpression(lambda.body, inner, analyzer) };
}

function checkArity(fn: SqlFunction, count: number, site: FunctionContext): void {
  const [min, max] = fn.arity;
  const bareCount = site.name === "count" && count === 0;
  if (count >= min && count <= max && !bareCount) return;
  if (bareCount && site.conf("spark.sql.legacy.allowParameterlessCount") === "true") return;
  if (bareCount) {
    throw analysisError(
      "WRONG_NUM_ARGS.WITH_SUGGESTION",
      "42605",
      "count takes at least one argument: write count(*).",
      {
        functionName: "`count`",
        expectedNum: " >= 1",
        actualNum: "0",
        legacyNum: "0",
        legacyConfKey: '"spark.sql.legacy.allowParameterlessCount"',
        legacyConfValue: '"true"',
      },
    );
  }
  throw wrongNumArgs(site, arityText(min, max), count);
}

function arityText(min: number, max: number): string {
  if (min === max) return String(min);
  if (max - min > 10) return `> ${min - 1}`;
  return `[${Array.from({ length: max - min + 1 }, (_, i) => min + i).join(", ")}]`;
}

function checkClauses(fn: SqlFunction, e: UnresolvedCall): void {
  const refuse = (syntax: string): never => {
    const prettyNameOf = quotedName(...e.name);
    throw analysisError(
      "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
      "42000",
      `The function ${prettyNameOf} does not take ${syntax}.`,
      { prettyName: prettyNameOf, syntax },
      e.origin,
    );
  };
  if (fn.form !== "aggregate" && fn.form !== "window") {
    if (e.distinct) refuse("DISTINCT");
    if (e.filter) refuse("FILTER CLAUSE");
    if (e.ignoreNulls) refuse("IGNORE NULLS");
  } else if (fn.form === "window") {
    if (e.distinct) refuse("DISTINCT");
    if (e.filter) refuse("FILTER CLAUSE");
  }
}

function resolveAggregate(
  fn: Extract<SqlFunction, { form: "aggregate" }>,
  e: UnresolvedCall,
  name: string,
  values: readonly Expression[],
  site: CallContext,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  const inner = argumentContext(fn, context);
  const nested = context.overWindow ? undefined : values.find(containsAggregate);
  if (nested) throw nestedAggregate(nested);
  const rewritten = fn.rewrite?.(values, site);
  if (rewritten) return shownAs(resolveExpression(withClauses(rewritten, e, analyzer), context, analyzer), name, site);
  const filter = e.filter && resolveExpression(e.filter, inner, analyzer);
  if (filter) checkFilter(filter, e.origin);
  const written = (e.withinGroup ?? []).map((order) => resolveSortOrder(order, inner, analyzer));
  const clauses = { distinct: e.distinct === true, orderBy: written };
  const { args, type, nullable, state, orderBy = written } = fn.resolve(values, site, clauses);
  const made: AggregateCall = {
    kind: "aggregate",
    fn,
    args,
    type,
    nullable: nullable ?? true,
    name,
    distinct: e.distinct === true,
    ...(filter ? { filter } : {}),
    ...(orderBy.length > 0 ? { orderBy } : {}),
    ...(withNulls(state, e)),
    ...(e.origin ? { origin: e.origin } : {}),
  };
  return leftToOuterGroups(made, context) ?? made;
}

/** An aggregate function of outer columns alone belongs to the groups around the subquery. */
function leftToOuterGroups(made: AggregateCall, context: ExpressionContext): Expression | undefined {
  const { outer } = context.plan;
  if (!outer?.aggregates || !exists(made, (part) => part.kind === "outerReference")) return undefined;
  if (exists(made, (part) => part.kind === "attribute")) return undefined;
  const call = transformExpression(made, (part) =>
    part.kind === "outerReference" ? part.attribute : part,
  ) as AggregateCall;
  const { type, nullable } = call;
  const attribute: Attribute = { kind: "attribute", id: freshId(), name: prettyName(call), type, nullable, qualifier: [] };
  outer.aggregates.set(attribute.id, call);
  outer.used.set(attribute.id, attribute);
  return { kind: "outerReference", attribute };
}

/** IGNORE NULLS of `first(x) IGNORE NULLS` travels in the state, beside what the function left there. */
function withNulls(state: unknown, e: UnresolvedCall): { readonly state?: unknown } {
  if (e.ignoreNulls === undefined) return state === undefined ? {} : { state };
  return { state: { ...(state as object | undefined), ignoreNulls: e.ignoreNulls } };
}

/** DISTINCT and FILTER of a rewritten call belong to the aggregate functions that it was rewritten to. */
function withClauses(e: Expression, original: UnresolvedCall, analyzer: Analyzer): Expression {
  if (!original.distinct && !original.filter) return e;
  if (e.kind === "call") {
    const fn = analyzer.environment.functions.lookup(e.name[e.name.length - 1]!.toLowerCase());
    if (fn?.form === "aggregate") {
      return { ...e, distinct: original.distinct === true, ...(original.filter ? { filter: original.filter } : {}) };
    }
  }
  return mapChildren(e, (child) => withClauses(child, original, analyzer));
}

function checkFilter(filter: Expression, origin: Origin | undefined): void {
  const refuse = (sub: string, why: string, parameters: Readonly<Record<string, string>> = {}): never => {
    throw analysisError(
      `INVALID_AGGREGATE_FILTER.${sub}`,
      "42903",
      `The FILTER ${sqlOf(filter)} of an aggregate function ${why}.`,
      { filterExpr: sqlOf(filter), ...parameters },
      origin,
    );
  };
  const window = findPart(filter, (part) => part.kind === "window");
  if (window) refuse("CONTAINS_WINDOW_FUNCTION", "holds a function over a window", { windowExpr: sqlOf(window) });
  const aggregate = findPart(filter, (part) => part.kind === "aggregate");
  if (aggregate) refuse("CONTAINS_AGGREGATE", "holds an aggregate function", { aggExpr: sqlOf(aggregate) });
  if (findPart(filter, (part) => part.kind === "scalar" && part.fn.deterministic === false)) {
    refuse("NON_DETERMINISTIC", "has another value each time");
  }
  if (typeOf(filter).kind !== "boolean") refuse("NOT_BOOLEAN", "is no BOOLEAN");
}

function nestedAggregate(e: Expression): Error {
  let found: Expression | undefined;
  exists(e, (part) => {
    if (part.kind !== "aggregate") return false;
    found = part;
    return true;
  });
  return analysisError(
    "NESTED_AGGREGATE_FUNCTION",
    "42607",
    "An aggregate function stands within another one: compute the inner one in a subquery.",
    {},
    found?.origin,
  );
}

/** Whether an aggregate function (not over a window) stands in an expression. */
export function containsAggregate(e: Expression): boolean {
  if (e.kind === "aggregate") return true;
  if (e.kind === "window") {
    const parts = [...callArguments(e.call), ...e.spec.partitionBy, ...e.spec.orderBy];
    return parts.some(containsAggregate);
  }
  let found = false;
  mapChildren(e, (child) => {
    found ||= containsAggregate(child);
    return child;
  });
  return found;
}

function callArguments(e: Expression): readonly Expression[] {
  return e.kind === "aggregate" || e.kind === "windowFunction" ? e.args : [e];
}
