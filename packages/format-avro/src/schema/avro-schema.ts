/** A schema of Avro, with its names resolved: a type that is named again is the same object again, so recursive schemas are cyclic. */
export type AvroSchema = AvroPrimitive | AvroRecord | AvroEnum | AvroFixed | AvroArray | AvroMap | AvroUnion;

/** The names of the types without parts. */
export type PrimitiveName = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

/** What a schema means beyond its bytes; names that are not known mean nothing. */
export interface LogicalType {
  readonly name: string;
  /** Of decimals. */
  readonly precision?: number;
  /** Of decimals. */
  readonly scale?: number;
}

/** A type without parts. */
export interface AvroPrimitive {
  readonly type: PrimitiveName;
  readonly logical?: LogicalType | undefined;
  /** The SQL type that the writer noted, as its simple text: for types that Avro has no logical type for. */
  readonly sqlType?: string | undefined;
}

interface Named {
  /** With its namespace: `a.b.Name`. */
  readonly name: string;
  /** Other full names under which readers know it. */
  readonly aliases: readonly string[];
}

/** A record. */
export interface AvroRecord extends Named {
  readonly type: "record";
  /** Filled in after the record itself is known, since its fields may refer to it. */
  readonly fields: readonly AvroField[];
}

/** A field of a record. */
export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly schema: AvroSchema;
  /** As JSON, for records that were written without the field; undefined where there is none. */
  readonly defaultValue: unknown;
}

/** One of a list of words. */
export interface AvroEnum extends Named {
  readonly type: "enum";
  readonly symbols: readonly string[];
  /** Stands for symbols that the reader does not know. */
  readonly defaultSymbol: string | undefined;
}

/** So many bytes. */
export interface AvroFixed extends Named {
  readonly type: "fixed";
  readonly size: number;
  readonly logical?: LogicalType | undefined;
}

/** A list. */
export interface AvroArray {
  readonly type: "array";
  readonly items: AvroSchema;
}

/** Values by text. */
export interface AvroMap {
  readonly type: "map";
  readonly values: AvroSchema;
}

/** One of several types. */
export interface AvroUnion {
  readonly type: "union";
  readonly types: readonly AvroSchema[];
}

/** The last part of a full name. */
export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
