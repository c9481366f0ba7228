import { assert } from "@ss/core";
import type { Attribute, Expression } from "../expression/expression.js";
import { isRepeatable } from "../expression/repeatable.js";
import { typeOf } from "../expression/type-of.js";
import { outputOf } from "../logical/output.js";
import type { Generate } from "../logical/plan.js";
import type { PhysicalPlan } from "./plan.js";
import type { Planner } from "./planner.js";

/** Generators over arrays and maps run in the fused loop; the others make boxed rows. */
export function planGenerate(planner: Planner, node: Generate): PhysicalPlan {
  const { generator } = node;
  assert(generator.kind === "generator" && node.output, "an unresolved generator reached the planner");
  const below = planner.plan(node.child);
  const output = outputOf(node);
  const outer = node.outer || generator.outer;
  const elements = generator.fn.elements;
  if (!elements) return { kind: "generate", child: below, generator, outer, output };
  const made = node.output;
  const list = generator.args[0] as Expression;
  const open =
    below.kind === "stage" &&
    !below.generator &&
    below.outputs.every((e) => e.kind === "attribute") &&
    below.definitions.every(isRepeatable);
  const base = open ? below : undefined;
  const position: Attribute | undefined = elements.position ? made[0] : undefined;
  assert(typeOf(list).kind === "array" || typeOf(list).kind === "map", "a list was expected");
  return {
    kind: "stage",
    child: base ? base.child : below,
    output,
    definitions: base ? base.definitions : [],
    conditions: base ? base.conditions : [],
    generator: { list, attributes: elements.position ? made.slice(1) : made, position, outer },
    laterConditions: [],
    outputs: output,
  };
}
