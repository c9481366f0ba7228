import type { DataType, IntervalValue, MapValue, Value } from "@ss/core";

/** Below 0, 0 or above 0 as `a` comes before, with or after `b`. */
export type ValueOrder = (a: Value, b: Value) => number;

/** The order of values that are not null: bytes for strings, NaN after every number; nulls within come first. */
export function valueOrder(type: DataType): ValueOrder {
  return presentOrder(type) as ValueOrder;
}

/** {@link valueOrder} with nulls first, equal to one another. */
export function nullsFirstOrder(type: DataType): ValueOrder {
  const order = valueOrder(type);
  return (a, b) => {
    if (a === null) return b === null ? 0 : -1;
    return b === null ? 1 : order(a, b);
  };
}

/** Equality of values that may be null, which equals itself. */
export function valueEquality(type: DataType): (a: Value, b: Value) => boolean {
  const order = nullsFirstOrder(type);
  return (a, b) => order(a, b) === 0;
}

function presentOrder(type: DataType): (a: never, b: never) => number {
  switch (type.kind) {
    case "string":
    case "char":
    case "varchar":
      return compareTexts;
    case "float":
    case "double":
      return compareDoubles;
    case "boolean":
      return (a: boolean, b: boolean) => Number(a) - Number(b);
    case "binary":
      return compareBinaries;
    case "array":
      return listOrder(type.elementType);
    case "struct": {
      const fields = type.fields.map((field) => nullsFirstOrder(field.type));
      return (a: readonly Value[], b: readonly Value[]) => {
        for (let k = 0; k < fields.length; k++) {
          const order = fields[k]!(a[k]!, b[k]!);
          if (order !== 0) return order;
        }
        return 0;
      };
    }
    case "map": {
      const keys = listOrder(type.keyType);
      const values = listOrder(type.valueType);
      return (a: MapValue, b: MapValue) =>
        keys(a.keys as never, b.keys as never) || values(a.values as never, b.values as never);
    }
    case "interval":
      return (a: IntervalValue, b: IntervalValue) =>
        a.months - b.months || a.days - b.days || (a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : 0);
    case "void":
      return () => 0;
    default:
      return (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);
  }
}

function listOrder(elementType: DataType): (a: never, b: never) => number {
  const element = nullsFirstOrder(elementType);
  return (a: readonly Value[], b: readonly Value[]) => {
    const shared = Math.min(a.length, b.length);
    for (let k = 0; k < shared; k++) {
      const order = element(a[k]!, b[k]!);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  };
}

/** The order of doubles in SQL: NaN is equal to itself and after all others, and zero has no sign. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return a === a ? -1 : b === b ? 1 : 0;
}

/** The order of texts by their UTF-8 bytes, which is that of their code points. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let k = 0; k < shared; k++) {
    const x = a.charCodeAt(k);
    const y = b.charCodeAt(k);
    if (x === y) continue;
    // surrogates stand for code points beyond all others of 16 bits
    const aboveX = x >= 0xd800 && x <= 0xdfff;
    const aboveY = y >= 0xd800 && y <= 0xdfff;
    return aboveX !== aboveY ? (aboveX ? 1 : -1) : x - y;
  }
  return a.length - b.length;
}

function compareBinaries(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let k = 0; k < shared; k++) if (a[k] !== b[k]) return a[k]! - b[k]!;
  return a.length - b.length;
}
