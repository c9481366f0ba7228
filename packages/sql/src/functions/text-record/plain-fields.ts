import type { DataType } from "@ss/core";
import {
  DEFAULT_LOCALE,
  type FieldBatch,
  parseDateFields,
  parseDecimal64Fields,
  parseDoubleFields,
  parseInt32Fields,
  parseInt64Fields,
  parseTimestampFields,
  parseTimestampNtzFields,
} from "@ss/kernels";
import type { ValueText } from "./value-parsers.js";

/** Which fields of a type are texts of values as they stand. */
export interface PlainForm {
  /** Their `KIND_` codes. */
  readonly kinds: readonly number[];
  /** Whether decimals are written in the locale. */
  readonly hasLocale: boolean;
}

/** Where the values go. */
interface PlainTarget {
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly longs: BigInt64Array;
}

/** Reads fields into rows from `row` on with a kernel, and returns how many are left, or -1 for all. */
export type ParsePlain = (batch: FieldBatch, target: PlainTarget, row: number) => number;

/** The kernel that reads fields of a type in their plain forms as the type's parser does; undefined where there is none. */
export function plainParser(
  type: DataType,
  text: ValueText,
  { hasLocale }: PlainForm,
): ParsePlain | undefined {
  switch (type.kind) {
    case "integer":
      return (batch, { ints }, row) => parseInt32Fields(batch, ints.subarray(row));
    case "long":
      return (batch, { longs }, row) => parseInt64Fields(batch, longs.subarray(row));
    case "double":
      return (batch, { doubles }, row) => parseDoubleFields(batch, doubles.subarray(row));
    case "decimal": {
      const { precision, scale } = type;
      if (precision > 18 || (hasLocale && text.locale !== DEFAULT_LOCALE)) return undefined;
      return (batch, { longs }, row) => parseDecimal64Fields(batch, precision, scale, longs.subarray(row));
    }
    case "date":
      if (!text.date.isIso) return undefined;
      return (batch, { ints }, row) => parseDateFields(batch, ints.subarray(row));
    case "timestamp":
      if (text.timestamp.pattern !== undefined) return undefined;
      return (batch, { longs }, row) => parseTimestampFields(batch, text.zone, longs.subarray(row));
    case "timestamp_ntz":
      if (text.timestampNtz.pattern !== undefined) return undefined;
      return (batch, { longs }, row) => parseTimestampNtzFields(batch, longs.subarray(row));
    default:
      return undefined;
  }
}
