import type { Partition } from "@ss/core";
import type { Run, ScanInput } from "./operator.js";

/** A run in which one read has only some of its partitions. */
export class PartitionRun implements Run {
  private readonly base: Run;
  private readonly readId: number;
  private readonly partitions: readonly Partition[];

  constructor(base: Run, readId: number, partitions: readonly Partition[]) {
    this.base = base;
    this.readId = readId;
    this.partitions = partitions;
  }

  get signal(): AbortSignal {
    return this.base.signal;
  }
  get runId(): number {
    return this.base.runId;
  }
  get stream(): Run["stream"] {
    return this.base.stream;
  }
  get memory(): Run["memory"] {
    return this.base.memory;
  }
  get tables(): Run["tables"] {
    return this.base.tables;
  }
  readonly nowMs = (): number => this.base.nowMs();
  readonly partition = (): number => this.base.partition();

  input(readId: number): ScanInput {
    const input = this.base.input(readId);
    return readId === this.readId ? { ...input, partitions: async () => this.partitions } : input;
  }
  countInput(readId: number, rows: number): void {
    this.base.countInput(readId, rows);
  }
  breathe(): Promise<void> | undefined {
    return this.base.breathe();
  }
  observe(name: string, metrics: Parameters<Run["observe"]>[1]): void {
    this.base.observe(name, metrics);
  }
}
