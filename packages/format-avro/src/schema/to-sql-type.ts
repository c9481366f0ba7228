import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  NullType,
  parseTypeText,
  StreamError,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
  TimeType,
} from "@ss/core";
import {
  type AvroPrimitive,
  type AvroSchema,
  type AvroUnion,
  type LogicalType,
  simpleName,
} from "./avro-schema.js";
import { SchemaFault } from "./schema-fault.js";

/** How schemas become SQL types. */
export interface SqlTypeOptions {
  /** Members of unions are called by their types instead of by their positions. */
  readonly stableUnionNames: boolean;
  /** What stands before the type in such a name. */
  readonly unionPrefix: string;
  /** How often a record may occur within itself; 0 and less: never, which is refused. */
  readonly recursionMax: number;
}

/** The SQL type of an Avro schema, and whether its values may be null: Spark's rules. */
export interface SqlType {
  readonly type: DataType;
  readonly nullable: boolean;
}

/** The most digits of a DECIMAL. */
const DIGITS_MAX = 38;

/** The SQL type of a schema. */
export function toSqlType(schema: AvroSchema, options: SqlTypeOptions): SqlType {
  const type = convert(schema, options, new Map());
  if (type === undefined) throw new SchemaFault("nothing of the schema is left");
  return type;
}

/** Undefined for a record that stands in itself too often: it is left out. */
function convert(
  schema: AvroSchema,
  options: SqlTypeOptions,
  around: ReadonlyMap<string, number>,
): SqlType | undefined {
  switch (schema.type) {
    case "record": {
      const depth = around.get(schema.name) ?? 0;
      if (depth > 0 && options.recursionMax <= 0) {
        throw new SchemaFault(
          `Found recursive reference in Avro schema: ${schema.name} contains itself. Set recursiveFieldMaxDepth to read it to a depth of 1 to 15`,
        );
      }
      if (depth > 0 && depth >= options.recursionMax) return undefined;
      const inside = new Map(around).set(schema.name, depth + 1);
      const fields = schema.fields.flatMap((field) => {
        const made = convert(field.schema, options, inside);
        return made ? [StructField(field.name, made.type, made.nullable)] : [];
      });
      return { type: new StructType(fields), nullable: false };
    }
    case "enum":
      return { type: StringType, nullable: false };
    case "fixed":
      return { type: decimalOf(schema.logical) ?? BinaryType, nullable: false };
    case "array": {
      const items = convert(schema.items, options, around);
      return items && { type: ArrayType(items.type, items.nullable), nullable: false };
    }
    case "map": {
      const values = convert(schema.values, options, around);
      return values && { type: MapType(StringType, values.type, values.nullable), nullable: false };
    }
    case "union":
      return union(schema, options, around);
    default:
      return { type: primitive(schema), nullable: schema.type === "null" };
  }
}

function primitive(schema: AvroPrimitive): DataType {
  const { logical } = schema;
  switch (schema.type) {
    case "null":
      return NullType;
    case "boolean":
      return BooleanType;
    case "int":
      if (logical?.name === "date") return DateType;
      return intervalOf(schema, "yearMonthInterval") ?? IntegerType;
    case "long":
      return longType(schema);
    case "float":
      return FloatType;
    case "double":
      return DoubleType;
    case "bytes":
      return decimalOf(logical) ?? BinaryType;
    case "string":
      return StringType;
  }
}

function longType(schema: AvroPrimitive): DataType {
  switch (schema.logical?.name) {
    case "timestamp-millis":
    case "timestamp-micros":
      return TimestampType;
    case "local-timestamp-millis":
    case "local-timestamp-micros":
      return TimestampNTZType;
    case "time-micros":
      return TimeType();
    default:
      return intervalOf(schema, "dayTimeInterval") ?? LongType;
  }
}

/** The interval type that the writer noted beside a whole number. */
function intervalOf({ sqlType }: AvroPrimitive, kind: DataType["kind"]): DataType | undefined {
  if (sqlType === undefined || !/^interval /i.test(sqlType)) return undefined;
  try {
    const type = parseTypeText(sqlType);
    return type.kind === kind ? type : undefined;
  } catch {
    return undefined;
  }
}

function decimalOf(logical: LogicalType | undefined): DataType | undefined {
  if (logical?.name !== "decimal") return undefined;
  const { precision = 0, scale = 0 } = logical;
  if (precision > DIGITS_MAX) {
    throw new StreamError({
      condition: "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
      sqlState: "22003",
      parameters: { precision: String(precision), maxPrecision: String(DIGITS_MAX) },
      message: `Decimal precision ${precision} exceeds max precision ${DIGITS_MAX}.`,
    });
  }
  return DecimalType(precision, scale);
}

function union(
  schema: AvroUnion,
  options: SqlTypeOptions,
  around: ReadonlyMap<string, number>,
): SqlType | undefined {
  const members = membersOf(schema);
  const nullable = members.length < schema.types.length;
  const single = singleMember(members);
  if (single) {
    const made = convert(single, options, around);
    return made && { type: made.type, nullable: nullable || made.nullable };
  }
  const fields = members.flatMap((member, k) => {
    const made = convert(member, options, around);
    if (!made) return [];
    return [
      StructField(options.stableUnionNames ? stableName(member, options) : `member${k}`, made.type, true),
    ];
  });
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, k) => names.some((other, at) => at < k && isSameName(other, name)));
  if (twice !== undefined) {
    throw new SchemaFault(
      `Cannot generate stable identifier for Avro union type due to name conflict of type name ${twice}`,
    );
  }
  return { type: new StructType(fields), nullable };
}

function stableName(member: AvroSchema, { unionPrefix }: SqlTypeOptions): string {
  const name = "name" in member ? simpleName(member.name) : member.type;
  return `${unionPrefix}${name}`;
}

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The types of a union without null. */
export function membersOf({ types }: AvroUnion): readonly AvroSchema[] {
  return types.filter(({ type }) => type !== "null");
}

/** The one type that stands for all members, or undefined where they become fields of a struct. */
export function singleMember(members: readonly AvroSchema[]): AvroSchema | undefined {
  if (members.length === 1) return members[0];
  if (members.length !== 2) return undefined;
  const kinds = members
    .map(({ type }) => type)
    .sort()
    .join();
  if (kinds === "int,long") return { type: "long" };
  return kinds === "double,float" ? { type: "double" } : undefined;
}
