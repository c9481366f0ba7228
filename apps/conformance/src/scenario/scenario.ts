/** Rows of one input: a value for a single column, else one array per row. */
export type InputRows = readonly unknown[];

/** One step: what to do or to check, then its arguments. */
export type Step = readonly [name: string, ...rest: readonly unknown[]];

/** Operations in order; the first one gives the table. */
export type Pipeline = readonly (readonly [name: string, ...rest: readonly unknown[]])[];

/** A streaming query with its inputs and the answers that Spark gave, batch by batch. */
export interface Scenario {
  readonly id: string;
  readonly area: string;
  readonly title: string;
  readonly mode: string;
  readonly conf: Readonly<Record<string, string>>;
  /** The columns of each input as DDL. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly pipeline: Pipeline;
  readonly steps: readonly Step[];
  readonly runnable: boolean;
  readonly restartable: boolean;
}
