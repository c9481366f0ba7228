import type { Value } from "../column/value.js";
import type { DataType } from "../schema/data-type.js";

/** A comparison of a column with a literal, as sources and formats may evaluate it. Null in the column never matches. */
export type Predicate =
  | {
      readonly op: "=" | "<" | "<=" | ">" | ">=";
      /** A top-level column of the source's schema. */
      readonly column: string;
      readonly type: DataType;
      /** Never null, in the units of {@link Value} for `type`. */
      readonly value: Value;
    }
  | { readonly op: "in"; readonly column: string; readonly type: DataType; readonly values: readonly Value[] }
  | { readonly op: "isNull" | "isNotNull"; readonly column: string; readonly type: DataType };

/**
 * What a reader does with a predicate: `exact`, rows that fail it are never delivered; `inexact`, some of them may be
 * (the engine filters again); `unsupported`, it is ignored.
 */
export type PushdownAnswer = "exact" | "inexact" | "unsupported";

/** What a reader is asked to deliver. */
export interface ScanRequest {
  /** Wanted columns, in the order in which they are to stand in the batches; a part of the schema, maybe empty. */
  readonly columns: readonly string[];
  /** Only predicates to which the reader answered `exact` or `inexact`. */
  readonly predicates: readonly Predicate[];
}
