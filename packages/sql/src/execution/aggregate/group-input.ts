import { type DataType, type Partition, StructType, unpackColumns } from "@ss/core";
import type { AggregatePlan, ScanPlan } from "../../physical/plan.js";
import type { Operator, Run, ScanInput } from "../operator.js";
import { type ParallelFragment, scanRequest } from "../parallel/parallel-fragment.js";
import { GroupPartials } from "./group-partials.js";
import { type GroupTable, shapesOf } from "./group-table.js";

/** How the rows below an aggregation get into its groups. */
export interface GroupInput {
  fill(groups: GroupTable, run: Run): Promise<void>;
}

/** Row by row, as they come. */
export class DirectInput implements GroupInput {
  private readonly child: Operator;

  constructor(child: Operator) {
    this.child = child;
  }

  async fill(groups: GroupTable, run: Run): Promise<void> {
    for await (const batch of this.child.rows(run)) groups.add(batch);
  }
}

/**
 * As partial results, one per partition of the input, merged in the order of the partitions: made by the workers where there are any. Sums of
 * floating-point numbers depend on how their rows are bracketed, so those are made in this way on one thread too, and are the same for every
 * number of threads.
 */
export class SplitInput implements GroupInput {
  private readonly child: Operator;
  private readonly scan: ScanPlan;
  private readonly fragment: ParallelFragment | undefined;
  private readonly partials: GroupPartials;
  private readonly splitsAlways: boolean;

  constructor(
    plan: AggregatePlan,
    child: Operator,
    scan: ScanPlan,
    fragment: ParallelFragment | undefined,
    ansi: boolean,
  ) {
    this.child = child;
    this.scan = scan;
    this.fragment = fragment;
    this.partials = new GroupPartials(plan, ansi);
    this.splitsAlways = dependsOnBrackets(plan, ansi);
  }

  async fill(groups: GroupTable, run: Run): Promise<void> {
    const partitions = await run.input(this.scan.read.readId).partitions(scanRequest(this.scan));
    const packed = partitions.length > 1 ? await this.fragment?.run(run, partitions) : undefined;
    if (packed !== undefined) {
      const { types } = this.partials;
      for await (const { packed: bytes, rowCount } of packed) {
        groups.merge({ columns: unpackColumns(bytes, types, rowCount), rowCount });
        const pause = run.breathe();
        if (pause) await pause;
      }
      return;
    }
    if (partitions.length > 1 && this.splitsAlways) {
      for (const partition of partitions) {
        const part = new PartitionRun(run, this.scan.read.readId, partition);
        for await (const rows of this.partials.of(this.child.rows(part))) groups.merge(rows);
      }
      return;
    }
    const all = new PartitionRun(run, this.scan.read.readId, ...partitions);
    for await (const batch of this.child.rows(all)) groups.add(batch);
  }
}

/** Whether an aggregation's results can depend on which rows were aggregated apart: it keeps floating-point numbers or sketches. */
export function dependsOnBrackets({ parts }: AggregatePlan, ansi: boolean): boolean {
  const shapes = shapesOf(parts, ansi);
  return parts.some(({ call }, k) => call.fn.buffer(shapes[k]!).some(({ type }) => isBracketed(type)));
}

function isBracketed(type: DataType): boolean {
  switch (type.kind) {
    case "float":
    case "double":
    case "binary":
      return true;
    case "array":
      return isBracketed(type.elementType);
    case "map":
      return isBracketed(type.keyType) || isBracketed(type.valueType);
    default:
      return type instanceof StructType && type.fields.some((field) => isBracketed(field.type));
  }
}

/** A run in which one read has only some of its partitions. */
class PartitionRun implements Run {
  private readonly base: Run;
  private readonly readId: number;
  private readonly partitions: readonly Partition[];

  constructor(base: Run, readId: number, ...partitions: readonly Partition[]) {
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
