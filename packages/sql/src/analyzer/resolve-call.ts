import { mapList } from "../expression/children.js";
import { analysisError, quotedName } from "../expression/errors.js";
import type { Expression, UnresolvedCall } from "../expression/expression.js";
import type { SqlFunction } from "../expression/function.js";
import { nullableOf } from "../expression/type-of.js";
import { argumentContext, resolveAggregateCall } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import { checkArity, resolveArguments } from "./call-arguments.js";
import { CallContext, shownAs, shownText } from "./call-context.js";
import type { ExpressionContext } from "./context.js";
import { functionNotLoaded, unresolvedRoutine } from "./errors.js";
import { markerFunction } from "./marker-functions.js";
import { positionalArguments } from "./named-arguments.js";
import { resolveExpression } from "./resolve-expression.js";
import { nestedGenerator } from "./select-list.js";

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
      return resolveAggregateCall(fn, e, name, values, site, context, analyzer);
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

const BUILTIN_PREFIXES: ReadonlySet<string> = new Set([
  "system.builtin",
  "builtin",
  "system.session",
  "session",
  "spark_catalog.default",
  "default",
]);

function lookup(e: UnresolvedCall, analyzer: Analyzer): SqlFunction {
  if (e.fn) return e.fn;
  const name = e.name[e.name.length - 1]!.toLowerCase();
  const prefix = e.name.slice(0, -1).join(".").toLowerCase();
  if (prefix === "" || BUILTIN_PREFIXES.has(prefix)) {
    const fn = markerFunction(name) ?? analyzer.environment.functions.lookup(name);
    if (fn) return fn;
  }
  throw functionNotLoaded(name, e.origin) ?? unresolvedRoutine(e.name, e.origin);
}

function withoutAlias(e: Expression): Expression {
  return e.kind === "alias" ? e.child : e;
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
