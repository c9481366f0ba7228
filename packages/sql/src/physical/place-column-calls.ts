import { StreamError } from "@ss/core";
import { findPart } from "../expression/children.js";
import { hasColumnCall } from "../expression/column-call.js";
import { references } from "../expression/conjuncts.js";
import type { Alias, Attribute, Expression } from "../expression/expression.js";
import { isRefusal } from "../functions/malformed/refuse.js";
import { CallCollector, type CollectedCall } from "./collect-column-calls.js";
import type { PhysicalPlan, StagePlan } from "./plan.js";
import { aliasOf, attributeOf, narrow } from "./planner.js";

/**
 * Gives calls of functions of plug-ins an operator of their own, below the node that uses their results: a stage is cut in two there.
 * What does not need the results, conditions above all, stays in the part below.
 */
export function placeColumnCalls(plan: PhysicalPlan): PhysicalPlan {
  return place(withChildren(plan, placeColumnCalls));
}

function place(plan: PhysicalPlan): PhysicalPlan {
  switch (plan.kind) {
    case "stage":
      return cutStage(plan);
    case "expand": {
      const expressions = plan.projections.flat();
      if (!expressions.some(hasColumnCall)) return plan;
      const { child, replace } = callsBelow(plan.child, expressions);
      return { ...plan, child, projections: plan.projections.map((list) => list.map(replace)) };
    }
    case "generate": {
      if (!hasColumnCall(plan.generator)) return plan;
      const { child, replace } = callsBelow(plan.child, [plan.generator]);
      const made = plan.output.slice(plan.child.output.length);
      const generator = replace(plan.generator) as typeof plan.generator;
      return narrow({ ...plan, child, generator, output: [...child.output, ...made] }, plan.output);
    }
    case "window": {
      if (!plan.expressions.some(hasColumnCall)) return plan;
      const { child, replace } = callsBelow(plan.child, plan.expressions);
      const made = plan.output.slice(plan.child.output.length);
      const expressions = plan.expressions.map(replace) as Alias[];
      return narrow({ ...plan, child, expressions, output: [...child.output, ...made] }, plan.output);
    }
    case "join":
    case "streamJoin": {
      const own = plan.kind === "join" ? [] : [...plan.own.left, ...plan.own.right];
      refuse([...own, ...plan.conditions], "the condition of a join");
      return plan;
    }
    case "lateRows":
      refuse([plan.row], "the report of late rows");
      return plan;
    case "observe":
      refuse(plan.results, "a metric over aggregates");
      return plan;
    default:
      return plan;
  }
}

function refuse(expressions: readonly Expression[], place: string): void {
  const found = expressions.find(hasColumnCall);
  if (!found) return;
  const call = findPart(found, (part) => part.kind === "scalar" && part.fn.columnar !== undefined);
  const name = call?.kind === "scalar" ? call.name : "";
  throw new StreamError({
    condition: "SS_FUNCTION_PLACE",
    sqlState: "0A000",
    parameters: { functionName: name, place },
    message: `The function ${name} cannot be called in ${place}. Compute it before, as a column of its own.`,
  });
}

/** A plan with the results of all calls in some expressions among its columns. */
function callsBelow(
  plan: PhysicalPlan,
  expressions: readonly Expression[],
): { readonly child: PhysicalPlan; readonly replace: (e: Expression) => Expression } {
  const collector = new CallCollector(() => false);
  for (const e of expressions) collector.collect(e);
  const definitions: Alias[] = [];
  const calls = collector.calls.map((call) => ({
    ...call,
    attributes: call.args.map((arg) => argument(arg, definitions)),
  }));
  const output = [...plan.output, ...definitions.map(attributeOf)];
  const below: PhysicalPlan =
    definitions.length === 0
      ? plan
      : cutStage({
          kind: "stage",
          child: plan,
          output,
          definitions,
          conditions: [],
          laterConditions: [],
          outputs: output,
        });
  const child = callsOver(below, calls);
  const replaced = expressions.map((e) => collector.replace(e));
  // calls of calls: the outer ones come next
  if (!replaced.some(hasColumnCall)) return { child, replace: (e) => collector.replace(e) };
  const next = callsBelow(child, replaced);
  return { child: next.child, replace: (e) => next.replace(collector.replace(e)) };
}

function callsOver(
  child: PhysicalPlan,
  calls: readonly (CollectedCall & { readonly attributes: readonly Attribute[] })[],
): PhysicalPlan {
  return {
    kind: "columnCalls",
    child,
    calls: calls.map(({ call, attributes, result }) => ({
      fn: call.fn,
      args: attributes,
      state: call.state,
      attribute: result,
      ...(call.checked === true ? { checked: true } : {}),
    })),
    output: [...child.output, ...calls.map(({ result }) => result)],
  };
}

/** The attribute of an argument: its own, or that of a definition which is added. */
function argument(arg: Expression, definitions: Alias[]): Attribute {
  if (arg.kind === "attribute") return arg;
  const alias = aliasOf(arg, "_arg");
  definitions.push(alias);
  return attributeOf(alias);
}

function cutStage(stage: StagePlan): PhysicalPlan {
  const { definitions, conditions, generator, laterConditions, outputs } = stage;
  const list = generator ? [generator.list] : [];
  if (![...definitions, ...conditions, ...list, ...laterConditions, ...outputs].some(hasColumnCall))
    return stage;
  return generator ? cutAroundGenerator(stage, generator) : cutPlainStage(stage);
}

/** A stage without a generator: what is free of calls, then the innermost calls, then the rest, which may hold further calls. */
function cutPlainStage(stage: StagePlan): PhysicalPlan {
  const { child, output } = stage;
  const bound = new Set<number>();
  const needsCall = (e: Expression): boolean =>
    hasColumnCall(e) || [...references(e)].some((id) => bound.has(id));
  const [later, free] = parted(stage.definitions, (alias) => {
    if (needsCall(alias)) bound.add(alias.id);
    return bound.has(alias.id);
  });
  // what stands behind a condition that reports rows sees only those that it lets pass
  let isBehind = false;
  const [laterConditions, freeConditions] = parted(stage.conditions, (e) => {
    isBehind ||= isRefusal(e) && needsCall(e);
    return isBehind || needsCall(e);
  });
  const collector = new CallCollector((id) => bound.has(id));
  for (const e of [...later, ...laterConditions, ...stage.outputs]) collector.collect(e);
  const upper = {
    definitions: later.map((alias) => collector.replace(alias) as Alias),
    conditions: laterConditions.map((e) => collector.replace(e)),
    outputs: stage.outputs.map((e) => collector.replace(e)),
  };
  const definitions = [...free];
  const calls = collector.calls.map((call) => ({
    ...call,
    attributes: call.args.map((arg) => argument(arg, definitions)),
  }));
  const needed = new Set<number>();
  for (const e of [...upper.definitions, ...upper.conditions, ...upper.outputs]) references(e, needed);
  for (const { attributes } of calls) for (const attribute of attributes) needed.add(attribute.id);
  const passed = [...child.output, ...definitions.map(attributeOf)].filter(({ id }) => needed.has(id));
  const below: PhysicalPlan =
    freeConditions.length === 0 && definitions.every(({ id }) => !needed.has(id))
      ? child
      : {
          kind: "stage",
          child,
          output: passed,
          definitions,
          conditions: freeConditions,
          laterConditions: [],
          outputs: passed,
        };
  return cutStage({ kind: "stage", child: callsOver(below, calls), output, laterConditions: [], ...upper });
}

/** A stage with a generator and calls: what is below the generator, the generator alone, what is above. */
function cutAroundGenerator(stage: StagePlan, generator: NonNullable<StagePlan["generator"]>): PhysicalPlan {
  const { child, conditions, laterConditions, outputs, output } = stage;
  const made = [...generator.attributes, ...(generator.position ? [generator.position] : [])];
  const above = new Set(made.map(({ id }) => id));
  const [later, free] = parted(stage.definitions, (alias) => {
    if ([...references(alias.child)].some((id) => above.has(id))) above.add(alias.id);
    return above.has(alias.id);
  });
  const list = aliasOf(generator.list, "_list");
  const needed = new Set<number>();
  for (const e of [...later, ...laterConditions, ...outputs]) references(e, needed);
  const passed = [...child.output, ...free.map(attributeOf)].filter(({ id }) => needed.has(id));
  const attribute = attributeOf(list);
  const below = cutStage({
    kind: "stage",
    child,
    output: [...passed, attribute],
    definitions: [...free, list],
    conditions,
    laterConditions: [],
    outputs: [...passed, attribute],
  });
  const around = [...passed, ...made];
  const generated: PhysicalPlan = {
    kind: "stage",
    child: below,
    output: around,
    definitions: [],
    conditions: [],
    generator: { ...generator, list: attribute },
    laterConditions: [],
    outputs: around,
  };
  return cutStage({
    kind: "stage",
    child: generated,
    output,
    definitions: later,
    conditions: laterConditions,
    laterConditions: [],
    outputs,
  });
}

/** Those for which the test holds, and the others; in order. */
function parted<T>(list: readonly T[], test: (one: T) => boolean): readonly [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const one of list) (test(one) ? yes : no).push(one);
  return [yes, no];
}

function withChildren(plan: PhysicalPlan, map: (child: PhysicalPlan) => PhysicalPlan): PhysicalPlan {
  if ("child" in plan) {
    const child = map(plan.child);
    return child === plan.child ? plan : ({ ...plan, child } as PhysicalPlan);
  }
  if ("children" in plan) {
    const children = plan.children.map(map);
    const isSame = children.every((child, k) => child === plan.children[k]);
    return isSame ? plan : ({ ...plan, children } as unknown as PhysicalPlan);
  }
  if (!("left" in plan)) return plan;
  const [left, right] = [map(plan.left), map(plan.right)];
  return left === plan.left && right === plan.right ? plan : ({ ...plan, left, right } as PhysicalPlan);
}
