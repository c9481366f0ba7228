import type { Alias, Attribute, Expression } from "../expression/expression.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import type { LogicalPlan } from "./plan.js";

const known = new WeakMap<LogicalPlan, readonly Attribute[]>();

/** The columns of an analyzed plan, in order. */
export function outputOf(plan: LogicalPlan): readonly Attribute[] {
  let output = known.get(plan);
  if (output === undefined) {
    output = compute(plan);
    known.set(plan, output);
  }
  return output;
}

/** The attribute that an alias makes. */
export function attributeOf(alias: Alias): Attribute {
  const { child } = alias;
  return {
    kind: "attribute",
    id: alias.id,
    name: alias.names[0]!,
    type: typeOf(child),
    nullable: nullableOf(child),
    qualifier: NO_QUALIFIER,
    metadata: alias.metadata ?? metadataOf(child),
  };
}

/** The attribute of an Alias, or an Attribute itself. */
export function toAttribute(e: Expression): Attribute {
  return e.kind === "attribute" ? e : attributeOf(e as Alias);
}

/** The metadata that a value brings along: a column's own, through casts that change nothing and names. */
export function metadataOf(e: Expression): Readonly<Record<string, unknown>> | undefined {
  switch (e.kind) {
    case "attribute":
      return e.metadata;
    case "alias":
      return e.metadata ?? metadataOf(e.child);
    case "outerReference":
      return e.attribute.metadata;
    default:
      return undefined;
  }
}

const NO_QUALIFIER: readonly string[] = [];

function compute(plan: LogicalPlan): readonly Attribute[] {
  switch (plan.kind) {
    case "source":
    case "localRelation":
    case "columnar":
    case "recursionRows":
      return plan.attributes;
    case "range":
      return [plan.attribute];
    case "oneRow":
      return [];
    case "project":
    case "aggregate":
      return plan.expressions.map(toAttribute);
    case "expand":
    case "recursion":
    case "lateRows":
      return plan.output;
    case "keyed":
    case "mapRows":
      return plan.output ?? [];
    case "join":
      return joinOutput(plan);
    case "setOperation":
      return plan.output ?? outputOf(plan.children[0]!);
    case "generate":
      return [...outputOf(plan.child), ...(plan.output ?? [])];
    case "window":
      return [...outputOf(plan.child), ...plan.expressions.map(toAttribute)];
    case "withWatermark":
      return watermarkOutput(plan);
    default:
      return "child" in plan ? outputOf(plan.child) : [];
  }
}

function joinOutput(plan: Extract<LogicalPlan, { kind: "join" }>): readonly Attribute[] {
  const left = outputOf(plan.left);
  switch (plan.type) {
    case "leftSemi":
    case "leftAnti":
      return left;
    case "existence":
      return [...left, plan.flag!];
    case "left":
    case "leftSingle":
      return [...left, ...asNullable(outputOf(plan.right))];
    case "right":
      return [...asNullable(left), ...outputOf(plan.right)];
    case "full":
      return [...asNullable(left), ...asNullable(outputOf(plan.right))];
    default:
      return [...left, ...outputOf(plan.right)];
  }
}

function asNullable(attributes: readonly Attribute[]): readonly Attribute[] {
  return attributes.map((attribute) => (attribute.nullable ? attribute : { ...attribute, nullable: true }));
}

/** The event-time column carries its delay; other columns lose theirs, since a plan has one event time. */
function watermarkOutput(plan: Extract<LogicalPlan, { kind: "withWatermark" }>): readonly Attribute[] {
  const { eventTime, delayMs } = plan;
  const id = eventTime.kind === "attribute" ? eventTime.id : 0;
  return outputOf(plan.child).map((attribute) => {
    if (attribute.id === id) {
      return { ...attribute, metadata: { ...attribute.metadata, [WATERMARK_DELAY]: delayMs } };
    }
    if (attribute.metadata?.[WATERMARK_DELAY] === undefined) return attribute;
    const { [WATERMARK_DELAY]: _, ...metadata } = attribute.metadata;
    return { ...attribute, metadata };
  });
}

/** The metadata key of an event-time column: milliseconds that rows may be late. */
export const WATERMARK_DELAY = "spark.watermarkDelayMs";
