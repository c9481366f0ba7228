import { type DataType, type MapValue, StringType, type StructType, type Value, VariantType } from "@ss/core";
import { formatDate, formatDecimal, formatDouble, formatFloat, formatTime } from "@ss/kernels";
import { unexpectedInputType } from "../../expression/errors.js";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { scalar } from "../define.js";
import { formatValue } from "../format-value.js";
import { type FunctionSettings, optionFormatter, settingsOf } from "../text-record/function-settings.js";
import { variantJson } from "../variant/variant-value.js";

/** `to_json(value[, options])`. */
export const toJsonFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["to_json"],
    arity: [1, 2],
    resolve: (args, context) => {
      const { kind } = typeOf(args[0]!);
      if (kind !== "struct" && kind !== "array" && kind !== "map" && kind !== "variant") {
        throw unexpectedInputType(context, 0, ["struct", "array", "map", VariantType], args[0]!);
      }
      return { args: [args[0]!], type: StringType, state: settingsOf(args[1], context) };
    },
    evaluate: (context) =>
      jsonWriter(context.argTypes[0]!, context.state as FunctionSettings, context) as (value: Value) => Value,
    pretty: ([value]) => `to_json(${value})`,
  }),
];

type Write = (value: never) => string;

/** A function that writes values of a type as JSON. Values are not null. */
export function jsonWriter(type: DataType, settings: FunctionSettings, context: EvaluationContext): Write {
  switch (type.kind) {
    case "boolean":
    case "byte":
    case "short":
    case "integer":
    case "long":
      return (value: Value) => String(value);
    case "float":
    case "double": {
      const format = type.kind === "float" ? formatFloat : formatDouble;
      return (value: number) => (Number.isFinite(value) ? format(value) : `"${format(value)}"`);
    }
    case "decimal":
      return (value: bigint) => formatDecimal(value, type.scale);
    case "string":
    case "char":
    case "varchar":
      return (value: string) => JSON.stringify(value);
    case "binary":
      return (value: Uint8Array) => `"${Buffer.from(value).toString("base64")}"`;
    case "date": {
      const formatter =
        settings["dateformat"] === undefined
          ? undefined
          : optionFormatter(settings, "dateformat", "", context);
      return (value: number) => JSON.stringify(formatter ? formatter.formatDate(value) : formatDate(value));
    }
    case "timestamp": {
      const zone = settings["timezone"]
        ? zoneOfText(settings["timezone"], context.origin)
        : sessionZone(context);
      const formatter = optionFormatter(
        settings,
        "timestampformat",
        "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
        context,
      );
      return (value: bigint) => JSON.stringify(formatter.formatTimestamp(value, zone));
    }
    case "timestamp_ntz": {
      const formatter = optionFormatter(
        settings,
        "timestampntzformat",
        "yyyy-MM-dd'T'HH:mm:ss[.SSS]",
        context,
      );
      return (value: bigint) => JSON.stringify(formatter.formatTimestampNtz(value));
    }
    case "time": {
      const pattern = settings["timeformat"];
      const formatter =
        pattern === undefined ? undefined : optionFormatter(settings, "timeformat", "", context);
      return (value: bigint) => {
        const micros = Number(value / 1000n);
        return JSON.stringify(formatter ? formatter.formatTime(micros) : formatTime(micros));
      };
    }
    case "array": {
      const element = withNull(type.elementType, settings, context);
      return (value: readonly Value[]) => `[${value.map(element).join(",")}]`;
    }
    case "map": {
      const element = withNull(type.valueType, settings, context);
      return (value: MapValue) =>
        `{${value.keys.map((key, k) => `${JSON.stringify(keyText(key, type.keyType, context))}:${element(value.values[k]!)}`).join(",")}}`;
    }
    case "struct":
      return structWriter(type, settings, context);
    case "variant": {
      const zone = settings["timezone"]
        ? zoneOfText(settings["timezone"], context.origin)
        : sessionZone(context);
      return (value: Value) => variantJson(value, zone);
    }
    case "void":
      return () => "null";
    default:
      return (value: Value) => JSON.stringify(formatValue(value, type, context.timeZone));
  }
}

function withNull(
  type: DataType,
  settings: FunctionSettings,
  context: EvaluationContext,
): (value: Value) => string {
  const write = jsonWriter(type, settings, context) as (value: Value) => string;
  return (value) => (value === null ? "null" : write(value));
}

/** Structs as keys of maps are written as Spark's rows write themselves, `[1,2]`. */
function keyText(key: Value, type: DataType, context: EvaluationContext): string {
  if (type.kind !== "struct") return formatValue(key, type, context.timeZone);
  const parts = type.fields.map((field, k) =>
    formatValue((key as readonly Value[])[k]!, field.type, context.timeZone),
  );
  return `[${parts.join(",")}]`;
}

function structWriter(type: StructType, settings: FunctionSettings, context: EvaluationContext): Write {
  const keepNulls = settings["ignorenullfields"]?.toLowerCase() === "false";
  const fields = type.fields.map((field) => ({
    name: JSON.stringify(field.name),
    write: withNull(field.type, settings, context),
  }));
  return (value: readonly Value[]) => {
    const parts = fields.flatMap(({ name, write }, k) =>
      value[k] === null && !keepNulls ? [] : [`${name}:${write(value[k]!)}`],
    );
    return `{${parts.join(",")}}`;
  };
}
