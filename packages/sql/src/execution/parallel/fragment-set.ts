import type { WorkerForm } from "@ss/core";
import type { PhysicalPlan } from "../../physical/plan.js";
import type { BuildSettings } from "../build.js";
import { type DividedOperator, DividedState } from "../state-partitions/divided-state.js";
import { ParallelFragment, type Parallelism } from "./parallel-fragment.js";

/** The parts of a plan that can be given to the workers of a session; none in a session without workers. */
export class FragmentSet {
  private readonly settings: BuildSettings;
  private readonly parallelism: Parallelism | undefined;
  private readonly fragments: ParallelFragment[] = [];
  /** The state that may be divided among the workers. */
  readonly states: DividedState[] = [];
  private readonly kept: string[] = [];

  constructor(settings: BuildSettings) {
    this.settings = settings;
    this.parallelism = settings.parallelism;
  }

  /** A part that is split by a read; undefined in a session without workers. */
  add(plan: PhysicalPlan, read: number): ParallelFragment | undefined {
    if (this.parallelism === undefined) return undefined;
    const fragment = new ParallelFragment(plan, read, this.settings, this.parallelism);
    this.fragments.push(fragment);
    return fragment;
  }

  /** Something that stays on the driver in a session with workers, and why. */
  keep(what: string, reason: string): void {
    if (this.parallelism !== undefined) this.kept.push(`${what}: on the driver, because ${reason}`);
  }

  /** The state of an operator; undefined in a session without workers. */
  addState(of: DividedOperator): DividedState | undefined {
    if (this.parallelism === undefined) return undefined;
    const state = new DividedState(of, this.parallelism);
    this.states.push(state);
    return state;
  }

  /** Starts the workers, if there is something for them, while the driver goes on. */
  start(): void {
    if (this.fragments.some(({ refusal }) => refusal === undefined)) this.parallelism?.pool.start();
  }

  /** Who runs which part, for `explain`; empty in a session without workers. */
  text(workerOf: (readId: number) => WorkerForm | undefined): string {
    const parts = [...this.fragments, ...this.states].map((one) => one.text(workerOf));
    const lines = [...parts, ...this.kept];
    return lines.length === 0 ? "" : `\n\n== Threads ==\n${lines.join("\n")}`;
  }

  /** Tells the workers to forget the parts. */
  close(): void {
    for (const part of [...this.fragments, ...this.states]) part.close();
  }
}
