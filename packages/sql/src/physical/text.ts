import type { Attribute, Expression } from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { keyedName } from "../logical/keyed.js";
import { inputsOf, nodesOf } from "./nodes-of.js";
import type { PhysicalPlan } from "./plan.js";

/** A physical plan as a tree of lines, for `explain`. */
export function physicalText(plan: PhysicalPlan): string {
  const lines: string[] = [];
  append(plan, "", "", lines);
  return lines.join("\n");
}

function append(plan: PhysicalPlan, lead: string, indent: string, lines: string[]): void {
  lines.push(lead + nodeText(plan));
  const children = inputsOf(plan);
  children.forEach((child, k) => {
    const last = k === children.length - 1;
    append(child, `${indent}${last ? "+- " : ":- "}`, `${indent}${last ? "   " : ":  "}`, lines);
  });
}

/** The line of the operator that has the state of a number. */
export function statefulNodeText(plan: PhysicalPlan, operatorId: number): string {
  const node = nodesOf(plan).find((one) => stateIdOf(one) === operatorId);
  return node === undefined ? `operator ${operatorId}` : nodeText(node);
}

function stateIdOf(node: PhysicalPlan): number | undefined {
  if ("operatorId" in node) return node.operatorId;
  return "stateful" in node ? node.stateful?.operatorId : undefined;
}

/** One node of a plan, for `explain` and for messages. */
export function nodeText(plan: PhysicalPlan): string {
  switch (plan.kind) {
    case "scan": {
      const filters = plan.predicates.map((one) => `${one.column} ${one.op}`).join(", ");
      return `Scan ${plan.read.format} ${columns(plan.output)}${filters ? `, pushed: [${filters}]` : ""}`;
    }
    case "rows":
      return `LocalTableScan ${columns(plan.output)}`;
    case "range":
      return `Range (${plan.start}, ${plan.end}, step=${plan.step})`;
    case "stage": {
      const parts = [
        plan.conditions.length > 0 ? `filter [${texts(plan.conditions)}]` : "",
        plan.generator ? `generate [${prettyName(plan.generator.list)}]` : "",
        plan.laterConditions.length > 0 ? `filter [${texts(plan.laterConditions)}]` : "",
      ].filter((part) => part !== "");
      return `*Stage ${[...parts, `project ${columns(plan.output)}`].join(", ")}`;
    }
    case "columnCalls": {
      const calls = plan.calls.map(({ fn, args, attribute }) => {
        const names = args.map((arg) => `${arg.name}#${arg.id}`).join(", ");
        return `${fn.names[0]}(${names}) AS ${attribute.name}#${attribute.id}`;
      });
      return `ColumnCalls [${calls.join(", ")}]`;
    }
    case "mapRows":
      return `MapPartitions ${plan.method} ${columns(plan.output)}`;
    case "generate":
      return `Generate ${plan.generator.name}${plan.outer ? " outer" : ""}`;
    case "aggregate": {
      const what = `keys=${columns(plan.keys)}, functions=[${texts(plan.parts.map((part) => part.call))}]`;
      const sessions = plan.keys.some((key) => key.isSession);
      return plan.stateful
        ? `${sessions ? "SessionWindow" : ""}StateStoreSave ${what}, opId = ${plan.stateful.operatorId}`
        : `${sessions ? "MergingSessions" : "HashAggregate"} ${what}`;
    }
    case "deduplicate":
      return `StreamingDeduplicate${plan.within ? "WithinWatermark" : ""} ${columns(plan.keys)}, opId = ${plan.operatorId}`;
    case "keyed":
      return `${keyedName(plan.program)} ${columns(plan.keys[0]!)}${plan.stateful ? `, opId = ${plan.stateful.operatorId}` : ""}`;
    case "join": {
      const keys = plan.keys.left.map((left, k) => `${left.name} = ${plan.keys.right[k]!.name}`).join(", ");
      const name = plan.keys.left.length > 0 ? "HashJoin" : "NestedLoopJoin";
      return `${name} [${keys}], ${plan.type}, build ${plan.build}${plan.conditions.length > 0 ? `, ${texts(plan.conditions)}` : ""}`;
    }
    case "streamJoin": {
      const keys = plan.keys.left.map((left, k) => `${left.name} = ${plan.keys.right[k]!.name}`).join(", ");
      const more = [...plan.own.left, ...plan.own.right, ...plan.conditions];
      return `StreamingSymmetricHashJoin [${keys}], ${plan.type}${more.length > 0 ? `, ${texts(more)}` : ""}, opId = ${plan.operatorId}`;
    }
    case "sort":
      return `Sort [${texts(plan.order)}]${plan.limit === undefined ? "" : `, top ${plan.limit}`}`;
    case "limit":
      return plan.stateful
        ? `StreamingGlobalLimit ${plan.count}`
        : `Limit ${plan.count}, offset ${plan.offset}`;
    case "union":
      return "Union";
    case "recursion":
      return `UnionLoop ${plan.recursionId}`;
    case "recursionRows":
      return `UnionLoopRef ${plan.recursionId}`;
    case "set":
      return `${plan.type === "intersect" ? "Intersect" : "Except"}${plan.all ? " all" : ""}`;
    case "expand":
      return `Expand ${columns(plan.output)}`;
    case "window":
      return `Window [${texts(plan.expressions)}]`;
    case "sample":
      return `Sample ${plan.fraction}`;
    case "watermark":
      return `EventTimeWatermark ${plan.attribute.name}, ${plan.delayMs} ms`;
    case "lateRows":
      return `LateRows ${plan.time.name}, opId = ${plan.operator?.operatorId}`;
    case "observe":
      return `CollectMetrics ${plan.name}`;
  }
}

function columns(attributes: readonly Attribute[]): string {
  return `[${attributes.map((attribute) => `${attribute.name}#${attribute.id}`).join(", ")}]`;
}

function texts(expressions: readonly Expression[]): string {
  return expressions.map(prettyName).join(", ");
}
