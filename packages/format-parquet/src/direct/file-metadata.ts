import { ParquetFault } from "./parquet-fault.js";
import { THRIFT, ThriftReader } from "./thrift-reader.js";

/** Physical types, by number. */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  byteArray: 6,
  fixed: 7,
} as const;

/** What the values of a column mean beyond their physical type, from its logical type or else its converted type. */
export type Meaning =
  | {
      readonly kind:
        | "none"
        | "string"
        | "enum"
        | "json"
        | "bson"
        | "uuid"
        | "date"
        | "list"
        | "map"
        | "unknown";
    }
  | { readonly kind: "integer"; readonly bits: number; readonly signed: boolean }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "time" | "timestamp"; readonly unit: TimeUnit; readonly isInstant: boolean };

export type TimeUnit = "millis" | "micros" | "nanos";

/** One element of the schema, which is written as a tree in depth-first order. */
export interface SchemaElement {
  readonly name: string;
  /** Undefined for a group. */
  readonly physical: number | undefined;
  readonly typeLength: number;
  /** 0 required, 1 optional, 2 repeated. */
  readonly repetition: number;
  readonly childCount: number;
  readonly meaning: Meaning;
}

/** Bounds and counts of one column chunk, as the file gives them. */
export interface Statistics {
  /** Bounds of older writers, whose order is that of signed numbers. */
  readonly oldMin: Uint8Array | undefined;
  readonly oldMax: Uint8Array | undefined;
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly nullCount: number | undefined;
}

/** Where the values of one column in one row group lie. */
export interface ColumnChunk {
  readonly path: readonly string[];
  readonly physical: number;
  readonly encodings: readonly number[];
  readonly codec: number;
  readonly valueCount: number;
  /** Bytes `start .. start + size)` of the file. */
  readonly start: number;
  readonly size: number;
  readonly statistics: Statistics | undefined;
  /** In another file, or encrypted. */
  readonly isElsewhere: boolean;
}

/** A row group. */
export interface RowGroupMetadata {
  readonly rowCount: number;
  readonly columns: readonly ColumnChunk[];
}

/** What the footer of a file says. */
export interface FileMetadata {
  readonly schema: readonly SchemaElement[];
  readonly rowGroups: readonly RowGroupMetadata[];
  readonly keyValues: ReadonlyMap<string, string>;
  /** Per leaf column whether its bounds are in the order of its type; empty where the writer did not say. */
  readonly hasTypeOrder: readonly boolean[];
}

/** Decodes the footer. */
export function readFileMetadata(bytes: Uint8Array): FileMetadata {
  const t = new ThriftReader(bytes);
  let schema: SchemaElement[] | undefined;
  let rowGroups: RowGroupMetadata[] | undefined;
  const keyValues = new Map<string, string>();
  let hasTypeOrder: boolean[] = [];
  t.struct((field, type) => {
    if (field === 2) schema = t.list(type, THRIFT.struct, () => schemaElement(t));
    else if (field === 4) rowGroups = t.list(type, THRIFT.struct, () => rowGroup(t));
    else if (field === 5) t.list(type, THRIFT.struct, () => keyValue(t, keyValues));
    else if (field === 7) hasTypeOrder = t.list(type, THRIFT.struct, () => columnOrder(t));
    else t.skip(type);
  });
  if (schema === undefined || schema.length === 0) throw new ParquetFault("its footer has no schema");
  if (rowGroups === undefined) throw new ParquetFault("its footer has no row groups");
  return { schema, rowGroups, keyValues, hasTypeOrder };
}

function keyValue(t: ThriftReader, into: Map<string, string>): void {
  let key = "";
  let value = "";
  t.struct((field, type) => {
    if (field === 1) key = t.text(type);
    else if (field === 2) value = t.text(type);
    else t.skip(type);
  });
  into.set(key, value);
}

function columnOrder(t: ThriftReader): boolean {
  let isTypeOrder = false;
  t.struct((field, type) => {
    if (field === 1) isTypeOrder = true;
    t.skip(type);
  });
  return isTypeOrder;
}

function schemaElement(t: ThriftReader): SchemaElement {
  let physical: number | undefined;
  let typeLength = 0;
  let repetition = 0;
  let name = "";
  let childCount = 0;
  let converted: number | undefined;
  let scale = 0;
  let precision = 0;
  let logical: Meaning | undefined;
  t.struct((field, type) => {
    if (field === 1) physical = t.integer(type);
    else if (field === 2) typeLength = t.integer(type);
    else if (field === 3) repetition = t.integer(type);
    else if (field === 4) name = t.text(type);
    else if (field === 5) childCount = t.integer(type);
    else if (field === 6) converted = t.integer(type);
    else if (field === 7) scale = t.integer(type);
    else if (field === 8) precision = t.integer(type);
    else if (field === 10) logical = logicalType(t);
    else t.skip(type);
  });
  if (physical !== undefined && (physical < 0 || physical > 7))
    throw new ParquetFault(`the column \`${name}\` has the unknown physical type ${physical}`);
  if (typeLength < 0 || childCount < 0) throw new ParquetFault(`the column \`${name}\` has a negative size`);
  const meaning = logical ?? convertedType(converted, precision, scale);
  return { name, physical, typeLength, repetition, childCount, meaning };
}

const LOGICAL: Readonly<Record<number, Meaning["kind"]>> = {
  1: "string",
  2: "map",
  3: "list",
  4: "enum",
  6: "date",
  12: "json",
  13: "bson",
  14: "uuid",
};

function logicalType(t: ThriftReader): Meaning {
  let meaning: Meaning = { kind: "unknown" };
  t.struct((field, type) => {
    if (field === 5) meaning = { kind: "decimal", ...decimalType(t) };
    else if (field === 7) meaning = { kind: "time", ...timeType(t) };
    else if (field === 8) meaning = { kind: "timestamp", ...timeType(t) };
    else if (field === 10) meaning = { kind: "integer", ...integerType(t) };
    else {
      meaning = { kind: LOGICAL[field] ?? "unknown" } as Meaning;
      t.skip(type);
    }
  });
  return meaning;
}

function decimalType(t: ThriftReader): { precision: number; scale: number } {
  let scale = 0;
  let precision = 0;
  t.struct((field, type) => {
    if (field === 1) scale = t.integer(type);
    else if (field === 2) precision = t.integer(type);
    else t.skip(type);
  });
  return { precision, scale };
}

function timeType(t: ThriftReader): { unit: TimeUnit; isInstant: boolean } {
  let isInstant = false;
  let unit: TimeUnit = "millis";
  t.struct((field, type) => {
    if (field === 1) isInstant = t.boolean(type);
    else if (field === 2) {
      t.struct((which, unitType) => {
        unit = which === 1 ? "millis" : which === 2 ? "micros" : "nanos";
        t.skip(unitType);
      });
    } else t.skip(type);
  });
  return { unit, isInstant };
}

function integerType(t: ThriftReader): { bits: number; signed: boolean } {
  let bits = 0;
  let signed = true;
  t.struct((field, type) => {
    if (field === 1) bits = t.integer(type);
    else if (field === 2) signed = t.boolean(type);
    else t.skip(type);
  });
  return { bits, signed };
}

/** The older form of logical types; all its times are instants. */
function convertedType(converted: number | undefined, precision: number, scale: number): Meaning {
  switch (converted) {
    case undefined:
      return { kind: "none" };
    case 0:
      return { kind: "string" };
    case 1:
    case 2:
      return { kind: "map" };
    case 3:
      return { kind: "list" };
    case 4:
      return { kind: "enum" };
    case 5:
      return { kind: "decimal", precision, scale };
    case 6:
      return { kind: "date" };
    case 7:
    case 8:
      return { kind: "time", unit: converted === 7 ? "millis" : "micros", isInstant: true };
    case 9:
    case 10:
      return { kind: "timestamp", unit: converted === 9 ? "millis" : "micros", isInstant: true };
    case 19:
      return { kind: "json" };
    case 20:
      return { kind: "bson" };
    default:
      if (converted >= 11 && converted <= 18)
        return { kind: "integer", bits: 8 << ((converted - 11) & 3), signed: converted >= 15 };
      return { kind: "unknown" };
  }
}

function rowGroup(t: ThriftReader): RowGroupMetadata {
  let columns: ColumnChunk[] = [];
  let rowCount = -1;
  t.struct((field, type) => {
    if (field === 1) columns = t.list(type, THRIFT.struct, () => columnChunk(t));
    else if (field === 3) rowCount = t.integer(type);
    else t.skip(type);
  });
  if (rowCount < 0) throw new ParquetFault("a row group does not tell its number of rows");
  return { rowCount, columns };
}

const ABSENT: ColumnChunk = {
  path: [],
  physical: 0,
  encodings: [],
  codec: 0,
  valueCount: 0,
  start: 0,
  size: 0,
  statistics: undefined,
  isElsewhere: true,
};

function columnChunk(t: ThriftReader): ColumnChunk {
  let chunk = ABSENT;
  let isElsewhere = false;
  t.struct((field, type) => {
    if (field === 3) chunk = chunkMetadata(t);
    else {
      // a path of another file, the settings of encryption, or encrypted metadata
      if (field === 1 || field === 8 || field === 9) isElsewhere = true;
      t.skip(type);
    }
  });
  return isElsewhere ? { ...chunk, isElsewhere } : chunk;
}

function chunkMetadata(t: ThriftReader): ColumnChunk {
  let physical = -1;
  let encodings: number[] = [];
  let path: string[] = [];
  let codec = 0;
  let valueCount = 0;
  let size = 0;
  let dataStart = 0;
  let dictionaryStart = 0;
  let statistics: Statistics | undefined;
  t.struct((field, type) => {
    if (field === 1) physical = t.integer(type);
    else if (field === 2) encodings = t.list(type, THRIFT.i32, () => t.integer(THRIFT.i32));
    else if (field === 3) path = t.list(type, THRIFT.binary, () => t.text(THRIFT.binary));
    else if (field === 4) codec = t.integer(type);
    else if (field === 5) valueCount = t.integer(type);
    else if (field === 7) size = t.integer(type);
    else if (field === 9) dataStart = t.integer(type);
    else if (field === 11) dictionaryStart = t.integer(type);
    else if (field === 12) statistics = chunkStatistics(t);
    else t.skip(type);
  });
  // writers that have no dictionary may give its place as 0
  const start = dictionaryStart > 0 && dictionaryStart < dataStart ? dictionaryStart : dataStart;
  return { path, physical, encodings, codec, valueCount, start, size, statistics, isElsewhere: false };
}

function chunkStatistics(t: ThriftReader): Statistics {
  let oldMin: Uint8Array | undefined;
  let oldMax: Uint8Array | undefined;
  let min: Uint8Array | undefined;
  let max: Uint8Array | undefined;
  let nullCount: number | undefined;
  t.struct((field, type) => {
    if (field === 1) oldMax = t.binary(type);
    else if (field === 2) oldMin = t.binary(type);
    else if (field === 3) nullCount = t.integer(type);
    else if (field === 5) max = t.binary(type);
    else if (field === 6) min = t.binary(type);
    else t.skip(type);
  });
  return { oldMin, oldMax, min, max, nullCount };
}
