import { StreamError } from "@ss/core";
import type { Rows } from "../../logical/rows.js";

/**
 * What a reader of a plug-in yielded, if it is rows with so many columns. By its shape, as a worker's module may have a copy of its own of the
 * class. Whatever else a reader yields would count as no rows, and a stream would go on without those that it stands for.
 */
export function checkedBatch(yielded: Rows, columnCount: number, format: string): Rows {
  const found: Partial<Rows> = typeof yielded === "object" && yielded !== null ? yielded : {};
  if (!Number.isInteger(found.rowCount) || found.rowCount! < 0 || !Array.isArray(found.columns))
    throw noBatch(format, `yielded ${shown(yielded)}, which is no Batch`);
  if (found.rowCount! > 0 && found.columns.length < columnCount)
    throw noBatch(
      format,
      `yielded a Batch with ${found.columns.length} columns where ${columnCount} were asked for`,
    );
  return yielded;
}

function shown(value: unknown): string {
  if (typeof value === "string") return "a string";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object" || value === null) return String(value);
  return `an object with ${Object.keys(value).join(", ") || "no fields"}`;
}

function noBatch(format: string, found: string): StreamError {
  return new StreamError({
    condition: "SS_NO_BATCH",
    parameters: { format, found },
    message: `A reader of the source '${format}' ${found}. read(...) yields Batches of @ss/core, with the columns of its scan in their order.`,
  });
}
