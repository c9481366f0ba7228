import { resolve } from "node:path";
import { StreamError } from "@ss/core";
import type { StreamStart, StreamTarget } from "../dataframe/executor.js";
import { LATE_ROWS_SCHEMA } from "../execution/operators/late-rows.js";
import { type Attribute, freshId } from "../expression/expression.js";

/** An output of a query, as far as it can be the same as another. */
type Destination = Pick<StreamStart, "target" | "queryName">;

/** The columns of late rows, for a table of them. */
export function lateRowsColumns(): readonly Attribute[] {
  return LATE_ROWS_SCHEMA.fields.map(({ name, type, nullable }): Attribute => {
    return { kind: "attribute", id: freshId(), name, type, nullable, qualifier: [] };
  });
}

/** Refuses two outputs in one place: each would take the other's batches for its own. */
export function checkLateRowsTarget(results: Destination, late: Destination): void {
  if (!isSamePlace(results, late)) return;
  const format = late.target.kind === "format" ? late.target.format : late.target.kind;
  throw new StreamError({
    condition: "SS_LATE_ROWS_AMONG_RESULTS",
    parameters: { format },
    message: `Late rows cannot be written among the results: give lateRowsTo("${format}", ...) a path of its own, or for the memory sink a queryName.`,
  });
}

function isSamePlace(one: Destination, other: Destination): boolean {
  const [a, b] = [placeOf(one.target), placeOf(other.target)];
  if (a !== undefined && a === b) return true;
  return isMemory(one.target) && isMemory(other.target) && viewName(one) === viewName(other);
}

/** The place that a path means to a sink, the same for all ways to write it. */
function placeOf(target: StreamTarget): string | undefined {
  if (target.kind !== "format" || target.path === undefined) return undefined;
  const path = target.path.replace(/\/+$/, "");
  const local = path.replace(/^file:(\/\/[^/]*)?/i, "");
  return local === path && /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path : resolve(local || "/");
}

/** The name of a memory sink's table: that of a view, in which case does not count. */
function viewName({ queryName }: Destination): string | undefined {
  return queryName?.toLowerCase();
}

function isMemory(target: StreamTarget): boolean {
  return target.kind === "format" && target.format.toLowerCase() === "memory";
}
