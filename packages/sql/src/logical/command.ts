import type { StructType } from "@ss/core";
import type { LogicalPlan, Name } from "./plan.js";

/** A statement that is not a query. */
export type Command =
  | {
      readonly kind: "createView";
      readonly name: Name;
      readonly plan: LogicalPlan;
      readonly columns?: readonly string[];
      readonly replace: boolean;
      readonly temporary: boolean;
      readonly ifNotExists: boolean;
      readonly global: boolean;
      /** The query's text. */
      readonly text: string;
    }
  | { readonly kind: "dropView"; readonly name: Name; readonly ifExists: boolean }
  | { readonly kind: "dropTable"; readonly name: Name; readonly ifExists: boolean }
  | { readonly kind: "set"; readonly key?: string; readonly value?: string }
  | { readonly kind: "reset"; readonly key?: string }
  | { readonly kind: "explain"; readonly mode: ExplainMode; readonly plan: LogicalPlan }
  | { readonly kind: "describeQuery"; readonly plan: LogicalPlan }
  | { readonly kind: "unsupported"; readonly name: string; readonly detail?: UnsupportedDetail };

/** How much EXPLAIN says. */
export type ExplainMode = "simple" | "extended" | "codegen" | "cost" | "formatted";

/** The parts of an unsupported command, for programs that bring their own tables. */
export type UnsupportedDetail =
  | {
      readonly kind: "createTable";
      readonly name: Name;
      readonly ifNotExists: boolean;
      readonly schema?: StructType;
      readonly format?: string;
      readonly plan?: LogicalPlan;
    }
  | {
      readonly kind: "insert";
      readonly name: Name;
      readonly overwrite: boolean;
      readonly byName?: boolean;
      readonly columns?: readonly string[];
      readonly plan: LogicalPlan;
    };

/** One statement of SQL text. */
export type Statement = { readonly kind: "query"; readonly plan: LogicalPlan } | Command;
