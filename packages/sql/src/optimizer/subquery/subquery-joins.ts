import { BooleanType } from "@ss/core";
import { conjuncts } from "../../expression/conjuncts.js";
import {
  type Alias,
  type Attribute,
  type Expression,
  freshId,
  type SubqueryExpression,
} from "../../expression/expression.js";
import { nullableOf } from "../../expression/type-of.js";
import { outputOf } from "../../logical/output.js";
import type { Join, LogicalPlan } from "../../logical/plan.js";
import { allOf, caseWhen, equal, isNotNull, isNull, not, nullLike, or, truth } from "../calls.js";
import { domainOf } from "./domain.js";
import { asSeenOutside, substitute } from "./outer-references.js";
import { unnest } from "./unnest.js";
import { correlation, namedAs, renamed, settle, type Unnested } from "./unnested.js";

/** What making joins of subqueries has to know. */
export interface SubqueryContext {
  readonly ansi: boolean;
  /** True where no subquery runs before the query: in a stream each batch sees the tables as they are then. */
  readonly inline: boolean;
}

/** A plan to which subqueries are joined, one after the other. A subquery that stands in several places is joined once. */
export class SubqueryJoins {
  plan: LogicalPlan;
  private readonly context: SubqueryContext;
  private readonly values = new Map<LogicalPlan, Expression>();

  constructor(plan: LogicalPlan, context: SubqueryContext) {
    this.plan = plan;
    this.context = context;
  }

  /** Keeps the rows for which an EXISTS or IN is true, or false. */
  keep(e: SubqueryExpression, wanted: boolean): void {
    const inner = this.unnest(e);
    const condition = allOf([...correlation(inner), ...(wanted ? matches(e, inner) : mayMatch(e, inner))]);
    this.join(inner, condition, { type: wanted ? "leftSemi" : "leftAnti" });
  }

  /** A column that is true where an EXISTS or IN is true (or false, if that is wanted), and false where it is not or is null. */
  truth(e: SubqueryExpression, wanted: boolean): Expression {
    const inner = this.unnest(e);
    return wanted ? this.exists(inner, matches(e, inner)) : not(this.exists(inner, mayMatch(e, inner)));
  }

  /** The value of a subquery as an expression over columns of the plan. */
  value(e: SubqueryExpression): Expression {
    const known = e.values ? undefined : this.values.get(e.plan);
    if (known) return known;
    const value = e.form === "scalar" ? this.scalar(e) : this.test(e);
    if (!e.values) this.values.set(e.plan, value);
    return value;
  }

  private test(e: SubqueryExpression): Expression {
    const inner = this.unnest(e);
    const found = this.exists(inner, matches(e, inner));
    if (!pairs(e, inner).some(({ nullable }) => nullable)) return found;
    const unknown = this.exists(inner, mayMatch(e, inner));
    return caseWhen(
      [
        [found, truth(true)],
        [unknown, truth(null)],
      ],
      truth(false),
    );
  }

  private scalar(e: SubqueryExpression): Expression {
    const inner = this.unnest(e, true);
    const column = outputOf(e.plan)[0]!;
    const right = renamed(inner.plan);
    const rename = (one: Expression): Expression => substitute(one, right.names);
    const condition = allOf(correlation(inner).map(rename));
    this.add({
      kind: "join",
      type: "leftSingle",
      left: this.plan,
      right: right.plan,
      condition,
      subqueryOrigin: e.origin,
    });
    const deferred = inner.deferred.get(column.id);
    const present = deferred ? asSeenOutside(rename(deferred)) : right.names.get(column.id)!;
    const missing = inner.missing?.get(column.id);
    const empty = missing ? asSeenOutside(missing) : nullLike(present);
    const isNullAnyway = empty.kind === "literal" && empty.value === null;
    return isNullAnyway && !deferred ? present : caseWhen([[isNotNull(right.there), present]], empty);
  }

  private exists(inner: Unnested, conditions: readonly Expression[]): Attribute {
    const flag: Attribute = {
      kind: "attribute",
      id: freshId(),
      name: "exists",
      type: BooleanType,
      nullable: false,
      qualifier: [],
    };
    this.join(inner, allOf([...correlation(inner), ...conditions]), { type: "existence", flag });
    return flag;
  }

  private join(inner: Unnested, condition: Expression, kind: Pick<Join, "type" | "flag">): void {
    this.add({ kind: "join", ...kind, left: this.plan, right: inner.plan, condition });
  }

  private add(join: Join): void {
    const { condition, ...rest } = join;
    this.plan = condition && conjuncts(condition).length > 0 ? join : rest;
  }

  /** The subquery without outer references. Only a scalar one knows what to do with a row that stands for no rows. */
  private unnest(e: SubqueryExpression, scalar = false): Unnested {
    const domain = domainOf(this.plan);
    const inner = unnest(e.plan, { domain, ansi: this.context.ansi });
    return inner.missing && !scalar ? settle(inner, domain) : inner;
  }
}

interface Pair {
  readonly value: Expression;
  readonly column: Expression;
  readonly nullable: boolean;
}

/** What IN compares. */
function pairs(e: SubqueryExpression, inner: Unnested): readonly Pair[] {
  const columns = outputOf(e.plan);
  return (e.values ?? []).map((value, k) => {
    const deferred = inner.deferred.get(columns[k]!.id);
    const column = deferred ? asSeenOutside(deferred) : columns[k]!;
    return { value, column, nullable: nullableOf(value) || nullableOf(column) };
  });
}

/** Conditions under which IN is true. */
function matches(e: SubqueryExpression, inner: Unnested): readonly Expression[] {
  return pairs(e, inner).map(({ value, column }) => equal(value, column));
}

/** Conditions under which IN is true or null. */
function mayMatch(e: SubqueryExpression, inner: Unnested): readonly Expression[] {
  return pairs(e, inner).map(({ value, column, nullable }) => {
    const same = equal(value, column);
    return nullable ? or(same, isNull(same)) : same;
  });
}

/** A LATERAL join as a join. */
export function lateralJoin(plan: Join, context: SubqueryContext): LogicalPlan {
  const { lateral: _, ...join } = plan;
  const domain = domainOf(plan.left);
  const first = unnest(plan.right, { domain, ansi: context.ansi });
  // what an outer join adds has to be told from what is computed
  const inner =
    first.missing || (plan.type === "left" && first.deferred.size > 0) ? settle(first, domain) : first;
  const deferred = new Map([...inner.deferred].map(([id, e]) => [id, asSeenOutside(e)]));
  const written = plan.condition ? conjuncts(plan.condition).map((e) => substitute(e, deferred)) : [];
  const conditions = [...correlation(inner), ...written];
  const joined: LogicalPlan = {
    ...join,
    type: plan.type === "cross" ? "inner" : plan.type,
    right: inner.plan,
    condition: conditions.length > 0 ? allOf(conditions) : undefined,
  };
  const expressions = outputOf(plan).map((column): Expression => {
    const value = deferred.get(column.id);
    return value ? ({ ...namedAs(column.id, value), names: [column.name] } satisfies Alias) : column;
  });
  return { kind: "project", child: joined, expressions };
}
