import type { Predicate, Value } from "@ss/core";
import type { Bounds } from "./row-group-bounds.js";

/** Whether a predicate on a column of a type can be of use in telling row groups apart. */
export function canPrune(predicate: Predicate): boolean {
  const { type } = predicate;
  if (type.kind === "string") return (type.collation ?? "UTF8_BINARY") === "UTF8_BINARY";
  return PRUNED_KINDS.has(type.kind);
}

const PRUNED_KINDS: ReadonlySet<string> = new Set([
  "boolean",
  "byte",
  "short",
  "integer",
  "long",
  "float",
  "double",
  "decimal",
  "binary",
  "date",
  "timestamp",
  "timestamp_ntz",
  "time",
  "yearMonthInterval",
  "dayTimeInterval",
]);

/** A comparison with one value. */
type Comparison = Extract<Predicate, { readonly value: Value }>;

/** Whether a row group of these bounds can hold a row that passes. In doubt it can. */
export function mayMatch(predicate: Predicate, bounds: Bounds): boolean {
  if (predicate.op === "isNull") return bounds.canBeNull;
  if (!bounds.canBeValue) return false;
  if (predicate.op === "isNotNull") return true;
  if (isUpsideDown(bounds)) return true;
  if (predicate.op === "in") return predicate.values.some((value) => mayEqual(value, bounds));
  // "isNull" and "isNotNull" share a member of the union, which the checks above do not narrow
  const comparison = predicate as Comparison;
  return comparison.op === "=" ? mayEqual(comparison.value, bounds) : mayBeBeside(comparison, bounds);
}

/** Nobody writes bounds in the wrong order on purpose, so they are not believed. */
function isUpsideDown({ min, max }: Bounds): boolean {
  return min !== undefined && max !== undefined && !(compare(min, max) <= 0);
}

function mayEqual(value: Value, { min, max }: Bounds): boolean {
  if (value === null) return false;
  if (Number.isNaN(value)) return true;
  if (min !== undefined && compare(value, min) < 0) return false;
  return max === undefined || !(compare(value, max) > 0);
}

function mayBeBeside({ op, value, type }: Comparison, { min, max }: Bounds): boolean {
  if (Number.isNaN(value)) return true;
  if (op === "<") return min === undefined || !(compare(min, value) >= 0);
  if (op === "<=") return min === undefined || !(compare(min, value) > 0);
  // NaN is above all other numbers, and bounds leave it out
  if (type.kind === "float" || type.kind === "double") return true;
  if (op === ">") return max === undefined || !(compare(max, value) <= 0);
  return max === undefined || !(compare(max, value) < 0);
}

/** Less than, equal to or greater than 0; NaN where the two cannot be compared. Texts are in the order of their UTF-8 bytes. */
function compare(a: Value, b: Value): number {
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    const [left, right] = [bytesOf(a), bytesOf(b)];
    return left === undefined || right === undefined ? Number.NaN : Buffer.compare(left, right);
  }
  if (typeof a !== typeof b || a === null || b === null) return Number.NaN;
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

function bytesOf(value: Value): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return typeof value === "string" ? Buffer.from(value) : undefined;
}
