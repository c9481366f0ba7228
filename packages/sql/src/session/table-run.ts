import type { Table } from "@ss/core";
import { breather } from "../execution/breather.js";
import type { MemoryScope } from "../execution/memory-budget.js";
import type { Run, ScanInput } from "../execution/operator.js";
import { freshId } from "../expression/expression.js";
import { tableInput } from "../streaming/inputs.js";

/** One run of a query over tables. */
export class TableRun implements Run {
  readonly runId: number = freshId();
  readonly signal: AbortSignal;
  readonly memory: MemoryScope;
  readonly breathe: () => Promise<void> | undefined;
  readonly observed: Record<string, Record<string, unknown>> = {};
  private readonly inputs: ReadonlyMap<number, Table>;
  private readonly startMs: number;

  constructor(
    tables: ReadonlyMap<number, Table>,
    startMs: number,
    monotonicMs: () => number,
    signal: AbortSignal,
    memory: MemoryScope,
  ) {
    this.memory = memory;
    this.inputs = tables;
    this.startMs = startMs;
    this.signal = signal;
    this.breathe = breather(monotonicMs);
  }

  readonly nowMs = (): number => this.startMs;
  readonly partition = (): number => 0;

  input(readId: number): ScanInput {
    return tableInput(this.inputs.get(readId)!);
  }

  countInput(): void {}

  observe(name: string, metrics: Readonly<Record<string, unknown>>): void {
    this.observed[name] = { ...metrics };
  }
}
