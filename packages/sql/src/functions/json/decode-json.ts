import type { DataType, StructType, Value } from "@ss/core";
import { parseDateText, parseTimestampNtzText, parseTimestampText } from "@ss/kernels";
import type { EvaluationContext } from "../../expression/function.js";
import { caster } from "../cast/caster.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { type FunctionSettings, optionParser } from "../text-record/function-settings.js";
import { variantParser } from "../variant/parse-variant.js";
import { type JsonNode, writeJson } from "./json-value.js";

/** Thrown where a JSON value is none of the type that is wanted. */
export class JsonMismatch extends Error {}

/** A JSON value as a value of a type; throws JsonMismatch where it is none. JSON null is null. */
export type JsonDecoder = (node: JsonNode) => Value;

/** What decoders of one call share. */
interface Decoding {
  readonly settings: FunctionSettings;
  readonly context: EvaluationContext;
  /** Called where a field of a struct does not fit and becomes null. */
  readonly onMismatch: () => void;
}

/** A decoder for a type. `onMismatch` is called for each field of a struct that does not fit its type and becomes null. */
export function jsonDecoder(
  type: DataType,
  settings: FunctionSettings,
  context: EvaluationContext,
  onMismatch: () => void,
): JsonDecoder {
  return decoder(type, { settings, context, onMismatch });
}

function decoder(type: DataType, decoding: Decoding): JsonDecoder {
  if (type.kind === "variant") return variantDecoder();
  const present = presentDecoder(type, decoding);
  return (node) => (node.kind === "null" ? null : present(node));
}

function mismatch(): never {
  throw new JsonMismatch();
}

function presentDecoder(type: DataType, decoding: Decoding): JsonDecoder {
  switch (type.kind) {
    case "string":
    case "char":
    case "varchar":
      return (node) => (node.kind === "string" ? node.value : writeJson(node));
    case "boolean":
      return (node) => (node.kind === "boolean" ? node.value : mismatch());
    case "byte":
    case "short":
    case "integer":
    case "long":
      return integerDecoder(type, decoding);
    case "float":
    case "double":
      return floatingDecoder(type);
    case "decimal": {
      const cast = textCaster(type, decoding);
      return (node) => {
        const value =
          node.kind === "number" ? cast(node.text) : node.kind === "string" ? cast(node.value) : null;
        return value ?? mismatch();
      };
    }
    case "binary":
      return (node) =>
        node.kind === "string" ? new Uint8Array(Buffer.from(node.value, "base64")) : mismatch();
    case "date":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
      return datetimeDecoder(type, decoding);
    case "array":
      return arrayDecoder(type.elementType, decoding);
    case "map": {
      const value = decoder(type.valueType, decoding);
      const key = textCaster(type.keyType, decoding);
      return (node) =>
        node.kind === "object"
          ? {
              keys: node.entries.map(([name]) => key(name)),
              values: node.entries.map(([, one]) => value(one)),
            }
          : mismatch();
    }
    case "struct":
      return structDecoder(type, decoding);
    default: {
      const cast = textCaster(type, decoding);
      return (node) => (node.kind === "string" ? (cast(node.value) ?? mismatch()) : mismatch());
    }
  }
}

/** JSON null is a variant, not NULL. */
function variantDecoder(): JsonDecoder {
  const parse = variantParser({});
  return (node) => parse(writeJson(node)) ?? mismatch();
}

function textCaster(type: DataType, { context }: Decoding): (text: string) => Value {
  const options = { mode: "try", ansi: true, timeZone: context.timeZone } as const;
  return caster({ kind: "string" }, type, options) as (text: string) => Value;
}

function integerDecoder(type: DataType, decoding: Decoding): JsonDecoder {
  const cast = textCaster(type, decoding);
  return (node) => {
    if (node.kind !== "number" || /[.eE]/.test(node.text)) mismatch();
    return cast((node as { text: string }).text) ?? mismatch();
  };
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "+Infinity": Number.POSITIVE_INFINITY,
  "+INF": Number.POSITIVE_INFINITY,
  INF: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-INF": Number.NEGATIVE_INFINITY,
};

function floatingDecoder(type: DataType): JsonDecoder {
  const round = type.kind === "float" ? Math.fround : (value: number): number => value;
  return (node) => {
    if (node.kind === "number") return round(Number(node.text));
    if (node.kind === "string" && Object.hasOwn(SPECIAL, node.value)) return SPECIAL[node.value]!;
    return mismatch();
  };
}

function datetimeDecoder(type: DataType, { settings, context }: Decoding): JsonDecoder {
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], context.origin) : sessionZone(context);
  const name = {
    date: "dateformat",
    timestamp: "timestampformat",
    timestamp_ntz: "timestampntzformat",
    time: "timeformat",
  };
  const parser = optionParser(settings, name[type.kind as "date"], context);
  const cast = caster({ kind: "string" }, type, { mode: "try", ansi: true, timeZone: zone.id });
  const read = (text: string): Value | undefined => {
    switch (type.kind) {
      case "date": {
        const days = parser ? parser.parseDate(text) : parseDateText(text);
        return days === days ? days : undefined;
      }
      case "timestamp":
        return parser ? parser.parseTimestamp(text, zone) : parseTimestampText(text, zone);
      case "timestamp_ntz":
        return parser ? parser.parseTimestampNtz(text, false) : parseTimestampNtzText(text, false);
      default: {
        if (!parser) return cast(text) ?? undefined;
        const micros = parser.parseTime(text);
        return micros === micros ? BigInt(micros) * 1000n : undefined;
      }
    }
  };
  return (node) => {
    if (node.kind === "string") return read(node.value) ?? mismatch();
    const whole = node.kind === "number" && /^-?\d+$/.test(node.text);
    return whole && type.kind === "timestamp" ? BigInt(node.text) * 1_000_000n : mismatch();
  };
}

/** An object stands for an array of one where structs are wanted. */
function arrayDecoder(elementType: DataType, decoding: Decoding): JsonDecoder {
  const element = decoder(elementType, decoding);
  return (node) => {
    if (node.kind === "array") return node.items.map(element);
    return node.kind === "object" && elementType.kind === "struct" ? [element(node)] : mismatch();
  };
}

function structDecoder(type: StructType, decoding: Decoding): JsonDecoder {
  const fields = type.fields.map((field) => decoder(field.type, decoding));
  const places = new Map(type.fields.map((field, k) => [field.name, k]));
  return (node) => {
    if (node.kind !== "object") mismatch();
    const row = new Array<Value>(fields.length).fill(null);
    for (const [name, value] of (node as Extract<JsonNode, { kind: "object" }>).entries) {
      const at = places.get(name);
      if (at === undefined) continue;
      try {
        row[at] = fields[at]!(value);
      } catch (error) {
        if (!(error instanceof JsonMismatch)) throw error;
        row[at] = null;
        decoding.onMismatch();
      }
    }
    return row;
  };
}
