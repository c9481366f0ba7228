import { children, mapChildren } from "../expression/children.js";
import { analysisError, sqlOf } from "../expression/errors.js";
import {
  type Alias,
  type Attribute,
  type Expression,
  freshId,
  type Origin,
} from "../expression/expression.js";
import { plainSql, prettyName } from "../expression/expression-text.js";
import { sameExpression } from "../expression/same-expression.js";
import { typeOf } from "../expression/type-of.js";
import { isGroupable } from "../expression/type-predicates.js";
import { attributeOf, outputOf, toAttribute } from "../logical/output.js";
import type { Aggregate, LogicalPlan } from "../logical/plan.js";
import { containsAggregate } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { LateralAliases } from "./context.js";
import { missingAggregation, missingGroupBy, unresolvedColumn } from "./errors.js";
import { resolveKeys } from "./grouping-keys.js";
import { type GroupingSets, groupingSets } from "./grouping-sets.js";
import { GROUPING, GROUPING_ID, isMarker } from "./marker-functions.js";
import { belowOf } from "./project.js";
import type { Extension, Resolved } from "./scope.js";
import {
  checkOneGenerator,
  hasGenerator,
  hasWindow,
  type Item,
  layItems,
  selectItems,
} from "./select-list.js";
import { applyTimeWindows } from "./time-window.js";

/** What an aggregate is made of, resolved. */
export interface AggregateParts {
  readonly child: Resolved;
  readonly keys: readonly Expression[];
  readonly sets: readonly (readonly number[])[] | undefined;
  readonly items: readonly Item[];
  readonly lateral: LateralAliases;
  readonly origin: Origin | undefined;
  readonly context: PlanContext;
}

/** GROUP BY. */
export function resolveAggregate(node: Aggregate, context: PlanContext, analyzer: Analyzer): Resolved {
  const below = analyzer.resolve(node.child, context);
  const lateral = new LateralAliases(analyzer.environment.caseSensitive);
  const early = resolveKeys(node, below, context, analyzer);
  const windowed = applyTimeWindows(below, early.known, { scope: below, plan: context }, analyzer);
  const items = selectItems(node.expressions, { scope: windowed.child, plan: context, lateral }, analyzer);
  const again = applyTimeWindows(
    windowed.child,
    items,
    { scope: windowed.child, plan: context },
    analyzer,
    windowed,
  );
  const finished = early.finish(windowed.expressions, again.expressions as readonly Item[], again.child);
  const sets = node.sets?.map((set) => set.map((index) => finished.positions[index]!));
  return aggregateItems(
    {
      child: again.child,
      keys: finished.keys,
      sets,
      items: again.expressions as readonly Item[],
      lateral,
      origin: node.origin,
      context,
    },
    analyzer,
  );
}

/** An aggregate out of resolved parts. */
export function aggregateItems(parts: AggregateParts, analyzer: Analyzer): Resolved {
  for (const key of parts.keys) checkKey(key);
  checkOneGenerator(parts.items);
  if (parts.lateral.generatorUse !== undefined) {
    throw unresolvedColumn([parts.lateral.generatorUse], parts.child, undefined);
  }
  if (!parts.sets) {
    for (const item of parts.items) refuseGrouping(item);
    return new Groups(parts, undefined, analyzer).resolved();
  }
  const expanded = groupingSets(parts, analyzer);
  return new Groups(expanded.parts, expanded, analyzer).resolved();
}

function checkKey(key: Expression): void {
  if (containsAggregate(key)) {
    throw analysisError(
      "GROUP_BY_AGGREGATE",
      "42903",
      `GROUP BY cannot hold aggregate functions: ${plainSql(key)}.`,
      { sqlExpr: plainSql(key) },
      key.origin,
    );
  }
  if (isGroupable(typeOf(key))) return;
  throw analysisError(
    "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
    "42822",
    `Values of ${sqlOf(key)} cannot be grouped by.`,
    { sqlExpr: sqlOf(key), dataType: `"${typeOf(key).kind.toUpperCase()}"` },
    key.origin,
  );
}

function refuseGrouping(e: Expression, located = true): void {
  if (isMarker(e, GROUPING, GROUPING_ID)) {
    throw analysisError(
      "UNSUPPORTED_GROUPING_EXPRESSION",
      "42K0E",
      "grouping() and grouping_id() belong to GROUPING SETS, ROLLUP and CUBE.",
      {},
      located ? e.origin : undefined,
    );
  }
  for (const child of children(e)) refuseGrouping(child, located);
}

/** Groups with the values that are computed over them. */
class Groups {
  private readonly parts: AggregateParts;
  private readonly sets: GroupingSets | undefined;

  private readonly analyzer: Analyzer;

  constructor(parts: AggregateParts, sets: GroupingSets | undefined, analyzer: Analyzer) {
    this.parts = parts;
    this.sets = sets;
    this.analyzer = analyzer;
  }

  resolved(columns?: readonly Attribute[]): Resolved {
    const { items, origin } = this.parts;
    for (const item of items) this.check(item, origin);
    const plan = this.isPlain() ? this.aggregate(items) : this.layered();
    const visible = columns ?? (this.isPlain() ? items.map(toAttribute) : plan.visible);
    return { plan: plan.plan, columns: visible, hidden: [], extension: this.extension(visible) };
  }

  /** Whether the aggregate itself can give out what is selected. */
  private isPlain(): boolean {
    const { items, lateral } = this.parts;
    return lateral.used.size === 0 && !items.some((item) => hasWindow(item) || hasGenerator(item));
  }

  private aggregate(expressions: readonly Item[]): { plan: LogicalPlan; visible: readonly Attribute[] } {
    const { child, keys } = this.parts;
    const plan: LogicalPlan = { kind: "aggregate", child: child.plan, keys, expressions };
    return { plan, visible: outputOf(plan) };
  }

  /** Keys and aggregates below; windows, generators and what uses other aliases above. */
  private layered(): { plan: LogicalPlan; visible: readonly Attribute[] } {
    const { items, lateral } = this.parts;
    const below: Item[] = [];
    const rewritten = items.map((item) => this.lift(item, below) as Item);
    return layItems(this.aggregate(below).plan, rewritten, lateral);
  }

  /** The expression over columns of the aggregate, which are added as needed. */
  private lift(e: Expression, below: Item[]): Expression {
    const key = this.keyOf(e);
    if (key) return this.column(key, below);
    if (e.kind === "aggregate") return this.column(e, below);
    if (e.kind === "window") {
      const lifted = mapChildren(e, (part) =>
        part === e.call ? mapChildren(part, (arg) => this.lift(arg, below)) : this.lift(part, below),
      );
      return lifted;
    }
    return mapChildren(e, (child) => this.lift(child, below));
  }

  private column(e: Expression, below: Item[]): Attribute {
    if (e.kind === "attribute") {
      if (!below.some((item) => item.id === e.id)) below.push(e);
      return e;
    }
    const known = below.find((item) => item.kind === "alias" && sameExpression(item.child, e));
    if (known) return toAttribute(known);
    const alias: Alias = { kind: "alias", child: e, names: [prettyName(e)], id: freshId() };
    below.push(alias);
    return attributeOf(alias);
  }

  private keyOf(e: Expression): Expression | undefined {
    if (e.kind === "alias" || e.kind === "literal") return undefined;
    return this.parts.keys.find((key) => sameExpression(key, e));
  }

  /** Every column has to be a key, part of one, or within an aggregate function. */
  private check(e: Expression, origin: Origin | undefined): void {
    if (e.kind === "aggregate" || this.keyOf(e)) return;
    if (e.kind === "window") {
      for (const part of children(e)) {
        if (part === e.call) for (const arg of children(part)) this.check(arg, origin);
        else this.check(part, origin);
      }
      return;
    }
    if (e.kind === "attribute") {
      if (this.parts.lateral.used.has(e.id)) return;
      const { keys } = this.sets?.original ?? this.parts;
      throw keys.length === 0 ? missingGroupBy(origin) : missingAggregation(e);
    }
    if (e.kind === "subquery") {
      for (const outer of e.outer ?? []) this.check(outer, origin);
    }
    for (const child of children(e)) this.check(child, origin);
  }

  private extension(columns: readonly Attribute[]): Extension {
    const child = this.sets?.original.child ?? this.parts.child;
    const keys = (this.sets?.original.keys ?? this.parts.keys).filter(
      (key): key is Attribute => key.kind === "attribute",
    );
    const qualifiedKeys = child.columns.filter((column) => keys.some((key) => key.id === column.id));
    const made = this.sets?.parts.keys.filter((key): key is Attribute => key.kind === "attribute") ?? [];
    const below = belowOf(child);
    return {
      below: this.sets ? { ...below, below: { columns: made, hidden: [], below: below.below } } : below,
      keys: qualifiedKeys,
      aggregate: true,
      bringUp: (expressions) => this.bringUp(expressions, columns),
    };
  }

  private bringUp(
    expressions: readonly Expression[],
    columns: readonly Attribute[],
  ): { resolved: Resolved; expressions: readonly Expression[] } {
    const extra: Item[] = [];
    const ready = this.sets ? expressions.map((e) => this.sets!.rewrite(e)) : expressions;
    const rewritten = ready.map((e) => this.up(e, columns, extra));
    for (const e of rewritten) refuseGrouping(e, false);
    const groups = new Groups(
      { ...this.parts, items: [...this.parts.items, ...extra] },
      this.sets,
      this.analyzer,
    );
    return { resolved: groups.resolved(columns), expressions: rewritten };
  }

  /** The expression over the columns that are given out, with columns added for what they lack. */
  private up(e: Expression, columns: readonly Attribute[], extra: Item[]): Expression {
    const item = this.parts.items.find((one) => one.kind === "alias" && sameExpression(one.child, e));
    if (item && e.kind !== "literal") return toAttribute(item);
    if (e.kind === "attribute" && columns.some((column) => column.id === e.id)) return e;
    const key = this.keyOf(e);
    if (key) return this.added(key, extra);
    if (e.kind === "aggregate") return this.added(e, extra);
    if (e.kind === "window") {
      const inner: Item = { kind: "alias", child: e, names: [prettyName(e)], id: freshId() };
      extra.push(inner);
      return attributeOf(inner);
    }
    if (e.kind === "attribute") {
      throw unresolvedColumn([e.name], { columns, hidden: [] }, e.origin);
    }
    if (e.kind === "subquery") for (const outer of e.outer ?? []) this.upOuter(outer, columns, extra);
    return mapChildren(e, (child) => this.up(child, columns, extra));
  }

  /** A column that a subquery takes from the groups around it. */
  private upOuter(outer: Attribute, columns: readonly Attribute[], extra: Item[]): void {
    const call = this.analyzer.outerAggregates.get(outer.id);
    if (!call) this.up(outer, columns, extra);
    else if (!extra.some((item) => item.id === outer.id)) {
      extra.push({ kind: "alias", child: call, names: [outer.name], id: outer.id });
    }
  }

  private added(e: Expression, extra: Item[]): Attribute {
    if (e.kind === "attribute") {
      const present = [...this.parts.items, ...extra].some(
        (item) => item.kind === "attribute" && item.id === e.id,
      );
      if (!present) extra.push(e);
      return e;
    }
    const known = extra.find((item) => item.kind === "alias" && sameExpression(item.child, e));
    if (known) return toAttribute(known);
    const alias: Alias = { kind: "alias", child: e, names: [prettyName(e)], id: freshId() };
    extra.push(alias);
    return attributeOf(alias);
  }
}
