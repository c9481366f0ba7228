import { assert, type DataType, type Partition, StructType, unpackColumns, type WorkerForm } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { AggregatePlan, ScanPlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import type { Holding } from "../memory-budget.js";
import type { Operator, Run } from "../operator.js";
import type { PackedRows, RowDivision } from "../parallel/messages.js";
import { type ParallelFragment, scanRequest } from "../parallel/parallel-fragment.js";
import { PartitionRun } from "../partition-run.js";
import { GroupPartials } from "./group-partials.js";
import { type GroupTable, shapesOf } from "./group-table.js";

/** How the rows below an aggregation get into its groups. */
export interface GroupInput {
  /** Fills a table with all of them. */
  fill(groups: GroupTable, run: Run): Promise<void>;
  /**
   * Partial results, to be merged in their order: the parts of the keys, then the buffers of the accumulators. A key comes once in each
   * partition of the input, or more often, also among the same rows, where `gains` is false: it tells whether it gains much to find all rows of a group before it
   * is merged. Valid until the next are asked for.
   */
  partials(run: Run, gains: () => boolean): AsyncIterable<Rows>;
}

/** Row by row, as they come. */
export class DirectInput implements GroupInput {
  private readonly plan: AggregatePlan;
  private readonly child: Operator;
  private readonly all: GroupPartials;
  private readonly mayGroupTwice: boolean;

  constructor(plan: AggregatePlan, child: Operator, ansi: boolean) {
    this.plan = plan;
    this.child = child;
    this.all = new GroupPartials(plan, ansi);
    this.mayGroupTwice = mayGroupTwice(plan, ansi);
  }

  async fill(groups: GroupTable, run: Run): Promise<void> {
    await fillFrom(this.child.rows(run), groups, holdingOf(this.plan, groups, run));
  }

  partials(run: Run, gains: () => boolean): AsyncIterable<Rows> {
    return this.all.of(this.child.rows(run), run.memory, this.mayGroupTwice ? gains : undefined);
  }
}

function holdingOf(plan: AggregatePlan, groups: GroupTable, run: Run): Holding {
  return run.memory.hold(
    () => nodeText(plan),
    () => groups.byteSize(),
  );
}

async function fillFrom(batches: AsyncIterable<Rows>, groups: GroupTable, holding: Holding): Promise<void> {
  for await (const batch of batches) {
    groups.add(batch);
    holding.added(batch.rowCount);
  }
  holding.look();
}

/**
 * As partial results, one per partition of the input, merged in the order of the partitions: made by the workers where there are any. Sums of
 * floating-point numbers depend on how their rows are bracketed, so those are made in this way on one thread too, and are the same for every
 * number of threads.
 */
export class SplitInput implements GroupInput {
  private readonly plan: AggregatePlan;
  private readonly child: Operator;
  private readonly scan: ScanPlan;
  private readonly fragment: ParallelFragment | undefined;
  private readonly apart: GroupPartials;
  private readonly splitsAlways: boolean;
  private readonly mayGroupTwice: boolean;

  constructor(
    plan: AggregatePlan,
    child: Operator,
    scan: ScanPlan,
    fragment: ParallelFragment | undefined,
    ansi: boolean,
  ) {
    this.plan = plan;
    this.child = child;
    this.scan = scan;
    this.fragment = fragment;
    this.apart = new GroupPartials(plan, ansi);
    this.splitsAlways = dependsOnBrackets(plan, ansi);
    this.mayGroupTwice = mayGroupTwice(plan, ansi);
  }

  async fill(groups: GroupTable, run: Run): Promise<void> {
    const partitions = await this.partitions(run);
    const holding = holdingOf(this.plan, groups, run);
    const split = await this.split(run, partitions);
    if (split === undefined) return fillFrom(this.undivided(run, partitions), groups, holding);
    for await (const rows of split) {
      groups.merge(rows);
      holding.added(rows.rowCount);
      const pause = run.breathe();
      if (pause) await pause;
    }
  }

  async *partials(run: Run, gains: () => boolean): AsyncGenerator<Rows> {
    const partitions = await this.partitions(run);
    const split = await this.split(run, partitions);
    const whole = this.mayGroupTwice ? gains : undefined;
    yield* split ?? this.apart.of(this.undivided(run, partitions), run.memory, whole);
  }

  /** Why the workers cannot make the partial results; undefined if they can. */
  reasonAgainst(workerOf: (readId: number) => WorkerForm | undefined): string | undefined {
    return this.fragment === undefined ? "the session has no workers" : this.fragment.reasonAgainst(workerOf);
  }

  /** Partial results from the workers, which the plan must be able to run on, with a piece for every owner of the state. */
  async *divided(run: Run, division: RowDivision): AsyncGenerator<readonly PackedRows[]> {
    const partitions = await this.partitions(run);
    if (partitions.length === 0) return;
    const pieces = this.fragment && (await this.fragment.run(run, this.parts(partitions), division));
    assert(pieces !== undefined, "the state is divided, and the workers cannot run what fills it");
    yield* pieces;
  }

  private partitions(run: Run): Promise<readonly Partition[]> {
    return run.input(this.scan.read.readId).partitions(scanRequest(this.scan));
  }

  /** The partial results of each partition; undefined where the input is taken as a whole. */
  private async split(run: Run, partitions: readonly Partition[]): Promise<AsyncIterable<Rows> | undefined> {
    if (partitions.length < 2) return undefined;
    const packed = this.fragment && (await this.fragment.run(run, this.parts(partitions)));
    if (packed !== undefined) return unpacked(packed, this.apart.types);
    return this.splitsAlways ? this.oneByOne(run, partitions) : undefined;
  }

  /** The partitions of each task: several, whose groups then are found only once, unless results depend on which rows are summed apart. */
  private parts(partitions: readonly Partition[]): readonly (readonly Partition[])[] {
    return this.splitsAlways ? partitions.map((one) => [one]) : this.fragment!.gathered(partitions);
  }

  private async *oneByOne(run: Run, partitions: readonly Partition[]): AsyncGenerator<Rows> {
    for (const partition of partitions) {
      yield* this.apart.of(this.undivided(run, [partition]), run.memory);
    }
  }

  /** The rows of some partitions. */
  private undivided(run: Run, partitions: readonly Partition[]): AsyncIterable<Rows> {
    return this.child.rows(new PartitionRun(run, this.scan.read.readId, partitions));
  }
}

async function* unpacked(
  packed: AsyncIterable<readonly PackedRows[]>,
  types: readonly DataType[],
): AsyncGenerator<Rows> {
  for await (const pieces of packed) {
    for (const { packed: bytes, rowCount } of pieces) {
      yield { columns: unpackColumns(bytes, types, rowCount), rowCount };
    }
  }
}

/** Whether an aggregation's results can depend on which rows were aggregated apart: it keeps floating-point numbers or sketches. */
export function dependsOnBrackets({ parts }: AggregatePlan, ansi: boolean): boolean {
  const shapes = shapesOf(parts, ansi);
  return parts.some(({ call }, k) => call.fn.buffer(shapes[k]!).some(({ type }) => isBracketed(type)));
}

/** Whether rows of one group may be aggregated apart: no result depends on it, and no call has to see each of its arguments once. */
function mayGroupTwice(plan: AggregatePlan, ansi: boolean): boolean {
  return !dependsOnBrackets(plan, ansi) && plan.parts.every(({ call }) => !call.distinct);
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
