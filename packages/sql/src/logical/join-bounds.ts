import { conjuncts } from "../expression/conjuncts.js";
import type { Attribute, Expression } from "../expression/expression.js";
import { eventTimeColumn } from "./event-time-column.js";
import { outputOf } from "./output.js";
import type { Join } from "./plan.js";

/** When a row of one side of a join of streams can have no partner any more: when its time is at or below the watermark and an offset. */
export interface JoinBound {
  readonly column: Attribute;
  readonly offsetMs: number;
}

/** The bounds of the two sides; absent where rows may always have partners. */
export interface JoinBounds {
  readonly left?: JoinBound;
  readonly right?: JoinBound;
}

/** An event time, or one moved by some microseconds. */
interface Moved {
  readonly column: Attribute;
  readonly micros: bigint;
}

/**
 * What the watermark says of the rows that a join of streams keeps. Where an event time is compared for equality, rows of both sides end with
 * it. Else a side ends where the condition asks of its time to be later than the other's, give or take a constant: partners to come are
 * beyond the watermark. (As Spark derives its state watermarks: at most one is needed of each side, the highest counts, and one that
 * includes equality is a millisecond lower.)
 */
export function joinBounds(node: Join): JoinBounds {
  const [left, right] = [outputOf(node.left), outputOf(node.right)];
  const parts = node.condition ? conjuncts(node.condition) : [];
  const both = equalTimes(left, right, parts);
  if (both !== undefined) {
    return { left: { column: both[0], offsetMs: 0 }, right: { column: both[1], offsetMs: 0 } };
  }
  const [ofLeft, ofRight] = [boundOf(left, right, parts), boundOf(right, left, parts)];
  return { ...(ofLeft ? { left: ofLeft } : {}), ...(ofRight ? { right: ofRight } : {}) };
}

/**
 * Whether the condition and the watermarks say of the rows of each side when they have no partner any more. As in Spark the side itself need not
 * have a watermark for that; its state then grows all the same, for want of a time to go by.
 */
export function joinEnds(node: Join): { readonly left: boolean; readonly right: boolean } {
  const [left, right] = [outputOf(node.left), outputOf(node.right)];
  const parts = node.condition ? conjuncts(node.condition) : [];
  if (equalTimes(left, right, parts) !== undefined) return { left: true, right: true };
  return { left: isBounded(left, right, parts), right: isBounded(right, left, parts) };
}

function isBounded(
  side: readonly Attribute[],
  other: readonly Attribute[],
  parts: readonly Expression[],
): boolean {
  return side.some((own) => offsetsOf(own, other[eventTimeColumn(other)], parts).length > 0);
}

/** Columns of both sides that are equal, one of them an event time. */
function equalTimes(
  left: readonly Attribute[],
  right: readonly Attribute[],
  parts: readonly Expression[],
): readonly [Attribute, Attribute] | undefined {
  for (const part of parts) {
    const both = equalColumns(part, left, right);
    if (both?.some((column) => eventTimeColumn([column]) >= 0)) return both;
  }
  return undefined;
}

/** The columns of both sides that a condition asks to be equal. */
function equalColumns(
  part: Expression,
  left: readonly Attribute[],
  right: readonly Attribute[],
): readonly [Attribute, Attribute] | undefined {
  if (part.kind !== "scalar" || (part.fn.names[0] !== "=" && part.fn.names[0] !== "<=>")) return undefined;
  const [a, b] = part.args as [Expression, Expression];
  const find = (side: readonly Attribute[], e: Expression): Attribute | undefined =>
    e.kind === "attribute" ? side.find((column) => column.id === e.id) : undefined;
  const straight = [find(left, a), find(right, b)] as const;
  const crossed = [find(left, b), find(right, a)] as const;
  for (const [l, r] of [straight, crossed]) if (l !== undefined && r !== undefined) return [l, r];
  return undefined;
}

function boundOf(
  side: readonly Attribute[],
  other: readonly Attribute[],
  parts: readonly Expression[],
): JoinBound | undefined {
  const own = side[eventTimeColumn(side)];
  if (own === undefined) return undefined;
  const offsets = offsetsOf(own, other[eventTimeColumn(other)], parts);
  return offsets.length === 0 ? undefined : { column: own, offsetMs: Math.max(...offsets) };
}

/** By how much a time of one side is later at least than the event time of the other, once for each comparison of the two. */
function offsetsOf(
  own: Attribute,
  theirs: Attribute | undefined,
  parts: readonly Expression[],
): readonly number[] {
  if (theirs === undefined) return [];
  return parts.flatMap((part) => {
    const one = orderOf(part);
    if (one === undefined || one.later.column.id !== own.id || one.earlier.column.id !== theirs.id) return [];
    const micros = one.earlier.micros - one.later.micros;
    return [floorMs(micros) - (one.orEqual ? 1 : 0)];
  });
}

/** A comparison of two times, as `earlier < later`. */
function orderOf(
  part: Expression,
): { readonly earlier: Moved; readonly later: Moved; readonly orEqual: boolean } | undefined {
  if (part.kind !== "scalar") return undefined;
  const name = part.fn.names[0]!;
  if (!["<", "<=", ">", ">="].includes(name)) return undefined;
  const [a, b] = part.args.map(movedOf);
  if (a === undefined || b === undefined) return undefined;
  const [earlier, later] = name.startsWith("<") ? [a, b] : [b, a];
  return { earlier, later, orEqual: name.endsWith("=") };
}

function movedOf(e: Expression): Moved | undefined {
  if (e.kind === "attribute") return { column: e, micros: 0n };
  if (e.kind !== "scalar") return undefined;
  const sign = { $add_interval: 1n, $subtract_interval: -1n }[e.fn.names[0]!];
  if (sign === undefined) return undefined;
  const [time, interval] = e.args as [Expression, Expression];
  const base = movedOf(time);
  const micros = microsOf(interval);
  return base && micros !== undefined ? { ...base, micros: base.micros + sign * micros } : undefined;
}

/** The length of a constant interval; undefined for one of months, which have no fixed length. */
function microsOf(e: Expression): bigint | undefined {
  if (e.kind !== "literal" || e.value === null) return undefined;
  if (typeof e.value === "bigint") return e.value;
  if (typeof e.value !== "object" || !("micros" in e.value)) return undefined;
  const { months, days, micros } = e.value as { months: number; days: number; micros: bigint };
  return months === 0 ? BigInt(days) * 86_400_000_000n + micros : undefined;
}

function floorMs(micros: bigint): number {
  const ms = micros / 1000n;
  return Number(micros < ms * 1000n ? ms - 1n : ms);
}
