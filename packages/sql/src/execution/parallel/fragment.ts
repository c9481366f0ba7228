import { assert } from "@ss/core";
import type { Expression } from "../../expression/expression.js";
import { isDeterministic } from "../../expression/repeatable.js";
import { isRefusal } from "../../functions/malformed/refuse.js";
import type {
  AggregatePlan,
  ColumnCallsPlan,
  ExpandPlan,
  GeneratePlan,
  JoinPlan,
  PhysicalPlan,
  ScanPlan,
  StagePlan,
} from "../../physical/plan.js";
import type { BuildSettings } from "../build.js";

/** Settings that a worker needs to make operators. */
export interface FragmentSettings {
  readonly ansi: boolean;
  readonly timeZone: string;
  readonly external: BuildSettings["external"];
  /** What was set in the session. */
  readonly conf: Readonly<Record<string, string>>;
}

/**
 * The read by whose partitions a plan can be split: the plan's rows over all partitions, one after the other, are its rows over the whole.
 * Undefined for a plan that has to see all rows at once, or whose rows depend on what came before them.
 */
export function splittingRead(plan: PhysicalPlan): number | undefined {
  switch (plan.kind) {
    case "scan":
      return plan.read.readId;
    case "stage":
    case "expand":
    case "generate":
    case "columnCalls":
      return isOrderless(plan) ? splittingRead(plan.child) : undefined;
    case "watermark":
      return splittingRead(plan.child);
    case "join":
      return splittingReadOfJoin(plan);
    default:
      return undefined;
  }
}

function splittingReadOfJoin(plan: JoinPlan): number | undefined {
  const [held, flowing] = plan.build === "left" ? [plan.left, plan.right] : [plan.right, plan.left];
  // rows of the held side that found no partner are known only when all rows have flowed by
  const keepsHeld = plan.type === "full" || plan.type === plan.build;
  if (keepsHeld || !isOrderless(plan) || splittingRead(held) === undefined) return undefined;
  const read = splittingRead(flowing);
  // a table joined with itself: each part of it meets all of it
  return scansOf(held).some((scan) => scan.read.readId === read) ? undefined : read;
}

/** Whether partial results of an aggregation's groups can be made apart and merged. */
export function hasPartials({ parts }: AggregatePlan): boolean {
  return parts.every(({ call }) => !call.distinct);
}

/** Why an aggregation cannot leave the driver, in the words of `explain`: code of the program takes every row. */
export function programCode({ parts }: AggregatePlan): string | undefined {
  const name = parts.map(({ call }) => call.fn.ofProgram).find((one) => one !== undefined);
  return name === undefined ? undefined : `it calls the aggregator ${name} of the program`;
}

/** The scan of a read in a plan that can be split. */
export function scanOf(plan: PhysicalPlan, readId: number): ScanPlan {
  const found = scansOf(plan).find(({ read }) => read.readId === readId);
  assert(found !== undefined, "a plan that is split by a read has a scan of it");
  return found;
}

/** The scans of a plan that can be split. */
export function scansOf(plan: PhysicalPlan): readonly ScanPlan[] {
  if (plan.kind === "scan") return [plan];
  if (plan.kind === "join") return [...scansOf(plan.left), ...scansOf(plan.right)];
  return "child" in plan ? scansOf(plan.child) : [];
}

/** A condition that reports rows does so wherever it is checked; the optimizer alone must not move it. */
function isOrderlessPart(e: Expression): boolean {
  return isRefusal(e) ? e.args.every(isDeterministic) : isDeterministic(e);
}

/** Whether a node gives the same rows for a row wherever and in whatever order it is computed. */
function isOrderless(node: StagePlan | ColumnCallsPlan | ExpandPlan | GeneratePlan | JoinPlan): boolean {
  switch (node.kind) {
    case "stage": {
      const { definitions, conditions, generator, laterConditions, outputs } = node;
      const list = generator ? [generator.list] : [];
      return [...definitions, ...conditions, ...list, ...laterConditions, ...outputs].every(isOrderlessPart);
    }
    case "columnCalls":
      return node.calls.every(({ fn }) => fn.deterministic !== false);
    case "expand":
      return node.projections.flat().every(isDeterministic);
    case "generate":
      return node.generator.args.every(isDeterministic);
    case "join":
      return node.conditions.every(isDeterministic);
  }
}
