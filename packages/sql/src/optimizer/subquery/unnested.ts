import { references } from "../../expression/conjuncts.js";
import { type Alias, type Attribute, type Expression, freshId } from "../../expression/expression.js";
import { sameExpression } from "../../expression/same-expression.js";
import { nullableOf } from "../../expression/type-of.js";
import { attributeOf, outputOf } from "../../logical/output.js";
import type { LogicalPlan } from "../../logical/plan.js";
import { allOf, caseWhen, isNotNull, nullSafeEqual, sidesOfEquality, truth } from "../calls.js";
import type { Domain } from "./domain.js";
import {
  asSeenOutside,
  outerColumns,
  readsOuter,
  replaceOuterReferences,
  substitute,
} from "./outer-references.js";

/** A column of an unnested subquery that holds, for each row, a value of the query around for which the row is there. */
export interface Bound {
  /** The value, over outer references. */
  readonly outer: Expression;
  readonly inner: Attribute;
}

/**
 * A subquery on its way to a join. Its rows for one row of the query around are those rows of `plan` whose `bound` columns equal
 * that row's values and for which all `pending` conditions hold.
 */
export interface Unnested {
  /** Gives out the subquery's columns (but those in `deferred`), the bound ones and those that `pending` and `deferred` read. */
  readonly plan: LogicalPlan;
  readonly bound: readonly Bound[];
  /** Conditions that read outer columns, to be checked as late as in the join itself. */
  readonly pending: readonly Expression[];
  /** Columns of the subquery that are computed from outer columns, to be computed as late as above the join. */
  readonly deferred: ReadonlyMap<number, Expression>;
  /** The subquery's one row where the plan has none: an aggregation without keys gives a row for no rows too. */
  readonly missing?: ReadonlyMap<number, Expression> | undefined;
}

/** A plan that reads no outer column. */
export function unnested(plan: LogicalPlan): Unnested {
  return { plan, bound: [], pending: [], deferred: new Map() };
}

/** The columns that have to stay in the output for what is still to be done. */
export function neededLater(of: Unnested): readonly Attribute[] {
  const ids = new Set<number>();
  for (const e of of.pending) references(e, ids);
  for (const e of of.deferred.values()) references(e, ids);
  for (const { inner } of of.bound) ids.add(inner.id);
  return outputOf(of.plan).filter((column) => ids.has(column.id));
}

/** The join condition: bound columns equal the outer values, and pending conditions hold. */
export function correlation(of: Unnested): readonly Expression[] {
  return [
    ...of.bound.map(({ outer, inner }) => nullSafeEqual(asSeenOutside(outer), inner)),
    ...of.pending.map(asSeenOutside),
  ];
}

/** Columns that hold all the outer columns that some expressions read; equalities among the pending conditions give most of them. */
export function bind(of: Unnested, expressions: readonly Expression[], domain: Domain): Unnested {
  const columns = outerColumns(expressions);
  let result = of;
  for (const column of columns)
    result = bindByEquality(result, { kind: "outerReference", attribute: column });
  const open = columns.filter((column) => !innerOf(result, column));
  return open.length === 0 ? result : withDomain(result, open, domain);
}

/** The bound column of an outer column. */
function innerOf(of: Unnested, column: Attribute): Attribute | undefined {
  return of.bound.find(({ outer }) => outer.kind === "outerReference" && outer.attribute.id === column.id)
    ?.inner;
}

/** Makes `outer = inner` among the pending conditions a bound column. */
function bindByEquality(of: Unnested, outer: Expression): Unnested {
  if (of.bound.some((one) => sameExpression(one.outer, outer))) return of;
  for (const condition of of.pending) {
    const sides = sidesOfEquality(condition);
    if (!sides) continue;
    const inner = sameExpression(sides.a, outer)
      ? sides.b
      : sameExpression(sides.b, outer)
        ? sides.a
        : undefined;
    if (!inner || readsOuter(inner)) continue;
    return withBound(
      { ...of, pending: of.pending.filter((one) => one !== condition) },
      outer,
      inner,
      sides.nullSafe,
    );
  }
  return of;
}

/** A null of the inner side equals nothing unless the equality is null-safe: such rows go. */
function withBound(of: Unnested, outer: Expression, value: Expression, nullSafe: boolean): Unnested {
  let { plan } = of;
  if (!nullSafe && nullableOf(value)) plan = { kind: "filter", child: plan, condition: isNotNull(value) };
  const alias: Alias = { kind: "alias", child: value, names: ["_bound"], id: freshId() };
  plan = { kind: "project", child: plan, expressions: [...outputOf(plan), alias] };
  const inner = { ...attributeOf(alias), nullable: nullSafe && nullableOf(value) };
  return { ...of, plan, bound: [...of.bound, { outer, inner }] };
}

function withDomain(of: Unnested, columns: readonly Attribute[], domain: Domain): Unnested {
  const values = domain(columns);
  const bound = columns.map((attribute, k): Bound => {
    return { outer: { kind: "outerReference", attribute }, inner: values.columns[k]! };
  });
  const plan: LogicalPlan = { kind: "join", type: "inner", left: of.plan, right: values.plan };
  return { ...of, plan, bound: [...of.bound, ...bound] };
}

/** An expression over bound columns instead of outer ones; all of them are bound. */
export function overBound(e: Expression, of: Unnested): Expression {
  return replaceOuterReferences(e, (column) => innerOf(of, column)!);
}

/** The same rows with nothing left to be done but the equality of bound columns. */
export function settle(of: Unnested, domain: Domain): Unnested {
  const present = of.missing ? withMissingRows(of, domain) : of;
  if (present.pending.length === 0 && present.deferred.size === 0) return present;
  let result = present;
  // equalities become keys, whatever else is pending
  for (const condition of present.pending) {
    const sides = sidesOfEquality(condition);
    for (const side of sides ? [sides.a, sides.b] : []) {
      if (readsOuter(side) && references(side).size === 0) result = bindByEquality(result, side);
    }
  }
  return computeDeferred(
    checkPending(bind(result, [...result.pending, ...result.deferred.values()], domain)),
  );
}

function checkPending(of: Unnested): Unnested {
  if (of.pending.length === 0) return of;
  const condition = allOf(of.pending.map((one) => overBound(one, of)));
  return { ...of, plan: { kind: "filter", child: of.plan, condition }, pending: [] };
}

function computeDeferred(of: Unnested): Unnested {
  if (of.deferred.size === 0) return of;
  const computed = [...of.deferred].map(([id, e]): Alias => namedAs(id, overBound(e, of)));
  const plan: LogicalPlan = {
    kind: "project",
    child: of.plan,
    expressions: [...outputOf(of.plan), ...computed],
  };
  return { ...of, plan, deferred: new Map() };
}

/** A value under the id of the column that it is. */
export function namedAs(id: number, e: Expression): Alias {
  return { kind: "alias", child: e, names: ["_value"], id };
}

/**
 * The plan with a row for every outer value: that of the plan, or the one that stands for no rows. Only projections and sorts have
 * come after the aggregation, so no condition is pending.
 */
function withMissingRows(of: Unnested, domain: Domain): Unnested {
  const missing = of.missing!;
  const columns = outerColumns([
    ...of.bound.map(({ outer }) => outer),
    ...of.deferred.values(),
    ...missing.values(),
  ]);
  const values = domain(columns);
  const replace = (e: Expression): Expression =>
    replaceOuterReferences(e, (column) => values.columns[columns.findIndex((one) => one.id === column.id)]!);
  const right = renamed(of.plan);
  const rename = (e: Expression): Expression => substitute(e, right.names);
  const condition = allOf(of.bound.map(({ outer, inner }) => nullSafeEqual(replace(outer), rename(inner))));
  const join: LogicalPlan = { kind: "join", type: "left", left: values.plan, right: right.plan, condition };
  const expressions = [...missing].map(([id, empty]): Alias => {
    const deferred = of.deferred.get(id);
    const present = deferred ? replace(rename(deferred)) : right.names.get(id)!;
    return namedAs(id, caseWhen([[isNotNull(right.there), present]], replace(empty)));
  });
  const bound = columns.map((attribute, k): Bound => {
    return { outer: { kind: "outerReference", attribute }, inner: values.columns[k]! };
  });
  const plan: LogicalPlan = {
    kind: "project",
    child: join,
    expressions: [...expressions, ...values.columns],
  };
  return { ...unnested(plan), bound };
}

/** A plan whose columns have other ids, with a column that is null where an outer join adds a row. */
export function renamed(plan: LogicalPlan): {
  readonly plan: LogicalPlan;
  readonly names: ReadonlyMap<number, Attribute>;
  readonly there: Attribute;
} {
  const aliases = outputOf(plan).map((column): [number, Alias] => [
    column.id,
    { ...namedAs(freshId(), column), names: [column.name] },
  ]);
  const marker: Alias = { ...namedAs(freshId(), truth(true)), names: ["_there"] };
  const project: LogicalPlan = {
    kind: "project",
    child: plan,
    expressions: [...aliases.map(([, alias]) => alias), marker],
  };
  const nullable = (alias: Alias): Attribute => ({ ...attributeOf(alias), nullable: true });
  return {
    plan: project,
    names: new Map(aliases.map(([id, alias]) => [id, nullable(alias)])),
    there: nullable(marker),
  };
}
