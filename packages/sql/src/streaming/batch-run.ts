import type {
  BatchRequest,
  DataType,
  EventTimeStats,
  OutputMode,
  Source,
  StateOperatorProgress,
  StateStore,
  StructType,
  Table,
} from "@ss/core";
import { breather } from "../execution/breather.js";
import type { MemoryScope } from "../execution/memory-budget.js";
import type { Run, RunTables, ScanInput } from "../execution/operator.js";
import {
  type EventTimes,
  type Families,
  mergeEventTimes,
  type OperatorCounts,
  type StreamRun,
  type Watermarks,
} from "../execution/stream-run.js";
import { freshId } from "../expression/expression.js";
import type { Rows } from "../logical/rows.js";
import { JOIN_OPERATOR } from "../physical/operator-names.js";
import type { WatermarkPlan } from "../physical/plan.js";
import { sourceInput, tableInput, timedInput } from "./inputs.js";

/** What every batch of a query runs on. */
export interface BatchRunOptions {
  /** Sources by the id of their read, in plan order. */
  readonly sources: ReadonlyMap<number, Source>;
  readonly tables: ReadonlyMap<number, Table>;
  /** The columns of the reports of malformed rows, where these are asked for. */
  readonly malformedReport: StructType | undefined;
  readonly mode: OutputMode;
  /** Whether stateful operators may follow one another; without it rows are late by the watermark of their own batch. */
  readonly allowMultiple: boolean;
  readonly partitions: number;
  readonly monotonicMs: () => number;
}

/** One batch: where the scans read, and what the operators report. */
export class BatchRun implements Run, StreamRun {
  readonly runId: number = freshId();
  readonly query: StreamRun["query"];
  readonly tables: RunTables;
  readonly signal: AbortSignal;
  /** Of the batch, or of the part that is under way. */
  memory: MemoryScope;
  readonly batchMemory: MemoryScope | undefined;
  isLaterPart = false;
  readonly checkState: (rows?: number) => void;
  readonly batchId: number;
  readonly mode: OutputMode;
  readonly inputRows: number[];
  getBatchMs = 0;
  /** Writes late rows. */
  onLate: (rows: Rows) => Promise<void> = async () => {};
  /** Writes rows that could not be decoded. */
  onMalformed: (rows: Rows) => Promise<void> = async () => {};
  private malformedCount = 0;
  /** What the scans read: the ranges of the batch, or of the part of it that is under way. */
  ranges: BatchRequest["ranges"];
  readonly observed: Record<string, Record<string, unknown>> = {};
  readonly stream: StreamRun = this;
  readonly breathe: () => Promise<void> | undefined;
  private readonly request: BatchRequest;
  private readonly options: BatchRunOptions;
  private readonly readIds: readonly number[];
  private readonly stateStore: StateStore | undefined;
  readonly family: Families;
  private readonly offsets: ReadonlyMap<number, number>;
  private readonly times = new Map<number, EventTimes>();
  private readonly operatorCounts = new Map<number, OperatorCounts>();

  constructor(
    request: BatchRequest,
    options: BatchRunOptions,
    readIds: readonly number[],
    store: StateStore | undefined,
    family: Families,
    offsets: ReadonlyMap<number, number>,
    memory: MemoryScope,
    checkState: (rows?: number) => void,
    query: StreamRun["query"],
    tables: RunTables,
  ) {
    this.query = query;
    this.tables = tables;
    this.memory = memory;
    this.batchMemory = request.parts === undefined ? undefined : memory;
    this.checkState = checkState;
    this.request = request;
    this.ranges = request.ranges;
    this.options = options;
    this.readIds = readIds;
    this.stateStore = store;
    this.family = family;
    this.offsets = offsets;
    this.signal = request.signal;
    this.batchId = request.batchId;
    this.mode = options.mode;
    this.inputRows = readIds.map(() => 0);
    this.breathe = breather(options.monotonicMs);
  }

  readonly nowMs = (): number => this.request.batchTimestampMs;
  readonly partition = (): number => 0;

  input(readId: number): ScanInput {
    const table = this.options.tables.get(readId);
    if (table) return tableInput(table);
    const index = this.readIds.indexOf(readId);
    const input = sourceInput(this.options.sources.get(readId)!, this.ranges[index] ?? null);
    return timedInput(input, this.options.monotonicMs, (ms) => {
      this.getBatchMs += ms;
    });
  }

  countInput(readId: number, rows: number): void {
    const index = this.readIds.indexOf(readId);
    if (index >= 0) this.inputRows[index]! += rows;
  }

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.observed[name] = { ...metrics };
  }

  get store(): StateStore {
    return this.stateStore!;
  }

  watermarksOf(operatorId: number): Watermarks {
    const { previousWatermarkMs, watermarkMs } = this.request;
    const offset = this.offsets.get(operatorId) ?? 0;
    const late = this.options.allowMultiple ? previousWatermarkMs : watermarkMs;
    return { lateWatermarkMs: late + offset, watermarkMs: watermarkMs + offset };
  }

  eventTimes(index: number): EventTimes {
    let times = this.times.get(index);
    if (!times) {
      times = { count: 0, minMs: 0, maxMs: 0, sumMs: 0 };
      this.times.set(index, times);
    }
    return times;
  }

  addEventTimes(index: number, times: EventTimes): void {
    mergeEventTimes(this.eventTimes(index), times);
  }

  counts(operatorId: number, operatorName: string): OperatorCounts {
    // the parts of an open batch count together
    const known = this.operatorCounts.get(operatorId);
    if (known) return known;
    const counts = {
      operatorId,
      operatorName,
      updated: 0,
      removed: 0,
      droppedByWatermark: 0,
      updatesMs: 0,
      removalsMs: 0,
      internalRows: 0,
      custom: {},
    };
    this.operatorCounts.set(operatorId, counts);
    return counts;
  }

  reportLate(rows: Rows): Promise<void> {
    return this.onLate(rows);
  }

  reportMalformed(rows: Rows): Promise<void> {
    this.malformedCount += rows.rowCount;
    return this.onMalformed(rows);
  }

  get malformedTypes(): readonly DataType[] | undefined {
    return this.options.malformedReport?.fields.map(({ type }) => type);
  }

  /** How many rows could not be decoded; undefined where nobody asks for them. */
  get malformedRows(): number | undefined {
    return this.options.malformedReport && this.malformedCount;
  }

  monotonicMs(): number {
    return this.options.monotonicMs();
  }

  stats(node: WatermarkPlan): EventTimeStats {
    const { delayMs } = node;
    const times = this.times.get(node.index);
    if (!times || times.count === 0) return { delayMs };
    const avgMs = Math.trunc(times.sumMs / times.count);
    return { delayMs, seen: { minMs: times.minMs, maxMs: times.maxMs, avgMs } };
  }

  /** Reports of the stateful operators, from the sink upwards as Spark lists them. */
  operators(commitMs: number): StateOperatorProgress[] {
    const counts = [...this.operatorCounts.values()].sort((a, b) => b.operatorId - a.operatorId);
    return counts.map((one) => {
      const metrics = this.store.metrics(one.operatorId);
      return {
        operatorName: one.operatorName,
        numRowsTotal: metrics.rowsTotal - one.internalRows,
        numRowsUpdated: one.updated,
        allUpdatesTimeMs: Math.round(one.updatesMs),
        numRowsRemoved: one.removed,
        allRemovalsTimeMs: Math.round(one.removalsMs),
        commitTimeMs: Math.round(commitMs),
        memoryUsedBytes: metrics.memoryUsedBytes,
        numRowsDroppedByWatermark: one.droppedByWatermark,
        numShufflePartitions: this.options.partitions,
        numStateStoreInstances: this.options.partitions * storesOf(one.operatorName),
        customMetrics: byName({ ...metrics.custom, ...one.custom }),
      };
    });
  }
}

function byName(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The stores that an operator has in each partition, as Spark counts them: a join has two for each side. */
function storesOf(operatorName: string): number {
  return operatorName === JOIN_OPERATOR ? 4 : 1;
}
