import {
  type Column,
  type DataType,
  type Int64Column,
  type ListColumn,
  type MapColumn,
  type StructColumn,
  type StructType,
  sqlText,
} from "@ss/core";
import { LENGTH_DELIMITED } from "../read/wire-reader.js";
import { ProtobufFault } from "../schema/protobuf-fault.js";
import type { ProtobufField, ProtobufMessage, ProtobufSchema } from "../schema/protobuf-schema.js";
import { DUMMY_FIELD, isTime, isWrapper } from "../schema/to-sql-type.js";
import { scalarEncoder } from "./encode-scalar.js";
import { UnwritableMessage } from "./unwritable-message.js";
import type { WireWriter } from "./wire-writer.js";

/** Writes row `i`. */
export type WriteRow = (i: number) => void;

/** Makes the writer of a column's rows; once a batch. */
export type Encode = (column: Column, out: WireWriter) => WriteRow;

/** Writes the fields of messages from the rows of a struct. ProtobufFault where the type does not fit. */
export function messageEncoder(
  type: StructType,
  message: ProtobufMessage,
  schema: ProtobufSchema,
  path: readonly string[] = [],
): Encode {
  const fields: { readonly place: number; readonly number: number; readonly encode: Encode }[] = [];
  const taken = new Set<ProtobufField>();
  for (const [place, { name, type: fieldType }] of type.fields.entries()) {
    if (name === DUMMY_FIELD) continue;
    const field =
      message.fields.find((one) => one.name === name) ??
      message.fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!field) throw missingInProtobuf([...path, name]);
    taken.add(field);
    fields.push({
      place,
      number: field.number,
      encode: fieldEncoder(fieldType, field, schema, [...path, name]),
    });
  }
  const left = message.fields.find((field) => field.required && !taken.has(field));
  if (left) {
    throw new ProtobufFault(
      "PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA",
      "42K0G",
      `Found ${left.name} in Protobuf schema but there is no match in the SQL schema.`,
      { field: left.name },
    );
  }
  // in the order of their numbers, as all libraries write them
  fields.sort((a, b) => a.number - b.number);
  return (column, out) => {
    const { children } = column as StructColumn;
    const writers = fields.map(({ place, encode }) => encode(children[place]!, out));
    return (i) => {
      for (let k = 0; k < writers.length; k++) writers[k]!(i);
    };
  };
}

function missingInProtobuf(path: readonly string[]): ProtobufFault {
  const catalystFieldPath = path.join(".");
  return new ProtobufFault(
    "NO_SQL_TYPE_IN_PROTOBUF_SCHEMA",
    "42S22",
    `Cannot find ${catalystFieldPath} in Protobuf schema.`,
    { catalystFieldPath },
  );
}

function misfit(type: DataType, field: ProtobufField, path: readonly string[]): ProtobufFault {
  const parameters = {
    sqlColumn: `\`${path.join("`.`")}\``,
    protobufColumn: `field '${field.name}'`,
    sqlType: `"${sqlText(type)}"`,
    protobufType: field.kind.toUpperCase(),
  };
  return new ProtobufFault(
    "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE",
    "42846",
    `Cannot convert SQL ${parameters.sqlColumn} to Protobuf ${parameters.protobufColumn} because ${parameters.sqlType} cannot be written as ${parameters.protobufType}.`,
    parameters,
  );
}

/** Writes a field with its tag; nothing for null, and for the default of a kind whose absence means it. */
function fieldEncoder(
  type: DataType,
  field: ProtobufField,
  schema: ProtobufSchema,
  path: readonly string[],
): Encode {
  if (!field.repeated) return single(type, field, schema, path);
  const entry = field.kind === "message" ? schema.messages[field.type]! : undefined;
  if (entry?.isMapEntry && type.kind === "map") return mapEncoder(type, field, entry, schema, path);
  if (type.kind !== "array") throw misfit(type, field, path);
  const tag = (field.number << 3) | LENGTH_DELIMITED;
  const element = valueEncoder(type.elementType, field, schema, path);
  const isPacked = field.packed && element.wire !== LENGTH_DELIMITED;
  return (column, out) => {
    const { starts, lengths, elements } = column as ListColumn;
    const write = element.encode(elements, out);
    const check = (k: number): void => {
      if (elements.isNull(k))
        throw new UnwritableMessage(`an element of the repeated field ${path.join(".")} is null`);
    };
    return (i) => {
      if (column.isNull(i) || lengths[i] === 0) return;
      const end = starts[i]! + lengths[i]!;
      if (!isPacked) {
        for (let k = starts[i]!; k < end; k++) {
          check(k);
          out.unsigned((field.number << 3) | element.wire);
          write(k);
        }
        return;
      }
      out.unsigned(tag);
      const at = out.open();
      for (let k = starts[i]!; k < end; k++) {
        check(k);
        write(k);
      }
      out.close(at);
    };
  };
}

function mapEncoder(
  type: DataType & { readonly kind: "map" },
  field: ProtobufField,
  entry: ProtobufMessage,
  schema: ProtobufSchema,
  path: readonly string[],
): Encode {
  const [keyField, valueField] = entry.fields as readonly [ProtobufField, ProtobufField];
  const key = valueEncoder(type.keyType, keyField, schema, [...path, "key"]);
  const value = valueEncoder(type.valueType, valueField, schema, [...path, "value"]);
  return (column, out) => {
    const { starts, lengths, keys, mapValues } = column as MapColumn;
    const writeKey = key.encode(keys, out);
    const writeValue = value.encode(mapValues, out);
    return (i) => {
      if (column.isNull(i)) return;
      for (let k = starts[i]!; k < starts[i]! + lengths[i]!; k++) {
        if (mapValues.isNull(k)) throw new UnwritableMessage(`a value of the map ${path.join(".")} is null`);
        out.unsigned((field.number << 3) | LENGTH_DELIMITED);
        const at = out.open();
        out.unsigned((1 << 3) | key.wire);
        writeKey(k);
        out.unsigned((2 << 3) | value.wire);
        writeValue(k);
        out.close(at);
      }
    };
  };
}

function single(
  type: DataType,
  field: ProtobufField,
  schema: ProtobufSchema,
  path: readonly string[],
): Encode {
  const onNull = (): void => {
    if (field.required) throw new UnwritableMessage(`the required field ${path.join(".")} is null`);
  };
  if (field.kind === "message") {
    const { encode, wire } = valueEncoder(type, field, schema, path);
    return (column, out) => {
      const write = encode(column, out);
      return (i) => {
        if (column.isNull(i)) return onNull();
        out.unsigned((field.number << 3) | wire);
        write(i);
      };
    };
  }
  const encode = scalarEncoder(type, field, schema);
  if (!encode) throw misfit(type, field, path);
  return (column, out) => {
    const writer = encode(column, out);
    const tag = (field.number << 3) | writer.wire;
    return (i) => {
      if (column.isNull(i)) return onNull();
      if (!field.hasPresence && writer.isDefault(i)) return;
      out.unsigned(tag);
      writer.write(i);
    };
  };
}

/** Writes values without their tag. */
interface ValueEncoder {
  readonly wire: number;
  readonly encode: Encode;
}

function valueEncoder(
  type: DataType,
  field: ProtobufField,
  schema: ProtobufSchema,
  path: readonly string[],
): ValueEncoder {
  if (field.kind !== "message") {
    const encode = scalarEncoder(type, field, schema);
    if (!encode) throw misfit(type, field, path);
    // the way that values lie does not depend on the column
    const { wire } = encode(NOTHING, NOWHERE);
    return {
      wire,
      encode: (column, out) => {
        const writer = encode(column, out);
        return (i) => writer.write(i);
      },
    };
  }
  const content = contentEncoder(type, field, schema, path);
  return {
    wire: LENGTH_DELIMITED,
    encode: (column, out) => {
      const write = content(column, out);
      return (i) => {
        const at = out.open();
        write(i);
        out.close(at);
      };
    },
  };
}

const NOTHING = {} as Column;
const NOWHERE = {} as WireWriter;

function contentEncoder(
  type: DataType,
  field: ProtobufField,
  schema: ProtobufSchema,
  path: readonly string[],
): Encode {
  const message = schema.messages[field.type]!;
  const time = isTime(message);
  if (type.kind === "struct") return messageEncoder(type, message, schema, path);
  if (time && type.kind === (time === "Timestamp" ? "timestamp" : "dayTimeInterval")) {
    return timeEncoder(message, time === "Timestamp");
  }
  if (isWrapper(message)) return single(type, message.fields[0]!, schema, path);
  throw misfit(type, field, path);
}

/** Microseconds as seconds and nanoseconds: of points of time the latter are never negative, of spans they have the sign of the former. */
function timeEncoder({ fields }: ProtobufMessage, isPoint: boolean): Encode {
  const [secondsTag, nanosTag] = fields.map(({ number }) => number << 3) as [number, number];
  return (column, out) => {
    const { values } = column as Int64Column;
    return (i) => {
      const micros = values[i]!;
      let seconds = micros / 1_000_000n;
      let rest = Number(micros - seconds * 1_000_000n);
      if (isPoint && rest < 0) {
        seconds -= 1n;
        rest += 1_000_000;
      }
      if (seconds !== 0n) {
        out.unsigned(secondsTag);
        out.varint(Number(BigInt.asIntN(32, seconds)), Number(seconds >> 32n));
      }
      if (rest !== 0) {
        out.unsigned(nanosTag);
        out.varint(rest * 1000, rest < 0 ? -1 : 0);
      }
    };
  };
}
