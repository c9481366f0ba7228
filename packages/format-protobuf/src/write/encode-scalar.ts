import type {
  BooleanColumn,
  BytesColumn,
  Column,
  DataType,
  Float64Column,
  Int32Column,
  Int64Column,
  Int128Column,
} from "@ss/core";
import { FIXED_32, FIXED_64, LENGTH_DELIMITED, VARINT } from "../read/wire-reader.js";
import type { ProtobufField, ProtobufSchema } from "../schema/protobuf-schema.js";
import { UnwritableMessage } from "./unwritable-message.js";
import type { WireWriter } from "./wire-writer.js";

/** How the values of a column are written. */
export interface ScalarWriter {
  readonly wire: number;
  /** Whether the value of row `i` is the default of its kind. */
  isDefault(i: number): boolean;
  /** Writes the value of row `i`, without its tag. */
  write(i: number): void;
}

/** Makes the writer of a column; once a batch. */
export type EncodeScalar = (column: Column, out: WireWriter) => ScalarWriter;

/** The way to write values of an SQL type into a field; undefined where there is none. */
export function scalarEncoder(
  type: DataType,
  field: ProtobufField,
  schema: ProtobufSchema,
): EncodeScalar | undefined {
  switch (field.kind) {
    case "enum":
      return enumEncoder(type, field, schema);
    case "string":
      return type.kind === "string" ? bytes : undefined;
    case "bytes":
      return type.kind === "binary" ? bytes : undefined;
    case "bool":
      return type.kind === "boolean" ? bool : undefined;
    case "float":
      return type.kind === "float" ? fraction(FIXED_32) : undefined;
    case "double":
      return type.kind === "double" || type.kind === "float" ? fraction(FIXED_64) : undefined;
    default:
      return wholeEncoder(type, field);
  }
}

const bytes: EncodeScalar = (column, out) => {
  const { data, starts, lengths } = column as BytesColumn;
  return {
    wire: LENGTH_DELIMITED,
    isDefault: (i) => lengths[i] === 0,
    write: (i) => {
      out.unsigned(lengths[i]!);
      out.raw(data, starts[i]!, lengths[i]!);
    },
  };
};

const bool: EncodeScalar = (column, out) => {
  const { values } = column as BooleanColumn;
  return { wire: VARINT, isDefault: (i) => values[i] === 0, write: (i) => out.byte(values[i]!) };
};

function fraction(wire: number): EncodeScalar {
  return (column, out) => {
    const { values } = column as Float64Column;
    return {
      wire,
      isDefault: (i) => Object.is(values[i], 0),
      write: wire === FIXED_32 ? (i) => out.float(values[i]!) : (i) => out.double(values[i]!),
    };
  };
}

/** Writes a number by its halves. */
type PutWords = (out: WireWriter, low: number, high: number) => void;

const PUT: Readonly<Record<string, PutWords>> = {
  sint32: (out, low) => out.unsigned((low << 1) ^ (low >> 31)),
  sint64: (out, low, high) => {
    const sign = high >> 31;
    out.varint((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
  },
  fixed32: (out, low) => out.fixed32(low),
  sfixed32: (out, low) => out.fixed32(low),
  fixed64: (out, low, high) => out.fixed64(low, high),
  sfixed64: (out, low, high) => out.fixed64(low, high),
  uint32: (out, low) => out.unsigned(low),
  int32: (out, low) => out.varint(low, low >> 31),
  int64: (out, low, high) => out.varint(low, high),
  uint64: (out, low, high) => out.varint(low, high),
};

const SMALL: ReadonlySet<string> = new Set(["byte", "short", "integer"]);

function wholeEncoder(type: DataType, { kind }: ProtobufField): EncodeScalar | undefined {
  const put = PUT[kind]!;
  const fixed = kind.includes("fixed");
  const is64 = kind.endsWith("64");
  const wire = fixed ? (is64 ? FIXED_64 : FIXED_32) : VARINT;
  if (SMALL.has(type.kind)) {
    if (is64) return undefined;
    return (column, out) => {
      const { values } = column as Int32Column;
      return {
        wire,
        isDefault: (i) => values[i] === 0,
        write: (i) => put(out, values[i]!, values[i]! >> 31),
      };
    };
  }
  if (type.kind === "long") {
    if (!is64 && !kind.startsWith("uint") && kind !== "fixed32") return undefined;
    return (column, out) => {
      const { words } = column as Int64Column;
      return {
        wire,
        isDefault: (i) => words[2 * i] === 0 && words[2 * i + 1] === 0,
        write: (i) => {
          if (!is64 && words[2 * i + 1] !== 0) throw new UnwritableMessage(`a number is beyond ${kind}`);
          put(out, words[2 * i]!, words[2 * i + 1]!);
        },
      };
    };
  }
  const isUnsigned64 = kind === "uint64" || kind === "fixed64";
  if (type.kind !== "decimal" || type.precision !== 20 || type.scale !== 0 || !isUnsigned64) return undefined;
  return (column, out) => {
    const { values } = column as Int128Column;
    return {
      wire,
      isDefault: (i) => values[2 * i] === 0n && values[2 * i + 1] === 0n,
      write: (i) => {
        const low = values[2 * i]!;
        if (values[2 * i + 1] !== 0n) throw new UnwritableMessage(`a number is beyond ${kind}`);
        put(out, Number(BigInt.asIntN(32, low)), Number(BigInt.asIntN(32, low >> 32n)));
      },
    };
  };
}

const decoder = new TextDecoder();

function enumEncoder(type: DataType, field: ProtobufField, schema: ProtobufSchema): EncodeScalar | undefined {
  const { name, values } = schema.enums[field.type]!;
  const shown = values.map((value) => value.name).join(", ");
  const unknown = (data: string): UnwritableMessage =>
    new UnwritableMessage(
      `Cannot convert the value ${data} because it is not in the enum ${name}: ${shown}`,
      {
        data,
        enumString: shown,
      },
    );
  if (type.kind === "string") {
    const numbers = new Map(values.map((value) => [value.name, value.number]));
    return (column, out) => {
      const { data, starts, lengths } = column as BytesColumn;
      const numberOf = (i: number): number => {
        const text = decoder.decode(data.subarray(starts[i]!, starts[i]! + lengths[i]!));
        const number = numbers.get(text);
        if (number === undefined) throw unknown(text);
        return number;
      };
      return {
        wire: VARINT,
        isDefault: (i) => numberOf(i) === 0,
        write: (i) => {
          const number = numberOf(i);
          out.varint(number, number >> 31);
        },
      };
    };
  }
  if (type.kind !== "integer") return undefined;
  const numbers = new Set(values.map((value) => value.number));
  return (column, out) => {
    const { values: ints } = column as Int32Column;
    return {
      wire: VARINT,
      isDefault: (i) => ints[i] === 0,
      write: (i) => {
        const number = ints[i]!;
        if (!numbers.has(number)) throw unknown(String(number));
        out.varint(number, number >> 31);
      },
    };
  };
}
