import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AsyncProgress,
  Batch,
  type Clock,
  checkedSink,
  checkedWrite,
  checkedWriter,
  checkRunMode,
  giveUp,
  IDLE_INPUT_KEY,
  Options,
  parseDurationMs,
  StructType as Schema,
  type Sink,
  type StateStoreProvider,
  StreamError,
  type StreamingQuery,
  type StreamingQueryManager,
  StructField,
  type StructType,
  type Trigger,
  type Value,
} from "@ss/core";
import { cellFormatter, timeZone, UTC } from "@ss/kernels";
import type { BatchSave, Execution, Executor, StreamStart } from "../dataframe/executor.js";
import { type BuildSettings, buildOperators } from "../execution/build.js";
import { stagesText } from "../execution/codegen/stage.js";
import { MemoryBudget } from "../execution/memory-budget.js";
import type { WorkerPool } from "../execution/parallel/worker-pool.js";
import type { ExternalOptions } from "../expression/external-value.js";
import { collectReads } from "../logical/collect-reads.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan, Name } from "../logical/plan.js";
import type { Rows } from "../logical/rows.js";
import { treeText } from "../logical/tree-text.js";
import { type ParserConf, parserConf } from "../parser/parser-conf.js";
import { physicalText } from "../physical/text.js";
import { checkContinuous, checkRealTime, keepsState } from "../streaming/check-open.js";
import { checkBatch, checkStreaming } from "../streaming/check-streaming.js";
import { releaseAll } from "../streaming/inputs.js";
import { sequenced } from "../streaming/sequence.js";
import { SqlStreamPlan } from "../streaming/sql-stream-plan.js";
import { asyncProgress } from "./async-progress.js";
import type { Catalog } from "./catalog.js";
import { checkpointMissing, notContinuous, notPartitioned, sessionStopped } from "./errors.js";
import { memoryLimit } from "./memory-limit.js";
import { PROVIDER_KEY, pinnedConf } from "./pinned-conf.js";
import type { Plugins } from "./plugins.js";
import { type Analyzed, Preparation, schemaOfPlan } from "./prepare.js";
import type { RuntimeConfig } from "./runtime-config.js";
import { StreamOutputs, writeRequest } from "./stream-outputs.js";
import { valuesOfSubqueries } from "./subquery-values.js";
import { TableRun } from "./table-run.js";
import { workersOf } from "./worker-threads.js";

/** The parts of a session that running a plan needs. */
export interface ExecutorParts {
  readonly config: RuntimeConfig;
  readonly catalog: Catalog;
  readonly plugins: Plugins;
  readonly streams: StreamingQueryManager;
  readonly clock: Clock;
  readonly print: (text: string) => void;
  readonly log: (level: "info" | "warn" | "error", message: string) => void;
}

/** Whether a batch that has been shown in part is run again although a table beside its stream has changed meanwhile. */
const REPLAY_CHANGED_KEY = "ss.streaming.replayOnChangedTables";

/** Asked for when a query is stopped, as in Spark: the session's setting of then counts. */
const STOP_TIMEOUT_KEY = "spark.sql.streaming.stopTimeout";

/** What runs on a session, and whether any more may. */
interface SessionWork {
  phase: "running" | "stopping" | "stopped";
  /** The runs over tables that are under way. */
  readonly runs: Set<AbortController>;
}

/** The embedded back end: runs plans in this process. */
export class SessionExecutor implements Executor {
  private readonly parts: ExecutorParts;
  private readonly preparation: Preparation;
  private readonly memory: MemoryBudget;
  private readonly pool: WorkerPool | undefined;
  private readonly work: SessionWork;

  /** With `session` one that runs plans on that one's threads and memory, and stops with it. */
  constructor(parts: ExecutorParts, session?: SessionExecutor) {
    this.parts = parts;
    const { plugins, catalog, config, clock, log } = parts;
    if (session !== undefined) {
      this.pool = session.pool;
      this.memory = session.memory;
      this.work = session.work;
      this.preparation = session.preparation.withSettings(config);
      return;
    }
    this.work = { phase: "running", runs: new Set() };
    const limit = memoryLimit(config.find("spark.driver.memory"));
    this.pool = workersOf(config.find("spark.master"), limit, log);
    // they load their modules while the program builds its first query
    this.pool?.startAhead();
    // the driver, which has what the workers do not share among them, gets as much as all of them together
    const share = { holders: "the driver's thread", sessionBytes: limit };
    this.memory = this.pool ? new MemoryBudget(limit / 2, share) : new MemoryBudget(limit);
    this.preparation = new Preparation(plugins, catalog, config, () => clock.now(), this.pool);
  }

  /** Ends the running queries and takes no new ones; from then on nothing runs any more but queries that did not stop in time, of which one is told. */
  async stop(): Promise<void> {
    if (this.work.phase === "running") this.work.phase = "stopping";
    // the streams first: a function of foreachBatch may be in the middle of a table
    const queries = await Promise.allSettled(this.parts.streams.active.map((query) => query.stop()));
    this.work.phase = "stopped";
    for (const run of this.work.runs) run.abort(sessionStopped());
    await this.pool?.close(sessionStopped());
    const late = queries.find(({ status }) => status === "rejected");
    if (late?.status === "rejected") throw late.reason;
  }

  private get stops(): boolean {
    return this.work.phase !== "running";
  }

  /** Refuses work for a session that was stopped. */
  assertRunning(): void {
    if (this.work.phase === "stopped") throw sessionStopped();
  }

  print(text: string): void {
    this.parts.print(text);
  }

  parserConf(): ParserConf {
    const { config, clock } = this.parts;
    return parserConf(
      (key) => config.find(key),
      () => clock.now(),
    );
  }

  conf(key: string): string | undefined {
    return this.parts.config.find(key);
  }

  get external(): ExternalOptions {
    return this.preparation.settings.external;
  }

  isStreaming(plan: LogicalPlan): boolean {
    return collectReads(plan, (name) => this.parts.catalog.find(name)).some((read) => read.streaming);
  }

  createView(
    name: Name,
    plan: LogicalPlan,
    options: { readonly replace: boolean; readonly global: boolean },
  ): void {
    this.parts.catalog.createView(options.global ? ["global_temp", ...name] : name, plan, options.replace);
  }

  cellTexts(schema: StructType): readonly ((value: Value) => string)[] {
    const zone = timeZone(this.parts.config.timeZone) ?? UTC;
    return schema.fields.map((field) => cellFormatter(field.type as never, zone));
  }

  async schema(plan: LogicalPlan): Promise<StructType> {
    this.assertRunning();
    const analyzed = await this.preparation.analyze(plan);
    return new Schema(
      outputOf(analyzed.plan).map((a) => StructField(a.name, a.type, a.nullable, a.metadata)),
    );
  }

  async execute(plan: LogicalPlan): Promise<Execution> {
    this.assertRunning();
    const analyzed = await this.preparation.analyze(plan, true);
    checkBatch(analyzed.plan);
    return { schema: schemaOfPlan(analyzed), rows: this.run(analyzed, this.parts.clock.now()) };
  }

  /** Runs first the subqueries whose values the query needs, then the query. */
  private async *run(analyzed: Analyzed, nowMs: number): AsyncIterable<Rows> {
    const plan = await valuesOfSubqueries(analyzed.plan, (subquery) =>
      this.run({ ...analyzed, plan: subquery }, nowMs),
    );
    const { physical, tables } = await this.preparation.plan({ ...analyzed, plan }, false);
    const built = buildOperators(physical, this.preparation.settings);
    built.fragments.start();
    const stop = new AbortController();
    const memory = this.memory.scope();
    this.work.runs.add(stop);
    try {
      this.assertRunning();
      const run = new TableRun(tables, nowMs, () => performance.now(), stop.signal, memory);
      for await (const rows of built.root.rows(run)) {
        yield rows;
        // the session may have stopped while the caller had the rows
        stop.signal.throwIfAborted();
      }
    } finally {
      // also for a caller that leaves early: reads that an operator has begun ahead end with the run
      this.work.runs.delete(stop);
      stop.abort();
      memory.close();
      built.close();
      await releaseAll(tables.values());
    }
  }

  async explain(plan: LogicalPlan, mode: "simple" | "extended" | "codegen"): Promise<string> {
    this.assertRunning();
    const analyzed = await this.preparation.analyze(plan);
    const { physical, optimized } = await this.preparation.plan(analyzed, this.isStreaming(plan));
    const { stages, fragments } = buildOperators(physical, this.preparation.settings);
    const { tables, sources } = analyzed;
    const threads = fragments.text((id) => (tables.get(id) ?? sources.get(id))?.worker);
    const text = `== Physical Plan ==\n${physicalText(physical)}${threads}`;
    if (mode === "codegen") {
      return `${text}\n\n${stagesText(stages)}`;
    }
    if (mode === "simple") return text;
    return `== Analyzed Logical Plan ==\n${treeText(analyzed.plan)}\n\n== Optimized Logical Plan ==\n${treeText(optimized)}\n\n${text}`;
  }

  async save(plan: LogicalPlan, request: BatchSave): Promise<void> {
    if (this.isStreaming(plan)) throw writtenStream();
    const { schema, rows } = await this.execute(plan);
    if (request.format.toLowerCase() === "noop") return drain(rows);
    const provider = this.parts.plugins.sink(request.format);
    if (!provider.batch) throw noBatchWrite(request.format);
    const made = await provider.batch({ ...writeRequest(request, schema, this.parts), mode: request.mode });
    if (made === null) return;
    const sink = checkedSink(request.format, "batch", made);
    try {
      await this.writeOnce(rows, schema, sink);
    } finally {
      await sink.close();
    }
  }

  private async writeOnce(batches: AsyncIterable<Rows>, schema: StructType, sink: Sink): Promise<void> {
    const { signal } = new AbortController();
    const { warn } = this.parts.plugins;
    const ids = { queryId: randomUUID(), runId: randomUUID(), outputId: 0, batchId: 0 };
    const write = checkedWrite(sink, await sink.begin({ ...ids, schema, mode: "append", signal }));
    try {
      const writer = checkedWriter(sink, await write.writer(0));
      try {
        for await (const rows of batches) await writer.write(new Batch(schema, rows.columns, rows.rowCount));
      } catch (error) {
        await giveUp([writer], error, warn);
        throw error;
      }
      await write.commit([await writer.finish()]);
    } catch (error) {
      await giveUp([write], error, warn);
      throw error;
    }
  }

  /** A query, and all that its functions are given, keeps to the settings of the moment in which it is started, as in Spark, whatever the session's become. */
  start(plan: LogicalPlan, request: StreamStart): Promise<StreamingQuery> {
    const { config } = this.parts;
    const settled = new SessionExecutor({ ...this.parts, config: config.copy() }, this);
    return settled.startWith(plan, request, config);
  }

  private async startWith(
    plan: LogicalPlan,
    request: StreamStart,
    sessionConfig: RuntimeConfig,
  ): Promise<StreamingQuery> {
    if (this.stops) throw sessionStopped();
    const { streams, clock, log, plugins, config } = this.parts;
    const { preparation } = this;
    const analyzed = await preparation.analyze(plan, true);
    const allowMultiple = config.get("spark.sql.streaming.statefulOperator.allowMultiple") !== "false";
    checkStreaming(analyzed.plan, request.mode, {
      enabled: config.get("spark.sql.streaming.unsupportedOperationCheck") !== "false",
      allowMultiple,
      checkCorrectness:
        config.get("spark.sql.streaming.statefulOperator.checkCorrectness.enabled") !== "false",
      encodingFormat: config.get("spark.sql.streaming.stateStore.encodingFormat"),
      providerClass: config.entries().get("spark.sql.streaming.stateStore.providerClass"),
    });
    this.checkTrigger(analyzed, request);
    // the sinks first: an unknown format is named before a missing checkpoint
    const { outputs, running, malformedReport } = await this.outputs().of(request, analyzed);
    const sources = sequenced(analyzed.plan, analyzed.sources);
    const progress = this.checkRun(
      analyzed,
      request,
      outputs.map(({ sink }) => sink),
    );
    const { location, temporary } = checkpointOf(request, config);
    const idleInputTimeout = idleInputTimeoutOf(request);
    const query = await streams.start({
      name: request.queryName,
      checkpointLocation: location,
      temporary,
      fileSystem: plugins.fileSystem(location),
      trigger: request.trigger,
      asyncProgress: progress,
      conf: (key) => {
        if (key === IDLE_INPUT_KEY && idleInputTimeout !== undefined) return idleInputTimeout;
        return (key === STOP_TIMEOUT_KEY ? sessionConfig : config).find(key);
      },
      clock,
      log,
      createPlan: async (context) => {
        const planningStartMs = clock.monotonicMs();
        const prepared = await preparation.plan(running, true, {
          mode: request.mode,
          queryId: context.queryId,
        });
        return new SqlStreamPlan({
          physical: prepared.physical,
          logicalText: () =>
            `== Analyzed Logical Plan ==\n${treeText(analyzed.plan)}\n\n== Optimized Logical Plan ==\n${treeText(prepared.optimized)}\n`,
          sources,
          tables: analyzed.tables,
          outputs,
          malformedReport,
          mode: request.mode,
          allowMultiple,
          replaysOnChangedTables: config.get(REPLAY_CHANGED_KEY).toLowerCase() === "true",
          pinnedConf: (stateStore) => pinnedConf(context.conf, stateStore),
          settings: isOpen(request.trigger) ? withoutWorkers(preparation.settings) : preparation.settings,
          memory: this.memory,
          stateProvider: () => this.stateProvider(context.conf(PROVIDER_KEY), config.get(PROVIDER_KEY)),
          warn: plugins.warn,
          partitions: Number(context.conf("spark.sql.shuffle.partitions") ?? "16"),
          monotonicMs: () => clock.monotonicMs(),
          planningStartMs,
        });
      },
    });
    // the session was stopped while the query started
    if (this.stops) {
      await query.stop();
      throw sessionStopped();
    }
    return query;
  }

  private outputs(): StreamOutputs {
    const { plugins, catalog, config } = this.parts;
    const { preparation, memory } = this;
    return new StreamOutputs({ plugins, catalog, config, preparation, memory, executor: this });
  }

  /** The store of a query: what its checkpoint has pinned or, at its first start, what the session says. */
  private stateProvider(className: string | undefined, wanted: string): StateStoreProvider {
    const { plugins } = this.parts;
    try {
      return plugins.stateStore(className ?? wanted);
    } catch (error) {
      if (className === undefined || className === wanted) throw error;
      // the checkpoint's own is not in use: that of the session is refused by name
      return plugins.stateStore(wanted);
    }
  }

  /** Refuses what the trigger does not run. */
  private checkTrigger({ plan }: Analyzed, { trigger, target, mode, partitionBy }: StreamStart): void {
    const { config } = this.parts;
    if (target.kind === "foreachBatch") {
      if (trigger.kind === "continuous") throw notContinuous(target.kind);
      if (partitionBy.length > 0) throw notPartitioned(target.kind);
    }
    const enabled = config.get("spark.sql.streaming.unsupportedOperationCheck") !== "false";
    if (trigger.kind === "continuous" && enabled) checkContinuous(plan);
    if (trigger.kind !== "realTime") return;
    checkRealTime(plan, trigger, mode, target, {
      enabled,
      allowlist: config.get("spark.sql.streaming.realTimeMode.allowlistCheck") !== "false",
      set: (key) => config.entries().get(key),
      minDurationMs: parseDurationMs(config.get("spark.sql.streaming.realTimeMode.minBatchDuration")) ?? 5000,
    });
  }

  /** Refuses sources and sinks that cannot run in the way that is asked for; how progress is tracked. */
  private checkRun(
    analyzed: Analyzed,
    request: StreamStart,
    sinks: readonly Sink[],
  ): AsyncProgress | undefined {
    const { trigger } = request;
    const stateful = keepsState(analyzed.plan);
    const progress = asyncProgress(
      new Options(request.options),
      trigger,
      (key) => this.parts.config.find(key),
      !stateful && sinks.every((sink) => sink.runModes?.includes("asyncProgress")),
    );
    const sources = [...analyzed.sources.values()];
    checkRunMode({ trigger, asyncProgress: progress, sources, sinks, stateful });
    return progress;
  }
}

/** Where the query keeps its checkpoint: where it says, below the session's folder, or in one that goes with it. */
function checkpointOf(
  request: StreamStart,
  config: RuntimeConfig,
): { readonly location: string; readonly temporary: boolean } {
  const options = new Options(request.options);
  const given = options.get("checkpointLocation");
  if (given) return { location: given, temporary: false };
  const root = config.find("spark.sql.streaming.checkpointLocation");
  if (root) return { location: `${root}/${request.queryName ?? randomUUID()}`, temporary: false };
  const { target } = request;
  const mayBeTemporary =
    target.kind !== "format" || ["memory", "console", "noop"].includes(target.format.toLowerCase());
  if (!mayBeTemporary) throw checkpointMissing();
  return { location: join(tmpdir(), `temporary-${randomUUID()}`), temporary: true };
}

/** The option of the query, which counts before the session's setting. */
function idleInputTimeoutOf(request: StreamStart): string | undefined {
  const options = new Options(request.options);
  options.durationMs("idleInputTimeout", 0);
  return options.get("idleInputTimeout");
}

function isOpen({ kind }: Trigger): boolean {
  return kind === "continuous" || kind === "realTime";
}

/** The parts of an open batch are too small to be divided. */
function withoutWorkers({ parallelism: _, ...settings }: BuildSettings): BuildSettings {
  return settings;
}

async function drain(rows: AsyncIterable<Rows>): Promise<void> {
  for await (const _ of rows);
}

function writtenStream(): StreamError {
  return new StreamError({
    condition: "CALL_ON_STREAMING_DATASET_UNSUPPORTED",
    sqlState: "42KDE",
    parameters: { methodName: "`write`" },
    message:
      "The method `write` can not be called on streaming Dataset/DataFrame: write it with writeStream.",
  });
}

function noBatchWrite(format: string): StreamError {
  return new StreamError({
    condition: "UNSUPPORTED_FEATURE.TABLE_OPERATION",
    sqlState: "0A000",
    parameters: { tableName: `\`${format}\``, operation: "batch write" },
    message: `The sink '${format}' takes streams only: write with writeStream, or choose another format.`,
  });
}
