import { randomUUID } from "node:crypto";
import { knownQueryId, queryIdOf } from "../checkpoint/query-metadata.js";
import { type Clock, systemClock } from "../clock/clock.js";
import { StreamError } from "../errors/stream-error.js";
import type { FileSystem } from "../file-system/file-system.js";
import { localFileSystem } from "../file-system/local-file-system.js";
import { isoTime } from "../progress/progress-reporter.js";
import { checkTimeout } from "./check-timeout.js";
import type { QueryLog, StreamingQueryListener } from "./query-listener.js";
import type { QueryOptions } from "./query-options.js";
import { QueryRun } from "./query-run.js";
import { checkRepartition, repartition } from "./repartition.js";
import type { StreamingQuery } from "./streaming-query.js";

/** Settings of a {@link StreamingQueryManager}. */
export interface StreamingQueryManagerOptions {
  readonly clock?: Clock;
  readonly log?: QueryLog;
  /** The file system of a path; default: the local one. */
  readonly fileSystem?: (path: string) => FileSystem;
  /** Makes the ids of queries and runs; unique, or two runs cannot be told apart. Default: random UUIDs. */
  readonly newId?: () => string;
}

/** What can be done with checkpoints of queries that do not run. */
export interface StreamingCheckpointManager {
  /**
   * Gives the state of a query another number of logical partitions (`spark.sql.shuffle.partitions`), by a batch without rows behind its last one. The query goes on from
   * there. A query that runs in this session is refused (CONCURRENT_QUERY); of one that runs elsewhere one of the two ends with CONCURRENT_STREAM_LOG_UPDATE. A call
   * that did not come to its end is to be repeated: until then the query does not start.
   *
   * With `enforceExactlyOnceSink = false` a batch that was begun and not committed is given up: its rows come again under another number, also to
   * sinks that have them.
   */
  repartition(
    checkpointLocation: string,
    numPartitions: number,
    enforceExactlyOnceSink?: boolean,
  ): Promise<void>;
}

/** The queries of a session: starts them, knows the active ones, and tells the listeners about all. */
export class StreamingQueryManager implements StreamingCheckpointManager {
  private readonly clock: Clock;
  private readonly log: QueryLog;
  private readonly newId: () => string;
  private readonly fileSystem: (path: string) => FileSystem;
  private readonly runs: Map<string, QueryRun> = new Map();
  private readonly listeners: StreamingQueryListener[] = [];
  private lastTerminated: QueryRun | null = null;
  private terminationWaiters: (() => void)[] = [];
  private starting: Promise<unknown> = Promise.resolve();

  constructor(options: StreamingQueryManagerOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? (() => {});
    this.newId = options.newId ?? randomUUID;
    this.fileSystem = options.fileSystem ?? (() => localFileSystem());
  }

  /** The queries that run now. */
  get active(): StreamingQuery[] {
    return [...this.runs.values()];
  }

  /** The active query of this id, or null. */
  get(id: string): StreamingQuery | null {
    return this.runs.get(id) ?? null;
  }

  /**
   * Starts a query. Resolves when it is listed as active and the listeners have heard of it; what goes wrong from then on
   * ends the query and shows in `exception` and `awaitTermination`.
   */
  start(options: QueryOptions): Promise<StreamingQuery> {
    return this.inTurn(() => this.startNow(options));
  }

  /** See {@link StreamingCheckpointManager.repartition}. */
  async repartition(
    checkpointLocation: string,
    numPartitions: number,
    enforceExactlyOnceSink = true,
  ): Promise<void> {
    checkRepartition(checkpointLocation, numPartitions);
    const location = withoutTrailingSlash(checkpointLocation);
    const fileSystem = this.fileSystem(location);
    await this.inTurn(async () => {
      const id = await knownQueryId(fileSystem, location);
      if (id !== null && this.runs.has(id)) {
        throw concurrentQuery(
          id,
          `Cannot repartition the state of query ${id} at ${location} while it is active. Stop it first.`,
        );
      }
      const runId = this.newId();
      await repartition({
        fileSystem,
        checkpointLocation: location,
        numPartitions,
        enforceExactlyOnceSink,
        runId,
      });
      this.log("info", `The state of ${location} now has ${numPartitions} partitions.`);
    });
  }

  /** Uses of checkpoints begin one after the other, so that two of one checkpoint see each other. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.starting.then(work);
    this.starting = done.catch(() => {});
    return done;
  }

  /** Resolves when any query has ended since the last `resetTerminated`; throws if an error ended it. */
  awaitAnyTermination(): Promise<void>;
  /** The same, for at most this long. Whether a query has ended. */
  awaitAnyTermination(timeoutMs: number): Promise<boolean>;
  async awaitAnyTermination(timeoutMs?: number): Promise<void | boolean> {
    checkTimeout("awaitAnyTermination", timeoutMs);
    if (this.lastTerminated === null) {
      const ended = new Promise<void>((resolve) => this.terminationWaiters.push(resolve));
      const timer = new AbortController();
      const others = timeoutMs === undefined ? [] : [this.clock.sleep(timeoutMs, timer.signal)];
      await Promise.race([ended, ...others]);
      timer.abort();
    }
    // read anew: it has changed while this waited
    const run = this.lastTerminated as QueryRun | null;
    if (run?.exception) throw run.exception;
    if (timeoutMs !== undefined) return run !== null;
  }

  /** Forgets past terminations, so that `awaitAnyTermination` waits for the next one. */
  resetTerminated(): void {
    this.lastTerminated = null;
  }

  /** Tells a listener of all queries from now on. */
  addListener(listener: StreamingQueryListener): void {
    this.listeners.push(listener);
  }

  /** Tells a listener nothing more; one that was never added does no harm. */
  removeListener(listener: StreamingQueryListener): void {
    const at = this.listeners.indexOf(listener);
    if (at >= 0) this.listeners.splice(at, 1);
  }

  /** The listeners, in the order in which they are told. */
  listListeners(): StreamingQueryListener[] {
    return [...this.listeners];
  }

  private async startNow(given: QueryOptions): Promise<StreamingQuery> {
    const checkpointLocation = withoutTrailingSlash(given.checkpointLocation);
    const options = { ...given, checkpointLocation };
    this.checkName(options.name);
    const verify = options.conf?.("spark.sql.streaming.checkpoint.verifyMetadataExists.enabled") !== "false";
    const id = await queryIdOf(options.fileSystem, checkpointLocation, this.newId, verify);
    await this.replaceActive(id, options);
    const run = new QueryRun(
      {
        id,
        runId: this.newId(),
        clock: options.clock ?? this.clock,
        log: options.log ?? this.log,
        post: (call) => this.post(call),
        onTerminated: (ended) => this.onTerminated(ended),
      },
      options,
    );
    this.runs.set(id, run);
    const { runId, name } = run;
    const timestamp = isoTime((options.clock ?? this.clock).now());
    this.post((listener) => {
      return listener.onQueryStarted?.({ id, runId, name, timestamp, jobTags: options.jobTags ?? [] });
    });
    void run.execute();
    return run;
  }

  private checkName(name: string | undefined): void {
    if (name === undefined || !this.active.some((query) => query.name === name)) return;
    throw new StreamError({
      condition: "SS_QUERY_NAME_IN_USE",
      parameters: { name },
      message:
        `Cannot start query with name ${name} as a query with that name is already active in this session. ` +
        `Stop it first, or choose another name.`,
    });
  }

  /** Two runs never share a checkpoint: the older one goes, or the newer one is refused. */
  private async replaceActive(id: string, options: QueryOptions): Promise<void> {
    const active = this.runs.get(id);
    if (active === undefined) return;
    if (options.conf?.("spark.sql.streaming.stopActiveRunOnRestart") === "false") {
      const message =
        `Cannot start query with id ${id} as another query with same id is already active: both would use the ` +
        `checkpoint ${options.checkpointLocation}. Stop the other one first, or set ` +
        `spark.sql.streaming.stopActiveRunOnRestart to true.`;
      throw concurrentQuery(id, message);
    }
    (options.log ?? this.log)("warn", `Stopping the active run of query ${id}: it was started again.`);
    await active.stop();
  }

  private onTerminated(run: QueryRun): void {
    if (this.runs.get(run.id) === run) this.runs.delete(run.id);
    // an error is what waiters are to hear of, also if another query ends well afterwards
    if (!this.lastTerminated?.exception) this.lastTerminated = run;
    for (const resolve of this.terminationWaiters.splice(0)) resolve();
  }

  /** Calls the listeners in order. What they throw, now or later, goes to the log. */
  private post(call: (listener: StreamingQueryListener) => unknown): void {
    const report = (error: unknown): void => {
      this.log(
        "error",
        `A query listener failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
      );
    };
    for (const listener of this.listListeners()) {
      try {
        Promise.resolve(call(listener)).catch(report);
      } catch (error) {
        report(error);
      }
    }
  }
}

function concurrentQuery(id: string, message: string): StreamError {
  return new StreamError({ condition: "CONCURRENT_QUERY", sqlState: "0A000", parameters: { id }, message });
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
