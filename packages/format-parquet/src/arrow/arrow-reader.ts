import { ArrayType, type DataType, IntegerType, type StructType } from "@ss/core";
import type { ArrowField } from "./arrow-schema.js";
import { decimalOf } from "./arrow-type.js";
import { BytesReader } from "./bytes-reader.js";
import {
  type ArrowReader,
  BooleanReader,
  DecimalReader,
  Int64Reader,
  NumberReader,
} from "./fixed-readers.js";
import {
  DictionaryReader,
  ListReader,
  MapReader,
  NothingReader,
  NullFill,
  StructReader,
} from "./nested-readers.js";

/** The fields of a type's wanted columns among those of a file, by name; case decides only between several. */
export function positionOf(fields: readonly ArrowField[], name: string): number {
  const exact = fields.findIndex((field) => field.name === name);
  if (exact >= 0) return exact;
  return fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
}

/** Reads a field of a file as a type; undefined where the file's values are none of that type. */
export function arrowReader(field: ArrowField, type: DataType): ArrowReader | undefined {
  if (field.dictionary !== undefined) {
    const values = arrowReader(field.dictionary, type);
    const isCode = field.format !== "l" && field.format !== "L";
    return values && isCode
      ? new DictionaryReader(type, new NumberReader(IntegerType, field.format), values)
      : undefined;
  }
  const { format } = field;
  switch (type.kind) {
    case "boolean":
      return format === "b" ? new BooleanReader(type) : undefined;
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "float":
    case "double":
      return numberReader(format, type);
    case "decimal":
      return decimalReader(format, type);
    case "string":
    case "char":
    case "varchar":
    case "binary":
      return /^([uUzZ]|w:\d+)$/.test(format) ? new BytesReader(type, format) : undefined;
    case "date":
      if (format === "tdD") return new NumberReader(type, format);
      return format === "tdm" ? new Int64Reader(type, format) : undefined;
    case "timestamp":
    case "timestamp_ntz":
      if (format.startsWith("ts")) return new Int64Reader(type, format);
      return format === "tdD" && type.kind === "timestamp_ntz" ? new NumberReader(type, format) : undefined;
    case "time":
      if (format === "tts" || format === "ttm") return new NumberReader(type, format);
      return format === "ttu" || format === "ttn" ? new Int64Reader(type, format) : undefined;
    case "yearMonthInterval":
      return format === "i" ? new NumberReader(type, format) : undefined;
    case "dayTimeInterval":
      return format === "l" ? new Int64Reader(type, format) : undefined;
    case "void":
      return format === "n" ? new NothingReader(type) : undefined;
    default:
      return nestedReader(field, type);
  }
}

const WIDENINGS: Readonly<Record<string, string>> = {
  byte: "c",
  short: "csC",
  integer: "csiCS",
  long: "csilCSI",
  float: "f",
  double: "csifgCSI",
};

function numberReader(format: string, type: DataType): ArrowReader | undefined {
  if (format.length !== 1 || !WIDENINGS[type.kind]!.includes(format)) return undefined;
  return format === "l" ? new Int64Reader(type, format) : new NumberReader(type, format);
}

function decimalReader(
  format: string,
  type: DataType & { readonly kind: "decimal" },
): ArrowReader | undefined {
  if (format === "L") return type.precision - type.scale >= 20 ? new DecimalReader(type, "L") : undefined;
  if (!format.startsWith("d:")) return undefined;
  const found = decimalOf(format);
  if (found === undefined || type.scale < found.scale) return undefined;
  return type.precision - type.scale >= found.precision - found.scale
    ? new DecimalReader(type, format)
    : undefined;
}

function nestedReader(field: ArrowField, type: DataType): ArrowReader | undefined {
  const { format, children } = field;
  if (type.kind === "array" && (format === "+l" || format === "+L" || format.startsWith("+w"))) {
    const elements = arrowReader(children[0]!, type.elementType);
    return elements && new ListReader(ArrayType(type.elementType, type.containsNull), format, elements);
  }
  if (type.kind === "map" && format === "+m") {
    const [key, value] = children[0]!.children;
    const keys = arrowReader(key!, type.keyType);
    const values = arrowReader(value!, type.valueType);
    return keys && values && new MapReader(type, keys, values);
  }
  return type.kind === "struct" && format === "+s" ? structReader(children, type) : undefined;
}

function structReader(children: readonly ArrowField[], type: StructType): ArrowReader | undefined {
  const positions = type.fields.map(({ name }) => positionOf(children, name));
  const readers = type.fields.map((field, k) => {
    return positions[k]! < 0 ? new NullFill(field.type) : arrowReader(children[positions[k]!]!, field.type);
  });
  if (readers.includes(undefined)) return undefined;
  return new StructReader(type, positions, readers as (ArrowReader | NullFill)[]);
}
