import type { SourceLog } from "../checkpoint/source-log.js";
import type { Clock } from "../clock/clock.js";
import type { Batch } from "../column/batch.js";
import type { StructType } from "../schema/struct-type.js";
import type { RunMode } from "../trigger/run-mode.js";
import type { WorkerForm } from "../worker/worker-form.js";
import type { Predicate, PushdownAnswer, ScanRequest } from "./predicate.js";

/** Plain JSON data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A position in a source, as plain JSON data; it stands in the offset log as one line. Two offsets are the same position
 * exactly if they print the same JSON.
 */
export type Offset = Json;

/** A part of a range that can be read by itself: plain data, so that it can travel to a worker. */
export type Partition = Json;

/** How much a batch may take. Limits are soft: a source may go beyond one by a single unit (a file, a record). */
export type ReadLimit =
  | { readonly kind: "allAvailable" }
  | { readonly kind: "maxRows"; readonly rows: number }
  | { readonly kind: "maxFiles"; readonly files: number }
  | { readonly kind: "maxBytes"; readonly bytes: number }
  /** Hold the batch until `rows` are there or `maxDelayMs` has passed since the last batch. */
  | { readonly kind: "minRows"; readonly rows: number; readonly maxDelayMs: number }
  | { readonly kind: "composite"; readonly limits: readonly ReadLimit[] };

/** What a source gets when a query starts. */
export interface SourceContext {
  /** The source's own folder in the checkpoint, `sources/<i>/`, for what offsets alone cannot say. */
  readonly log: SourceLog;
  readonly clock: Clock;
  /** Aborts when the query stops; everything that waits ends then. */
  readonly signal: AbortSignal;
}

/**
 * An unbounded table, read in ranges.
 *
 * Order of calls, for one run of one query, never two at a time except `read`:
 * 1. `open` once. A new run of the same query makes a new Source object.
 * 2. `initialOffset` if the checkpoint has no offset of this source yet.
 * 3. For each batch: `latestOffset(start, limit)`; if the answer differs from `start`, then `plan(start, end)`, then `read` of each partition,
 *    several at once at will, then, when the batch is committed, `commit(end)`. The loop writes `end` to the offset log beside `plan` and
 *    `read`: after a crash in between, the range may be asked for never again, or with another end.
 * 4. `close` once, also after an error; `read`s that are under way have been aborted by their signal before.
 *
 * After a restart the loop first asks for the range of the last offset-log entry again, with the same `start` and `end`, if
 * it was not committed; if it was, `commit(end)` comes again. A replayable source gives the same rows in the same order per
 * partition, for every range that ends after the last `commit`. A source that cannot (a socket) says `replayable: false`.
 *
 * An error with `recovery: "retry"` makes the loop repeat the call a few times, except `plan` and `read`; any other ends the query. A
 * source that waits for longer, in `latestOffset` or `read`, never does so beyond its `signal`.
 */
export interface Source {
  /** For progress reports, without secrets: `FileStreamSource[file:/data/in]`. */
  readonly description: string;
  /** Fixed for the life of the object. */
  readonly schema: StructType;
  /** Whether a range gives the same rows again. */
  readonly replayable: boolean;
  /**
   * In which open batches the source can be read: there `latestOffset`, `plan` and `read` follow each other as rows come, and the end of the last
   * range is written to the offset log afterwards, when the batch closes. Absent: in none. See {@link RunMode}.
   */
  readonly runModes?: readonly RunMode[];
  /** What a batch may take, by the options of the source. */
  readonly readLimit: ReadLimit;

  open(context: SourceContext): Promise<void>;

  /** The position before the first row that this query shall see; null where "before everything" needs no record. */
  initialOffset(): Promise<Offset | null>;

  /**
   * The position up to which the next batch reads: `start` itself (or null) when nothing is new. Does not read rows.
   * May record what it found in its log before it answers (seen files), but an answer that is never used must do no harm.
   */
  latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null>;

  /** The newest position known, for progress reports; absent where a source cannot tell cheaply. */
  reportLatestOffset?(): Offset | null;

  /** Pins the present end: from now on `latestOffset` never goes beyond it. Absent: the trigger availableNow takes one batch. */
  prepareForAvailableNow?(): Promise<void>;

  /** The parts of the range (start, end]. Pure in its answer: the same range gives the same partitions. */
  plan(start: Offset | null, end: Offset): Promise<readonly Partition[]>;

  /**
   * The rows of a partition. A batch and its columns are valid until the next one is asked for. Ending the iteration early
   * (`return`) frees everything.
   */
  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch>;

  /**
   * How a worker thread makes a {@link PartitionReader} for the partitions that `plan` gives. Absent: they are read on the driver, whatever
   * N of `local[N]` is.
   */
  readonly worker?: WorkerForm | undefined;

  /** What `read` does with a predicate. Absent: everything is `unsupported`. */
  pushdown?(predicate: Predicate): PushdownAnswer;

  /** Everything up to `end` is committed. May come twice for one offset, or, after a crash, never. */
  commit(end: Offset): Promise<void>;

  /** Calls `wake` whenever rows may have arrived, until the returned function is called. Absent: the loop polls. */
  readonly onData?: ((wake: () => void) => () => void) | undefined;

  /** Numbers for the progress report (`maxOffsetsBehindLatest`), as text. */
  metrics?(consumed: Offset | null): Readonly<Record<string, string>>;

  close(): Promise<void>;
}

/** Whether two offsets are the same position. */
export function sameOffset(a: Offset | null, b: Offset | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
