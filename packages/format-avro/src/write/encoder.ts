import type {
  BooleanColumn,
  BytesColumn,
  Column,
  DataType,
  Float64Column,
  Int32Column,
  Int64Column,
  Int128Column,
  ListColumn,
  MapColumn,
  StructColumn,
  StructType,
} from "@ss/core";
import { simpleString } from "@ss/core";
import type { AvroEnum, AvroRecord, AvroSchema, AvroUnion, LogicalType } from "../schema/avro-schema.js";
import { SchemaFault } from "../schema/schema-fault.js";
import { membersOf, singleMember } from "../schema/to-sql-type.js";
import type { ByteWriter } from "./byte-writer.js";
import { type DecimalBytes, decimalBytes } from "./decimal-bytes.js";

/** A value that the schema cannot hold. */
export class UnwritableValue extends Error {
  /** For a null where the schema has none: the type as the schema calls it. */
  readonly typeText: string | undefined;
  /** The field, with those around it. */
  readonly path: string;

  constructor(message: string, path: string, typeText?: string) {
    super(message);
    this.typeText = typeText;
    this.path = path;
  }
}

/** Writes row `i`; for the rows of one column. */
export type WriteRow = (i: number) => void;

/** Makes the writer of a column's rows; once a batch. */
export type Encode = (column: Column, out: ByteWriter) => WriteRow;

/** The function that writes values of an SQL type by a schema. SchemaFault where the schema does not fit the type. */
export function encoder(type: DataType, schema: AvroSchema, path = ""): Encode {
  const encode = schema.type === "union" ? union(type, schema, path) : present(type, schema, path);
  if (schema.type === "union" || schema.type === "null") return encode;
  return (column, out) => {
    const write = encode(column, out);
    if (column.validity === null) return write;
    return (i) => {
      if (column.isNull(i)) throw unwritableNull(path, schema);
      write(i);
    };
  };
}

function unwritableNull(path: string, { type }: AvroSchema): UnwritableValue {
  return new UnwritableValue(`the schema has no null beside ${type}`, path, type);
}

function misfit(type: DataType, schema: AvroSchema, path: string): SchemaFault {
  const place = path === "" ? "the value" : `the field ${path}`;
  return new SchemaFault(`${place} is ${simpleString(type)}, which cannot be written as ${schema.type}`);
}

/** The writer of values that are not null. */
function present(type: DataType, schema: AvroSchema, path: string): Encode {
  switch (schema.type) {
    case "null":
      if (type.kind !== "void") throw misfit(type, schema, path);
      return () => () => {};
    case "record":
      if (type.kind !== "struct") throw misfit(type, schema, path);
      return record(type, schema, path);
    case "enum":
      if (type.kind !== "string") throw misfit(type, schema, path);
      return enumeration(schema, path);
    case "fixed":
      return fixed(type, schema, path);
    case "array": {
      if (type.kind !== "array") throw misfit(type, schema, path);
      const item = encoder(type.elementType, schema.items, inside(path, "element"));
      return (column, out) => {
        const { starts, lengths, elements } = column as ListColumn;
        const write = item(elements, out);
        return (i) => blocks(out, starts[i]!, lengths[i]!, write);
      };
    }
    case "map": {
      if (type.kind !== "map" || type.keyType.kind !== "string") throw misfit(type, schema, path);
      const value = encoder(type.valueType, schema.values, inside(path, "value"));
      return (column, out) => {
        const { starts, lengths, keys, mapValues } = column as MapColumn;
        const key = sized(keys, out);
        const write = value(mapValues, out);
        return (i) =>
          blocks(out, starts[i]!, lengths[i]!, (k) => {
            key(k);
            write(k);
          });
      };
    }
    case "union":
      return union(type, schema, path);
    default:
      return primitive(type, schema, path);
  }
}

function inside(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function blocks(out: ByteWriter, start: number, length: number, write: WriteRow): void {
  if (length > 0) {
    out.long(length, 0);
    for (let k = start; k < start + length; k++) write(k);
  }
  out.byte(0);
}

function record(type: StructType, schema: AvroRecord, path: string): Encode {
  const places = new Map<string, number>();
  for (const [k, { name }] of type.fields.entries()) places.set(name.toLowerCase(), k);
  const taken = new Set<number>();
  const fields = schema.fields.map((field) => {
    const exact = type.fields.findIndex(({ name }) => name === field.name);
    const place = exact >= 0 ? exact : places.get(field.name.toLowerCase());
    const where = inside(path, field.name);
    if (place !== undefined) {
      taken.add(place);
      return { place, encode: encoder(type.fields[place]!.type, field.schema, where) };
    }
    if (!takesNull(field.schema)) {
      throw new SchemaFault(`Found field '${where}' in Avro schema but there is no match in the SQL schema`);
    }
    return { place: -1, encode: encoder({ kind: "void" }, field.schema, where) };
  });
  const left = type.fields.find((_, k) => !taken.has(k));
  if (left) {
    throw new SchemaFault(
      `Found field '${inside(path, left.name)}' in SQL schema but there is no match in the Avro schema`,
    );
  }
  return (column, out) => {
    const { children } = column as StructColumn;
    const writers = fields.map(({ place, encode }) => encode(place < 0 ? NOTHING : children[place]!, out));
    return (i) => {
      for (let k = 0; k < writers.length; k++) writers[k]!(i);
    };
  };
}

/** Stands for the column of a field that the value lacks. */
const NOTHING = { validity: null, isNull: () => true } as unknown as Column;

function takesNull(schema: AvroSchema): boolean {
  return (
    schema.type === "null" || (schema.type === "union" && schema.types.some(({ type }) => type === "null"))
  );
}

function union(type: DataType, schema: AvroUnion, path: string): Encode {
  const none = schema.types.findIndex((one) => one.type === "null");
  const members = membersOf(schema);
  if (type.kind === "void") {
    if (none < 0) throw misfit(type, schema, path);
    return (_column, out) => () => out.int(none);
  }
  const encode = ofMembers(type, schema, members, path);
  return (column, out) => {
    const write = encode(column, out);
    if (column.validity === null) return write;
    return (i) => {
      if (!column.isNull(i)) return write(i);
      if (none < 0) throw unwritableNull(path, schema);
      out.int(none);
    };
  };
}

/** Writes the branch of a value that is not null, and the value. */
function ofMembers(type: DataType, schema: AvroUnion, members: readonly AvroSchema[], path: string): Encode {
  const single = members.length === 1 ? members[0] : singleMember(members);
  if (single) {
    const branch = schema.types.findIndex((one) => one.type === single.type);
    const encode = present(type, schema.types[branch]!, path);
    return (column, out) => {
      const write = encode(column, out);
      return (i) => {
        out.int(branch);
        write(i);
      };
    };
  }
  if (type.kind !== "struct" || type.fields.length !== members.length) throw misfit(type, schema, path);
  const parts = members.map((member, k) => {
    const { name, type: memberType } = type.fields[k]!;
    return { branch: schema.types.indexOf(member), encode: present(memberType, member, inside(path, name)) };
  });
  const none = schema.types.findIndex((one) => one.type === "null");
  return (column, out) => {
    const { children } = column as StructColumn;
    const writers = parts.map(({ encode }, k) => encode(children[k]!, out));
    return (i) => {
      for (let k = 0; k < writers.length; k++) {
        if (children[k]!.isNull(i)) continue;
        out.int(parts[k]!.branch);
        return writers[k]!(i);
      }
      if (none < 0) throw unwritableNull(path, schema);
      out.int(none);
    };
  };
}

const decoder = new TextDecoder();

function enumeration({ name, symbols }: AvroEnum, path: string): Encode {
  const places = new Map(symbols.map((symbol, k) => [symbol, k]));
  return (column, out) => {
    const { data, starts, lengths } = column as BytesColumn;
    return (i) => {
      const text = decoder.decode(data.subarray(starts[i]!, starts[i]! + lengths[i]!));
      const place = places.get(text);
      if (place === undefined) {
        throw new UnwritableValue(`Cannot write "${text}" since it's not defined in enum ${name}`, path);
      }
      out.int(place);
    };
  };
}

function fixed(type: DataType, schema: AvroSchema & { readonly type: "fixed" }, path: string): Encode {
  const { size, logical, name } = schema;
  if (type.kind === "decimal") {
    checkDecimal(type, logical, schema, path);
    return decimal((bytes, start, length, out) => {
      if (length > size)
        throw new UnwritableValue(`a decimal does not fit into the ${size} bytes of ${name}`, path);
      const fill = length > 0 && bytes[start]! >= 0x80 ? 0xff : 0;
      for (let k = length; k < size; k++) out.byte(fill);
      out.raw(bytes, start, length);
    });
  }
  if (type.kind !== "binary") throw misfit(type, schema, path);
  return (column, out) => {
    const { data, starts, lengths } = column as BytesColumn;
    return (i) => {
      if (lengths[i] !== size) {
        throw new UnwritableValue(
          `Cannot write ${lengths[i]} bytes of binary data into FIXED Type with size of ${size} bytes`,
          path,
        );
      }
      out.raw(data, starts[i]!, size);
    };
  };
}

function checkDecimal(
  type: DataType & { readonly kind: "decimal" },
  logical: LogicalType | undefined,
  schema: AvroSchema,
  path: string,
): void {
  if (logical?.name !== "decimal" || logical.precision !== type.precision || logical.scale !== type.scale)
    throw misfit(type, schema, path);
}

type PutDecimal = (bytes: Uint8Array, start: number, length: number, out: ByteWriter) => void;

function decimal(put: PutDecimal): Encode {
  return (column, out) => {
    const made: DecimalBytes = decimalBytes(column as Int64Column | Int128Column);
    return (i) => {
      made.read(i);
      put(made.bytes, made.start, made.bytes.length - made.start, out);
    };
  };
}

function sized(column: Column, out: ByteWriter): WriteRow {
  const { data, starts, lengths } = column as BytesColumn;
  return (i) => out.sized(data, starts[i]!, lengths[i]!);
}

function primitive(type: DataType, schema: AvroSchema, path: string): Encode {
  switch (`${type.kind} ${schema.type}`) {
    case "boolean boolean":
      return (column, out) => {
        const { values } = column as BooleanColumn;
        return (i) => out.byte(values[i]!);
      };
    case "byte int":
    case "short int":
    case "integer int":
    case "date int":
    case "yearMonthInterval int":
      return (column, out) => {
        const { values } = column as Int32Column;
        return (i) => out.int(values[i]!);
      };
    case "byte long":
    case "short long":
    case "integer long":
      return (column, out) => {
        const { values } = column as Int32Column;
        return (i) => out.long(values[i]!, values[i]! >> 31);
      };
    case "long long":
    case "dayTimeInterval long":
      return words;
    case "time long":
      return timeOfDay;
    case "timestamp long":
    case "timestamp_ntz long":
      return time(type, schema, path);
    case "float float":
      return (column, out) => {
        const { values } = column as Float64Column;
        return (i) => out.float(values[i]!);
      };
    case "float double":
    case "double double":
      return (column, out) => {
        const { values } = column as Float64Column;
        return (i) => out.double(values[i]!);
      };
    case "string string":
    case "binary bytes":
      return sized;
    case "decimal bytes":
      checkDecimal(type as never, "logical" in schema ? schema.logical : undefined, schema, path);
      return decimal((bytes, start, length, out) => out.sized(bytes, start, length));
    default:
      throw misfit(type, schema, path);
  }
}

const words: Encode = (column, out) => {
  const { words: halves } = column as Int64Column;
  return (i) => out.long(halves[2 * i]!, halves[2 * i + 1]!);
};

/** Nanoseconds in memory, microseconds in Avro. */
const timeOfDay: Encode = (column, out) => {
  const { values } = column as Int64Column;
  return (i) => writeLong(out, values[i]! / 1000n);
};

function writeLong(out: ByteWriter, value: bigint): void {
  out.long(Number(BigInt.asIntN(32, value)), Number(value >> 32n));
}

/** Times are microseconds, or milliseconds where the schema says so; without a logical type the milliseconds of older writers. */
function time(type: DataType, schema: AvroSchema, path: string): Encode {
  const logical = "logical" in schema ? schema.logical?.name : undefined;
  const prefix = type.kind === "timestamp" ? "" : "local-";
  if (logical === `${prefix}timestamp-micros`) return words;
  const isMillis = logical === undefined || logical === `${prefix}timestamp-millis`;
  if (!isMillis) throw misfit(type, schema, path);
  return (column, out) => {
    const { values } = column as Int64Column;
    return (i) => {
      const micros = values[i]!;
      writeLong(out, micros >= 0n ? micros / 1000n : (micros - 999n) / 1000n);
    };
  };
}
