import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DayTimeIntervalType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";
import { ProtobufFault } from "./protobuf-fault.js";
import type { ProtobufField, ProtobufMessage, ProtobufSchema, ScalarKind } from "./protobuf-schema.js";

/** How messages become SQL types and values. Plain data. */
export interface ProtobufOptions {
  /** How often a message may occur within itself; -1: never, which is refused. */
  readonly recursionMax: number;
  readonly enumsAsInts: boolean;
  readonly upcastUnsigned: boolean;
  readonly unwrapWrappers: boolean;
  readonly retainEmpty: boolean;
  readonly emitDefaults: boolean;
}

/** The deepest that a message may stand within itself. */
export const RECURSION_MAX = 10;

/** What stands in a struct for a message without fields, where those are kept. */
export const DUMMY_FIELD = "__dummy_field_in_empty_struct";

const WRAPPERS: ReadonlySet<string> = new Set(
  ["Bool", "Int32", "UInt32", "Int64", "UInt64", "Float", "Double", "String", "Bytes"].map(
    (name) => `google.protobuf.${name}Value`,
  ),
);

/** Whether a message stands for a value that may be absent. */
export function isWrapper({ name }: ProtobufMessage): boolean {
  return WRAPPERS.has(name);
}

/** Whether a message is a span or a point of time, in seconds and nanoseconds. */
export function isTime({ name, fields }: ProtobufMessage): "Timestamp" | "Duration" | undefined {
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (last !== "Timestamp" && last !== "Duration") return undefined;
  const isPair = fields.length === 2 && fields[0]!.name === "seconds" && fields[1]!.name === "nanos";
  return isPair ? last : undefined;
}

/** The SQL type of a message: Spark's rules. */
export function toSqlType(schema: ProtobufSchema, options: ProtobufOptions): StructType {
  const root = schema.messages[schema.root]!;
  const fields = fieldsOf(root, schema, options, new Map([[root.name, 1]]));
  return fields.length === 0 && options.retainEmpty ? DUMMY : new StructType(fields);
}

const DUMMY = new StructType([StructField(DUMMY_FIELD, StringType, true)]);

type Around = ReadonlyMap<string, number>;

function fieldsOf(
  message: ProtobufMessage,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  around: Around,
): StructField[] {
  return message.fields.flatMap((field) => {
    const type = typeOf(field, schema, options, around);
    if (type === undefined) return [];
    if (type.kind === "map") return [StructField(field.name, type, true)];
    return field.repeated
      ? [StructField(field.name, ArrayType(type, false), true)]
      : [StructField(field.name, type, !field.required)];
  });
}

/** The type of a field, or of an element of it; undefined for one that is left out. */
function typeOf(
  field: ProtobufField,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  around: Around,
): DataType | undefined {
  if (field.kind === "enum") return options.enumsAsInts ? IntegerType : StringType;
  if (field.kind !== "message") return scalarType(field.kind, options);
  const message = schema.messages[field.type]!;
  const time = isTime(message);
  if (time) return time === "Timestamp" ? TimestampType : DayTimeIntervalType();
  if (options.unwrapWrappers && isWrapper(message))
    return typeOf(message.fields[0]!, schema, options, around);
  if (message.isMapEntry) {
    const [key, value] = message.fields.map((part) => typeOf(part, schema, options, around));
    return key && value && MapType(key, value, false);
  }
  return structType(field, message, schema, options, around);
}

function structType(
  field: ProtobufField,
  message: ProtobufMessage,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  around: Around,
): DataType | undefined {
  const depth = around.get(message.name) ?? 0;
  const { recursionMax } = options;
  if (depth > 0 && (recursionMax <= 0 || recursionMax > RECURSION_MAX)) {
    throw new ProtobufFault(
      "RECURSIVE_PROTOBUF_SCHEMA",
      "42K0G",
      `Found recursive reference in Protobuf schema, which can not be processed by default: ${field.name} of ${message.name}. Try setting the option 'recursive.fields.max.depth' to 1 to 10.`,
      { fieldDescriptor: field.name },
    );
  }
  if (depth > 0 && depth >= recursionMax) return undefined;
  const fields = fieldsOf(message, schema, options, new Map(around).set(message.name, depth + 1));
  if (fields.length > 0) return new StructType(fields);
  return options.retainEmpty ? DUMMY : undefined;
}

function scalarType(kind: ScalarKind, { upcastUnsigned }: ProtobufOptions): DataType {
  switch (kind) {
    case "uint32":
    case "fixed32":
      return upcastUnsigned ? LongType : IntegerType;
    case "uint64":
    case "fixed64":
      return upcastUnsigned ? DecimalType(20, 0) : LongType;
    case "int32":
    case "sint32":
    case "sfixed32":
      return IntegerType;
    case "int64":
    case "sint64":
    case "sfixed64":
      return LongType;
    case "double":
      return DoubleType;
    case "float":
      return FloatType;
    case "bool":
      return BooleanType;
    case "string":
      return StringType;
    case "bytes":
      return BinaryType;
  }
}
