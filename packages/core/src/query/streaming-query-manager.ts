import { randomUUID } from "node:crypto";
import { queryIdOf } from "../checkpoint/query-metadata.js";
import { type Clock, systemClock } from "../clock/clock.js";
import { StreamError } from "../errors/stream-error.js";
import { isoTime } from "../progress/progress-reporter.js";
import type { QueryLog, StreamingQueryListener } from "./query-listener.js";
import type { QueryOptions } from "./query-options.js";
import { QueryRun } from "./query-run.js";
import type { StreamingQuery } from "./streaming-query.js";

/** Settings of a {@link StreamingQueryManager}. */
export interface StreamingQueryManagerOptions {
  readonly clock?: Clock;
  readonly log?: QueryLog;
  /** Makes the ids of queries and runs; unique, or two runs cannot be told apart. Default: random UUIDs. */
  readonly newId?: () => string;
}

/** The queries of a session: starts them, knows the active ones, and tells the listeners about all. */
export class StreamingQueryManager {
  private readonly clock: Clock;
  private readonly log: QueryLog;
  private readonly newId: () => string;
  private readonly runs: Map<string, QueryRun> = new Map();
  private readonly listeners: StreamingQueryListener[] = [];
  private lastTerminated: QueryRun | null = null;
  private terminationWaiters: (() => void)[] = [];
  private starting: Promise<unknown> = Promise.resolve();

  constructor(options: StreamingQueryManagerOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? (() => {});
    this.newId = options.newId ?? randomUUID;
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
    const started = this.starting.then(() => this.startNow(options));
    // starts come one after the other, so that two of one checkpoint see each other
    this.starting = started.catch(() => {});
    return started;
  }

  /** Resolves when any query has ended since the last `resetTerminated`; throws if an error ended it. */
  awaitAnyTermination(): Promise<void>;
  /** The same, for at most this long. Whether a query has ended. */
  awaitAnyTermination(timeoutMs: number): Promise<boolean>;
  async awaitAnyTermination(timeoutMs?: number): Promise<void | boolean> {
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
      throw new StreamError({
        condition: "CONCURRENT_QUERY",
        sqlState: "0A000",
        parameters: { id },
        message:
          `Cannot start query with id ${id} as another query with same id is already active: both would use the ` +
          `checkpoint ${options.checkpointLocation}. Stop the other one first, or set ` +
          `spark.sql.streaming.stopActiveRunOnRestart to true.`,
      });
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

function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
