import { type OutputMode, StreamError } from "@ss/core";
import { type Attribute, call, type Expression } from "../expression/expression.js";
import { eventTimeColumn } from "../logical/event-time-column.js";
import { dropsLate, withFirst } from "../logical/keyed.js";
import { outputOf } from "../logical/output.js";
import type { Aggregate, LateRows, LogicalPlan } from "../logical/plan.js";
import { isSessionWindow } from "../logical/session-window.js";
import { isStreaming, mapChildren } from "../logical/transform.js";
import { Analyzer } from "./analyzer.js";
import type { AnalyzerEnvironment } from "./environment.js";
import { resolveExpression } from "./resolve-expression.js";

/**
 * An analyzed plan that reports the rows which its stateful operators drop for being late: below each input of one stands a node that looks at
 * the rows on their way.
 */
export function reportLateRows(
  plan: LogicalPlan,
  mode: OutputMode,
  environment: AnalyzerEnvironment,
): LogicalPlan {
  const analyzer = new Analyzer(environment, new WeakSet());
  let found = false;
  const report = (child: LogicalPlan, time: Attribute | undefined): LogicalPlan => {
    if (time === undefined || !isStreaming(child)) return child;
    found = true;
    return lateRows(child, time, analyzer);
  };
  const visit = (node: LogicalPlan): LogicalPlan => {
    const below = mapChildren(node, visit);
    switch (below.kind) {
      case "aggregate":
        return { ...below, child: report(below.child, lateTimeOf(below, mode)) };
      case "deduplicate":
        return { ...below, child: report(below.child, eventTimeOf(below.child)) };
      case "keyed": {
        if (!dropsLate(below.program)) return below;
        const [input] = below.children;
        return { ...below, children: withFirst(report(input, eventTimeOf(input)), below.children) };
      }
      case "join":
        if (!isStreaming(below.left) || !isStreaming(below.right)) return below;
        return {
          ...below,
          left: report(below.left, eventTimeOf(below.left)),
          right: report(below.right, eventTimeOf(below.right)),
        };
      default:
        return below;
    }
  };
  const result = visit(plan);
  if (!found) throw noLateRows(mode);
  return result;
}

function lateRows(child: LogicalPlan, time: Attribute, analyzer: Analyzer): LateRows {
  const output = outputOf(child);
  const row = resolveExpression(
    call("to_json", call("struct", ...output)),
    { scope: { columns: output, hidden: [] }, plan: { tables: [], outer: undefined, windows: {} } },
    analyzer,
  );
  return { kind: "lateRows", child, time, row, output };
}

function eventTimeOf(plan: LogicalPlan): Attribute | undefined {
  const output = outputOf(plan);
  return output[eventTimeColumn(output)];
}

/** The grouping column by which rows are late; in complete mode only sessions are. */
function lateTimeOf({ keys, child }: Aggregate, mode: OutputMode): Attribute | undefined {
  if (mode === "complete" && !keys.some(isSessionWindow)) return undefined;
  const columns = keys.map(columnOf).filter((column) => column !== undefined);
  const time = columns[eventTimeColumn(columns)];
  return time && outputOf(child).find((column) => column.id === time.id);
}

function columnOf(key: Expression): Attribute | undefined {
  if (key.kind === "attribute") return key;
  return key.kind === "alias" && key.child.kind === "attribute" ? key.child : undefined;
}

function noLateRows(mode: OutputMode): StreamError {
  return new StreamError({
    condition: "SS_NO_LATE_ROWS",
    parameters: { mode },
    message: `No operator of this query drops late rows in ${mode} mode, so lateRowsTo(...) would write none. Group, join or drop duplicates behind withWatermark(...), or leave lateRowsTo(...) out.`,
  });
}
