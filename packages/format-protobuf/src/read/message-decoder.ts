import {
  type ColumnBuilder,
  type Int64Builder,
  type ListBuilder,
  type MapBuilder,
  StructBuilder,
  type StructType,
} from "@ss/core";
import type { ProtobufField, ProtobufMessage, ProtobufSchema } from "../schema/protobuf-schema.js";
import { isTime, isWrapper, type ProtobufOptions } from "../schema/to-sql-type.js";
import { FieldPlaces } from "./field-places.js";
import { type ScalarValues, scalarValues } from "./scalar-values.js";
import { LENGTH_DELIMITED, MalformedMessage, type WireReader } from "./wire-reader.js";

/** Appends what a message has in one field to the builder of its column. */
type AppendField = (reader: WireReader, places: FieldPlaces) => void;

/** Appends the value of a message that lies in some bytes. */
type AppendMessage = (reader: WireReader, start: number, end: number) => void;

/**
 * Reads messages of one type into a struct's builder. Fields may come in any order and more than once, so a message is first passed
 * through to find where its fields lie, then read column by column.
 */
export class MessageDecoder {
  private readonly places: FieldPlaces;
  private readonly appends: readonly AppendField[];
  private readonly out: StructBuilder;

  constructor(
    message: ProtobufMessage,
    schema: ProtobufSchema,
    options: ProtobufOptions,
    out: StructBuilder,
  ) {
    this.out = out;
    this.places = new FieldPlaces(message, schema);
    this.appends = (out.type as StructType).fields.map(({ name }, k) => {
      const index = message.fields.findIndex((field) => field.name === name);
      const child = out.children[k]!;
      // the one field of a message without any
      if (index < 0) return () => child.appendNull();
      return appendField(index, message.fields[index]!, schema, options, child);
    });
  }

  /** Appends the message in some bytes. */
  read(reader: WireReader, start: number, end: number): void {
    const { places, appends } = this;
    places.find(reader, start, end);
    for (let k = 0; k < appends.length; k++) appends[k]!(reader, places);
    this.out.close();
  }
}

function appendField(
  index: number,
  field: ProtobufField,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  out: ColumnBuilder,
): AppendField {
  if (field.kind === "message") {
    const message = schema.messages[field.type]!;
    if (message.isMapEntry && out.type.kind === "map")
      return map(index, message, schema, options, out as MapBuilder);
    return field.repeated
      ? repeatedMessages(index, message, schema, options, out as ListBuilder)
      : singleMessage(index, message, schema, options, out);
  }
  return field.repeated
    ? repeatedScalars(index, field, schema, out as ListBuilder)
    : singleScalar(index, field, scalarValues(field, schema, out), options, out);
}

function singleScalar(
  index: number,
  field: ProtobufField,
  values: ScalarValues,
  { emitDefaults }: ProtobufOptions,
  out: ColumnBuilder,
): AppendField {
  const skipsDefault = !field.hasPresence && !emitDefaults;
  const hasDefault = field.hasPresence ? field.defaultText !== null : emitDefaults;
  return (reader, places) => {
    const place = places.last[index]!;
    if (place >= 0) {
      reader.begin(places.starts[place]!, places.ends[place]!);
      values.read(reader, skipsDefault);
    } else if (hasDefault) values.appendDefault();
    else out.appendNull();
  };
}

function repeatedScalars(
  index: number,
  field: ProtobufField,
  schema: ProtobufSchema,
  list: ListBuilder,
): AppendField {
  const values = scalarValues(field, schema, list.elements);
  const isKnown = knownNumbers(field, schema);
  const one = (reader: WireReader): void => {
    if (isKnown !== undefined) {
      const { at } = reader;
      reader.varint();
      if (!isKnown.has(reader.low)) return;
      reader.at = at;
    }
    values.read(reader, false);
  };
  return (reader, places) => {
    const start = list.elements.length;
    for (let place = places.first[index]!; place >= 0; place = places.next[place]!) {
      reader.begin(places.starts[place]!, places.ends[place]!);
      if (places.wires[place] === LENGTH_DELIMITED && values.wire !== LENGTH_DELIMITED) {
        while (reader.at < reader.end) one(reader);
      } else one(reader);
    }
    list.close(start);
  };
}

/** The numbers of a closed enum: others are as good as absent. */
function knownNumbers(
  { kind, type }: ProtobufField,
  schema: ProtobufSchema,
): ReadonlySet<number> | undefined {
  const found = kind === "enum" ? schema.enums[type]! : undefined;
  return found?.isClosed ? new Set(found.values.map(({ number }) => number)) : undefined;
}

function singleMessage(
  index: number,
  message: ProtobufMessage,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  out: ColumnBuilder,
): AppendField {
  const append = messageInto(message, schema, options, out);
  return (reader, places) => {
    const place = places.last[index]!;
    if (place < 0) out.appendNull();
    else if (places.first[index] === place) append(reader, places.starts[place]!, places.ends[place]!);
    else mergedInto(append, reader, places, index);
  };
}

/** A message that comes in several parts is that of their bytes, one after the other. */
function mergedInto(append: AppendMessage, reader: WireReader, places: FieldPlaces, index: number): void {
  const { bytes } = reader;
  const parts: Uint8Array[] = [];
  for (let place = places.first[index]!; place >= 0; place = places.next[place]!) {
    parts.push(bytes.subarray(places.starts[place]!, places.ends[place]!));
  }
  const merged = Buffer.concat(parts);
  reader.open(merged);
  append(reader, 0, merged.length);
  reader.open(bytes);
}

function repeatedMessages(
  index: number,
  message: ProtobufMessage,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  list: ListBuilder,
): AppendField {
  const append = messageInto(message, schema, options, list.elements);
  return (reader, places) => {
    const start = list.elements.length;
    for (let place = places.first[index]!; place >= 0; place = places.next[place]!) {
      append(reader, places.starts[place]!, places.ends[place]!);
    }
    list.close(start);
  };
}

/** Entries of a map; a key or value that is absent is its default. */
function map(
  index: number,
  entry: ProtobufMessage,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  out: MapBuilder,
): AppendField {
  const [key, value] = entry.fields as readonly [ProtobufField, ProtobufField];
  const keys = orDefault(0, key, schema, options, out.keys);
  const values = orDefault(1, value, schema, options, out.mapValues);
  const parts = new FieldPlaces(entry, schema);
  return (reader, places) => {
    const start = out.keys.length;
    for (let place = places.first[index]!; place >= 0; place = places.next[place]!) {
      parts.find(reader, places.starts[place]!, places.ends[place]!);
      keys(reader, parts);
      values(reader, parts);
    }
    out.close(start);
  };
}

function orDefault(
  index: number,
  field: ProtobufField,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  out: ColumnBuilder,
): AppendField {
  if (field.kind !== "message") {
    const values = scalarValues(field, schema, out);
    return (reader, places) => {
      const place = places.last[index]!;
      if (place < 0) return values.appendDefault();
      reader.begin(places.starts[place]!, places.ends[place]!);
      values.read(reader, false);
    };
  }
  const message = schema.messages[field.type]!;
  const append = messageInto(message, schema, options, out);
  return (reader, places) => {
    const place = places.last[index]!;
    if (place < 0) append(reader, 0, 0);
    else if (places.first[index] === place) append(reader, places.starts[place]!, places.ends[place]!);
    else mergedInto(append, reader, places, index);
  };
}

function messageInto(
  message: ProtobufMessage,
  schema: ProtobufSchema,
  options: ProtobufOptions,
  out: ColumnBuilder,
): AppendMessage {
  if (out instanceof StructBuilder) {
    const decoder = new MessageDecoder(message, schema, options, out);
    return (reader, start, end) => decoder.read(reader, start, end);
  }
  const places = new FieldPlaces(message, schema);
  if (isTime(message)) return time(places, out as Int64Builder);
  if (!isWrapper(message)) throw new MalformedMessage(`${message.name} has no place in ${out.type.kind}`);
  const value = orDefault(0, message.fields[0]!, schema, options, out);
  return (reader, start, end) => {
    places.find(reader, start, end);
    value(reader, places);
  };
}

/** Seconds and nanoseconds as microseconds. */
function time(places: FieldPlaces, out: Int64Builder): AppendMessage {
  return (reader, start, end) => {
    places.find(reader, start, end);
    let micros = 0n;
    const [seconds, nanos] = [places.last[0]!, places.last[1]!];
    if (seconds >= 0) {
      reader.begin(places.starts[seconds]!, places.ends[seconds]!);
      reader.varint();
      micros = ((BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0)) * 1_000_000n;
    }
    if (nanos >= 0) {
      reader.begin(places.starts[nanos]!, places.ends[nanos]!);
      reader.varint();
      micros += BigInt(Math.trunc(reader.low / 1000));
    }
    if (BigInt.asIntN(64, micros) !== micros) throw new MalformedMessage("a time is beyond TIMESTAMP");
    out.append(micros);
  };
}
