import type { DataType, DecimalType } from "@ss/core";
import { PHYSICAL } from "../../direct/file-metadata.js";
import { BooleanValues } from "./boolean-values.js";
import { FloatBounds, Int32Bounds, Int64Bounds } from "./bounds.js";
import { BytesValues } from "./bytes-values.js";
import type { ColumnValues } from "./column-values.js";
import { gatherLowWords, gatherMicros, gatherPairs, gatherSingles } from "./gathers.js";
import type { ThriftWriter } from "./thrift-writer.js";
import { WideDecimalValues } from "./wide-decimal-values.js";
import { type Gather, WordValues } from "./word-values.js";

/** How columns of a type stand in a file. */
export interface ColumnForm {
  readonly physical: number;
  /** Bytes of values that all have as many. */
  readonly length?: number;
  /** The older form of what the values mean, where it has one. */
  readonly converted?: number;
  readonly decimal?: { readonly precision: number; readonly scale: number };
  /** Writes the member of the union of logical types. */
  readonly logical?: (t: ThriftWriter) => void;
  /** Makes what gathers the values of one column. */
  readonly values: () => ColumnValues;
}

const CONVERTED = { utf8: 0, decimal: 5, date: 6, timestampMicros: 10, int8: 15, int16: 16 } as const;
const LOGICAL = { string: 1, decimal: 5, date: 6, time: 7, timestamp: 8, integer: 10 } as const;

const int32Values = (): ColumnValues => new WordValues(1, gatherSingles, new Int32Bounds());
const pairValues = (gather: Gather) => (): ColumnValues => new WordValues(2, gather, new Int64Bounds());
const empty = (): void => {};

/** The form of a type; undefined for nested types, which are left to parquet-wasm. */
export function columnForm(type: DataType): ColumnForm | undefined {
  switch (type.kind) {
    case "boolean":
      return { physical: PHYSICAL.boolean, values: () => new BooleanValues() };
    case "byte":
      return wholeNumber(8, CONVERTED.int8);
    case "short":
      return wholeNumber(16, CONVERTED.int16);
    case "integer":
    case "yearMonthInterval":
      return { physical: PHYSICAL.int32, values: int32Values };
    case "date": {
      const logical = (t: ThriftWriter): void => t.struct(LOGICAL.date, empty);
      return { physical: PHYSICAL.int32, converted: CONVERTED.date, logical, values: int32Values };
    }
    case "long":
    case "dayTimeInterval":
      return { physical: PHYSICAL.int64, values: pairValues(gatherPairs) };
    case "timestamp":
      return {
        physical: PHYSICAL.int64,
        converted: CONVERTED.timestampMicros,
        logical: inMicros(LOGICAL.timestamp, true),
        values: pairValues(gatherPairs),
      };
    case "timestamp_ntz":
      return {
        physical: PHYSICAL.int64,
        logical: inMicros(LOGICAL.timestamp, false),
        values: pairValues(gatherPairs),
      };
    case "time":
      return {
        physical: PHYSICAL.int64,
        logical: inMicros(LOGICAL.time, false),
        values: pairValues(gatherMicros),
      };
    case "float": {
      const bounds = (): FloatBounds<Float32Array> =>
        new FloatBounds(4, (buffer, start, length) => new Float32Array(buffer, start, length));
      return { physical: PHYSICAL.float, values: () => new WordValues(1, gatherSingles, bounds()) };
    }
    case "double": {
      const bounds = (): FloatBounds<Float64Array> =>
        new FloatBounds(8, (buffer, start, length) => new Float64Array(buffer, start, length));
      return { physical: PHYSICAL.double, values: () => new WordValues(2, gatherPairs, bounds()) };
    }
    case "decimal":
      return decimalForm(type);
    case "string":
    case "char":
    case "varchar": {
      const logical = (t: ThriftWriter): void => t.struct(LOGICAL.string, empty);
      const values = (): ColumnValues => new BytesValues(true);
      return { physical: PHYSICAL.byteArray, converted: CONVERTED.utf8, logical, values };
    }
    case "binary":
      return { physical: PHYSICAL.byteArray, values: () => new BytesValues(false) };
    default:
      return undefined;
  }
}

function wholeNumber(bits: number, converted: number): ColumnForm {
  const logical = (t: ThriftWriter): void =>
    t.struct(LOGICAL.integer, () => {
      t.i8(1, bits);
      t.boolean(2, true);
    });
  return { physical: PHYSICAL.int32, converted, logical, values: int32Values };
}

function inMicros(kind: number, isInstant: boolean): (t: ThriftWriter) => void {
  return (t) =>
    t.struct(kind, () => {
      t.boolean(1, isInstant);
      t.struct(2, () => t.struct(2, empty));
    });
}

function decimalForm({ precision, scale }: DecimalType): ColumnForm {
  const meaning = {
    converted: CONVERTED.decimal,
    decimal: { precision, scale },
    logical: (t: ThriftWriter): void =>
      t.struct(LOGICAL.decimal, () => {
        t.i32(1, scale);
        t.i32(2, precision);
      }),
  };
  if (precision <= 9) {
    const values = (): ColumnValues => new WordValues(1, gatherLowWords, new Int32Bounds());
    return { ...meaning, physical: PHYSICAL.int32, values };
  }
  if (precision <= 18) return { ...meaning, physical: PHYSICAL.int64, values: pairValues(gatherPairs) };
  const length = bytesOfDigits(precision);
  return { ...meaning, physical: PHYSICAL.fixed, length, values: () => new WideDecimalValues(length) };
}

/** The bytes of the smallest signed number that has room for so many digits. */
function bytesOfDigits(precision: number): number {
  let bytes = 1;
  while (2n ** BigInt(8 * bytes - 1) < 10n ** BigInt(precision)) bytes++;
  return bytes;
}
