import { assert, type OutputMode, type Predicate, type PushdownAnswer } from "@ss/core";
import type { Alias, Attribute, Expression, SortOrder } from "../expression/expression.js";
import { freshId } from "../expression/expression.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import { type Inputs, type Keyed, mapInputs, withFirst } from "../logical/keyed.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan, Read, Sample } from "../logical/plan.js";
import { seedOfQuery } from "../logical/sample-seed.js";
import { childrenOf } from "../logical/transform.js";
import { keyedOperatorName } from "./operator-names.js";
import type { KeyedPlan, PhysicalPlan } from "./plan.js";
import { planAggregate, planDistinct, planStreamingDistinct } from "./plan-aggregate.js";
import { planGenerate } from "./plan-generate.js";
import { planJoin } from "./plan-join.js";
import { lateRowsOf, planLateRows } from "./plan-late-rows.js";
import { planObserve } from "./plan-observe.js";
import { planStage } from "./plan-stage.js";
import { planStreamJoin } from "./plan-stream-join.js";

/** What the planner has to know about the inputs. */
export interface PlannerContext {
  /** What the reader of a source does with a predicate. */
  pushdown(read: Read, predicate: Predicate): PushdownAnswer;
  /** True for a query that runs batch by batch: aggregates and limits keep state where their input is a stream. */
  readonly streaming: boolean;
  /** Of a streaming query. */
  readonly mode?: OutputMode | undefined;
  /** The id of a streaming query, which its checkpoint keeps. */
  readonly queryId?: string | undefined;
}

/** Chooses operators for an analyzed and optimized plan. */
export class Planner {
  readonly context: PlannerContext;
  private operators = 0;
  private watermarks = 0;
  private samples = 0;

  constructor(context: PlannerContext) {
    this.context = context;
  }

  /** The next stateful operator's id: from the sources towards the sink, as Spark numbers them. */
  nextOperatorId(): number {
    return this.operators++;
  }

  private seedOf({ seed, drawn }: Sample): number {
    const { queryId } = this.context;
    return drawn && queryId !== undefined ? seedOfQuery(queryId, this.samples++) : seed;
  }

  plan(node: LogicalPlan): PhysicalPlan {
    switch (node.kind) {
      case "source":
      case "project":
      case "filter":
        return planStage(this, node);
      case "generate":
        return planGenerate(this, node);
      case "localRelation":
        return { kind: "rows", output: node.attributes, rows: () => node.batches };
      case "columnar":
        return { kind: "rows", output: node.attributes, rows: node.rows };
      case "oneRow":
        return { kind: "rows", output: [], rows: () => [{ columns: [], rowCount: 1 }] };
      case "range": {
        const { start, end, step, attribute } = node;
        return { kind: "range", output: [attribute], start, end, step };
      }
      case "aggregate":
        return planAggregate(this, node);
      case "deduplicate":
        return this.context.streaming && isStream(node.child)
          ? planStreamingDistinct(this, node)
          : planDistinct(this, node);
      case "keyed":
        return this.keyed(node);
      case "mapRows": {
        const { method, run, input } = node;
        const child = this.plan(node.child);
        return { kind: "mapRows", child, method, run, input: input!, output: outputOf(node) };
      }
      case "join":
        return this.context.streaming && isStream(node.left) && isStream(node.right)
          ? planStreamJoin(this, node)
          : planJoin(this, node);
      case "sort":
        return this.sort(node.order, this.plan(node.child));
      case "limit":
        return this.limit(node);
      case "offset":
        return {
          kind: "limit",
          child: this.plan(node.child),
          offset: countOf(node.count),
          count: Number.POSITIVE_INFINITY,
          output: outputOf(node),
        };
      case "setOperation":
        return this.setOperation(node);
      case "recursion": {
        const { recursionId, levelLimit, rowLimit, output } = node;
        const children = [this.plan(node.children[0]), this.plan(node.children[1])] as const;
        return { kind: "recursion", recursionId, children, levelLimit, rowLimit, output };
      }
      case "recursionRows":
        return { kind: "recursionRows", recursionId: node.recursionId, output: node.attributes };
      case "expand":
        return {
          kind: "expand",
          child: this.plan(node.child),
          projections: node.projections,
          output: node.output,
        };
      case "window":
        return {
          kind: "window",
          child: this.plan(node.child),
          expressions: node.expressions as readonly Alias[],
          output: outputOf(node),
        };
      case "sample":
        return {
          kind: "sample",
          child: this.plan(node.child),
          fraction: node.fraction,
          withReplacement: node.withReplacement,
          seed: this.seedOf(node),
          output: outputOf(node),
        };
      case "withWatermark":
        return this.watermark(node);
      case "observe":
        return planObserve(this, node);
      case "lateRows":
        return planLateRows(this, node);
      default:
        assert(false, `a node of kind ${node.kind} reached the physical planner`);
    }
  }

  /** Orders by attributes; values that are computed first become columns of a stage below and are dropped above. */
  private sort(order: readonly SortOrder[], child: PhysicalPlan, limit?: number): PhysicalPlan {
    const { plan, attributes } = withColumns(
      child,
      order.map((one) => one.child),
    );
    const sorted: PhysicalPlan = {
      kind: "sort",
      child: plan,
      order: order.map((one, k) => ({ ...one, child: attributes[k]! })),
      output: plan.output,
      ...(limit === undefined ? {} : { limit }),
    };
    return plan === child ? sorted : narrow(sorted, child.output);
  }

  private limit(node: Extract<LogicalPlan, { kind: "limit" }>): PhysicalPlan {
    const count = countOf(node.count);
    const streaming = this.context.streaming && isStream(node.child) && !this.isWhole(node.child);
    if (!streaming && node.child.kind === "sort" && node.child.global) {
      const top = this.sort(node.child.order, this.plan(node.child.child), count);
      return { kind: "limit", child: top, offset: 0, count, output: top.output };
    }
    const child = this.plan(node.child);
    const limit = { kind: "limit", child, offset: 0, count, output: child.output } as const;
    return streaming ? { ...limit, stateful: { operatorId: this.nextOperatorId() } } : limit;
  }

  /** Whether each batch gives out all rows anew: those of groups in complete mode. */
  private isWhole(node: LogicalPlan): boolean {
    if (this.context.mode !== "complete" || !isStream(node)) return false;
    return node.kind === "aggregate" || childrenOf(node).some((child) => this.isWhole(child));
  }

  private keyed(node: Keyed): PhysicalPlan {
    const children = mapInputs(node.children, (child) => this.plan(child));
    const ordered = node.orders ? this.inOrder(children, node.orders) : children;
    const keyed = {
      kind: "keyed",
      children: ordered,
      keys: node.keys as KeyedPlan["keys"],
      inputs: node.inputs!,
      alone: node.children.map((_, k) => node.values?.[k] !== undefined),
      program: node.program,
      output: outputOf(node),
    } as const;
    if (!this.context.streaming || !isStream(node.children[0]) || node.program.kind === "stateless")
      return keyed;
    const operatorId = this.nextOperatorId();
    const late = lateRowsOf(children[0], operatorId, keyedOperatorName(node.program));
    return {
      ...keyed,
      children: withFirst(late, children),
      stateful: { operatorId },
    };
  }

  /** Sorted as a whole, so that the rows of each key come in their order. */
  private inOrder(
    children: Inputs<PhysicalPlan>,
    orders: readonly (readonly SortOrder[])[],
  ): Inputs<PhysicalPlan> {
    let next = 0;
    return mapInputs(children, (child) => {
      const order = orders[next++]!;
      return order.length === 0 ? child : this.sort(order, child);
    });
  }

  private setOperation(node: Extract<LogicalPlan, { kind: "setOperation" }>): PhysicalPlan {
    const output = outputOf(node);
    if (node.type === "union") {
      return { kind: "union", children: node.children.map((child) => this.plan(child)), output };
    }
    const [left, right] = node.children.map((child) => this.plan(child)) as [PhysicalPlan, PhysicalPlan];
    return { kind: "set", type: node.type, all: node.all, left, right, output };
  }

  private watermark(node: Extract<LogicalPlan, { kind: "withWatermark" }>): PhysicalPlan {
    const child = this.plan(node.child);
    if (!this.context.streaming) return child;
    const { eventTime, delayMs } = node;
    assert(
      eventTime.kind === "attribute" && delayMs !== undefined,
      "an unresolved watermark reached the planner",
    );
    return {
      kind: "watermark",
      child,
      attribute: eventTime,
      delayMs,
      index: this.watermarks++,
      output: outputOf(node),
    };
  }
}

/** Whether rows keep coming from below. */
export function isStream(plan: LogicalPlan): boolean {
  if (plan.kind === "source") return plan.read.streaming;
  if ("child" in plan) return isStream(plan.child);
  if ("children" in plan) return plan.children.some(isStream);
  return plan.kind === "join" && (isStream(plan.left) || isStream(plan.right));
}

function countOf(expression: Expression): number {
  assert(expression.kind === "literal" && expression.value !== null, "a limit is not a constant");
  return Number(expression.value as number | bigint);
}

/** A plan with the values of some expressions among its columns: itself where they all are attributes. */
export function withColumns(
  plan: PhysicalPlan,
  expressions: readonly Expression[],
): { readonly plan: PhysicalPlan; readonly attributes: readonly Attribute[] } {
  const definitions: Alias[] = [];
  const attributes = expressions.map((expression) => {
    if (expression.kind === "attribute") return expression;
    const alias = aliasOf(expression, `_c${definitions.length}`);
    definitions.push(alias);
    return attributeOf(alias);
  });
  if (definitions.length === 0) return { plan, attributes };
  const output = [...plan.output, ...definitions.map(attributeOf)];
  const stage: PhysicalPlan = {
    kind: "stage",
    child: plan,
    output,
    definitions,
    conditions: [],
    laterConditions: [],
    outputs: output,
  };
  return { plan: stage, attributes };
}

/** Only some columns of a plan. */
export function narrow(plan: PhysicalPlan, output: readonly Attribute[]): PhysicalPlan {
  return {
    kind: "stage",
    child: plan,
    output,
    definitions: [],
    conditions: [],
    laterConditions: [],
    outputs: output,
  };
}

/** A name for a value, with a fresh id. */
export function aliasOf(expression: Expression, name: string): Alias {
  return { kind: "alias", child: expression, names: [name], id: freshId() };
}

/** The attribute that an alias makes. */
export function attributeOf(alias: Alias): Attribute {
  return {
    kind: "attribute",
    id: alias.id,
    name: alias.names[0]!,
    type: typeOf(alias.child),
    nullable: nullableOf(alias.child),
    qualifier: [],
    metadata: alias.metadata,
  };
}
