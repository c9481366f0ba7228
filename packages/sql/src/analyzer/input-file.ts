import { visit } from "../expression/conjuncts.js";
import { analysisError } from "../expression/errors.js";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf, expressionsOf } from "../logical/transform.js";

const FUNCTIONS: ReadonlySet<string> = new Set([
  "input_file_name",
  "input_file_block_start",
  "input_file_block_length",
]);

/**
 * Refuses the functions that tell a row's file where rows do come from files: readers do not hand that on, and what the functions give
 * without files, "" and -1, would be wrong.
 */
export function checkInputFile(plan: LogicalPlan): void {
  if (!readsFiles(plan)) return;
  const check = (node: LogicalPlan): void => {
    for (const expression of expressionsOf(node))
      visit(expression, (e) => {
        if (e.kind === "scalar" && FUNCTIONS.has(e.name)) throw notTold(e.name);
      });
    childrenOf(node).forEach(check);
  };
  check(plan);
}

function readsFiles(plan: LogicalPlan): boolean {
  return plan.kind === "source" ? plan.read.paths.length > 0 : childrenOf(plan).some(readsFiles);
}

function notTold(name: string): Error {
  return analysisError(
    "SS_INPUT_FILE",
    "0A000",
    `Readers of files do not tell from which file a row comes, so ${name}() has no answer here. Give each folder a column of its own, such as files below year=2026, or read the files one by one with a literal column.`,
    { name },
    undefined,
  );
}
