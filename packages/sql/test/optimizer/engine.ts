import { valueAt } from "@ss/core";
import { analyze } from "../../src/analyzer/analyze.js";
import { buildOperators } from "../../src/execution/build.js";
import { MemoryBudget } from "../../src/execution/memory-budget.js";
import type { LogicalPlan } from "../../src/logical/plan.js";
import { treeText } from "../../src/logical/tree-text.js";
import { optimize } from "../../src/optimizer/optimize.js";
import { rewriteSubqueries } from "../../src/optimizer/subquery/rewrite-subqueries.js";
import { Planner } from "../../src/physical/planner.js";
import { physicalText } from "../../src/physical/text.js";
import { TableRun } from "../../src/session/table-run.js";
import { environment, query, type Views } from "../analyzer/analyzing.js";

const settings = { ansi: true, timeZone: "UTC", external: { longs: "number", timestamps: "date" } } as const;

/** A query through the optimizer, or with nothing but its subqueries made joins. */
export class Query {
  private readonly plain: LogicalPlan;
  private readonly optimized: LogicalPlan;

  constructor(text: string, views: Views = {}) {
    const session = environment(views);
    const analyzed = analyze(query(text), session);
    const context = {
      ansi: true,
      inline: true,
      evaluate: (e: Parameters<typeof session.evaluate>[0][0]) => session.evaluate([e])[0]!,
    };
    this.plain = rewriteSubqueries(analyzed, context);
    this.optimized = optimize(analyzed, context);
  }

  /** The logical plan after optimization, without the ids of columns. */
  plan(): string {
    return treeText(this.optimized).replace(/#\d+/g, "").trim();
  }

  /** The physical plan after optimization, without the ids of columns. */
  physical(): string {
    return physicalText(planned(this.optimized)).replace(/#\d+/g, "").trim();
  }

  /** The rows with and without the optimizer. */
  async both(): Promise<{ readonly optimized: unknown[][]; readonly plain: unknown[][] }> {
    return { optimized: await rowsOf(this.optimized), plain: await rowsOf(this.plain) };
  }
}

function planned(plan: LogicalPlan): ReturnType<Planner["plan"]> {
  return new Planner({ pushdown: () => "unsupported", streaming: false }).plan(plan);
}

async function rowsOf(plan: LogicalPlan): Promise<unknown[][]> {
  const { root } = buildOperators(planned(plan), settings);
  const run = new TableRun(
    new Map(),
    0,
    () => 0,
    new AbortController().signal,
    new MemoryBudget(Infinity).scope(),
  );
  const rows: unknown[][] = [];
  for await (const batch of root.rows(run)) {
    for (let i = 0; i < batch.rowCount; i++) rows.push(batch.columns.map((column) => valueAt(column, i)));
  }
  return rows;
}
