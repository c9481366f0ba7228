import type { Batch, Column, StructType } from "@ss/core";
import type { Attribute, Expression, Origin, SortOrder, WindowSpec } from "../expression/expression.js";
import type { Keyed } from "./keyed.js";

/**
 * The last two are made by the optimizer, out of subqueries: `existence` gives out each left row once, with a column that tells
 * whether it has a partner; `leftSingle` is `left` where a second partner of a row is an error.
 */
export type JoinType =
  | "inner"
  | "cross"
  | "left"
  | "right"
  | "full"
  | "leftSemi"
  | "leftAnti"
  | "existence"
  | "leftSingle";

/** `name` or a path of names, as in `catalog.schema.table`. */
export type Name = readonly string[];

/** A data source by format and options: what `load` builds. Travels as it is. */
export interface Read {
  readonly kind: "read";
  readonly format: string;
  readonly options: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  readonly schema?: StructType;
  readonly streaming: boolean;
  /** Tells two reads in one plan apart, and one read through all its copies. */
  readonly readId: number;
}

/** A table or view by name. */
export interface UnresolvedRelation {
  readonly kind: "unresolvedRelation";
  readonly name: Name;
  readonly options?: Readonly<Record<string, string>>;
  /** `STREAM t`. */
  readonly streaming?: boolean;
  readonly origin?: import("../expression/expression.js").Origin | undefined;
}

/** `range(...)`, `explode(...)` in FROM. */
export interface TableFunction {
  readonly kind: "tableFunction";
  readonly name: Name;
  readonly args: readonly Expression[];
  /** Names of named arguments, by position; undefined for a positional one. */
  readonly argNames?: readonly (string | undefined)[];
  readonly origin?: import("../expression/expression.js").Origin | undefined;
}

/** Rows given in the program. */
export interface LocalRelation {
  readonly kind: "localRelation";
  readonly attributes: readonly Attribute[];
  readonly batches: readonly Batch[];
}

/** `VALUES (...), (...)`: expressions yet to be evaluated. */
export interface InlineTable {
  readonly kind: "inlineTable";
  readonly names: readonly string[];
  readonly rows: readonly (readonly Expression[])[];
  readonly origin?: import("../expression/expression.js").Origin | undefined;
}

/** SELECT without FROM: one row, no column. */
export interface OneRow {
  readonly kind: "oneRow";
}

/** Whole numbers from `start` to below `end`. */
export interface Range {
  readonly kind: "range";
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
  readonly attribute: Attribute;
}

export interface Project {
  readonly kind: "project";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly expressions: readonly Expression[];
}

export interface Filter {
  readonly kind: "filter";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly condition: Expression;
  /** True where it stood as HAVING. */
  readonly having?: boolean;
  /** True where it stood as QUALIFY: the condition may use window functions. */
  readonly qualify?: boolean;
}

/** `keys` null means GROUP BY ALL. `sets` are grouping sets over indexes of `keys` (ROLLUP, CUBE, GROUPING SETS). */
export interface Aggregate {
  readonly kind: "aggregate";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly keys: readonly Expression[];
  readonly all?: boolean;
  readonly sets?: readonly (readonly number[])[];
  /** What is given out: keys and aggregates, mixed at will. */
  readonly expressions: readonly Expression[];
}

/** Each row once per projection: grouping sets, sliding windows, unpivot. Made by the analyzer. */
export interface Expand {
  readonly kind: "expand";
  readonly child: LogicalPlan;
  /** One expression per output attribute each. */
  readonly projections: readonly (readonly Expression[])[];
  readonly output: readonly Attribute[];
}

export interface Join {
  readonly kind: "join";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly type: JoinType;
  readonly condition?: Expression | undefined;
  readonly using?: readonly string[];
  readonly natural?: boolean;
  readonly lateral?: boolean;
  /** The column that an `existence` join adds. */
  readonly flag?: Attribute;
  /** Where the scalar subquery of a `leftSingle` join stands in the query's text. */
  readonly subqueryOrigin?: Origin | undefined;
}

/** UNION, INTERSECT, EXCEPT. `all` keeps duplicates. */
export interface SetOperation {
  readonly kind: "setOperation";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly type: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly byName?: boolean;
  readonly allowMissingColumns?: boolean;
  /** True for what `followedBy` makes: a union whose streams are read one after the other. */
  readonly sequential?: boolean;
  readonly children: readonly LogicalPlan[];
  /** Columns with ids of their own; filled in by the analyzer. */
  readonly output?: readonly Attribute[];
}

export interface Sort {
  readonly kind: "sort";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly order: readonly SortOrder[];
  /** False for SORT BY. */
  readonly global: boolean;
  /** ORDER BY ALL. */
  readonly all?: { readonly ascending: boolean; readonly nullsFirst: boolean };
}

export interface Limit {
  readonly kind: "limit";
  readonly child: LogicalPlan;
  readonly count: Expression;
}

export interface Offset {
  readonly kind: "offset";
  readonly child: LogicalPlan;
  readonly count: Expression;
}

/**
 * WITH RECURSIVE: the rows of the first child, then those of the second as often as it gives any; where the second holds
 * `RecursionRows` of this id, they are the rows of the time before. Made by the analyzer.
 */
export interface Recursion {
  readonly kind: "recursion";
  readonly recursionId: number;
  readonly children: readonly [anchor: LogicalPlan, step: LogicalPlan];
  readonly output: readonly Attribute[];
  /** How often the second child may run. */
  readonly levelLimit: number;
  /** How many rows there may be; Infinity where somebody above takes only some. */
  readonly rowLimit: number;
}

/** The rows that a recursion gave the time before. */
export interface RecursionRows {
  readonly kind: "recursionRows";
  readonly recursionId: number;
  readonly attributes: readonly Attribute[];
}

/** Whole-row DISTINCT, or on columns. */
export interface Deduplicate {
  readonly kind: "deduplicate";
  readonly child: LogicalPlan;
  /** Null: all columns. */
  readonly columns: readonly Expression[] | null;
  readonly withinWatermark?: boolean;
  /** True for DISTINCT and UNION of SQL text, which on a stream are groups by all columns: given out when a batch is through, or when the watermark is. */
  readonly grouping?: boolean;
}

export interface WithColumns {
  readonly kind: "withColumns";
  readonly child: LogicalPlan;
  readonly columns: readonly { readonly name: string; readonly expression: Expression }[];
  /** True where every column must be there already: `|> SET`. */
  readonly existing?: boolean;
}

export interface RenameColumns {
  readonly kind: "renameColumns";
  readonly child: LogicalPlan;
  readonly renames: readonly (readonly [from: string, to: string])[];
}

export interface Drop {
  readonly kind: "drop";
  readonly child: LogicalPlan;
  readonly columns: readonly Expression[];
}

/** New names for all columns: `toDF`, `t(a, b)`. */
export interface ToNames {
  readonly kind: "toNames";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly names: readonly string[];
}

export interface SubqueryAlias {
  readonly kind: "subqueryAlias";
  readonly child: LogicalPlan;
  readonly name: Name;
}

export interface With {
  readonly kind: "with";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly ctes: readonly {
    readonly name: string;
    readonly columns?: readonly string[];
    /** MAX RECURSION LEVEL. */
    readonly maxRecursion?: number;
    readonly plan: LogicalPlan;
  }[];
  readonly recursive?: boolean;
}

/** LATERAL VIEW, and generators in a select list once the analyzer has taken them out. */
export interface Generate {
  readonly kind: "generate";
  readonly child: LogicalPlan;
  readonly generator: Expression;
  readonly outer: boolean;
  readonly qualifier?: string;
  readonly names: readonly string[];
  /** The generator's columns; filled in by the analyzer. */
  readonly output?: readonly Attribute[];
}

/** Functions over windows, taken out of a select list by the analyzer. */
export interface Window {
  readonly kind: "window";
  readonly child: LogicalPlan;
  /** Aliases of WindowExpressions. */
  readonly expressions: readonly Expression[];
}

/** WINDOW w AS (...): names that the select list below may use. */
export interface NamedWindows {
  readonly kind: "namedWindows";
  readonly child: LogicalPlan;
  readonly windows: Readonly<Record<string, WindowSpec>>;
}

export interface Pivot {
  readonly kind: "pivot";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly keys: readonly Expression[] | null;
  readonly column: Expression;
  readonly values: readonly Expression[];
  readonly aggregates: readonly Expression[];
}

export interface Unpivot {
  readonly kind: "unpivot";
  /** Where it stands in the query's text, for messages. */
  readonly origin?: import("../expression/expression.js").Origin | undefined;
  readonly child: LogicalPlan;
  readonly ids: readonly Expression[] | null;
  readonly values: readonly { readonly columns: readonly Expression[]; readonly alias?: string }[];
  readonly nameColumn: string;
  readonly valueColumns: readonly string[];
  readonly includeNulls: boolean;
}

export interface Sample {
  readonly kind: "sample";
  readonly child: LogicalPlan;
  readonly fraction: number;
  readonly withReplacement: boolean;
  readonly seed: number;
  /** Whether the seed came by chance; a streaming query takes one of its own then. */
  readonly drawn: boolean;
}

/** The event time of a stream and how late rows may be. `delay` is text until analyzed. */
export interface WithWatermark {
  readonly kind: "withWatermark";
  readonly child: LogicalPlan;
  readonly eventTime: Expression;
  readonly delay: string;
  /** Filled in by the analyzer. */
  readonly delayMs?: number;
}

/** `observe`: named aggregates over the rows that pass. */
export interface Observe {
  readonly kind: "observe";
  readonly child: LogicalPlan;
  readonly name: string;
  readonly expressions: readonly Expression[];
}

/** `map`, `flatMap` and `mapPartitions`: rows of the user's code, made of rows alone. */
export interface MapRows {
  readonly kind: "mapRows";
  readonly child: LogicalPlan;
  readonly method: "map" | "flatMap" | "mapPartitions";
  readonly run: (rows: Iterable<object>) => Iterable<object>;
  /** What the function gives out. */
  readonly schema: StructType;
  /** The columns that it sees, and those of `schema`; filled in by the analyzer. */
  readonly input?: readonly Attribute[];
  readonly output?: readonly Attribute[];
}

/** Lets rows of a stream pass into the stateful operator above, and reports those that it is going to drop for being late. */
export interface LateRows {
  readonly kind: "lateRows";
  readonly child: LogicalPlan;
  /** By which rows are late. */
  readonly time: Attribute;
  /** A row as it is reported. */
  readonly row: Expression;
  /** The columns that are handed on; of the child all are reported. */
  readonly output: readonly Attribute[];
}

/** Hints are kept for the name's sake and change nothing. */
export interface Hint {
  readonly kind: "hint";
  readonly child: LogicalPlan;
  readonly name: string;
}

/** Rows of a table object that only the embedded engine has: a batch handed to foreachBatch, a memory sink's table. */
export interface ColumnarRelation {
  readonly kind: "columnar";
  readonly attributes: readonly Attribute[];
  readonly rows: () => readonly { readonly columns: readonly Column[]; readonly rowCount: number }[];
}

/** What a query is made of: immutable plain data, before and after analysis. */
export type LogicalPlan =
  | Read
  | UnresolvedRelation
  | TableFunction
  | LocalRelation
  | InlineTable
  | OneRow
  | Range
  | Project
  | Filter
  | Aggregate
  | Expand
  | Join
  | SetOperation
  | Recursion
  | RecursionRows
  | Sort
  | Limit
  | Offset
  | Deduplicate
  | Keyed
  | MapRows
  | WithColumns
  | RenameColumns
  | Drop
  | ToNames
  | SubqueryAlias
  | With
  | Generate
  | Window
  | NamedWindows
  | Pivot
  | Unpivot
  | Sample
  | WithWatermark
  | Observe
  | LateRows
  | Hint
  | ColumnarRelation
  | Source;

/** A `read` after analysis: its table or source is known, and so are its columns. */
export interface Source {
  readonly kind: "source";
  readonly read: Read;
  readonly attributes: readonly Attribute[];
}
