import { type RemoteFamily, unpackColumns, type WorkerForm } from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { Rows } from "../../logical/rows.js";
import type { SplitInput } from "../aggregate/group-input.js";
import type { Run } from "../operator.js";
import type { Parallelism } from "../parallel/parallel-fragment.js";
import { toPortable } from "../parallel/portable.js";
import type { OpenShare, StateBatch, StateCounts } from "./messages.js";
import type { OwnedOperator } from "./owned-operator.js";
import { OwnedState } from "./owned-state.js";

/**
 * Fewer workers than this leave their state on the driver, which merges beside them: that is less work than dividing. See decision 007.
 */
const FEWEST_OWNERS = 4;

type WorkerForms = (readId: number) => WorkerForm | undefined;

/** What an operator's state is divided by. */
export interface DividedOperator {
  /** Its name in messages, what a worker makes it from, and its state. */
  readonly operator: OpenShare["operator"];
  readonly plan: unknown;
  readonly ansi: boolean;
  readonly spec: OwnedOperator["spec"];
  /** What errors call it. */
  readonly holder: string;
  /** The input, where it is made on workers. */
  readonly input: SplitInput | undefined;
  /** Why it cannot leave the driver, in the words of `explain`, whatever its input is. */
  readonly refusal?: string | undefined;
}

/** Whether and how the state of an operator is divided among the workers of a session; decided when its query starts. */
export class DividedState {
  /** Present once it is. */
  owned: OwnedState | undefined;
  private readonly of: DividedOperator;
  private readonly parallelism: Parallelism;
  private storeRefuses = false;

  constructor(of: DividedOperator, parallelism: Parallelism) {
    this.of = of;
    this.parallelism = parallelism;
  }

  get operatorId(): number {
    return this.of.spec.operatorId;
  }

  /** Why the state stays on the driver, in the words of `explain`; undefined if workers can own it. */
  reasonAgainst(workerOf: WorkerForms): string | undefined {
    const { spec, input, refusal } = this.of;
    if (refusal !== undefined) return refusal;
    if (spec.keySchema.length === 0) return "it has a single row";
    if (input === undefined) return "its input is not divided by the partitions of a source";
    const { size } = this.parallelism.pool;
    if (size < FEWEST_OWNERS) return `it keeps up with ${size} workers`;
    if (this.storeRefuses) return "the state store holds its rows itself";
    return input.reasonAgainst(workerOf);
  }

  /** Divides the state, if that can be done and the store takes a family that others hold. */
  open(
    partitions: number,
    workerOf: WorkerForms,
    take: ((family: RemoteFamily) => void) | undefined,
  ): boolean {
    this.storeRefuses = take === undefined;
    if (take === undefined || this.reasonAgainst(workerOf) !== undefined) return false;
    const { operator, plan, ansi, spec, holder } = this.of;
    const { pool, functions } = this.parallelism;
    this.owned = new OwnedState(spec, pool, partitions, {
      operator,
      plan: toPortable(plan, functions),
      ansi,
      holder,
    });
    take(this.owned);
    return true;
  }

  /** A batch of the operator: the workers' rows go to the owners, in the order of the partitions of the input, and what these give comes back. */
  async *rows(
    run: Run,
    batch: StateBatch,
    output: readonly Attribute[],
    counts: StateCounts,
  ): AsyncGenerator<Rows> {
    const owned = this.owned!;
    const stop = (): void => owned.cancel();
    run.signal.addEventListener("abort", stop);
    try {
      owned.begin(batch);
      const division = { ...owned.division, keyCount: owned.spec.keySchema.length };
      for await (const pieces of this.of.input!.divided(run, division)) await owned.take(pieces);
      const types = output.map((attribute) => attribute.type);
      for await (const { packed, rowCount } of owned.give(counts)) {
        yield { columns: unpackColumns(packed, types, rowCount), rowCount };
      }
    } catch (error) {
      run.signal.throwIfAborted();
      throw error;
    } finally {
      run.signal.removeEventListener("abort", stop);
    }
  }

  /** Who owns the state, for `explain`. */
  text(workerOf: WorkerForms): string {
    const { operatorName, operatorId } = this.of.spec;
    const what = `State of ${operatorName}, operator ${operatorId}`;
    const reason = this.reasonAgainst(workerOf);
    if (reason !== undefined) return `${what}: on the driver, because ${reason}`;
    if (this.owned === undefined) return `${what}: on the workers`;
    const { partitions, owners } = this.owned.division;
    return `${what}: ${partitions} partitions on ${owners} workers`;
  }

  close(): void {
    this.owned?.close();
  }
}
