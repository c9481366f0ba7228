import {
  assert,
  type ListRows,
  type MapRows,
  type OutputMode,
  type ProcessorStorage,
  type QueryInfo,
  type StateFamily,
  type TimeMode,
  type ValueRows,
  type VariableSpec,
} from "@ss/core";
import { ListFamily } from "./list-family.js";
import { MapFamily } from "./map-family.js";
import { TimerFamily } from "./timer-family.js";
import { ValueFamily } from "./value-family.js";
import type { FamilyContext, VariableFamily } from "./variable-family.js";

/** What a batch tells a processor. */
export interface ProcessorBatch {
  readonly batchId: number;
  readonly processingTimeMs: number;
  readonly query: { readonly id: string; readonly runId: string };
}

/** The tables of a processor's variables and timers. */
export class ProcessorTables implements ProcessorStorage {
  readonly timers: TimerFamily;
  private readonly context: FamilyContext;
  private readonly byName: Map<string, VariableFamily> = new Map();
  private batch: ProcessorBatch | undefined;

  constructor(timeMode: TimeMode, outputMode: OutputMode, context: FamilyContext) {
    this.context = context;
    this.timers = new TimerFamily(timeMode, outputMode, context);
  }

  get hasKey(): boolean {
    return this.context.cursor.index >= 0;
  }

  get processingTimeMs(): number {
    return this.batchAtHand.processingTimeMs;
  }

  value(spec: VariableSpec): ValueRows {
    return this.made(new ValueFamily(spec, this.context));
  }

  list(spec: VariableSpec): ListRows {
    return this.made(new ListFamily(spec, this.context));
  }

  map(spec: VariableSpec): MapRows {
    return this.made(new MapFamily(spec, this.context));
  }

  queryInfo(): QueryInfo {
    const { query, batchId } = this.batchAtHand;
    return {
      getQueryId: () => query.id,
      getRunId: () => query.runId,
      getBatchId: () => batchId,
    };
  }

  /** The tables of variables, and the timers'. */
  families(variables: readonly VariableSpec[]): readonly VariableFamily[] {
    return [...variables.map(({ name }) => this.byName.get(name)!), this.timers];
  }

  begin(
    batch: ProcessorBatch,
    families: readonly VariableFamily[],
    find: (name: string) => StateFamily,
  ): void {
    this.batch = batch;
    for (const family of families) family.bind(find(family.spec.name), batch.batchId);
  }

  private get batchAtHand(): ProcessorBatch {
    assert(this.batch !== undefined, "a processor was called outside of a batch");
    return this.batch;
  }

  private made<T extends VariableFamily>(family: T): T {
    this.byName.set(family.spec.name, family);
    return family;
  }
}
