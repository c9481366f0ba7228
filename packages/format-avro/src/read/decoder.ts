import type {
  BooleanBuilder,
  BytesBuilder,
  ColumnBuilder,
  DecimalType,
  Float32Builder,
  Float64Builder,
  Int32Builder,
  Int64Builder,
  ListBuilder,
  MapBuilder,
  StructBuilder,
  StructType,
} from "@ss/core";
import {
  type AvroEnum,
  type AvroPrimitive,
  type AvroRecord,
  type AvroSchema,
  type AvroUnion,
  simpleName,
} from "../schema/avro-schema.js";
import { bestBranch } from "../schema/best-branch.js";
import { isPromoted } from "../schema/promotions.js";
import { SchemaFault } from "../schema/schema-fault.js";
import { membersOf, singleMember } from "../schema/to-sql-type.js";
import { type ByteReader, MalformedValue } from "./byte-reader.js";
import { decimalAppender } from "./decimal-bytes.js";
import { defaultOf } from "./default-value.js";
import { branchOf, eachBlock, type Skip, skipper } from "./skip.js";

/** Reads a value and appends it to the builder that it was made for. */
export type Decode = (reader: ByteReader) => void;

/**
 * The function that reads values which were written by one schema and are wanted by another, into a builder of the latter's SQL type. Made
 * once for both: what differs (fields that are new, gone or in another order, promoted types, symbols) costs nothing per
 * value. SchemaFault where the schemas do not fit.
 */
export function decoder(writer: AvroSchema, reader: AvroSchema, out: ColumnBuilder): Decode {
  if (writer.type === "union") return fromUnion(writer, reader, out);
  if (reader.type === "union") return intoUnion(writer, reader, out);
  switch (reader.type) {
    case "record":
      if (writer.type !== "record") throw misfit(writer, reader);
      return record(writer, reader, out as StructBuilder);
    case "enum":
      if (writer.type !== "enum" || !isNamesake(writer, reader)) throw misfit(writer, reader);
      return symbols(writer, reader, out as BytesBuilder);
    case "fixed": {
      if (writer.type !== "fixed" || writer.size !== reader.size || !isNamesake(writer, reader))
        throw misfit(writer, reader);
      const { size } = reader;
      return sized(out, () => size);
    }
    case "array": {
      if (writer.type !== "array") throw misfit(writer, reader);
      const list = out as ListBuilder;
      const item = decoder(writer.items, reader.items, list.elements);
      return (bytes) => {
        const start = list.elements.length;
        eachBlock(bytes, (count) => {
          for (let k = 0; k < count; k++) item(bytes);
        });
        list.close(start);
      };
    }
    case "map": {
      if (writer.type !== "map") throw misfit(writer, reader);
      return entries(decoder(writer.values, reader.values, (out as MapBuilder).mapValues), out as MapBuilder);
    }
    default:
      return primitive(writer, reader, out);
  }
}

function misfit(writer: AvroSchema, reader: AvroSchema): SchemaFault {
  return new SchemaFault(`what was written as ${nameOf(writer)} cannot be read as ${nameOf(reader)}`);
}

function nameOf(schema: AvroSchema): string {
  return "name" in schema ? `${schema.type} ${schema.name}` : schema.type;
}

function isNamesake(
  writer: { readonly name: string },
  reader: { readonly name: string; readonly aliases: readonly string[] },
): boolean {
  return simpleName(writer.name) === simpleName(reader.name) || reader.aliases.includes(writer.name);
}

/** Branches that the reader has no place for fail where a value is one of them. */
function fromUnion(writer: AvroUnion, reader: AvroSchema, out: ColumnBuilder): Decode {
  let fit = 0;
  const branches = writer.types.map((branch): Decode => {
    try {
      const decode = decoder(branch, reader, out);
      fit++;
      return decode;
    } catch (error) {
      if (!(error instanceof SchemaFault)) throw error;
      const { message } = error;
      return () => {
        throw new MalformedValue(message);
      };
    }
  });
  if (fit === 0) throw misfit(writer, reader);
  return (bytes) => branchOf(branches, bytes)(bytes);
}

function intoUnion(writer: AvroSchema, reader: AvroUnion, out: ColumnBuilder): Decode {
  const branch = bestBranch(writer, reader);
  if (branch === undefined) throw misfit(writer, reader);
  if (branch.type === "null") return () => out.appendNull();
  const members = membersOf(reader);
  const single = singleMember(members);
  if (single) return decoder(writer, single, out);
  const { children } = out as StructBuilder;
  const place = members.indexOf(branch);
  const others = children.filter((_, k) => k !== place);
  const decode = decoder(writer, branch, children[place]!);
  return (bytes) => {
    decode(bytes);
    for (const other of others) other.appendNull();
    (out as StructBuilder).close();
  };
}

function record(writer: AvroRecord, reader: AvroRecord, out: StructBuilder): Decode {
  const columns = new Map((out.type as StructType).fields.map((field, k) => [field.name, out.children[k]!]));
  const skips = new Map<AvroSchema, Skip>();
  const steps: Decode[] = [];
  const found = new Set<string>();
  for (const field of writer.fields) {
    const wanted =
      reader.fields.find(({ name }) => name === field.name) ??
      reader.fields.find(({ aliases }) => aliases.includes(field.name));
    // a field that the type lacks is one that would contain itself too often
    const column = wanted && columns.get(wanted.name);
    if (wanted) found.add(wanted.name);
    steps.push(column ? decoder(field.schema, wanted.schema, column) : skipper(field.schema, skips));
  }
  for (const { name, schema, defaultValue } of reader.fields) {
    const column = columns.get(name);
    if (found.has(name) || !column) continue;
    if (defaultValue === undefined)
      throw new SchemaFault(`the field ${name} of ${reader.name} was not written and has no default`);
    const value = defaultOf(defaultValue, schema, column.type);
    steps.push(() => column.append(value));
  }
  return (bytes) => {
    for (let k = 0; k < steps.length; k++) steps[k]!(bytes);
    out.close();
  };
}

const encoder = new TextEncoder();

function symbols(writer: AvroEnum, reader: AvroEnum, out: BytesBuilder): Decode {
  const texts = writer.symbols.map((symbol) => {
    const known = reader.symbols.includes(symbol) ? symbol : reader.defaultSymbol;
    return known === undefined ? undefined : encoder.encode(known);
  });
  return (bytes) => {
    const index = bytes.int();
    const text = texts[index];
    if (text === undefined) {
      const symbol = writer.symbols[index];
      throw new MalformedValue(
        symbol === undefined
          ? `an enum has no symbol ${index}`
          : `the symbol ${symbol} is not known to the reader`,
      );
    }
    out.appendBytes(text, 0, text.length);
  };
}

function entries(value: Decode, map: MapBuilder): Decode {
  const keys = map.keys as BytesBuilder;
  return (bytes) => {
    const start = keys.length;
    eachBlock(bytes, (count) => {
      for (let k = 0; k < count; k++) {
        const length = bytes.length();
        keys.appendSpan(bytes.bytes, bytes.take(length), length);
        value(bytes);
      }
    });
    map.close(start);
  };
}

/** Bytes of a length, as binaries, texts or decimals. */
function sized(out: ColumnBuilder, lengthOf: (bytes: ByteReader) => number): Decode {
  if (out.type.kind === "decimal") {
    const append = decimalAppender(out.type as DecimalType, out);
    return (bytes) => {
      const length = lengthOf(bytes);
      append(bytes, bytes.take(length), length);
    };
  }
  const builder = out as BytesBuilder;
  return (bytes) => {
    const length = lengthOf(bytes);
    builder.appendSpan(bytes.bytes, bytes.take(length), length);
  };
}

function primitive(writer: AvroSchema, reader: AvroPrimitive, out: ColumnBuilder): Decode {
  if (!isPromoted(writer.type, reader.type)) throw misfit(writer, reader);
  switch (reader.type) {
    case "null":
      return () => out.appendNull();
    case "boolean": {
      const builder = out as BooleanBuilder;
      return (bytes) => {
        const value = bytes.boolean();
        // the builder may take another array as it grows
        const at = builder.next(true);
        builder.values[at] = value;
      };
    }
    case "int": {
      const builder = out as Int32Builder;
      return (bytes) => {
        const value = bytes.int();
        const at = builder.next(true);
        builder.values[at] = value;
      };
    }
    case "long":
      return long(writer, reader, out as Int64Builder);
    case "float":
    case "double":
      return fraction(writer, out as Float32Builder | Float64Builder);
    case "bytes":
    case "string":
      return sized(out, (bytes) => bytes.length());
  }
}

function fraction(writer: AvroSchema, out: Float32Builder | Float64Builder): Decode {
  const read = readNumber(writer);
  return (bytes) => {
    const value = read(bytes);
    const at = out.next(true);
    out.values[at] = value;
  };
}

function readNumber({ type }: AvroSchema): (bytes: ByteReader) => number {
  switch (type) {
    case "int":
      return (bytes) => bytes.int();
    case "long":
      return (bytes) => bytes.count();
    case "float":
      return (bytes) => bytes.float();
    default:
      return (bytes) => bytes.double();
  }
}

/** What is exact in a double when it is a thousand times as large. */
const EXACT_THOUSANDS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** Milliseconds become microseconds, and microseconds of a day nanoseconds. */
function long(writer: AvroSchema, reader: AvroPrimitive, out: Int64Builder): Decode {
  const isScaled = reader.logical?.name.endsWith("timestamp-millis") || out.type.kind === "time";
  if (writer.type === "int") {
    const factor = isScaled ? 1000 : 1;
    return (bytes) => out.appendNumber(bytes.int() * factor);
  }
  if (!isScaled) {
    return (bytes) => {
      bytes.long();
      out.appendWords(bytes.low, bytes.high);
    };
  }
  return (bytes) => {
    const value = bytes.count();
    if (Math.abs(value) <= EXACT_THOUSANDS) out.appendNumber(value * 1000);
    else {
      const scaled = ((BigInt(bytes.high) << 32n) | BigInt(bytes.low >>> 0)) * 1000n;
      if (BigInt.asIntN(64, scaled) !== scaled) throw new MalformedValue("a time is beyond its type");
      out.appendWords(Number(BigInt.asIntN(32, scaled)), Number(scaled >> 32n));
    }
  };
}
