import { isUtf8 } from "node:buffer";
import {
  type BooleanBuilder,
  type BytesBuilder,
  type ColumnBuilder,
  type Float32Builder,
  type Float64Builder,
  Int32Builder,
  Int64Builder,
  type Int128Builder,
} from "@ss/core";
import type { ProtobufField, ProtobufSchema } from "../schema/protobuf-schema.js";
import {
  FIXED_32,
  FIXED_64,
  LENGTH_DELIMITED,
  MalformedMessage,
  VARINT,
  type WireReader,
} from "./wire-reader.js";

/** The values of a field without parts, for a builder of its SQL type. */
export interface ScalarValues {
  /** How one value lies in a message. */
  readonly wire: number;
  /** Reads the value at the reader's place, and appends it; where `skipsDefault`, null in place of the kind's default. */
  read(reader: WireReader, skipsDefault: boolean): void;
  /** Appends the default: that of the schema, else of the kind. */
  appendDefault(): void;
}

const encoder = new TextEncoder();

/** The values of a field, by its kind and its SQL type. */
export function scalarValues(field: ProtobufField, schema: ProtobufSchema, out: ColumnBuilder): ScalarValues {
  const { kind, defaultText } = field;
  switch (kind) {
    case "string":
    case "bytes":
      return texts(field, out as BytesBuilder);
    case "enum":
      return enums(field, schema, out);
    case "bool": {
      const builder = out as BooleanBuilder;
      return {
        wire: VARINT,
        read(reader, skipsDefault) {
          reader.varint();
          const value = (reader.low | reader.high) === 0 ? 0 : 1;
          if (skipsDefault && value === 0) return builder.appendNull();
          const at = builder.next(true);
          builder.values[at] = value;
        },
        appendDefault: () => builder.append(defaultText === "true"),
      };
    }
    case "float":
    case "double": {
      const builder = out as Float32Builder | Float64Builder;
      const isFloat = kind === "float";
      return {
        wire: isFloat ? FIXED_32 : FIXED_64,
        read(reader, skipsDefault) {
          const value = isFloat ? reader.float() : reader.double();
          if (skipsDefault && Object.is(value, 0)) return builder.appendNull();
          const at = builder.next(true);
          builder.values[at] = value;
        },
        appendDefault: () => builder.append(fractionOf(defaultText)),
      };
    }
    default:
      return wholeNumbers(field, out);
  }
}

function fractionOf(text: string | null): number {
  if (text === null) return 0;
  if (/^[+-]?inf$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** Puts a number of 64 bits into the reader's `low` and `high`. */
type ReadWords = (reader: WireReader) => void;

const FIXED: Readonly<Record<string, number>> = {
  fixed32: FIXED_32,
  sfixed32: FIXED_32,
  fixed64: FIXED_64,
  sfixed64: FIXED_64,
};

function readWords(kind: string): ReadWords {
  switch (kind) {
    case "sint32":
    case "sint64":
      return (reader) => {
        reader.varint();
        const { low, high } = reader;
        const sign = -(low & 1);
        reader.low = ((low >>> 1) | (high << 31)) ^ sign;
        reader.high = (high >>> 1) ^ sign;
      };
    case "fixed32":
    case "sfixed32":
      return (reader) => {
        reader.low = reader.fixed32();
        reader.high = 0;
      };
    case "fixed64":
    case "sfixed64":
      return (reader) => reader.fixed64();
    default:
      return (reader) => reader.varint();
  }
}

function wholeNumbers({ kind, defaultText }: ProtobufField, out: ColumnBuilder): ScalarValues {
  const words = readWords(kind);
  const is64 = kind.endsWith("64");
  const put = putWords(out);
  const initial = BigInt(defaultText ?? "0");
  return {
    wire: FIXED[kind] ?? VARINT,
    read(reader, skipsDefault) {
      words(reader);
      // of 32-bit numbers only the low half counts
      const high = is64 ? reader.high : 0;
      if (skipsDefault && (reader.low | high) === 0) return out.appendNull();
      put(reader.low, high);
    },
    appendDefault: () =>
      put(Number(BigInt.asIntN(32, initial)), is64 ? Number(BigInt.asIntN(32, initial >> 32n)) : 0),
  };
}

function putWords(out: ColumnBuilder): (low: number, high: number) => void {
  if (out instanceof Int32Builder) {
    return (low) => {
      const at = out.next(true);
      out.values[at] = low;
    };
  }
  if (out instanceof Int64Builder) return (low, high) => out.appendWords(low, high);
  const decimals = out as Int128Builder;
  return (low, high) => {
    const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    decimals.write(decimals.next(true), value);
  };
}

function texts({ kind, defaultText, checksUtf8 }: ProtobufField, out: BytesBuilder): ScalarValues {
  const initial =
    defaultText === null
      ? new Uint8Array(0)
      : kind === "string"
        ? encoder.encode(defaultText)
        : unescaped(defaultText);
  const checks = kind === "string" && checksUtf8;
  return {
    wire: LENGTH_DELIMITED,
    read(reader, skipsDefault) {
      const length = reader.length();
      const start = reader.take(length);
      if (skipsDefault && length === 0) return out.appendNull();
      if (checks && !isText(reader.bytes, start, length)) throw new MalformedMessage("a text is not UTF-8");
      out.appendSpan(reader.bytes, start, length);
    },
    appendDefault: () => out.appendBytes(initial, 0, initial.length),
  };
}

function isText(bytes: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  let at = start;
  while (at < end && bytes[at]! < 0x80) at++;
  return at === end || isUtf8(bytes.subarray(at, end));
}

/** Bytes as .proto files write them: with escapes as in C. */
function unescaped(text: string): Uint8Array {
  const bytes: number[] = [];
  const simple: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 };
  for (const part of text.matchAll(/\\([0-7]{1,3})|\\x([0-9a-f]{1,2})|\\(.)|([^\\])/gis)) {
    if (part[1] !== undefined) bytes.push(Number.parseInt(part[1], 8) & 0xff);
    else if (part[2] !== undefined) bytes.push(Number.parseInt(part[2], 16));
    else if (part[3] !== undefined) bytes.push(simple[part[3]] ?? part[3].charCodeAt(0));
    else bytes.push(...encoder.encode(part[4]));
  }
  return Uint8Array.from(bytes);
}

function enums(field: ProtobufField, schema: ProtobufSchema, out: ColumnBuilder): ScalarValues {
  const type = schema.enums[field.type]!;
  const first = type.values.find(({ name }) => name === field.defaultText) ?? type.values[0];
  const initial = first?.number ?? 0;
  const put = out instanceof Int32Builder ? putWords(out) : putName(type, out as BytesBuilder);
  return {
    wire: VARINT,
    read(reader, skipsDefault) {
      reader.varint();
      if (skipsDefault && reader.low === 0) return out.appendNull();
      put(reader.low, 0);
    },
    appendDefault: () => put(initial, 0),
  };
}

/** Appends the name of an enum's number; one that the schema does not know is told by its number, as the Java library does. */
function putName(
  {
    name,
    values,
  }: {
    readonly name: string;
    readonly values: readonly { readonly name: string; readonly number: number }[];
  },
  out: BytesBuilder,
): (number: number) => void {
  const names = new Map<number, Uint8Array>();
  for (const value of values)
    if (!names.has(value.number)) names.set(value.number, encoder.encode(value.name));
  const simple = name.slice(name.lastIndexOf(".") + 1);
  return (number) => {
    const text = names.get(number) ?? encoder.encode(`UNKNOWN_ENUM_VALUE_${simple}_${number}`);
    out.appendBytes(text, 0, text.length);
  };
}
