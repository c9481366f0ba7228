import { type DataType, StreamError, type StructType, simpleString, type Value } from "@ss/core";
import { DECIMAL_OK, parseDecimalText } from "@ss/kernels";
import { valueText } from "./value-text.js";
import { VariantVal } from "./variant-val.js";

const INTEGER_BITS: Readonly<Record<string, number>> = { byte: 7, short: 15, integer: 31 };

/** A JavaScript value as a boxed value of a type: what `createDataFrame`, user functions and literals take. */
export function toInternal(value: unknown, type: DataType, what: string): Value {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "byte":
    case "short":
    case "integer": {
      if (typeof value !== "number" && typeof value !== "bigint") break;
      const limit = 2 ** INTEGER_BITS[type.kind]!;
      const number = Number(value);
      if (Number.isInteger(number) && number >= -limit && number < limit) return number;
      break;
    }
    case "long":
      if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
      if (Number.isSafeInteger(value)) return BigInt(value as number);
      break;
    case "float":
      if (typeof value === "number") return Math.fround(value);
      break;
    case "double":
      if (typeof value === "number") return value;
      break;
    case "decimal": {
      if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "string") break;
      const { status, unscaled } = parseDecimalText(String(value), type.precision, type.scale);
      if (status === DECIMAL_OK) return unscaled;
      break;
    }
    case "string":
    case "char":
    case "varchar":
      if (typeof value === "string") return value;
      break;
    case "binary":
      if (value instanceof Uint8Array) return value;
      break;
    case "date":
      if (isMoment(value)) return Math.floor(value.getTime() / 86_400_000);
      break;
    case "timestamp":
    case "timestamp_ntz":
      if (isMoment(value)) return BigInt(value.getTime()) * 1000n;
      if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
      break;
    case "array":
      if (Array.isArray(value)) return value.map((one) => toInternal(one, type.elementType, what));
      break;
    case "map": {
      if (!(value instanceof Map) && !isRecord(value)) break;
      const entries = value instanceof Map ? [...value] : Object.entries(value);
      return {
        keys: entries.map(([key]) => toInternal(key, type.keyType, what)),
        values: entries.map(([, one]) => toInternal(one, type.valueType, what)),
      };
    }
    case "struct": {
      if (!hasFields(value)) break;
      return structValues(value, type, what, ".");
    }
    case "variant":
      if (value instanceof VariantVal) return [value.metadata, value.value];
      break;
    case "void":
      return null;
    default:
      return value as Value;
  }
  return refuse(value, type, what);
}

/** Whether a value may stand for a struct: a record or a list of fields. */
export function hasFields(value: unknown): value is object {
  return Array.isArray(value) || isRecord(value);
}

/**
 * The boxed fields of what stands for a struct. A record may leave fields out, which are null then, but not have others instead: a name that
 * is misspelt would be a null that nothing tells of. `joint` stands between `what` and the name of a field in errors.
 */
export function structValues(
  value: object,
  { fields }: StructType,
  what: string,
  joint: string,
): readonly Value[] {
  const isList = Array.isArray(value);
  const record = value as Readonly<Record<string, unknown>>;
  let missing: string | undefined;
  const values = fields.map(({ name, type }, k) => {
    if (isList) return toInternal(value[k], type, `${what}${joint}${name}`);
    if (Object.hasOwn(record, name)) return toInternal(record[name], type, `${what}${joint}${name}`);
    missing ??= name;
    return null;
  });
  if (missing !== undefined) checkNames(record, fields, missing, what);
  return values;
}

/** A field of what stands for a struct: of a record by its name, of a list by its place. */
export function fieldOf(value: object, name: string, place: number): unknown {
  if (Array.isArray(value)) return value[place];
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null;
}

/** Whether a value is a Date with a time: one that was made of no date has none. */
function isMoment(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** Whether a value is an object with fields of its own, and nothing that is built in: no Date, Map, promise or bytes. */
function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Object.getPrototypeOf(value) === Object.prototype) return true;
  return Object.prototype.toString.call(value) === "[object Object]" && !(value instanceof VariantVal);
}

/** Looks at names only where one is missing: what is more than the schema has is left out otherwise. */
function checkNames(value: object, fields: StructType["fields"], missing: string, what: string): void {
  const field = Object.keys(value).find((name) => !fields.some((known) => known.name === name));
  if (field === undefined) return;
  const names = fields.map(({ name }) => name).join(", ");
  throw new StreamError({
    condition: "SS_UNKNOWN_FIELD",
    sqlState: "42703",
    parameters: { field, missing, what },
    message: `${what}: there is a field '${field}', which the schema does not have, and none '${missing}', which it has. Is a name misspelt? The fields are ${names}.`,
  });
}

function refuse(value: unknown, type: DataType, what: string): never {
  const text = valueText(value);
  throw new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: { value: text, type: simpleString(type), what },
    message: `${what}: the value ${text} (${typeof value}) is not a ${simpleString(type)}.`,
  });
}
