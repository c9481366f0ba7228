import type { Column, Predicate } from "@ss/core";
import type {
  AggregateCall,
  Alias,
  Attribute,
  Expression,
  GeneratorCall,
  Origin,
  SortOrder,
} from "../expression/expression.js";
import type { ScalarFunction } from "../expression/function.js";
import type { Inputs, KeyedProgram } from "../logical/keyed.js";
import type { JoinType, MapRows, Read } from "../logical/plan.js";

/** Reads the wanted columns of a table or of a source's range. */
export interface ScanPlan {
  readonly kind: "scan";
  readonly read: Read;
  readonly output: readonly Attribute[];
  readonly predicates: readonly Predicate[];
}

/** Rows that are there already. */
export interface RowsPlan {
  readonly kind: "rows";
  readonly output: readonly Attribute[];
  readonly rows: () => readonly { readonly columns: readonly Column[]; readonly rowCount: number }[];
}

/** Whole numbers. */
export interface RangePlan {
  readonly kind: "range";
  readonly output: readonly Attribute[];
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
}

/** Filters, projections and a generator over lists, fused into one generated function. */
export interface StagePlan {
  readonly kind: "stage";
  readonly child: PhysicalPlan;
  readonly output: readonly Attribute[];
  /** Named values that conditions, the generator and outputs may use. */
  readonly definitions: readonly Alias[];
  readonly conditions: readonly Expression[];
  readonly generator?: {
    readonly list: Expression;
    readonly attributes: readonly Attribute[];
    readonly position?: Attribute | undefined;
    readonly outer: boolean;
  };
  readonly laterConditions: readonly Expression[];
  /** One per output attribute. */
  readonly outputs: readonly Expression[];
}

/** A call of a function that a plug-in brought, over attributes of the plan below. */
export interface ColumnCall {
  readonly fn: ScalarFunction;
  readonly args: readonly Attribute[];
  readonly state: unknown;
  /** Holds the results. */
  readonly attribute: Attribute;
  readonly checked?: boolean | undefined;
}

/** Calls of functions of plug-ins, a batch at a time. Output: the child's columns, then the results. */
export interface ColumnCallsPlan {
  readonly kind: "columnCalls";
  readonly child: PhysicalPlan;
  readonly calls: readonly ColumnCall[];
  readonly output: readonly Attribute[];
}

/** A generator that the fused loop does not know: boxed rows. */
export interface GeneratePlan {
  readonly kind: "generate";
  readonly child: PhysicalPlan;
  readonly generator: GeneratorCall;
  readonly outer: boolean;
  /** The child's columns, then the generator's. */
  readonly output: readonly Attribute[];
}

/** An aggregate function call and the attribute that holds its result. */
export interface AggregatePart {
  readonly call: AggregateCall;
  readonly attribute: Attribute;
}

/** A column that rows are grouped by. */
export type GroupKey = Attribute & {
  /** For a window whose length is a constant: that length in microseconds. The end of such a window need not be compared or kept. */
  readonly windowMicros?: bigint;
  /** Present where the column holds session windows: groups that are equal in the other keys and touch each other in time become one. */
  readonly isSession?: true;
};

/**
 * Groups and aggregates. Output: the keys, then the results. The child's columns are the keys, then each call's arguments, then
 * its filter where it has one.
 */
export interface AggregatePlan {
  readonly kind: "aggregate";
  readonly child: PhysicalPlan;
  readonly keys: readonly GroupKey[];
  readonly parts: readonly AggregatePart[];
  readonly output: readonly Attribute[];
  /** Present in a streaming plan: the operator keeps its groups in the state store. */
  readonly stateful?: { readonly operatorId: number };
}

/** A stream's rows whose keys have not come before. */
export interface DeduplicatePlan {
  readonly kind: "deduplicate";
  readonly child: PhysicalPlan;
  readonly keys: readonly Attribute[];
  /** A key is forgotten so long after the event time of its first row; without it when the watermark passes an event time in the key. */
  readonly within?: { readonly delayMs: number };
  readonly output: readonly Attribute[];
  readonly operatorId: number;
}

/** A program of the user's over the rows of each key. */
export interface KeyedPlan {
  readonly kind: "keyed";
  /** The rows and, if there is one, the initial state or, of `cogroup`, the other rows. */
  readonly children: Inputs<PhysicalPlan>;
  /** By child: what it is grouped by, and the columns that the program sees. */
  readonly keys: readonly (readonly Attribute[])[];
  readonly inputs: readonly (readonly Attribute[])[];
  /** By child: true where the program sees the value of the only input instead of an object. */
  readonly alone: readonly boolean[];
  readonly program: KeyedProgram;
  readonly output: readonly Attribute[];
  /** Present where the rows are a stream's: what the program remembers is in the state store. */
  readonly stateful?: { readonly operatorId: number };
}

/** Rows of the user's code, made of rows alone. */
export interface MapRowsPlan {
  readonly kind: "mapRows";
  readonly child: PhysicalPlan;
  readonly method: MapRows["method"];
  readonly run: MapRows["run"];
  /** The columns that the function sees. */
  readonly input: readonly Attribute[];
  readonly output: readonly Attribute[];
}

/** An equality of two sides. `nullSafe` is `<=>`. */
export interface JoinKeys {
  readonly left: readonly Attribute[];
  readonly right: readonly Attribute[];
  readonly nullSafe: readonly boolean[];
}

/** A join. Without keys every pair is tried. */
export interface JoinPlan {
  readonly kind: "join";
  readonly left: PhysicalPlan;
  readonly right: PhysicalPlan;
  readonly type: JoinType;
  readonly keys: JoinKeys;
  /** What a pair must also fulfil; over the columns of both sides. */
  readonly conditions: readonly Expression[];
  readonly output: readonly Attribute[];
  /** Which side is held in memory. */
  readonly build: "left" | "right";
  /** True where a pair with a null in its key counts as a match: NOT IN. Anti and existence joins of one key without conditions. */
  readonly nullAware: boolean;
  /**
   * Present where the held side stands beside a stream: whether it has the same rows in every batch as long as its tables have (`steady`), or may not (`changing`).
   */
  readonly beside?: "steady" | "changing" | undefined;
  /** Where the scalar subquery of a `leftSingle` join stands in the query's text. */
  readonly subqueryOrigin?: Origin | undefined;
}

/** A join of two streams: rows of both are kept as long as partners can come. */
export interface StreamJoinPlan {
  readonly kind: "streamJoin";
  readonly left: PhysicalPlan;
  readonly right: PhysicalPlan;
  readonly type: "inner" | "left" | "right" | "full" | "leftSemi";
  readonly keys: JoinKeys;
  /** What rows of each side must fulfil by themselves, where that is not checked below. */
  readonly own: { readonly left: readonly Expression[]; readonly right: readonly Expression[] };
  /** What a pair must fulfil besides. */
  readonly conditions: readonly Expression[];
  /** When rows of a side can have no partner any more; without it they are kept for ever. */
  readonly bounds: { readonly left?: StateBound; readonly right?: StateBound };
  readonly output: readonly Attribute[];
  readonly operatorId: number;
}

/** A row's time has ended when the event time in a column is at or below the watermark and an offset. */
export interface StateBound {
  readonly column: Attribute;
  readonly offsetMs: number;
}

export interface SortPlan {
  readonly kind: "sort";
  readonly child: PhysicalPlan;
  /** Over attributes of the child. */
  readonly order: readonly SortOrder[];
  /** Only the first rows are wanted. */
  readonly limit?: number;
  readonly output: readonly Attribute[];
}

export interface LimitPlan {
  readonly kind: "limit";
  readonly child: PhysicalPlan;
  readonly offset: number;
  /** Infinity: no limit, only an offset. */
  readonly count: number;
  readonly output: readonly Attribute[];
  /** Present in a streaming plan: counts over all batches. */
  readonly stateful?: { readonly operatorId: number };
}

/** Rows of all children, one after the other; columns by position. */
export interface UnionPlan {
  readonly kind: "union";
  readonly children: readonly PhysicalPlan[];
  readonly output: readonly Attribute[];
}

/** WITH RECURSIVE: the rows of the first child, then those of the second as long as it gives any. */
export interface RecursionPlan {
  readonly kind: "recursion";
  readonly recursionId: number;
  readonly children: readonly [anchor: PhysicalPlan, step: PhysicalPlan];
  readonly levelLimit: number;
  readonly rowLimit: number;
  readonly output: readonly Attribute[];
}

/** The rows that the recursion around gave the time before. */
export interface RecursionRowsPlan {
  readonly kind: "recursionRows";
  readonly recursionId: number;
  readonly output: readonly Attribute[];
}

/** INTERSECT and EXCEPT. */
export interface SetPlan {
  readonly kind: "set";
  readonly type: "intersect" | "except";
  readonly all: boolean;
  readonly left: PhysicalPlan;
  readonly right: PhysicalPlan;
  readonly output: readonly Attribute[];
}

/** Each row once per projection: grouping sets, unpivot. */
export interface ExpandPlan {
  readonly kind: "expand";
  readonly child: PhysicalPlan;
  readonly projections: readonly (readonly Expression[])[];
  readonly output: readonly Attribute[];
}

/** Functions over windows of an ordered partition. */
export interface WindowPlan {
  readonly kind: "window";
  readonly child: PhysicalPlan;
  readonly expressions: readonly Alias[];
  readonly output: readonly Attribute[];
}

export interface SamplePlan {
  readonly kind: "sample";
  readonly child: PhysicalPlan;
  readonly fraction: number;
  readonly withReplacement: boolean;
  readonly seed: number;
  readonly output: readonly Attribute[];
}

/** Watches event times as they pass. */
export interface WatermarkPlan {
  readonly kind: "watermark";
  readonly child: PhysicalPlan;
  readonly attribute: Attribute;
  readonly delayMs: number;
  /** Position among the watermark operators of the plan. */
  readonly index: number;
  readonly output: readonly Attribute[];
}

/** Lets rows pass into a stateful operator and reports those that it is going to drop for being late. */
export interface LateRowsPlan {
  readonly kind: "lateRows";
  readonly child: PhysicalPlan;
  readonly time: Attribute;
  readonly row: Expression;
  /** The operator above. */
  readonly operator?: { readonly operatorId: number; readonly operatorName: string };
  readonly output: readonly Attribute[];
}

/** Aggregates rows as they pass; the child's columns are the output, then the arguments. */
export interface ObservePlan {
  readonly kind: "observe";
  readonly child: PhysicalPlan;
  readonly name: string;
  readonly parts: readonly AggregatePart[];
  /** What is reported, over the parts' attributes. */
  readonly results: readonly Alias[];
  readonly output: readonly Attribute[];
}

/** How a query runs: a tree of operators over columns. Plain data. */
export type PhysicalPlan =
  | ScanPlan
  | RowsPlan
  | RangePlan
  | StagePlan
  | ColumnCallsPlan
  | GeneratePlan
  | AggregatePlan
  | DeduplicatePlan
  | KeyedPlan
  | MapRowsPlan
  | JoinPlan
  | StreamJoinPlan
  | SortPlan
  | LimitPlan
  | UnionPlan
  | RecursionPlan
  | RecursionRowsPlan
  | SetPlan
  | ExpandPlan
  | WindowPlan
  | SamplePlan
  | WatermarkPlan
  | ObservePlan
  | LateRowsPlan;
