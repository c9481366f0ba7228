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
import type { ExpressionContext, LateralAliases } from "./context.js";
import { expandStar } from "./expand-star.js";
import { generatorAttributes } from "./generate.js";
import { GROUPING_ID, markerCall, SESSION_WINDOW, TIME_WINDOW } from "./marker-functions.js";
import { resolveExpression } from "./resolve-expression.js";

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
      register(item, e, context);
    }
  }
  return items;
}

/** Makes an item known to those further right. */
function register(item: Item, written: Expression, context: ExpressionContext): void {
  if (item.kind !== "alias") return;
  if (item.child.kind === "generator") {
    context.lateral?.addGenerator(item, generatorAttributes(item.child, item.names, undefined));
  } else if (written.kind === "alias" || written.kind === "unresolvedAttribute") {
    context.lateral?.add(item);
  }
}

function matchingColumns(
  e: Extract<Expression, { kind: "regexColumns" }>,
  context: ExpressionContext,
  analyzer: Analyzer,
): readonly Item[] {
  const pattern = new RegExp(`^(?:${e.pattern})$`, analyzer.environment.caseSensitive ? "u" : "iu");
  const columns = expandStar({ kind: "star", ...(e.target ? { target: e.target } : {}) }, context, analyzer);
  return columns.filter(
    (column): column is Attribute => column.kind === "attribute" && pattern.test(column.name),
  );
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
    if (e.names.length > 1 && child.kind !== "generator") throw manyNames(e);
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

function manyNames(e: Alias): Error {
  const names = e.names.join(", ");
  return analysisError(
    "MULTI_ALIAS_WITHOUT_GENERATOR",
    "42K0E",
    `Several names, ${names}, were given to ${sqlOf(e.child)}, which is no generator.`,
    { expr: sqlOf(e.child), names },
    e.origin,
  );
}

function itemName(written: Expression, e: Expression): string {
  const marker = markerCall(e, TIME_WINDOW, SESSION_WINDOW);
  if (marker) return marker.fn.names[0]!;
  if (e.kind === "outerReference") return e.attribute.name;
  if (written.kind === "unresolvedAttribute" && markerCall(e, GROUPING_ID)) return "grouping__id";
  if (written.kind === "unresolvedAttribute" && e.kind === "scalar" && e.name === "getitem") {
    return written.parts[written.parts.length - 1]!;
  }
  if (e.kind === "cast" && written.kind === "cast" && written.child.kind === "unresolvedAttribute") {
    return e.child.kind === "attribute" ? e.child.name : columnName(written);
  }
  return columnName(transformExpression(e, windowByName));
}

/** A window or session within an expression is called like its column, as in Spark. */
function windowByName(e: Expression): Expression {
  const marker = markerCall(e, TIME_WINDOW, SESSION_WINDOW);
  if (!marker) return e;
  const [name] = marker.fn.names;
  return { kind: "attribute", id: -1, name: name!, type: marker.type, nullable: false, qualifier: [] };
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
export function layItems(child: LogicalPlan, items: readonly Item[], lateral: LateralAliases): Laid {
  let plan = child;
  let rest = items;
  if (lateral.generatorUse !== undefined) {
    const generated = layGenerators(child, items, lateral);
    plan = generated.plan;
    rest = generated.items;
  }
  if (lateral.used.size > 0) {
    const levels = aliasLevels(rest, lateral.used);
    const depth = Math.max(-1, ...levels.values());
    for (let level = 0; level <= depth; level++) {
      const now = rest.filter((item) => item.kind === "alias" && levels.get(item.id) === level);
      const laid = layOnce(plan, [...outputOf(plan), ...now], lateral);
      plan = laid.plan;
      rest = rest.flatMap((item): readonly Item[] => (now.includes(item) ? laid.columnsOf(item) : [item]));
    }
  }
  const top = layOnce(plan, rest, lateral);
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

function layOnce(child: LogicalPlan, items: readonly Item[], lateral: LateralAliases): LaidOnce {
  const generated = layGenerators(child, items, lateral);
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

/** Takes the generators out of a select list: each makes its rows out of those of the one before. */
function layGenerators(child: LogicalPlan, items: readonly Item[], lateral: LateralAliases): Lifted {
  const found = items.filter((item): item is Alias => hasGenerator(item));
  if (found.length === 0) return { plan: child, items, made: [] };
  let plan = child;
  const made: [number, readonly Attribute[]][] = [];
  for (const item of found) {
    checkNotNested(item);
    const generator = item.child as GeneratorCall;
    const output = lateral.generated.get(item.id) ?? generatorAttributes(generator, item.names, undefined);
    const names = output.map((column) => column.name);
    plan = { kind: "generate", child: plan, generator, outer: generator.outer, names, output };
    made.push([item.id, output]);
  }
  const columns = new Map(made);
  return { plan, items: items.flatMap((item): readonly Item[] => columns.get(item.id) ?? [item]), made };
}

function checkNotNested(item: Alias): void {
  const inner = item.child.kind === "generator" ? item.child.args.some(hasGenerator) : true;
  if (inner) throw nestedGenerator(prettyName(item.child));
}

/** A generator within another expression, of which `sql` is the text. */
export function nestedGenerator(sql: string): Error {
  return analysisError(
    "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
    "42K0E",
    `A generator has to stand alone in a select list, not within "${sql}".`,
    { expression: `"${sql}"` },
  );
}

/** Whether a generator stands in an expression. */
export function hasGenerator(e: Expression): boolean {
  return exists(e, (part) => part.kind === "generator");
}

/** Beside aggregate functions there can be one generator only. */
export function checkOneGenerator(items: readonly Item[]): void {
  const found = items.filter(
    (item): item is Alias => item.kind === "alias" && item.child.kind === "generator",
  );
  if (found.length < 2) return;
  const generators = found.map((item) => sqlOf(item.child)).join(", ");
  throw analysisError(
    "UNSUPPORTED_GENERATOR.MULTI_GENERATOR",
    "42K0E",
    `A select list with aggregate functions can have one generator, but this one has ${found.length}: ${generators}.`,
    { num: String(found.length), generators },
  );
}

/** Takes functions over windows out of a select list; those of one partitioning and ordering go together. */
export function layWindows(
  child: LogicalPlan,
  items: readonly Item[],
): { plan: LogicalPlan; items: readonly Item[] } {
  if (!items.some(hasWindow)) return { plan: child, items };
  const found: Alias[] = [];
  const rewritten = items.map((item) => liftWindows(item, found) as Item);
  const groups: Alias[][] = [];
  for (const alias of found) {
    const group = groups.find((one) =>
      sameWindow(one[0]!.child as WindowExpression, alias.child as WindowExpression),
    );
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
