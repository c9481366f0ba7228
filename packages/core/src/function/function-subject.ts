/** What stands for a constant argument of a function. A record is a map of texts, as of options. */
export type FunctionConstant =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Readonly<Record<string, string>>;

/**
 * Something that functions can be called on by name: a column of a DataFrame. With it a package that brings a SQL function also brings the
 * TypeScript function that calls it, without knowing what columns are: `from_avro(col("value"), schema)` is a column again.
 */
export interface FunctionSubject<Self> {
  /** A call of a SQL function with this as its first argument. */
  callFunction(name: string, ...args: readonly (Self | FunctionConstant)[]): Self;
}
