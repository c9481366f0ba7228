import { assert, type Column, type DataType, StructColumn, type StructType } from "@ss/core";
import type { Attribute } from "../../expression/expression.js";

/** A key column as it is compared and kept: a struct that is never null (a window) is taken apart into its fields. */
export interface KeyPart {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

function isFlat(attribute: Attribute): attribute is Attribute & { readonly type: StructType } {
  return attribute.type.kind === "struct" && !attribute.nullable;
}

/** The parts of all keys. */
export function keyParts(keys: readonly Attribute[]): readonly KeyPart[] {
  return keys.flatMap((key) =>
    isFlat(key)
      ? key.type.fields.map((field) => ({
          name: `${key.name}.${field.name}`,
          type: field.type,
          nullable: field.nullable,
        }))
      : [{ name: key.name, type: key.type, nullable: key.nullable }],
  );
}

/** The columns of the parts. */
export function flattenKeys(keys: readonly Attribute[], columns: readonly Column[]): readonly Column[] {
  return keys.flatMap((key, k) => {
    const column = columns[k]!;
    if (!isFlat(key)) return [column];
    assert(column.layout === "struct", "a window is not a struct column");
    return column.children;
  });
}

/** The key columns from those of the parts. */
export function assembleKeys(
  keys: readonly Attribute[],
  parts: readonly Column[],
  rowCount: number,
): readonly Column[] {
  let next = 0;
  return keys.map((key) => {
    if (!isFlat(key)) return parts[next++]!;
    const children = key.type.fields.map(() => parts[next++]!);
    return new StructColumn(key.type, rowCount, null, children);
  });
}

/**
 * The part that holds the event time of a key with a watermark: the end of a window, or the time itself; -1 where no
 * key has one.
 */
export function eventTimePart(keys: readonly Attribute[]): number {
  let next = 0;
  for (const key of keys) {
    const marked = key.metadata?.["spark.watermarkDelayMs"] !== undefined;
    if (isFlat(key)) {
      const end = key.type.fields.findIndex((field) => field.name === "end");
      if (marked && end >= 0) return next + end;
      next += key.type.fields.length;
    } else {
      if (marked) return next;
      next++;
    }
  }
  return -1;
}
