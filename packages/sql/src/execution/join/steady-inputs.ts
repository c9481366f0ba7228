import type { Rows } from "../../logical/rows.js";
import { nodesOf } from "../../physical/nodes-of.js";
import type { PhysicalPlan } from "../../physical/plan.js";
import type { Run } from "../operator.js";

/** The inputs of a plan over tables, and whether they have changed since its rows were taken. */
export class SteadyInputs {
  private readonly readIds: readonly number[];
  private readonly lists: readonly (() => readonly Rows[])[];
  private versions: readonly string[] = [];
  private rows: readonly Rows[] = [];
  private takenVersions: readonly string[] | undefined;
  private takenRows: readonly Rows[] = [];

  constructor(plan: PhysicalPlan) {
    const nodes = nodesOf(plan);
    this.readIds = nodes.flatMap((node) => (node.kind === "scan" ? [node.read.readId] : []));
    this.lists = nodes.flatMap((node) => (node.kind === "rows" ? [node.rows] : []));
  }

  /** Looks at the inputs as they are in a run; false where changes of one are not known. */
  look({ tables }: Run): boolean {
    if (tables === undefined) return false;
    const versions = this.readIds.map((readId) => tables.versionOf(readId));
    if (versions.includes(undefined)) return false;
    this.versions = versions as string[];
    // rows of the program: their batches are never written to, so that the same ones are the same rows
    this.rows = this.lists.flatMap((list) => list());
    return true;
  }

  /** Whether the inputs are those of which the rows were taken. */
  get isUnchanged(): boolean {
    return (
      this.takenVersions !== undefined &&
      sameList(this.versions, this.takenVersions) &&
      sameList(this.rows, this.takenRows)
    );
  }

  /** What was taken is given up. */
  forget(): void {
    this.takenVersions = undefined;
    this.takenRows = [];
  }

  /** The rows of the inputs that were looked at have been taken. */
  taken(): void {
    this.takenVersions = this.versions;
    this.takenRows = this.rows;
  }
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, k) => one === b[k]);
}
