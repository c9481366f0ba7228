import type { DataType } from "../schema/data-type.js";

/** Where a field of a view comes from. */
export type StateViewSource =
  /** A column of the family, key columns first; times are put off by some microseconds, or given in milliseconds. */
  | {
      readonly kind: "column";
      readonly column: number;
      readonly plusMicros?: number;
      readonly inMillis?: boolean;
    }
  | { readonly kind: "struct"; readonly fields: readonly StateViewField[] }
  /** The number of the row, from 0 on, among those whose other key fields are the same, in the order of a whole-number column. */
  | { readonly kind: "index"; readonly by: number }
  /** How many rows have the same key fields: the view has one row for all of them. */
  | { readonly kind: "count" }
  | { readonly kind: "null" };

/** A field of the keys or values that a view shows. */
export interface StateViewField {
  readonly name: string;
  readonly type: DataType;
  readonly from: StateViewSource;
}

/**
 * What readers of a checkpoint see of a state family: a store of Spark's, by its name and with its columns. Recorded once, beside the state; plain
 * data.
 */
export interface StateView {
  readonly store: string;
  /** Present for a view that is asked for by the side of a join, and is none of the stores. */
  readonly side?: "left" | "right";
  /** How many of the first key columns of the family tell the partition of a row; absent: all. */
  readonly partitionColumns?: number;
  /** How many of the first key fields are what Spark finds rows by; absent: none. */
  readonly prefixColumns?: number;
  readonly key: readonly StateViewField[];
  readonly value: readonly StateViewField[];
  /** What stands behind the key in place of `value`. */
  readonly columns?: readonly StateViewField[];
  /**
   * Present for a variable of a program, or its timers, which is asked for by its name and is no store: what it is, so that the elements of a list and
   * the entries of a map can be shown together.
   */
  readonly variable?: StateVariableKind;
}

/** What a view of a variable shows. */
export type StateVariableKind = "value" | "list" | "map" | "timers";
