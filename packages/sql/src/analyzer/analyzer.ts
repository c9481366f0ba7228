import { assert } from "@ss/core";
import type { AggregateCall, Attribute } from "../expression/expression.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { resolveAggregate } from "./aggregate.js";
import { resolveDrop, resolveRename, resolveToNames, resolveWithColumns } from "./columns.js";
import type { PlanContext } from "./context.js";
import { resolveDeduplicate } from "./deduplicate.js";
import type { AnalyzerEnvironment } from "./environment.js";
import { resolveFilter } from "./filter.js";
import { freshen, producedIds } from "./fresh-ids.js";
import { resolveGenerate } from "./generate.js";
import { resolveInlineTable } from "./inline-table.js";
import { resolveJoin } from "./join.js";
import { resolveKeyed } from "./keyed.js";
import { LIMIT_ALL, resolveLimit } from "./limit.js";
import { resolveMapRows } from "./map-rows.js";
import { resolveObserve } from "./observe.js";
import { resolvePivot } from "./pivot.js";
import { resolveProject } from "./project.js";
import { commonTable } from "./recursion.js";
import { resolveCommonTable, resolveRead, resolveRelation, resolveTableFunction } from "./relation.js";
import { qualified, type Resolved } from "./scope.js";
import { resolveSetOperation } from "./set-operation.js";
import { resolveSort } from "./sort.js";
import { resolveUnpivot } from "./unpivot.js";
import { resolveWatermark } from "./watermark.js";

const NO_HIDDEN: Resolved["hidden"] = [];

/** One analysis: looks up names from the leaves of a plan to its top. */
export class Analyzer {
  private readonly tables = new Map<LogicalPlan, readonly Attribute[]>();
  readonly environment: AnalyzerEnvironment;
  /** Ids of attributes that some part of the plan makes already. */
  private readonly taken = new Set<number>();
  private readonly analyzed: WeakSet<LogicalPlan>;
  /** Aggregate functions that subqueries leave to the groups around them, by the id of their column. */
  readonly outerAggregates: Map<number, AggregateCall> = new Map();

  constructor(environment: AnalyzerEnvironment, analyzed: WeakSet<LogicalPlan>) {
    this.environment = environment;
    this.analyzed = analyzed;
  }

  /** An analyzed plan whose columns are just those that can be seen. */
  query(plan: LogicalPlan, context: PlanContext): LogicalPlan {
    return materialize(this.resolve(plan, context)).plan;
  }

  /** The plan with everything in it resolved, and the columns that names above may mean. */
  resolve(plan: LogicalPlan, context: PlanContext): Resolved {
    const resolvedPlan = this.resolveNode(plan, context);
    this.tables.set(plan, resolvedPlan.columns);
    return resolvedPlan;
  }

  /** The columns of a part of the query as it was written, if it has been resolved. */
  columnsOfTable(plan: LogicalPlan): readonly Attribute[] | undefined {
    return this.tables.get(plan);
  }

  private resolveNode(plan: LogicalPlan, context: PlanContext): Resolved {
    if (this.analyzed.has(plan)) return this.reuse(plan);
    switch (plan.kind) {
      case "project":
        return resolveProject(plan, context, this);
      case "filter":
        return resolveFilter(plan, context, this);
      case "aggregate":
        return resolveAggregate(plan, context, this);
      case "read":
        return resolveRead(plan, this);
      case "unresolvedRelation":
        return resolveRelation(plan, context, this);
      case "tableFunction":
        return resolveTableFunction(plan, context, this);
      case "inlineTable":
        return resolveInlineTable(plan, context, this);
      case "oneRow":
      case "localRelation":
      case "columnar":
      case "range":
      case "source":
      case "recursionRows":
        return this.reuse(plan);
      case "join":
        return resolveJoin(plan, context, this);
      case "setOperation":
        return resolveSetOperation(plan, context, this);
      case "sort":
        return resolveSort(plan, context, this);
      case "limit":
      case "offset":
        return resolveLimit(plan, context, this);
      case "deduplicate":
        return resolveDeduplicate(plan, context, this);
      case "keyed":
        return resolveKeyed(plan, context, this);
      case "mapRows":
        return resolveMapRows(plan, context, this);
      case "withColumns":
        return resolveWithColumns(plan, context, this);
      case "renameColumns":
        return resolveRename(plan, context, this);
      case "drop":
        return resolveDrop(plan, context, this);
      case "toNames":
        return resolveToNames(plan, context, this);
      case "subqueryAlias": {
        const child = materialize(this.resolve(plan.child, context));
        return resolved(child.plan, qualified(child.columns, plan.name));
      }
      case "with":
        return this.resolveWith(plan, context);
      case "namedWindows":
        return this.resolve(plan.child, { ...context, windows: { ...context.windows, ...plan.windows } });
      case "hint":
        return this.resolve(plan.child, plan.name === LIMIT_ALL ? { ...context, unlimited: true } : context);
      case "generate":
        return resolveGenerate(plan, context, this);
      case "pivot":
        return resolvePivot(plan, context, this);
      case "unpivot":
        return resolveUnpivot(plan, context, this);
      case "sample": {
        const child = this.resolve(plan.child, context);
        return { ...child, plan: { ...plan, child: child.plan }, extension: undefined };
      }
      case "withWatermark":
        return resolveWatermark(plan, context, this);
      case "observe":
        return resolveObserve(plan, context, this);
      case "expand":
      case "recursion":
      case "window":
      case "lateRows":
        return assert(false, `an analyzed ${plan.kind} stands in a plan that is not`) as never;
    }
  }

  /** Says that a plan's attributes are in use, so that it gets others where it stands a second time. */
  take(plan: LogicalPlan): void {
    for (const id of producedIds(plan)) this.taken.add(id);
  }

  /** A plan that is analyzed already; with ids of its own where its ids are taken by another part of the query. */
  reuse(plan: LogicalPlan): Resolved {
    const own = producedIds(plan).some((id) => this.taken.has(id)) ? freshen(plan) : plan;
    this.take(own);
    return resolved(own);
  }

  private resolveWith(plan: Extract<LogicalPlan, { kind: "with" }>, context: PlanContext): Resolved {
    let { tables } = context;
    for (const cte of plan.ctes)
      tables = [...tables, commonTable(cte, plan, { ...context, tables, windows: {} })];
    const result = this.resolve(plan.child, { ...context, tables });
    // a query that nobody uses has to be right too
    for (const table of tables.slice(context.tables.length)) {
      if (!table.analyzed) resolveCommonTable(table, this);
    }
    return result;
  }
}

/** A plan with its output as the columns that can be seen. */
export function resolved(plan: LogicalPlan, columns: Resolved["columns"] = outputOf(plan)): Resolved {
  return { plan, columns, hidden: NO_HIDDEN };
}

/** The same, with a projection on top where the plan gives out other columns than can be seen. */
export function materialize(of: Resolved): Resolved {
  const output = outputOf(of.plan);
  if (output.length === of.columns.length && output.every((column, i) => column.id === of.columns[i]!.id))
    return of;
  const plan: LogicalPlan = { kind: "project", child: of.plan, expressions: of.columns };
  return resolved(plan, of.columns);
}
