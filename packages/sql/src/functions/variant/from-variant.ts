import {
  BinaryType,
  BooleanType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  LongType,
  StringType,
  TimestampNTZType,
  TimestampType,
  type Value,
} from "@ss/core";
import {
  copyVariant,
  timeZone,
  UTC,
  VariantBuilder,
  type VariantKind,
  type VariantReader,
} from "@ss/kernels";
import { canCast } from "../../expression/coercion/cast-rules.js";
import { caster } from "../cast/caster.js";
import { invalidVariantCast } from "./variant-errors.js";
import { builtVariant, variantJsonAt } from "./variant-value.js";

/** The value at a position of an open variant, as a value of a type. */
export type FromVariant = (reader: VariantReader, at: number) => Value;

/** How a value of a variant becomes one of a type. */
export interface VariantCastOptions {
  /** Whether what does not fit is null instead of an error; parts of arrays and objects each for themselves. */
  readonly tries: boolean;
  readonly timeZone: string;
}

const TYPES: Readonly<Partial<Record<VariantKind, DataType>>> = {
  boolean: BooleanType,
  long: LongType,
  double: DoubleType,
  float: FloatType,
  date: DateType,
  timestamp: TimestampType,
  timestamp_ntz: TimestampNTZType,
  binary: BinaryType,
  string: StringType,
  uuid: StringType,
};

/** The cast of the values of a variant to a type. Variant nulls become nulls, but for the parts of a variant itself. */
export function fromVariant(type: DataType, options: VariantCastOptions): FromVariant {
  if (type.kind === "variant") return variantPart();
  const present = presentFrom(type, options);
  return (reader, at) => (reader.kindAt(at) === "null" ? null : present(reader, at));
}

function variantPart(): FromVariant {
  const builder = new VariantBuilder();
  return (reader, at) => {
    builder.reset();
    copyVariant(reader, at, builder);
    builder.finish();
    return builtVariant(builder);
  };
}

function presentFrom(type: DataType, options: VariantCastOptions): FromVariant {
  const zone = timeZone(options.timeZone) ?? UTC;
  const invalid: FromVariant = (reader, at) => {
    if (options.tries) return null;
    throw invalidVariantCast(variantJsonAt(reader, at, zone), type);
  };
  switch (type.kind) {
    case "array":
      return arrayFrom(fromVariant(type.elementType, options), invalid);
    case "map":
      return mapFrom(fromVariant(type.valueType, options), invalid);
    case "struct": {
      const fields = type.fields.map((field) => fromVariant(field.type, options));
      const names = type.fields.map((field) => new TextEncoder().encode(field.name));
      return structFrom(names, fields, invalid);
    }
    default:
      return scalarFrom(type, options, invalid);
  }
}

function arrayFrom(element: FromVariant, invalid: FromVariant): FromVariant {
  return (reader, at) => {
    if (reader.kindAt(at) !== "array") return invalid(reader, at);
    reader.enter(at);
    const places = Array.from({ length: reader.count }, (_, k) => reader.childAt(k));
    return places.map((place) => element(reader, place));
  };
}

function mapFrom(element: FromVariant, invalid: FromVariant): FromVariant {
  return (reader, at) => {
    if (reader.kindAt(at) !== "object") return invalid(reader, at);
    reader.enter(at);
    const keys = Array.from({ length: reader.count }, (_, k) => reader.keyText(k));
    const places = keys.map((_, k) => reader.childAt(k));
    return { keys, values: places.map((place) => element(reader, place)) };
  };
}

function structFrom(
  names: readonly Uint8Array[],
  fields: readonly FromVariant[],
  invalid: FromVariant,
): FromVariant {
  return (reader, at) => {
    if (reader.kindAt(at) !== "object") return invalid(reader, at);
    return names.map((name, k) => {
      const place = reader.fieldOf(at, name);
      return place < 0 ? null : fields[k]!(reader, place);
    });
  };
}

function scalarFrom(type: DataType, options: VariantCastOptions, invalid: FromVariant): FromVariant {
  const casters = new Map<string, ((value: Value) => Value) | undefined>();
  const zone = timeZone(options.timeZone) ?? UTC;
  const casterFrom = (from: DataType, key: string): ((value: Value) => Value) | undefined => {
    let cast = casters.get(key);
    if (cast === undefined && !casters.has(key)) {
      const fits = canCast(from, type, true) && !(from.kind === "boolean" && type.kind === "timestamp");
      const castOptions = { mode: "try", ansi: true, timeZone: options.timeZone } as const;
      cast = fits ? caster(from, type, castOptions) : undefined;
      casters.set(key, cast);
    }
    return cast;
  };
  const isText = type.kind === "string";
  return (reader, at) => {
    const kind = reader.kindAt(at);
    if (kind === "object" || kind === "array") {
      return isText ? variantJsonAt(reader, at, zone) : invalid(reader, at);
    }
    if (kind === "string" && isText) return reader.stringAt(at);
    if (kind === "decimal") {
      // As text a decimal has no zeros at its end.
      if (isText) return variantJsonAt(reader, at, zone);
      const unscaled = reader.unscaledAt(at);
      const scale = reader.scaleAt(at);
      const digits = String(unscaled < 0n ? -unscaled : unscaled).length;
      const precision = Math.min(38, Math.max(digits, scale, 1));
      const cast = casterFrom(DecimalType(precision, scale), `${precision},${scale}`);
      const value = cast === undefined ? null : cast(unscaled);
      return value ?? invalid(reader, at);
    }
    if (kind === "long" && type.kind === "timestamp") {
      const micros = reader.longAt(at) * 1_000_000n;
      return BigInt.asIntN(64, micros) === micros ? micros : invalid(reader, at);
    }
    const cast = casterFrom(TYPES[kind]!, kind);
    if (cast === undefined) return invalid(reader, at);
    return cast(scalarAt(reader, at, kind)) ?? invalid(reader, at);
  };
}

function scalarAt(reader: VariantReader, at: number, kind: VariantKind): Value {
  switch (kind) {
    case "boolean":
      return reader.booleanAt(at);
    case "long":
      return reader.longAt(at);
    case "double":
    case "float":
      return reader.floatingAt(at);
    case "date":
      return reader.intAt(at);
    case "timestamp":
    case "timestamp_ntz":
      return reader.microsAt(at);
    case "binary":
      return reader.bytesAt(at);
    case "uuid":
      return reader.uuidAt(at);
    default:
      return reader.stringAt(at);
  }
}
