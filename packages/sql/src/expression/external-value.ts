import { type Column, type DataType, type MapValue, StreamError, type Value, valueAt } from "@ss/core";
import { formatDecimal } from "@ss/kernels";
import { VariantVal } from "./variant-val.js";

/** How values look to a person. */
export interface ExternalOptions {
  /** What a LONG becomes: `number` throws beyond 2^53; default `number`. */
  readonly longs: "number" | "bigint";
  /** What a TIMESTAMP becomes: `date` has milliseconds; default `date`. */
  readonly timestamps: "date" | "micros";
}

/** What the settings of a session say of them. */
export function externalOptions(conf: (key: string) => string | undefined): ExternalOptions {
  return {
    longs: conf("ss.collect.longs") === "bigint" ? "bigint" : "number",
    timestamps: conf("ss.collect.timestamps") === "micros" ? "micros" : "date",
  };
}

/** The value of a cell as a person sees it. */
export function externalValue(column: Column, i: number, options: ExternalOptions, name = "?"): unknown {
  return toExternal(valueAt(column, i), column.type, options, name);
}

/**
 * A boxed value as a person sees it: LONG a number (or bigint), DECIMAL a text, DATE and TIMESTAMP a Date, STRUCT an object, MAP a
 * Map, VARIANT a VariantVal.
 */
export function toExternal(value: Value, type: DataType, options: ExternalOptions, name: string): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case "long":
      return options.longs === "bigint" ? value : exactNumber(value as bigint, name);
    case "timestamp":
    case "timestamp_ntz":
      return options.timestamps === "micros" ? value : new Date(Number((value as bigint) / 1000n));
    case "date":
      return new Date((value as number) * 86_400_000);
    case "decimal":
      return formatDecimal(value as bigint, type.scale);
    case "array":
      return (value as readonly Value[]).map((one) => toExternal(one, type.elementType, options, name));
    case "map": {
      const { keys, values } = value as MapValue;
      return new Map(
        keys.map((key, k) => [
          toExternal(key, type.keyType, options, name),
          toExternal(values[k]!, type.valueType, options, name),
        ]),
      );
    }
    case "variant": {
      const [metadata, bytes] = value as readonly [Uint8Array, Uint8Array];
      return new VariantVal(bytes, metadata);
    }
    case "struct":
      // a computed key of an object literal never reaches a prototype, whatever the name is
      return Object.fromEntries(
        type.fields.map((field, k) => [
          field.name,
          toExternal((value as readonly Value[])[k]!, field.type, options, `${name}.${field.name}`),
        ]),
      );
    default:
      return value;
  }
}

function exactNumber(value: bigint, name: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new StreamError({
    condition: "SS_LONG_NOT_A_SAFE_NUMBER",
    parameters: { column: name, value: String(value) },
    message: `The LONG ${value} in column '${name}' does not fit a JavaScript number. Set spark.conf.set("ss.collect.longs", "bigint") to get bigints.`,
  });
}
