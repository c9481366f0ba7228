import { IntegerType } from "@ss/core";
import { mapList } from "../expression/children.js";
import { analysisError, quotedName, wrongNumArgs } from "../expression/errors.js";
import {
  type Expression,
  freshId,
  type Lambda,
  type LambdaVariable,
  literal,
  type UnresolvedCall,
} from "../expression/expression.js";
import type { FunctionContext, SqlFunction } from "../expression/function.js";
import type { Analyzer } from "./analyzer.js";
import { CallContext } from "./call-context.js";
import type { ExpressionContext } from "./context.js";
import { expandStar } from "./expand-star.js";
import { resolveExpression } from "./resolve-expression.js";

/** The arguments of a call, resolved: stars are expanded, and lambdas get the types of their parameters. */
export function resolveArguments(
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
    if (
      first.target &&
      analyzer.environment.conf("spark.sql.legacy.allowStarWithSingleTableIdentifierInCount") !== "true"
    ) {
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
      {
        args: lambda.parameters.map(({ name }) => quotedName(name)).join(", "),
        caseSensitiveConfig: '"spark.sql.caseSensitive"',
      },
      lambda.origin,
    );
  }
  const parameters = lambda.parameters.map((parameter, i) => ({ ...parameter, ...types[i]!, id: freshId() }));
  const inner = { ...context, lambdas: [...(context.lambdas ?? []), ...parameters] };
  return { ...lambda, parameters, body: resolveExpression(lambda.body, inner, analyzer) };
}

/** Refuses a call with too few or too many arguments. */
export function checkArity(fn: SqlFunction, count: number, site: FunctionContext): void {
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
  const { ofProgram } = fn as { readonly ofProgram?: string };
  throw wrongNumArgs(ofProgram ? { ...site, name: ofProgram } : site, arityText(min, max), count);
}

function arityText(min: number, max: number): string {
  if (min === max) return String(min);
  if (max - min > 10) return `> ${min - 1}`;
  return `[${Array.from({ length: max - min + 1 }, (_, i) => min + i).join(", ")}]`;
}
