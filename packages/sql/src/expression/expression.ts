import type { DataType, Value } from "@ss/core";
import type { LogicalPlan } from "../logical/plan.js";
import type { ExternalOptions } from "./external-value.js";
import type {
  AggregateFunction,
  GeneratorFunction,
  ScalarFunction,
  SqlFunction,
  WindowFunction,
} from "./function.js";

/** Where in a SQL text an expression stands: positions of its first and last character, both inclusive. */
export interface Origin {
  readonly start: number;
  readonly stop: number;
  readonly text: string;
  /** The SQL text that it stands in. */
  readonly sql: string;
}

interface Node<K extends string> {
  readonly kind: K;
  readonly origin?: Origin | undefined;
  /** How it reads in names of columns and messages, where it was rewritten from something else (`nvl(a, b)`). */
  readonly shown?: string | undefined;
}

/** A constant. */
export interface Literal extends Node<"literal"> {
  readonly value: Value;
  readonly type: DataType;
  /** How it was written, where that decides the name of a column (`DATE '2020-01-01'`). */
  readonly text?: string;
}

/** A name to be looked up: `a`, `t.a`, `t.a.b`. */
export interface UnresolvedAttribute extends Node<"unresolvedAttribute"> {
  readonly parts: readonly string[];
  /** The table whose column is meant, whatever other tables call theirs: `df.col("a")`. */
  readonly table?: LogicalPlan;
}

/** `*`, `t.*`, `* EXCEPT (a, b)`. */
export interface Star extends Node<"star"> {
  readonly target?: readonly string[];
  readonly except?: readonly (readonly string[])[];
}

/** Columns of a name that matches a pattern: `colRegex`. */
export interface RegexColumns extends Node<"regexColumns"> {
  readonly pattern: string;
  readonly target?: readonly string[];
}

/** A resolved column: known by its id, whatever it is called. */
export interface Attribute extends Node<"attribute"> {
  readonly id: number;
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** Names that may stand before it: `["spark_catalog", "default", "t"]` or `["t"]`. */
  readonly qualifier: readonly string[];
  /** Carries the watermark delay (`spark.watermarkDelayMs`) and the window marks, as in Spark. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** `child AS name`. With several names: the columns of a generator. */
export interface Alias extends Node<"alias"> {
  readonly child: Expression;
  readonly names: readonly string[];
  /** The id of the attribute that it makes; 0 until resolved. */
  readonly id: number;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A function or operator by name, as written; operators go by their sign (`+`, `and`, `not`, `=`, `<=>`), and so do the
 * special forms: `case` is `when(c1, v1, ..., otherwise)`, `a[b]` and `a.b` are `getItem`, `x BETWEEN` is `between`,
 * `LIKE` is `like(x, pattern[, escape])`, `IS NULL` is `isnull`, `IN (list)` is `in`, unary minus is `negative`.
 */
export interface UnresolvedCall extends Node<"call"> {
  readonly name: readonly string[];
  /** The function that is meant, whatever is known under the name. */
  readonly fn?: SqlFunction;
  readonly args: readonly Expression[];
  readonly distinct?: boolean;
  /** FILTER (WHERE ...). */
  readonly filter?: Expression;
  /** WITHIN GROUP (ORDER BY ...). */
  readonly withinGroup?: readonly SortOrder[];
  /** RESPECT NULLS is false, IGNORE NULLS true, neither undefined. */
  readonly ignoreNulls?: boolean;
  /** Names of named arguments, by position; undefined for a positional one. */
  readonly argNames?: readonly (string | undefined)[];
}

/** `CAST`, `TRY_CAST`, `::`. `ansi` is filled in by the analyzer. */
export interface Cast extends Node<"cast"> {
  readonly child: Expression;
  readonly type: DataType;
  /** `implicit` ones were added by the analyzer and do not show in names. */
  readonly mode: "cast" | "try" | "implicit";
  readonly ansi?: boolean;
}

/** `(x, y) -> body` of a higher-order function. */
export interface Lambda extends Node<"lambda"> {
  readonly parameters: readonly LambdaVariable[];
  readonly body: Expression;
}

/** A parameter of a lambda. */
export interface LambdaVariable extends Node<"lambdaVariable"> {
  readonly name: string;
  readonly id: number;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** An ordering: ascending unless told otherwise; nulls first when ascending, last when descending unless told otherwise. */
export interface SortOrder extends Node<"sortOrder"> {
  readonly child: Expression;
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
}

/** A bound of a window frame; `offset` is an expression for `preceding` and `following`. */
export interface FrameBound {
  readonly bound: "unboundedPreceding" | "preceding" | "currentRow" | "following" | "unboundedFollowing";
  readonly offset?: Expression;
}

/** OVER (PARTITION BY ... ORDER BY ... frame). */
export interface WindowSpec {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortOrder[];
  readonly frame?: {
    readonly type: "rows" | "range";
    readonly lower: FrameBound;
    readonly upper: FrameBound;
  };
  /** A named window, `OVER w`. */
  readonly reference?: string;
  readonly origin?: Origin | undefined;
}

/** A function over a window. */
export interface WindowExpression extends Node<"window"> {
  readonly call: Expression;
  readonly spec: WindowSpec;
}

/** A query as a value (`scalar`), a test (`exists`), or a list (`in`, with `values` on the left). */
export interface SubqueryExpression extends Node<"subquery"> {
  readonly form: "scalar" | "exists" | "in";
  readonly plan: LogicalPlan;
  readonly values?: readonly Expression[];
  /** Columns of the outer query that it uses; filled in by the analyzer. */
  readonly outer?: readonly Attribute[];
  /** The type of its value: of the plan's column (`scalar`), else BOOLEAN; filled in by the analyzer. */
  readonly type?: DataType;
  /** Whether the value may be null; filled in by the analyzer. */
  readonly nullable?: boolean;
}

/** A column of the query around a subquery; made by the analyzer. */
export interface OuterReference extends Node<"outerReference"> {
  readonly attribute: Attribute;
}

/** `:name` or `?`. */
export interface Parameter extends Node<"parameter"> {
  readonly name?: string;
  readonly position?: number;
}

/** A function of TypeScript; only the embedded engine takes it. Arguments and result are what a person sees. */
export interface UserFunction extends Node<"userFunction"> {
  readonly name: string;
  readonly run: (...values: never[]) => unknown;
  readonly args: readonly Expression[];
  readonly type: DataType;
  readonly nullable: boolean;
  readonly deterministic: boolean;
  /** How the arguments look; default: numbers and Dates. */
  readonly external?: ExternalOptions;
}

/** A resolved scalar function: arguments have the types that it wants. */
export interface ScalarCall extends Node<"scalar"> {
  readonly fn: ScalarFunction;
  readonly args: readonly Expression[];
  readonly type: DataType;
  readonly nullable: boolean;
  /** How it was called: its name in column names and messages. */
  readonly name: string;
  /** What `resolve` of the function left for its evaluation: plain data. */
  readonly state?: unknown;
  /** Gives a struct of the value and the reason why there is none (see `checkedType`); of functions that decode records. */
  readonly checked?: boolean | undefined;
}

/** A resolved aggregate function. */
export interface AggregateCall extends Node<"aggregate"> {
  readonly fn: AggregateFunction;
  readonly args: readonly Expression[];
  readonly type: DataType;
  readonly nullable: boolean;
  readonly name: string;
  readonly distinct: boolean;
  readonly filter?: Expression | undefined;
  readonly orderBy?: readonly SortOrder[] | undefined;
  readonly state?: unknown;
}

/** A resolved generator (`explode`), which makes rows. */
export interface GeneratorCall extends Node<"generator"> {
  readonly fn: GeneratorFunction;
  readonly args: readonly Expression[];
  /** Columns that it makes. */
  readonly outputs: readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[];
  readonly name: string;
  readonly outer: boolean;
  readonly state?: unknown;
}

/** A resolved function that needs a window (`row_number`). */
export interface WindowCall extends Node<"windowFunction"> {
  readonly fn: WindowFunction;
  readonly args: readonly Expression[];
  readonly type: DataType;
  readonly nullable: boolean;
  readonly name: string;
  readonly ignoreNulls?: boolean;
  readonly state?: unknown;
}

/** Unresolved and resolved expressions: immutable plain data (functions are values of the registry). */
export type Expression =
  | Literal
  | UnresolvedAttribute
  | Star
  | RegexColumns
  | Attribute
  | Alias
  | UnresolvedCall
  | Cast
  | Lambda
  | LambdaVariable
  | SortOrder
  | WindowExpression
  | SubqueryExpression
  | OuterReference
  | Parameter
  | UserFunction
  | ScalarCall
  | AggregateCall
  | GeneratorCall
  | WindowCall;

/** A constant of a type. */
export function literal(value: Value, type: DataType, text?: string): Literal {
  return text === undefined ? { kind: "literal", value, type } : { kind: "literal", value, type, text };
}

/** A call by name, to be resolved. */
export function call(name: string, ...args: Expression[]): UnresolvedCall {
  return { kind: "call", name: [name], args };
}

let lastId = 0;

/** A fresh id for an attribute, unique in this process. */
export function freshId(): number {
  return ++lastId;
}
