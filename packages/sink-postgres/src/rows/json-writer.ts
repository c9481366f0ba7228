import { type Column, columnBuilder, type DataType, type MapValue, type Value, valueAt } from "@ss/core";
import {
  ByteArena,
  decodeUtf8,
  formatDecimal,
  formatDouble,
  formatFloat,
  UTC,
  VariantReader,
  writeVariantJson,
} from "@ss/kernels";
import { NulCharacter } from "./copy-text.js";
import { scalarWriter } from "./scalar-writer.js";
import { ValueWriter } from "./value-writer.js";

/** Structs, maps and variants, and arrays of them, as JSON: for columns of type `jsonb` and `json`. */
export class JsonWriter extends ValueWriter {
  override readonly isPlain: boolean = false;
  private readonly type: DataType;
  private column!: Column;

  constructor(type: DataType) {
    super();
    this.type = type;
  }

  protected take(column: Column): void {
    this.column = column;
  }

  protected put(i: number, arena: ByteArena): void {
    arena.appendString(jsonText(valueAt(this.column, i), this.type));
  }
}

/** A value as JSON. Numbers keep their digits; times are those of UTC; bytes are base64. */
function jsonText(value: Value, type: DataType): string {
  if (value === null) return "null";
  switch (type.kind) {
    case "boolean":
    case "byte":
    case "short":
    case "integer":
    case "long":
      return String(value);
    case "float":
    case "double": {
      const text = type.kind === "float" ? formatFloat(value as number) : formatDouble(value as number);
      return Number.isFinite(value) ? text : quoted(text);
    }
    case "decimal":
      return formatDecimal(value as bigint, type.scale);
    case "string":
    case "char":
    case "varchar":
      return quoted(value as string);
    case "binary":
      return quoted(Buffer.from(value as Uint8Array).toString("base64"));
    case "array": {
      const elements = (value as Value[]).map((element) => jsonText(element, type.elementType));
      return `[${elements.join(",")}]`;
    }
    case "struct": {
      const members = type.fields.map(
        ({ name, type: inner }, k) => `${quoted(name)}:${jsonText((value as Value[])[k]!, inner)}`,
      );
      return `{${members.join(",")}}`;
    }
    case "map": {
      const { keys, values } = value as MapValue;
      const members = keys.map((key, k) => {
        const text = jsonText(key, type.keyType);
        return `${text.startsWith('"') ? text : quoted(text)}:${jsonText(values[k]!, type.valueType)}`;
      });
      return `{${members.join(",")}}`;
    }
    case "variant":
      return variantText(value as Value[]);
    default:
      return quoted(scalarText(value, type));
  }
}

function quoted(text: string): string {
  if (text.includes("\0")) throw new NulCharacter();
  return JSON.stringify(text);
}

function variantText([metadata, bytes]: readonly Value[]): string {
  const reader = new VariantReader();
  const arena = new ByteArena(64);
  const [head, body] = [metadata as Uint8Array, bytes as Uint8Array];
  reader.open(head, 0, head.length, body, 0, body.length);
  writeVariantJson(reader, reader.root, { zone: UTC }, arena);
  return decodeUtf8(arena.bytes, 0, arena.length);
}

/** Instants have the offset of UTC behind them, other times have none. */
function instantOrScalar(type: DataType): ValueWriter {
  return scalarWriter(type, UTC, type.kind === "timestamp" ? "Z" : "");
}

/** The text of a date, a time or an interval. */
function scalarText(value: Value, type: DataType): string {
  const arena = new ByteArena(64);
  const builder = columnBuilder(type);
  builder.append(value);
  const writer = instantOrScalar(type);
  writer.bind(builder.finish());
  writer.write(0, arena);
  return decodeUtf8(arena.bytes, 0, arena.length);
}
