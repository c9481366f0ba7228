import {
  Batch,
  type BatchRequest,
  type BatchResult,
  type CommitMessage,
  type PlanContext,
  type RemoteFamily,
  type Sink,
  type Source,
  type StateFamily,
  type StateStore,
  type StateStoreProvider,
  type StateVersion,
  type StreamOutput,
  type StreamPlan,
  type StructType,
  type Table,
  type WorkerForm,
  writeOperatorMetadata,
} from "@ss/core";
import { type BuildSettings, type Built, buildOperators } from "../execution/build.js";
import type { RunClock } from "../execution/codegen/runtime.js";
import { stagesText } from "../execution/codegen/stage.js";
import { kernelDictionaries } from "../execution/keys/kernel-key-table.js";
import type { Holding, MemoryBudget, MemoryScope } from "../execution/memory-budget.js";
import type { Families } from "../execution/stream-run.js";
import { eventTimeColumn } from "../logical/event-time-column.js";
import type { KeyedProgram } from "../logical/keyed.js";
import type { Read } from "../logical/plan.js";
import type { Rows } from "../logical/rows.js";
import { nodesOf } from "../physical/nodes-of.js";
import type { PhysicalPlan, WatermarkPlan } from "../physical/plan.js";
import { physicalText, statefulNodeText } from "../physical/text.js";
import { watermarkOffsets } from "../physical/watermark-offsets.js";
import { BatchRun, type BatchRunOptions } from "./batch-run.js";
import { BatchWriters } from "./batch-writers.js";
import { warnOfChangedAggregates } from "./changed-aggregates.js";
import { refuseChangedWindows } from "./changed-windows.js";
import { closeAll } from "./close-all.js";
import { releaseAll } from "./inputs.js";
import { operatorsBefore } from "./operators-before.js";
import { TablesBeside } from "./tables-beside.js";

/** Where rows of a query go: those of its result, those that its operators dropped for being late, or those that could not be decoded. */
export interface SqlOutput {
  readonly rows: "result" | "late" | "malformed";
  readonly sink: Sink;
  readonly schema: StructType;
  /** What the rows are made of that the sink gets, where it does not take them as they come. */
  readonly shape?: ((rows: Rows, clock: RunClock) => Rows) | undefined;
}

/** By which sinks know outputs in every run, whichever of them a query has. */
const OUTPUT_IDS: Readonly<Record<SqlOutput["rows"], number>> = { result: 0, late: 1, malformed: 2 };

/** What of a batch is written and only has to be committed. */
interface BatchWritten {
  readonly messages: readonly (readonly CommitMessage[])[];
  readonly state: StateVersion | null;
  readonly commitMs: number;
}

/** What a streaming query runs on. */
export interface SqlStreamPlanOptions extends BatchRunOptions {
  readonly physical: PhysicalPlan;
  /** The logical plans as text, for `explain("extended")`. */
  readonly logicalText: () => string;
  readonly outputs: readonly SqlOutput[];
  /** See {@link TablesBeside.show}. */
  readonly replaysOnChangedTables: boolean;
  /** Told the class of the state store, where there is state. */
  readonly pinnedConf: (stateStore: string | undefined) => Readonly<Record<string, string>>;
  readonly settings: BuildSettings;
  readonly memory: MemoryBudget;
  /** Asked where there is state. */
  readonly stateProvider: () => StateStoreProvider;
  readonly warn: (message: string) => void;
  /** When the planning of this run began, by `monotonicMs`. */
  readonly planningStartMs: number;
}

/** A SQL plan as the trigger loop runs it: the same operators for every batch, state in the checkpoint's store. */
export class SqlStreamPlan implements StreamPlan {
  readonly sources: readonly Source[];
  readonly outputs: readonly StreamOutput[];
  readonly pinnedConf: Readonly<Record<string, string>>;
  private readonly options: SqlStreamPlanOptions;
  private readonly readIds: readonly number[];
  private readonly built: Built;
  private readonly watermarks: readonly WatermarkPlan[];
  /** What each of them looks at, in words, and the places of the sources. */
  private readonly inputs: readonly { readonly input: string; readonly sources: readonly number[] }[];
  /** Operators that give out or forget rows when the watermark moves. */
  private readonly evicting: boolean;
  private readonly offsets: ReadonlyMap<number, number>;
  private readonly stateProvider: StateStoreProvider | undefined;
  private store: StateStore | undefined;
  private families: ReadonlyMap<string, StateFamily> = new Map();
  private readonly planningMs: number;
  private query = { id: "", runId: "" };
  private readonly stateMemory: MemoryScope;
  private readonly tables: TablesBeside;
  /** What operators hold of the tables until these change. */
  private readonly tableMemory: MemoryScope;
  private stateHoldings: readonly Holding[] = [];
  private ran = false;

  constructor(options: SqlStreamPlanOptions) {
    this.options = options;
    this.stateMemory = options.memory.scope();
    this.tableMemory = options.memory.scope();
    this.tables = new TablesBeside(tablesBeside(options), options.warn);
    this.readIds = [...options.sources.keys()];
    this.sources = [...options.sources.values()];
    this.outputs = options.outputs.map(({ rows, sink, schema }) => {
      return { outputId: OUTPUT_IDS[rows], sink, schema, mode: rows === "result" ? options.mode : "append" };
    });
    this.built = buildOperators(options.physical, options.settings);
    this.stateProvider = this.built.families.length > 0 ? options.stateProvider() : undefined;
    this.pinnedConf = options.pinnedConf(this.stateProvider?.className);
    this.watermarks = nodesOf(options.physical).filter(
      (node): node is WatermarkPlan => node.kind === "watermark",
    );
    this.inputs = this.watermarks.map((node) => this.inputOf(node));
    this.evicting = options.mode !== "complete" && nodesOf(options.physical).some(isEvicting);
    this.offsets = watermarkOffsets(options.physical);
    this.planningMs = options.monotonicMs() - options.planningStartMs;
  }

  async open(context: PlanContext): Promise<void> {
    const { families, fragments } = this.built;
    this.query = { id: context.queryId, runId: context.runId };
    await this.tables.open(context.fileSystem, context.tablesFolder);
    fragments.start();
    if (families.length === 0) return;
    const { fileSystem, stateFolder, runId, conf, state } = context;
    this.store = await this.stateProvider!.open({
      fileSystem,
      folder: stateFolder,
      runId,
      conf,
      warn: this.options.warn,
      accelerator: kernelDictionaries,
    });
    const store = this.store;
    const { states } = fragments;
    const divided = states.filter((one) =>
      one.open(this.options.partitions, this.workerOf, takeDivided(store)),
    );
    const here = families.filter((spec) => divided.every((one) => one.operatorId !== spec.operatorId));
    this.families = new Map(here.map((spec) => [familyKey(spec.operatorId, spec.name), store.family(spec)]));
    // an operator may have several tables, and is one holder
    const holders = new Set(here.map((spec) => spec.operatorId));
    this.stateHoldings = [...holders].map((operatorId) =>
      this.stateMemory.hold(
        () => `the state of ${statefulNodeText(this.options.physical, operatorId)}`,
        () => store.metrics(operatorId).memoryUsedBytes,
      ),
    );
    await store.load(state);
    // without a committed batch there is no state that could be of another query
    const before = state === null ? [] : await operatorsBefore(fileSystem, stateFolder);
    refuseChangedWindows(before, families);
    warnOfChangedAggregates(before, families, this.options.warn);
    await writeOperatorMetadata(fileSystem, stateFolder, families, this.options.partitions);
  }

  needsBatch({
    previousMs,
    watermarkMs,
    nowMs,
  }: {
    readonly previousMs: number;
    readonly watermarkMs: number;
    readonly nowMs: number;
  }): boolean {
    if (this.evicting && watermarkMs > previousMs) return true;
    return this.built.timed.some((operator) => operator.isDue(this.familyOf, nowMs));
  }

  nextDueMs(): number | null {
    const times = this.built.timed.map((operator) => operator.nextDueMs(this.familyOf));
    const known = times.filter((time) => time !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  tableVersions(): Promise<readonly string[]> {
    return this.tables.latest();
  }

  private readonly familyOf: Families = (operatorId, name = "default") =>
    this.families.get(familyKey(operatorId, name))!;

  async run(request: BatchRequest): Promise<BatchResult> {
    await this.tables.show(request.tables, () => this.needsTables(request));
    const memory = this.options.memory.scope();
    const batch = new BatchRun(
      request,
      this.options,
      this.readIds,
      this.store,
      this.familyOf,
      this.offsets,
      memory,
      (rows) => this.checkState(rows),
      this.query,
      { versionOf: (readId) => this.tables.versionOf(readId), memory: this.tableMemory },
    );
    const { messages, state, commitMs } = await this.write(request, batch);
    const planningMs = this.ran ? 0 : this.planningMs;
    this.ran = true;
    return {
      messages,
      inputRows: batch.inputRows,
      eventTimes: this.watermarks.map((node, k) => ({ ...this.inputs[k]!, ...batch.stats(node) })),
      operators: batch.operators(commitMs),
      state,
      observedMetrics: batch.observed,
      ...(batch.malformedRows === undefined ? {} : { malformedRows: batch.malformedRows }),
      planningMs,
      getBatchMs: batch.getBatchMs,
    };
  }

  /** Whether the batch may not be run again on other tables: a run before has shown results that those to be made would disagree with. */
  private async needsTables({ begin }: BatchRequest): Promise<boolean> {
    const writes = await begin();
    const shown = writes.filter((write) => write.alreadyCommitted).length;
    const disagrees = shown > 0 && (this.store !== undefined || shown < writes.length);
    return disagrees && !this.options.replaysOnChangedTables;
  }

  private readonly workerOf = (readId: number): WorkerForm | undefined => {
    const { sources, tables } = this.options;
    return (tables.get(readId) ?? sources.get(readId))?.worker;
  };

  /** The event time of a watermark operator, and where it comes from. */
  private inputOf({ attribute, child }: WatermarkPlan): { input: string; sources: number[] } {
    const reads = nodesOf(child).flatMap((node) => (node.kind === "scan" ? [node.read.readId] : []));
    const sources = [...new Set(reads.map((readId) => this.readIds.indexOf(readId)))].filter((k) => k >= 0);
    const from = new Set(sources.map((k) => this.sources[k]!.description));
    return { input: `${attribute.name} of ${[...from].join(", ")}`, sources };
  }

  private checkState(rows?: number): void {
    for (const holding of this.stateHoldings) {
      if (rows === undefined) holding.look();
      else holding.added(rows);
    }
  }

  /**
   * Hands the results to the outputs, then finishes their writers and makes the state durable side by side: the commit of the batch comes
   * behind both, and a version of the state that no commit names is none.
   */
  private async write(request: BatchRequest, run: BatchRun): Promise<BatchWritten> {
    const writers = new BatchWriters(request.begin, this.options.outputs);
    // the parts of an open batch have scopes of their own
    const { memory } = run;
    try {
      try {
        await this.hand(request, run, writers);
      } finally {
        memory.close();
      }
      this.checkState();
      await writers.open();
      const finished = writers.finish();
      const committed = this.commitState(request);
      // neither may be under way when the other one has failed and the query ends
      await Promise.allSettled([finished, committed]);
      return { messages: await finished, ...(await committed) };
    } catch (error) {
      await writers.abort(error, this.options.warn);
      throw error;
    }
  }

  private async commitState({ batchId, fence }: BatchRequest): Promise<Omit<BatchWritten, "messages">> {
    const startMs = this.options.monotonicMs();
    const state = this.store ? await this.store.commit(batchId + 1, fence) : null;
    return { state, commitMs: this.options.monotonicMs() - startMs };
  }

  /** Runs the operators, once or for each part of an open batch, and hands every batch of rows to each output that lacks it. */
  private async hand({ parts }: BatchRequest, run: BatchRun, writers: BatchWriters): Promise<void> {
    const { outputs } = this.options;
    const give = async (to: SqlOutput["rows"], rows: Rows): Promise<void> => {
      run.signal.throwIfAborted();
      for (const [k, writer] of (await writers.open()).entries()) {
        const output = outputs[k]!;
        if (output.rows !== to || writer === undefined) continue;
        const { columns, rowCount } = output.shape?.(rows, run) ?? rows;
        await writer.write(new Batch(output.schema, columns, rowCount));
      }
    };
    run.onLate = (rows) => give("late", rows);
    run.onMalformed = (rows) => give("malformed", rows);
    const handAll = async (): Promise<void> => {
      for await (const rows of this.built.root.rows(run)) await give("result", rows);
    };
    if (parts === undefined) await handAll();
    else for await (const ranges of parts) await this.handPart(ranges, run, writers, handAll);
  }

  private async handPart(
    ranges: BatchRequest["ranges"],
    run: BatchRun,
    writers: BatchWriters,
    handAll: () => Promise<void>,
  ): Promise<void> {
    run.ranges = ranges;
    run.memory = this.options.memory.scope();
    try {
      await handAll();
    } finally {
      run.memory.close();
      run.isLaterPart = true;
    }
    await writers.flush();
  }

  async maintain(oldestBatch: number, tablesInUse: readonly string[]): Promise<void> {
    // side by side, and neither is left running or unheard where the other one fails
    const works = [this.tables.forgetOthers(tablesInUse), this.store?.maintain(oldestBatch)];
    for (const work of await Promise.allSettled(works)) if (work.status === "rejected") throw work.reason;
  }

  explain(mode: "simple" | "extended" | "codegen"): string {
    if (!this.ran) return "No physical plan. Waiting for data.";
    const threads = this.built.fragments.text(this.workerOf);
    const physical = `== Physical Plan ==\n${physicalText(this.options.physical)}${threads}`;
    if (mode === "codegen") return `${physical}\n\n${stagesText(this.built.stages)}`;
    return mode === "extended" ? `${this.options.logicalText()}\n${physical}` : physical;
  }

  async close(): Promise<void> {
    await closeAll([
      () => this.built.close(),
      () => this.stateMemory.close(),
      () => this.tableMemory.close(),
      () => this.tables.close(),
      () => this.store?.close(),
      () => releaseAll(this.options.tables.values()),
    ]);
  }
}

/** The tables whose rows each batch of a plan joins with those of its streams. */
function tablesBeside({ physical, tables }: SqlStreamPlanOptions): { read: Read; table: Table }[] {
  const held = nodesOf(physical).flatMap((node) =>
    node.kind === "join" && node.beside !== undefined ? nodesOf(node[node.build]) : [],
  );
  const reads = new Map(
    held.flatMap((node) => (node.kind === "scan" ? [[node.read.readId, node.read]] : [])),
  );
  return [...tables].flatMap(([readId, table]) => {
    const read = reads.get(readId);
    return read === undefined ? [] : [{ read, table }];
  });
}

/** How a store takes families that threads hold; undefined if it holds all rows itself. */
function takeDivided(store: StateStore): ((family: RemoteFamily) => void) | undefined {
  return store.familyElsewhere === undefined ? undefined : (family) => store.familyElsewhere!(family);
}

function familyKey(operatorId: number, name: string): string {
  return `${operatorId}/${name}`;
}

function waitsForWatermark(program: KeyedProgram): boolean {
  if (program.kind === "processor") return program.timeMode === "EventTime";
  return program.kind === "groups" && program.timeout === "EventTimeTimeout";
}

/** Whether an operator forgets rows when the watermark moves. */
function isEvicting(node: PhysicalPlan): boolean {
  switch (node.kind) {
    case "aggregate":
      return node.stateful !== undefined && eventTimeColumn(node.keys) >= 0;
    case "deduplicate":
      return node.within !== undefined || eventTimeColumn(node.keys) >= 0;
    case "keyed":
      return node.stateful !== undefined && waitsForWatermark(node.program);
    case "streamJoin":
      return node.bounds.left !== undefined || node.bounds.right !== undefined;
    default:
      return false;
  }
}
