import {
  assert,
  type Column,
  type DataType,
  Int64Column,
  type StateViewField,
  StructColumn,
  type StructType,
} from "@ss/core";
import type { GroupKey } from "../../physical/plan.js";

/**
 * A key column as it is compared and kept: a struct that is never null (a window) is taken apart into its fields; of a window whose length
 * is constant only the start is kept.
 */
export interface KeyPart {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

type FlatKey = GroupKey & { readonly type: StructType };

function isFlat(key: GroupKey): key is FlatKey {
  return key.type.kind === "struct" && !key.nullable;
}

/** The fields that are kept: windows begin with their start. */
function keptFields({ type, windowMicros }: FlatKey): StructType["fields"] {
  return windowMicros === undefined ? type.fields : type.fields.slice(0, 1);
}

/** The parts of all keys. */
export function keyParts(keys: readonly GroupKey[]): readonly KeyPart[] {
  return keys.flatMap((key) =>
    isFlat(key)
      ? keptFields(key).map((field) => ({
          name: `${key.name}.${field.name}`,
          type: field.type,
          nullable: field.nullable,
        }))
      : [{ name: key.name, type: key.type, nullable: key.nullable }],
  );
}

/** The keys as a reader of the state sees them, from the parts: windows with their ends. */
export function keyViews(keys: readonly GroupKey[]): readonly StateViewField[] {
  let next = 0;
  return keys.map((key): StateViewField => {
    const { name, type } = key;
    if (!isFlat(key)) return { name, type, from: { kind: "column", column: next++ } };
    const fields = keptFields(key).map(
      (field): StateViewField => ({
        name: field.name,
        type: field.type,
        from: { kind: "column", column: next++ },
      }),
    );
    const { windowMicros } = key;
    if (windowMicros !== undefined) {
      const end = key.type.fields[1]!;
      const from = { kind: "column", column: next - 1, plusMicros: Number(windowMicros) } as const;
      fields.push({ name: end.name, type: end.type, from });
    }
    return { name, type, from: { kind: "struct", fields } };
  });
}

/** The columns of the parts. */
export function flattenKeys(keys: readonly GroupKey[], columns: readonly Column[]): readonly Column[] {
  return keys.flatMap((key, k) => {
    const column = columns[k]!;
    if (!isFlat(key)) return [column];
    assert(column.layout === "struct", "a window is not a struct column");
    return column.children.slice(0, keptFields(key).length);
  });
}

/** The key columns from those of the parts. */
export function assembleKeys(
  keys: readonly GroupKey[],
  parts: readonly Column[],
  rowCount: number,
): readonly Column[] {
  let next = 0;
  return keys.map((key) => {
    if (!isFlat(key)) return parts[next++]!;
    const children = keptFields(key).map(() => parts[next++]!);
    if (key.windowMicros !== undefined) children.push(later(children[0]!, key.windowMicros, rowCount));
    return new StructColumn(key.type, rowCount, null, children);
  });
}

/** The times of a column, put off by some microseconds. */
function later(times: Column, micros: bigint, rowCount: number): Column {
  assert(times.layout === "int64", "the start of a window is no time");
  const from = times.words;
  const out = new Int64Column(times.type, rowCount, times.validity, new BigInt64Array(rowCount));
  const to = out.words;
  const low = Number(BigInt.asUintN(32, micros));
  const high = Number(micros >> 32n);
  for (let at = 0; at < 2 * rowCount; at += 2) {
    const sum = (from[at]! >>> 0) + low;
    to[at] = sum;
    to[at + 1] = from[at + 1]! + high + (sum > 0xffffffff ? 1 : 0);
  }
  return out;
}

/** Where groups have their event time. */
export interface EventTime {
  /** The part of the keys that holds it, or what it can be made from. */
  readonly part: number;
  /** Microseconds to be added to that part. */
  readonly offset: bigint;
}

/** The event time of keys with a watermark: the end of a window, or the time itself; undefined where no key has one. */
export function eventTimeOf(keys: readonly GroupKey[]): EventTime | undefined {
  let next = 0;
  for (const key of keys) {
    const marked = key.metadata?.["spark.watermarkDelayMs"] !== undefined;
    if (!isFlat(key)) {
      if (marked) return { part: next, offset: 0n };
      next++;
      continue;
    }
    if (marked && key.windowMicros !== undefined) return { part: next, offset: key.windowMicros };
    const end = key.type.fields.findIndex((field) => field.name === "end");
    if (marked && end >= 0) return { part: next + end, offset: 0n };
    next += keptFields(key).length;
  }
  return undefined;
}

/** The highest value of the part with the event time that a watermark has passed. */
export function boundAt(watermarkMs: number, { offset }: EventTime): bigint {
  return BigInt(watermarkMs) * 1000n - offset;
}
