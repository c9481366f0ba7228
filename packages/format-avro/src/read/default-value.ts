import type { DataType, StructType, Value } from "@ss/core";
import type { AvroSchema, AvroUnion } from "../schema/avro-schema.js";
import { SchemaFault } from "../schema/schema-fault.js";
import { membersOf, singleMember } from "../schema/to-sql-type.js";

/** The default of a field, which a schema holds as JSON, as a value of its SQL type. Of a union it is a value of the first type. */
export function defaultOf(json: unknown, schema: AvroSchema, type: DataType): Value {
  const wrong = (): SchemaFault =>
    new SchemaFault(`the default ${JSON.stringify(json)} is no value of the type ${schema.type}`);
  switch (schema.type) {
    case "null":
      if (json !== null) throw wrong();
      return null;
    case "boolean":
      if (typeof json !== "boolean") throw wrong();
      return json;
    case "int":
    case "float":
    case "double":
      if (typeof json !== "number") throw wrong();
      return json;
    case "long": {
      if (!Number.isInteger(json)) throw wrong();
      const whole = BigInt(json as number);
      return schema.logical?.name.endsWith("timestamp-millis") || type.kind === "time"
        ? whole * 1000n
        : whole;
    }
    case "string":
    case "enum":
      if (typeof json !== "string") throw wrong();
      return json;
    case "bytes":
    case "fixed": {
      if (typeof json !== "string") throw wrong();
      // each character stands for the byte of its number
      const bytes = Uint8Array.from(json, (character) => character.charCodeAt(0));
      return type.kind === "decimal" ? decimalValue(bytes, type.precision) : bytes;
    }
    case "array":
      if (!Array.isArray(json) || type.kind !== "array") throw wrong();
      return json.map((one) => defaultOf(one, schema.items, type.elementType));
    case "map": {
      if (!isObject(json) || type.kind !== "map") throw wrong();
      const values = Object.values(json).map((one) => defaultOf(one, schema.values, type.valueType));
      return { keys: Object.keys(json), values };
    }
    case "record": {
      if (!isObject(json) || type.kind !== "struct") throw wrong();
      return type.fields.map((field) => {
        const part = schema.fields.find(({ name }) => name === field.name)!;
        const given = Object.hasOwn(json, field.name) ? json[field.name] : part.defaultValue;
        if (given === undefined) throw wrong();
        return defaultOf(given, part.schema, field.type);
      });
    }
    case "union":
      return unionDefault(json, schema, type);
  }
}

function unionDefault(json: unknown, schema: AvroUnion, type: DataType): Value {
  const first = schema.types[0];
  if (first === undefined) throw new SchemaFault("a union without types has no default");
  // later schemas may have the default of any type of the union
  if (json === null && schema.types.some((one) => one.type === "null")) return null;
  const members = membersOf(schema);
  const single = singleMember(members);
  if (single) return defaultOf(json, single, type);
  const chosen = first.type === "null" ? members[0]! : first;
  return (type as StructType).fields.map((field, k) =>
    members[k] === chosen ? defaultOf(json, chosen, field.type) : null,
  );
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function decimalValue(bytes: Uint8Array, precision: number): bigint {
  let value = bytes.length > 0 && bytes[0]! >= 0x80 ? -1n : 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  const limit = 10n ** BigInt(precision);
  if (value >= limit || value <= -limit) throw new SchemaFault(`a default has more than ${precision} digits`);
  return value;
}
