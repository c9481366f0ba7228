import type { FamilySpec } from "@ss/core";
import type { ExternalOptions } from "../expression/external-value.js";
import type { PhysicalPlan } from "../physical/plan.js";
import type { Stage } from "./codegen/stage.js";
import type { StageSettings } from "./codegen/stage-writer.js";
import type { Operator } from "./operator.js";
import { AggregateOperator } from "./operators/aggregate.js";
import { GenerateOperator } from "./operators/generate.js";
import { JoinOperator } from "./operators/join.js";
import { LimitOperator, StatefulLimitOperator } from "./operators/limit.js";
import { ObserveOperator } from "./operators/observe.js";
import { HeldRows, RecursionOperator, RecursionRowsOperator } from "./operators/recursion.js";
import { RangeOperator, RowsOperator } from "./operators/rows.js";
import { SampleOperator } from "./operators/sample.js";
import { ScanOperator } from "./operators/scan.js";
import { ExpandOperator, SetOperator, UnionOperator } from "./operators/set.js";
import { SortOperator } from "./operators/sort.js";
import { StageOperator } from "./operators/stage.js";
import { StatefulAggregateOperator } from "./operators/stateful-aggregate.js";
import { WatermarkOperator } from "./operators/watermark.js";
import { WindowOperator } from "./operators/window.js";

/** Settings of a session that operators need. */
export interface BuildSettings extends StageSettings {
  readonly external: ExternalOptions;
}

/** Operators of a plan, and what a run has to know about them. */
export interface Built {
  readonly root: Operator;
  /** State that the plan keeps, in the order of operator ids. */
  readonly families: readonly FamilySpec[];
  /** Generated stages, for `explain("codegen")`. */
  readonly stages: readonly Stage[];
}

/** Makes the operators of a plan. They may run many times, one run at a time. */
export function buildOperators(plan: PhysicalPlan, settings: BuildSettings): Built {
  const families: FamilySpec[] = [];
  const stages: Stage[] = [];
  const recursions = new Map<number, HeldRows>();
  const build = (node: PhysicalPlan): Operator => {
    switch (node.kind) {
      case "scan":
        return new ScanOperator(node);
      case "rows":
        return new RowsOperator(node);
      case "range":
        return new RangeOperator(node);
      case "stage": {
        const operator = new StageOperator(node, build(node.child), settings);
        stages.push(operator.stage);
        return operator;
      }
      case "generate":
        return new GenerateOperator(node, build(node.child), settings);
      case "aggregate": {
        const child = build(node.child);
        if (!node.stateful) return new AggregateOperator(node, child, settings.ansi);
        const operator = new StatefulAggregateOperator(node, node.stateful.operatorId, child, settings.ansi);
        families.push(operator.family);
        return operator;
      }
      case "join":
        return new JoinOperator(node, build(node.left), build(node.right), settings);
      case "sort":
        return new SortOperator(node, build(node.child));
      case "limit": {
        const child = build(node.child);
        if (!node.stateful) return new LimitOperator(node, child);
        const operator = new StatefulLimitOperator(node, node.stateful.operatorId, child);
        families.push(operator.family);
        return operator;
      }
      case "union":
        return new UnionOperator(node, node.children.map(build));
      case "recursion": {
        const held = new HeldRows();
        const anchor = build(node.children[0]);
        recursions.set(node.recursionId, held);
        return new RecursionOperator(node, anchor, build(node.children[1]), held);
      }
      case "recursionRows":
        return new RecursionRowsOperator(node, recursions.get(node.recursionId)!);
      case "set":
        return new SetOperator(node, build(node.left), build(node.right));
      case "expand":
        return new ExpandOperator(node, build(node.child), settings);
      case "window":
        return new WindowOperator(node, build(node.child), settings);
      case "sample":
        return new SampleOperator(node, build(node.child));
      case "watermark":
        return new WatermarkOperator(node, build(node.child));
      case "observe":
        return new ObserveOperator(node, build(node.child), settings, settings.external);
    }
  };
  return { root: build(plan), families, stages };
}
