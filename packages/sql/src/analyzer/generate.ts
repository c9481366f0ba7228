import { analysisError, quotedName } from "../expression/errors.js";
import { type Attribute, freshId, type GeneratorCall } from "../expression/expression.js";
import type { Generate, LogicalPlan } from "../logical/plan.js";
import type { Analyzer } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { resolveExpression } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";

/** LATERAL VIEW. */
export function resolveGenerate(node: Generate, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const generator = resolveExpression(node.generator, { scope: child, plan: context }, analyzer);
  if (generator.kind !== "generator") {
    const name =
      generator.kind === "scalar" || generator.kind === "aggregate" ? generator.name : generator.kind;
    throw analysisError(
      "UNSUPPORTED_GENERATOR.NOT_GENERATOR",
      "42K0E",
      `${quotedName(name)} makes no rows: LATERAL VIEW needs a generator such as explode.`,
      { functionName: quotedName(name), classCanonicalName: name },
      node.generator.origin,
    );
  }
  return generateOver(child, generator, node.outer || generator.outer, node.qualifier, node.names, analyzer);
}

/** A generator over the rows of a plan. */
export function generateOver(
  child: Resolved,
  generator: GeneratorCall,
  outer: boolean,
  qualifier: string | undefined,
  names: readonly string[],
  analyzer: Analyzer,
): Resolved {
  const attributes = generatorAttributes(generator, names, qualifier);
  const output = outer ? attributes.map((attribute) => ({ ...attribute, nullable: true })) : attributes;
  const plan: LogicalPlan = {
    kind: "generate",
    child: child.plan,
    generator,
    outer,
    names: output.map((attribute) => attribute.name),
    output,
    ...(qualifier === undefined
      ? {}
      : { qualifier: analyzer.environment.caseSensitive ? qualifier : qualifier.toLowerCase() }),
  };
  return { plan, columns: [...child.columns, ...output], hidden: child.hidden };
}

/** The columns of a generator, under the given names if there are any. */
export function generatorAttributes(
  generator: GeneratorCall,
  names: readonly string[],
  qualifier: string | undefined,
): readonly Attribute[] {
  const { outputs } = generator;
  if (names.length > 0 && names.length !== outputs.length) throw wrongNames(generator, names);
  return outputs.map((output, i) => ({
    kind: "attribute" as const,
    id: freshId(),
    name: names[i] ?? output.name,
    type: output.type,
    nullable: output.nullable || generator.outer,
    qualifier: qualifier === undefined ? [] : [qualifier],
  }));
}

function wrongNames(generator: GeneratorCall, names: readonly string[]): Error {
  const parameters = { aliasesSize: String(generator.outputs.length), aliasesNames: names.join(",") };
  return analysisError(
    "UDTF_ALIAS_NUMBER_MISMATCH",
    "42802",
    `${generator.name} makes ${generator.outputs.length} columns, but ${names.length} names were given: ${names.join(", ")}.`,
    parameters,
    generator.origin,
  );
}
