/** Something that is measured beside throughput. */
export interface Measure {
  readonly name: string;
  /** Takes minutes at full size: runs only when it is named. */
  readonly isSlow: boolean;
  /** Starts servers that may have to be installed first: runs only when it is named. */
  readonly needsServers?: boolean;
  run(context: MeasureContext): Promise<Findings>;
}

/** What a measure gets. */
export interface MeasureContext {
  /** The folder of all data. */
  readonly root: string;
  /** What the command line gave as the number of rows, or undefined; a measure derives its own sizes from it. */
  readonly rows: number | undefined;
  readonly threads: number;
  /** Engines to compare with, where a measure can. */
  readonly against: readonly string[];
}

/** What a measure found. */
export interface Findings {
  /** For people. */
  readonly text: string;
  /** Whether the queries that were measured gave what they had to. */
  readonly isRight: boolean;
}

/** A size of its own for full runs, a share of the rows (within limits) where those are given. */
export function sizeOf(rows: number | undefined, full: number, rowsPerUnit: number, least: number): number {
  if (rows === undefined) return full;
  return Math.min(full, Math.max(least, Math.floor(rows / rowsPerUnit)));
}
