import { StreamError, StructType, simpleString, valueAt } from "@ss/core";
import { analyze } from "../../src/analyzer/analyze.js";
import type { AnalyzerEnvironment } from "../../src/analyzer/environment.js";
import { Stage } from "../../src/execution/codegen/stage.js";
import type { Attribute } from "../../src/expression/expression.js";
import { builtinRegistry } from "../../src/functions/builtin.js";
import { outputOf } from "../../src/logical/output.js";
import type { LogicalPlan, Read } from "../../src/logical/plan.js";
import { parseStatement } from "../../src/parser/parser.js";

const registry = builtinRegistry();
let reads = 0;

/** A stream of a schema, as a program's `load` builds it. */
export function stream(ddl: string): Read {
  const schema = StructType.fromDDL(ddl);
  return { kind: "read", format: "test", options: {}, paths: [], schema, streaming: true, readId: ++reads };
}

/** Views that queries may read, by name: a DDL text makes a stream, a SELECT a query. */
export type Views = Readonly<Record<string, string>>;

/** A session as the analyzer sees it. */
export function environment(
  views: Views = {},
  conf: Readonly<Record<string, string>> = {},
): AnalyzerEnvironment {
  const plans = new Map<string, LogicalPlan>();
  const ansi = conf["spark.sql.ansi.enabled"] !== "false";
  const self: AnalyzerEnvironment = {
    ansi,
    timeZone: "America/Los_Angeles",
    caseSensitive: conf["spark.sql.caseSensitive"] === "true",
    functions: registry,
    conf: (key) => conf[key],
    resolveRelation: (name) => plans.get(name[name.length - 1]!.toLowerCase()),
    readSchema: (read) => read.schema!,
    answers: new Map(),
    evaluate(expressions) {
      const settings = {
        ansi,
        timeZone: "UTC",
        external: { longs: "bigint", timestamps: "micros" },
      } as const;
      const stage = new Stage({ input: [], conditions: [], outputs: expressions }, settings);
      const { columns } = stage.run([], 1, { nowMs: () => 0, partition: () => 0 });
      return columns.map((column) => valueAt(column, 0));
    },
  };
  for (const [name, text] of Object.entries(views)) {
    plans.set(name.toLowerCase(), /^\s*(select|values|with)\b/i.test(text) ? query(text) : stream(text));
  }
  return self;
}

/** The unresolved plan of a query. */
export function query(sql: string): LogicalPlan {
  const statement = parseStatement(sql);
  if (statement.kind !== "query") throw new Error(`no query: ${sql}`);
  return statement.plan;
}

/** The analyzed plan of a query. */
export function analyzed(
  sql: string,
  views: Views = {},
  conf: Readonly<Record<string, string>> = {},
): LogicalPlan {
  return analyze(query(sql), environment(views, conf));
}

/** The columns of a query, as Spark's golden files write them: `struct<a:int>`. */
export function schemaOf(
  sql: string,
  views: Views = {},
  conf: Readonly<Record<string, string>> = {},
): string {
  return schemaText(outputOf(analyzed(sql, views, conf)));
}

/** Columns as `struct<name:type>`. */
export function schemaText(columns: readonly Attribute[]): string {
  return `struct<${columns.map(({ name, type }) => `${name}:${simpleString(type)}`).join(",")}>`;
}

/** The condition and parameters of the error that a query gives. */
export function errorOf(
  sql: string,
  views: Views = {},
  conf: Readonly<Record<string, string>> = {},
): {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly fragment: string | undefined;
} {
  try {
    analyzed(sql, views, conf);
  } catch (error) {
    if (!StreamError.is(error)) throw error;
    const { condition, parameters, queryContext } = error;
    return { condition, parameters, fragment: queryContext?.fragment };
  }
  throw new Error(`no error: ${sql}`);
}

/** The kinds of a plan's nodes from the top along the first child, `sort > project > source`. */
export function spine(plan: LogicalPlan): string {
  const below =
    "child" in plan
      ? plan.child
      : "left" in plan
        ? plan.left
        : "children" in plan
          ? plan.children[0]
          : undefined;
  return below ? `${plan.kind} > ${spine(below)}` : plan.kind;
}
