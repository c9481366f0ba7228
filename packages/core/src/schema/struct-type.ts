import { StreamError } from "../errors/stream-error.js";
import type { DataType } from "./data-type.js";
import { parseDdl, parseTypeText } from "./ddl.js";
import { type StructJson, typeFromJson, typeToJson } from "./json-form.js";
import { simpleString, treeString } from "./type-text.js";

/** A named, typed column of a struct. */
export interface StructField {
  readonly name: string;
  readonly type: DataType;
  /** Default true. */
  readonly nullable: boolean;
  /** Free data that travels with the column, as in Spark. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A field; nullable unless told otherwise. */
export function StructField(
  name: string,
  type: DataType,
  nullable = true,
  metadata?: Readonly<Record<string, unknown>>,
): StructField {
  return metadata && Object.keys(metadata).length > 0
    ? { name, type, nullable, metadata }
    : { name, type, nullable };
}

/** So many fields are looked through one by one. */
const FEW_FIELDS = 32;

/** Where the fields of wide schemas stand, by name: whoever looks for each of many fields must not go through all of them for each. */
const PLACES = new WeakMap<StructType, ReadonlyMap<string, number>>();

function placesOf(schema: StructType): ReadonlyMap<string, number> {
  let places = PLACES.get(schema);
  if (places === undefined) {
    // of fields of one name the first is found
    places = new Map(schema.fields.map(({ name }, k) => [name, k] as const).reverse());
    PLACES.set(schema, places);
  }
  return places;
}

/**
 * The schema of a table, or a struct within one. Immutable: `add` returns a new one.
 *
 * @example
 * ```ts
 * const schema = new StructType().add("value", IntegerType).add("name", "string");
 * ```
 */
export class StructType {
  readonly kind = "struct";
  readonly fields: readonly StructField[];

  constructor(fields: readonly StructField[] = []) {
    this.fields = fields;
  }

  /** This schema with one more field at its end. `type` may be the text of a type (`"decimal(10,2)"`). */
  add(
    name: string,
    type: DataType | string,
    nullable = true,
    metadata?: Readonly<Record<string, unknown>>,
  ): StructType {
    const resolved = typeof type === "string" ? parseTypeText(type) : type;
    return new StructType([...this.fields, StructField(name, resolved, nullable, metadata)]);
  }

  get length(): number {
    return this.fields.length;
  }

  fieldNames(): string[] {
    return this.fields.map((field) => field.name);
  }

  /** The position of the field of exactly this name, or -1. */
  indexOf(name: string): number {
    if (this.fields.length <= FEW_FIELDS) return this.fields.findIndex((field) => field.name === name);
    return placesOf(this).get(name) ?? -1;
  }

  /** The field of exactly this name; FIELD_NOT_FOUND if there is none. */
  field(name: string): StructField {
    const found = this.fields[this.indexOf(name)];
    if (found) return found;
    throw new StreamError({
      condition: "FIELD_NOT_FOUND",
      sqlState: "42704",
      parameters: {
        fieldName: `\`${name}\``,
        fields: this.fieldNames()
          .map((n) => `\`${n}\``)
          .join(", "),
      },
      message: `No field \`${name}\` in ${simpleString(this)}.`,
    });
  }

  /** The same fields, every one of them (also nested ones) nullable. */
  asNullable(): StructType {
    return nullableType(this) as StructType;
  }

  /** Spark's compact text, `struct<a:int,b:string>`. */
  simpleString(): string {
    return simpleString(this);
  }

  /** The tree that `printSchema` prints. */
  treeString(): string {
    return treeString(this);
  }

  /** Spark's JSON form as plain data; `JSON.stringify(schema)` uses it. */
  toJSON(): StructJson {
    return typeToJson(this) as StructJson;
  }

  /** Reads Spark's JSON form, as text or as plain data. */
  static fromJSON(json: string | object): StructType {
    const type = typeFromJson(typeof json === "string" ? JSON.parse(json) : json);
    if (type.kind === "struct") return type;
    throw new StreamError({
      condition: "INVALID_SCHEMA.NON_STRUCT_TYPE",
      sqlState: "42K07",
      parameters: { inputSchema: JSON.stringify(json), dataType: simpleString(type) },
      message: `A schema has to be a struct, but this is ${simpleString(type)}.`,
    });
  }

  /** Reads a DDL text, `a INT, b STRING NOT NULL COMMENT 'x'`. */
  static fromDDL(ddl: string): StructType {
    return parseDdl(ddl);
  }
}

function nullableType(type: DataType): DataType {
  switch (type.kind) {
    case "array":
      return { ...type, elementType: nullableType(type.elementType), containsNull: true };
    case "map":
      return {
        ...type,
        keyType: nullableType(type.keyType),
        valueType: nullableType(type.valueType),
        valueContainsNull: true,
      };
    case "struct":
      return new StructType(
        type.fields.map((field) => ({ ...field, type: nullableType(field.type), nullable: true })),
      );
    default:
      return type;
  }
}
