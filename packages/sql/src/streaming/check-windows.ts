import { assert, StreamError } from "@ss/core";
import type { Alias, Expression } from "../expression/expression.js";
import { plainSql, windowSpecText } from "../expression/expression-text.js";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf, expressionsOf, isStreaming } from "../logical/transform.js";

/** Functions over windows of rows. */
export function checkWindows(plan: LogicalPlan, above?: LogicalPlan): void {
  if (plan.kind === "window" && isStreaming(plan)) {
    const first = plan.expressions.find((e): e is Alias => e.kind === "alias")!;
    const named = above === undefined ? [] : expressionsOf(above);
    // the select list, which is above, may have another name for it
    const name = named.find((e): e is Alias => e.kind === "alias" && isColumn(e.child, first.id)) ?? first;
    throw overWindow(first, name.names[0]!);
  }
  for (const child of childrenOf(plan)) checkWindows(child, plan);
}

function isColumn(e: Expression, id: number): boolean {
  return e.kind === "attribute" && e.id === id;
}

/** Spark writes the call and the rows that it goes over in capitals. */
function overWindow({ child }: Alias, column: string): StreamError {
  assert(child.kind === "window", "a window node has an expression over no window");
  const windowFunc = plainSql(child.call).toUpperCase();
  const windowSpec = windowSpecText(child.spec, false).toUpperCase();
  return new StreamError({
    condition: "NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING",
    sqlState: "42KDE",
    parameters: { windowFunc, columnName: `\`${column}\``, windowSpec },
    message: `Window function is not supported in ${windowFunc} (as column \`${column}\`) on streaming DataFrames/Datasets: it goes over ${windowSpec}. Group by window(...) of the event time instead.`,
  });
}
