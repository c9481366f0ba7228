import { type DataType, StreamError, simpleString, type Value } from "@ss/core";
import { DECIMAL_OK, parseDecimalText } from "@ss/kernels";
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
      const limit = 2 ** INTEGER_BITS[type.kind]!;
      const number = Number(value);
      if (Number.isInteger(number) && number >= -limit && number < limit && typeof value !== "string")
        return number;
      break;
    }
    case "long":
      if (typeof value === "bigint")
        return BigInt.asIntN(64, value) === value ? value : refuse(value, type, what);
      if (Number.isSafeInteger(value)) return BigInt(value as number);
      break;
    case "float":
      if (typeof value === "number") return Math.fround(value);
      break;
    case "double":
      if (typeof value === "number") return value;
      break;
    case "decimal": {
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
      if (value instanceof Date) return Math.floor(value.getTime() / 86_400_000);
      break;
    case "timestamp":
    case "timestamp_ntz":
      if (value instanceof Date) return BigInt(value.getTime()) * 1000n;
      if (typeof value === "bigint") return value;
      break;
    case "array":
      if (Array.isArray(value)) return value.map((one) => toInternal(one, type.elementType, what));
      break;
    case "map": {
      const entries = value instanceof Map ? [...value] : Object.entries(value as object);
      return {
        keys: entries.map(([key]) => toInternal(key, type.keyType, what)),
        values: entries.map(([, one]) => toInternal(one, type.valueType, what)),
      };
    }
    case "struct": {
      if (typeof value !== "object") break;
      const fields = value as Record<string, unknown> | readonly unknown[];
      return type.fields.map((field, k) => {
        const one = Array.isArray(fields)
          ? fields[k]
          : Object.hasOwn(fields, field.name)
            ? (fields as Record<string, unknown>)[field.name]
            : null;
        return toInternal(one, field.type, `${what}.${field.name}`);
      });
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

function refuse(value: unknown, type: DataType, what: string): never {
  throw new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: { value: String(value), type: simpleString(type), what },
    message: `${what}: the value ${typeof value === "string" ? `'${value}'` : String(value)} (${typeof value}) is not a ${simpleString(type)}.`,
  });
}
