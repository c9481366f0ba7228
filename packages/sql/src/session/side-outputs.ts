import { resolve } from "node:path";
import { StreamError, type StructType } from "@ss/core";
import type { StreamStart, StreamTarget } from "../dataframe/executor.js";
import { type Attribute, freshId } from "../expression/expression.js";
import { QUERY_NAME_MISSING } from "./errors.js";

/** An output of a query, as far as it can be the same as another. */
type Destination = Pick<StreamStart, "target" | "queryName">;

/** What a query puts out beside its results. */
export type SideRows = "late" | "malformed";

const METHODS: Readonly<Record<SideRows, string>> = { late: "lateRowsTo", malformed: "malformedRowsTo" };

/** The columns of a schema, for a table of its rows. */
export function columnsOfSchema({ fields }: StructType): readonly Attribute[] {
  return fields.map(({ name, type, nullable }): Attribute => {
    return { kind: "attribute", id: freshId(), name, type, nullable, qualifier: [] };
  });
}

/**
 * Refuses two outputs in one place: each would take the other's batches for its own. The first of the others are the results, the second, if
 * there is one, the late rows.
 */
export function checkSideTarget(rows: SideRows, side: Destination, others: readonly Destination[]): void {
  const at = others.findIndex((other) => isSamePlace(other, side));
  if (at < 0) return;
  const among = at === 0 ? "the results" : "the late rows";
  const format = side.target.kind === "format" ? side.target.format : side.target.kind;
  const what = rows === "late" ? "Late" : "Malformed";
  throw new StreamError({
    condition: `SS_${rows.toUpperCase()}_ROWS_AMONG_RESULTS`,
    parameters: { format },
    message: `${what} rows cannot be written where ${among} are: give ${METHODS[rows]}("${format}", ...) a path of its own, or for the memory sink a queryName.`,
  });
}

/** What makes the sink of a side output; what it says of its options tells where they are given, since `.option(...)` sets those of the results. */
export async function withOptionsOf<T>(
  rows: SideRows,
  target: StreamTarget,
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (target.kind !== "format" || !StreamError.is(error)) throw error;
    throw ofSideOptions(METHODS[rows], target.format, error);
  }
}

function ofSideOptions(method: string, format: string, error: StreamError): StreamError {
  const { condition, sqlState, parameters, recovery, text } = error;
  const option = condition === QUERY_NAME_MISSING ? "queryName" : parameters["option"];
  if (option === undefined) return error;
  const isMissing = condition === QUERY_NAME_MISSING || condition === "SS_MISSING_OPTION";
  const name = /^\w+$/.test(option) ? option : JSON.stringify(option);
  const call = `${method}("${format}", { ${name}: ... })`;
  const message = isMissing
    ? `The format '${format}' of ${method}(...) needs the option '${option}': write ${call}.`
    : `${text} It is an option of ${call}.`;
  return new StreamError({ condition, sqlState, parameters, recovery, message, cause: error });
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
