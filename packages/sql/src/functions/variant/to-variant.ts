import type { DataType, MapValue, Value } from "@ss/core";
import { copyVariant, VariantBuilder, VariantReader } from "@ss/kernels";
import { variantFailure } from "./variant-errors.js";
import { builtVariant, type VariantParts } from "./variant-value.js";

type Append = (value: Value) => void;

const encoder = new TextEncoder();

/** Makes variants of the values of a type; `functionName` is who asks for it, for errors. Values are not null. */
export function toVariant(type: DataType, functionName: string): (value: Value) => Value {
  const builder = new VariantBuilder();
  const append = appender(type, builder);
  return (value) => {
    try {
      builder.reset();
      append(value);
      builder.finish();
      return builtVariant(builder);
    } catch (error) {
      throw variantFailure(error, functionName);
    }
  };
}

function appender(type: DataType, builder: VariantBuilder): Append {
  const present = presentAppender(type, builder) as Append;
  return (value) => {
    if (value === null) builder.appendNull();
    else present(value);
  };
}

function presentAppender(type: DataType, builder: VariantBuilder): (value: never) => void {
  switch (type.kind) {
    case "boolean":
      return (value: boolean) => builder.appendBoolean(value);
    case "byte":
    case "short":
    case "integer":
      return (value: number) => builder.appendInteger(value);
    case "long":
      return (value: bigint) =>
        builder.appendLong(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
    case "float":
      return (value: number) => builder.appendFloat(value);
    case "double":
      return (value: number) => builder.appendDouble(value);
    case "decimal":
      return (value: bigint) => builder.appendDecimal(value, type.scale);
    case "string":
    case "char":
    case "varchar":
      return (value: string) => {
        const bytes = encoder.encode(value);
        builder.appendString(bytes, 0, bytes.length);
      };
    case "binary":
      return (value: Uint8Array) => builder.appendBinary(value, 0, value.length);
    case "date":
      return (value: number) => builder.appendDate(value);
    case "timestamp":
      return (value: bigint) => builder.appendTimestamp(value);
    case "timestamp_ntz":
      return (value: bigint) => builder.appendTimestampNtz(value);
    case "variant": {
      const reader = new VariantReader();
      return (value: Value) => {
        reader.openParts(...(value as unknown as VariantParts));
        copyVariant(reader, reader.root, builder);
      };
    }
    case "array":
      return arrayAppender(appender(type.elementType, builder), builder);
    case "map":
      return mapAppender(appender(type.valueType, builder), builder);
    case "struct": {
      const names = type.fields.map((field) => encoder.encode(field.name));
      const fields = type.fields.map((field) => appender(field.type, builder));
      return objectAppender(
        (value: readonly Value[], add) => value.forEach((one, k) => void add(names[k]!, one, fields[k]!)),
        builder,
      );
    }
    default:
      return () => builder.appendNull();
  }
}

function arrayAppender(element: Append, builder: VariantBuilder): (values: readonly Value[]) => void {
  return (values) => {
    const start = builder.value.length;
    const first = builder.entryCount;
    for (const value of values) {
      builder.addEntry(0, start);
      element(value);
    }
    builder.finishArray(start, first);
  };
}

function mapAppender(element: Append, builder: VariantBuilder): (value: MapValue) => void {
  return objectAppender(
    ({ keys, values }: MapValue, add) =>
      keys.forEach((key, k) => void add(encoder.encode(key as string), values[k]!, element)),
    builder,
  );
}

type AddField = (key: Uint8Array, value: Value, append: Append) => void;

function objectAppender<V>(
  eachField: (value: V, add: AddField) => void,
  builder: VariantBuilder,
): (value: V) => void {
  return (value) => {
    const start = builder.value.length;
    const first = builder.entryCount;
    eachField(value, (key, one, append) => {
      builder.addEntry(builder.dictionary.add(key, 0, key.length), start);
      append(one);
    });
    builder.finishObject(start, first);
  };
}
