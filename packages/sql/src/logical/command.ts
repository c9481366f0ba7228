import type { Name, LogicalPlan } from "./plan.js";

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
  | { readonly kind: "explain"; readonly mode: "simple" | "extended" | "codegen"; readonly plan: LogicalPlan }
  | { readonly kind: "describeQuery"; readonly plan: LogicalPlan }
  | { readonly kind: "unsupported"; readonly name: string };

/** One statement of SQL text. */
export type Statement = { readonly kind: "query"; readonly plan: LogicalPlan } | Command;
