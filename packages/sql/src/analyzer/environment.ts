import type { StructType, Value } from "@ss/core";
import type { Expression } from "../expression/expression.js";
import type { SqlFunction } from "../expression/function.js";
import type { LogicalPlan, Name, Read } from "../logical/plan.js";

/** The functions that a session knows. */
export interface FunctionRegistry {
  /** The function of a name in lower case. */
  lookup(name: string): SqlFunction | undefined;
}

/** What the analyzer needs to know of the session. Everything is synchronous: schemas of sources were fetched before. */
export interface AnalyzerEnvironment {
  readonly timeZone: string;
  readonly ansi: boolean;
  readonly caseSensitive: boolean;
  readonly functions: FunctionRegistry;
  conf(key: string): string | undefined;
  /** The plan of a view or table, analyzed or not; undefined if there is none. */
  resolveRelation(name: Name, streaming?: boolean): LogicalPlan | undefined;
  /** The schema of a source. */
  readSchema(read: Read): StructType;
  /** The values of resolved expressions that read no column. */
  evaluate(expressions: readonly Expression[]): readonly Value[];
  /** What functions had to wait for, by key, as far as it is known: see `PendingAnswer`. */
  readonly answers: ReadonlyMap<string, unknown>;
}
