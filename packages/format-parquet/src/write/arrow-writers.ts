import { assert, type DataType, type ListColumn, type MapColumn } from "@ss/core";
import * as arrow from "@uwdata/flechette";
import { unsupportedType } from "../errors.js";
import type { ArrowWriter } from "./arrow-writer.js";
import { EntriesWriter, ListWriter, StructWriter } from "./nested-writers.js";
import { BooleanWriter, BytesWriter, FixedWriter, PairWriter, TimeWriter } from "./value-writers.js";

/** The writer of a column of a type. */
export function arrowWriter(type: DataType): ArrowWriter {
  switch (type.kind) {
    case "boolean":
      return new BooleanWriter();
    case "byte":
      return new FixedWriter(arrow.int8(), (length) => new Int8Array(length));
    case "short":
      return new FixedWriter(arrow.int16(), (length) => new Int16Array(length));
    case "integer":
    case "yearMonthInterval":
      return new FixedWriter(arrow.int32(), (length) => new Int32Array(length));
    case "date":
      return new FixedWriter(arrow.dateDay(), (length) => new Int32Array(length));
    case "long":
    case "dayTimeInterval":
      return new FixedWriter(arrow.int64(), (length) => new BigInt64Array(length));
    case "timestamp":
      return new FixedWriter(
        arrow.timestamp(arrow.TimeUnit.MICROSECOND, "UTC"),
        (length) => new BigInt64Array(length),
      );
    case "timestamp_ntz":
      return new FixedWriter(
        arrow.timestamp(arrow.TimeUnit.MICROSECOND),
        (length) => new BigInt64Array(length),
      );
    case "time":
      return new TimeWriter(arrow.timeMicrosecond(), (length) => new BigInt64Array(length));
    case "float":
      return new FixedWriter(arrow.float32(), (length) => new Float32Array(length));
    case "double":
      return new FixedWriter(arrow.float64(), (length) => new Float64Array(length));
    case "decimal":
      return new PairWriter(arrow.decimal(type.precision, type.scale), type.precision > 18);
    case "string":
    case "char":
    case "varchar":
      return new BytesWriter(arrow.utf8(), true);
    case "binary":
      return new BytesWriter(arrow.binary(), false);
    case "array": {
      const child = arrowWriter(type.elementType);
      const element = arrow.field("element", child.type);
      return new ListWriter(arrow.list(element), child, (column) => (column as ListColumn).elements);
    }
    case "map":
      return mapWriter(type);
    case "struct": {
      const children = type.fields.map((field) => arrowWriter(field.type));
      const fields = type.fields.map(({ name }, k) => arrow.field(name, children[k]!.type));
      return new StructWriter(arrow.struct(fields), children);
    }
    default:
      assert(false, `a type that Parquet holds was expected, not ${type.kind}`);
  }
}

function mapWriter(type: DataType & { readonly kind: "map" }): ArrowWriter {
  const keys = arrowWriter(type.keyType);
  const values = arrowWriter(type.valueType);
  const keyField = arrow.field("key", keys.type, false);
  const valueField = arrow.field("value", values.type);
  const mapType = arrow.map(keyField, valueField) as arrow.DataType & { children: arrow.Field[] };
  const entries = new EntriesWriter(mapType.children[0]!.type, [keys, values], (column) => {
    const { keys: keyColumn, mapValues } = column as MapColumn;
    return [keyColumn, mapValues];
  });
  return new ListWriter(mapType, entries, (column) => column);
}

/** Refuses the types that Parquet files of this package cannot hold. */
export function checkParquetType(column: string, type: DataType): void {
  switch (type.kind) {
    case "interval":
    case "void":
    case "variant":
      throw unsupportedType(column, type);
    case "array":
      return checkParquetType(column, type.elementType);
    case "map":
      checkParquetType(column, type.keyType);
      return checkParquetType(column, type.valueType);
    case "struct":
      if (type.fields.length === 0) throw unsupportedType(column, type);
      for (const field of type.fields) checkParquetType(column, field.type);
      return;
    default:
  }
}
