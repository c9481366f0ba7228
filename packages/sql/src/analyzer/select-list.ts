import { children, exists, findPart, mapChildren, transformExpression } from "../expression/children.js";
import { references } from "../expression/conjuncts.js";
import { analysisError, sqlOf } from "../expression/errors.js";
import {
  type Alias,
  type Attribute,
  type Expression,
  freshId,
  type GeneratorCall,
  type WindowExpression,
} from "../expression/expression.js";
import { columnName, prettyName } from "../expression/expression-text.js";
import { sameExpression } from "../expression/same-expression.js";
import { attributeOf, metadataOf, outputOf, toAttribute } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import type { Analyzer } from "./analyzer.js";
import type { ExpressionContext } from "./context.js";
import { generatorAttributes } from "./generate.js";
import { markerCall, SESSION_WINDOW, TIME_WINDOW, WINDOW_TIME } from "./marker-functions.js";
import { expandStar, resolveExpression } from "./resolve-expression.js";

/** A resolved item of a select list. */
export type Item = Alias | Attribute;

/** The items of a select list: resolved, with stars expanded and a name for each. */
export function selectItems(
  expressions: readonly Expression[],
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Item[] {
  const items: Item[] = [];
  for (const e of expressions) {
    if (e.kind === "star") {
      items.push(...expandStar(e, context, analyzer).map((one) => one as Item));
    } else if (e.kind === "regexColumns") {
      items.push(...matchingColumns(e, context, analyzer));
    } else {
      const item = named(e, resolveExpression(e, context, analyzer));
      items.push(item);
      if (item.kind === "alias" && e.kind === "alias") context.lateral?.add(item);
    }
  }
  return items;
}

function matchingColumns(
  e: Extract<Expression, { kind: "regexColumns" }>,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Item[] {
  const pattern = new RegExp(`^(?:${e.pattern})$`, analyzer.environment.caseSensitive ? "u" : "iu");
  const columns = expandStar({ kind: "star", ...(e.target ? { target: e.target } : {}) }, context, analyzer);
  return columns.filter((column): column is Attribute => column.kind === "attribute" && pattern.test(column.name));
}

/** A resolved expression under the name that its column gets. */
export function named(written: Expression, e: Expression): Item {
  if (e.kind === "attribute") {
    if (e.shown === undefined) return e;
    const { shown: _, ...attribute } = e;
    return attribute;
  }
  if (e.kind === "alias") {
    const child = withoutAliases(e.child);
    return child === e.child ? e : { ...e, child };
  }
  const metadata = metadataOf(e);
  return {
    kind: "alias",
    child: withoutAliases(e),
    names: e.kind === "generator" ? [] : [itemName(written, e)],
    id: freshId(),
    ...(metadata ? { metadata } : {}),
  };
}

function itemName(written: Expression, e: Expression): string {
  const marker = markerCall(e, TIME_WINDOW, SESSION_WINDOW, WINDOW_TIME);
  if (marker) return marker.fn.names[0]!;
  if (e.kind === "outerReference") return e.attribute.name;
  if (written.kind === "unresolvedAttribute" && e.kind === "scalar" && e.name === "getitem") {
    return written.parts[written.parts.length - 1]!;
  }
  if (e.kind === "cast" && written.kind === "cast" && written.child.kind === "unresolvedAttribute") {
    return e.child.kind === "attribute" ? e.child.name : columnName(written);
  }
  return columnName(e);
}

/** Names within an expression mean nothing any more, but where a function kept them. */
function withoutAliases(e: Expression): Expression {
  if (e.kind === "alias") return withoutAliases(e.child);
  if (e.kind === "scalar" && e.fn.keepsAliases) return e;
  return mapChildren(e, withoutAliases);
}

/** Whether a function over a window stands in an expression. */
export function hasWindow(e: Expression): boolean {
  return exists(e, (part) => part.kind === "window");
}

/** A plan that computes items, and the columns that it has for them. */
export interface Laid {
  readonly plan: LogicalPlan;
  readonly visible: readonly Attribute[];
}

/**
 * Lays a select list over a plan: items that others use by their alias first, then windows and generators, then the
 * projection itself.
 */
export function layItems(child: LogicalPlan, items: readonly Item[], lateral: ReadonlySet<number>): Laid {
  let plan = child;
  let rest = items;
  if (lateral.size > 0) {
    const levels = aliasLevels(items, lateral);
    const depth = Math.max(-1, ...levels.values());
    for (let level = 0; level <= depth; level++) {
      const now = rest.filter((item) => item.kind === "alias" && levels.get(item.id) === level);
      const laid = layOnce(plan, [...outputOf(plan), ...now]);
      plan = laid.plan;
      rest = rest.flatMap((item): readonly Item[] => (now.includes(item) ? laid.columnsOf(item) : [item]));
    }
  }
  const top = layOnce(plan, rest);
  return { plan: top.plan, visible: outputOf(top.plan) };
}

/** How many layers of other aliases lie under each alias that is used by others. */
function aliasLevels(items: readonly Item[], lateral: ReadonlySet<number>): Map<number, number> {
  const levels = new Map<number, number>();
  for (const item of items) {
    if (item.kind !== "alias" || !lateral.has(item.id)) continue;
    let level = 0;
    for (const id of references(item.child)) level = Math.max(level, (levels.get(id) ?? -1) + 1);
    levels.set(item.id, level);
  }
  return levels;
}

interface LaidOnce {
  readonly plan: LogicalPlan;
  columnsOf(item: Item): readonly Attribute[];
}

function layOnce(child: LogicalPlan, items: readonly Item[]): LaidOnce {
  const generated = layGenerator(child, items);
  const windowed = layWindows(generated.plan, generated.items);
  const plan: LogicalPlan = { kind: "project", child: windowed.plan, expressions: windowed.items };
  const made = new Map(generated.made);
  return { plan, columnsOf: (item) => made.get(item.id) ?? [toAttribute(item)] };
}

interface Lifted {
  readonly plan: LogicalPlan;
  readonly items: readonly Item[];
  readonly made: readonly (readonly [id: number, columns: readonly Attribute[]])[];
}

/** Takes the generator out of a select list. */
function layGenerator(child: LogicalPlan, items: readonly Item[]): Lifted {
  const found = items.filter((item) => exists(item, (part) => part.kind === "generator"));
  if (found.length === 0) return { plan: child, items, made: [] };
  for (const item of found) checkNotNested(item as Alias);
  if (found.length > 1) throw manyGenerators(found as readonly Alias[]);
  const item = found[0] as Alias;
  const generator = item.child as GeneratorCall;
  const attributes = generatorAttributes(generator, item.names, undefined, item.id, item.metadata);
  const plan: LogicalPlan = {
    kind: "generate",
    child,
    generator,
    outer: generator.outer,
    names: attributes.map((attribute) => attribute.name),
    output: attributes,
  };
  return { plan, items: items.flatMap((one): readonly Item[] => (one === item ? attributes : [one])), made: [[item.id, attributes]] };
}

function checkNotNested(item: Alias): void {
  const inner = item.child.kind === "generator" ? item.child.args.some(hasGenerator) : true;
  if (!inner) return;
  throw analysisError(
    "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
    "42K0E",
    `A generator has to stand alone in a select list, not within ${sqlOf(item.child)}.`,
    { expression: sqlOf(item.child) },
  );
}

function hasGenerator(e: Expression): boolean {
  return exists(e, (part) => part.kind === "generator");
}

function manyGenerators(items: readonly Alias[]): Error {
  const generators = items.map((item) => sqlOf(item.child)).join(", ");
  return analysisError(
    "UNSUPPORTED_GENERATOR.MULTI_GENERATOR",
    "42K0E",
    `A select list can have one generator, but this one has ${items.length}: ${generators}. Use LATERAL VIEW for the others.`,
    { num: String(items.length), generators },
  );
}

/** Takes functions over windows out of a select list; those of one partitioning and ordering go together. */
export function layWindows(child: LogicalPlan, items: readonly Item[]): { plan: LogicalPlan; items: readonly Item[] } {
  if (!items.some(hasWindow)) return { plan: child, items };
  const found: Alias[] = [];
  const rewritten = items.map((item) => liftWindows(item, found) as Item);
  const groups: Alias[][] = [];
  for (const alias of found) {
    const group = groups.find((one) => sameWindow(one[0]!.child as WindowExpression, alias.child as WindowExpression));
    if (group) group.push(alias);
    else groups.push([alias]);
  }
  let plan = child;
  for (const expressions of groups) plan = { kind: "window", child: plan, expressions };
  return { plan, items: rewritten };
}

function liftWindows(e: Expression, found: Alias[]): Expression {
  if (e.kind !== "window") return mapChildren(e, (child) => liftWindows(child, found));
  const inner = children(e).find(hasWindow);
  if (inner) throw nestedWindow(e);
  const known = found.find((alias) => sameExpression(alias.child, e));
  if (known) return attributeOf(known);
  const alias: Alias = { kind: "alias", child: e, names: [prettyName(e)], id: freshId() };
  found.push(alias);
  return attributeOf(alias);
}

function nestedWindow(e: Expression): Error {
  return analysisError(
    "SS_NESTED_WINDOW_FUNCTION",
    "42607",
    `A function over a window stands within another one: ${sqlOf(e)}. Compute the inner one in a subquery.`,
    {},
    e.origin,
  );
}

function sameWindow(a: WindowExpression, b: WindowExpression): boolean {
  const [left, right] = [
    [...a.spec.partitionBy, ...a.spec.orderBy],
    [...b.spec.partitionBy, ...b.spec.orderBy],
  ];
  return (
    a.spec.partitionBy.length === b.spec.partitionBy.length &&
    left.length === right.length &&
    left.every((one, i) => sameExpression(one, right[i]!))
  );
}

/** The first generator of an expression, or undefined. */
export function generatorIn(e: Expression): Expression | undefined {
  return findPart(e, (part) => part.kind === "generator");
}

/** The expression with attributes of some ids replaced. */
export function replaceAttributes(e: Expression, replace: (attribute: Attribute) => Expression | undefined): Expression {
  return transformExpression(e, (part) => (part.kind === "attribute" ? (replace(part) ?? part) : part));
}
