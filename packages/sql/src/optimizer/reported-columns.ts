import { StreamError } from "@ss/core";
import { references } from "../expression/conjuncts.js";
import type { Attribute, Expression } from "../expression/expression.js";
import { outputOf, toAttribute } from "../logical/output.js";
import type { Join, LogicalPlan } from "../logical/plan.js";

type Ids = ReadonlySet<number>;

/** What calls read that were taken out of a node, by the column that each has become; what chooses their rows is not among it. */
export type CallReads = ReadonlyMap<number, Ids>;

/**
 * What is reported of the rows of an input in which a call reads some columns, by name: the record as it was read, then what was made of it.
 * Above a join that is the row of the side that the call reads.
 */
export function reportedColumns(
  input: LogicalPlan,
  read: Ids,
  reads: CallReads,
): ReadonlyMap<string, Attribute> {
  const columns = new Map<string, Attribute>();
  for (const column of [...recordOf(input, read, reads), ...sideOf(input, read, reads)]) {
    const key = column.name.toLowerCase();
    if (!columns.has(key)) columns.set(key, column);
  }
  return columns;
}

/** The columns of the record that a row was read from: as far down as rows are records, or made of one each. */
function recordOf(plan: LogicalPlan, read: Ids, reads: CallReads): readonly Attribute[] {
  return isThrough(plan)
    ? recordOf(plan.child, readBelow(plan, read, reads), reads)
    : sideOf(plan, read, reads);
}

/** The columns of a plan that come from the sides of joins that some of them come from. */
function sideOf(plan: LogicalPlan, read: Ids, reads: CallReads): readonly Attribute[] {
  if (plan.kind === "join") return sideOfJoin(plan, read, reads);
  const output = outputOf(plan);
  if (!("child" in plan)) return output;
  const below = outputOf(plan.child);
  const known = idsOf(below);
  if (!isThrough(plan) && !output.every(({ id }) => known.has(id))) return output;
  const side = idsOf(sideOf(plan.child, readBelow(plan, read, reads), reads));
  if (side.size === below.length) return output;
  const isOfSide = (id: number): boolean => !known.has(id) || side.has(id);
  return output.filter(({ id }) => [...readBelow(plan, new Set([id]), reads)].every(isOfSide));
}

function sideOfJoin(join: Join, read: Ids, reads: CallReads): readonly Attribute[] {
  const output = outputOf(join);
  const left = outputOf(join.left);
  const right = idsOf(outputOf(join.right));
  const readsLeft = left.some(({ id }) => read.has(id));
  const readsRight = [...right].some((id) => read.has(id));
  if (readsLeft !== readsRight) {
    const side = idsOf(sideOf(readsLeft ? join.left : join.right, read, reads));
    return output.filter(({ id }) => side.has(id));
  }
  const names = new Set(left.map(({ name }) => name.toLowerCase()));
  const twice = output.find(({ id, name }) => right.has(id) && names.has(name.toLowerCase()));
  if (twice !== undefined) throw ambiguousSide(twice.name);
  return output;
}

/** What columns of a plan are made of: columns of its child. */
function readBelow(plan: LogicalPlan, read: Ids, reads: CallReads): Ids {
  const made = madeBy(plan);
  const below = new Set<number>();
  for (const id of read) {
    const e = made.get(id);
    const ids = e === undefined ? [id] : (reads.get(id) ?? references(e));
    for (const one of ids) below.add(one);
  }
  return below;
}

function madeBy(plan: LogicalPlan): ReadonlyMap<number, Expression> {
  if (plan.kind === "project") return new Map(plan.expressions.map((e) => [toAttribute(e).id, e]));
  if (plan.kind !== "generate") return new Map();
  return new Map((plan.output ?? []).map(({ id }) => [id, plan.generator]));
}

function idsOf(columns: readonly Attribute[]): Ids {
  return new Set(columns.map(({ id }) => id));
}

/** A plan that has these columns too, which are those of its record or its own. */
export function withColumns(plan: LogicalPlan, columns: readonly Attribute[]): LogicalPlan {
  const known = idsOf(outputOf(plan));
  const missing = columns.filter(({ id }) => !known.has(id));
  if (missing.length === 0 || !isThrough(plan)) return plan;
  const child = withColumns(plan.child, missing);
  return plan.kind === "project"
    ? { ...plan, child, expressions: [...plan.expressions, ...missing] }
    : { ...plan, child };
}

type Through = Extract<LogicalPlan, { kind: (typeof THROUGH)[number] }>;
const THROUGH = ["project", "filter", "generate", "withWatermark", "sample", "observe"] as const;

/** Whether each row of a plan is made of one of its child. */
function isThrough(plan: LogicalPlan): plan is Through {
  return (THROUGH as readonly string[]).includes(plan.kind);
}

function ambiguousSide(name: string): StreamError {
  return new StreamError({
    condition: "SS_MALFORMED_ROWS_COLUMN",
    parameters: { name },
    message: `Reports of malformed rows cannot have the column ${name}: both sides of a join have one, and a function that decodes records reads columns of both. Give one of the two another name below the join.`,
  });
}
