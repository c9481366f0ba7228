import protobuf from "protobufjs";
import { ProtobufFault } from "./protobuf-fault.js";
import type {
  ProtobufEnum,
  ProtobufField,
  ProtobufMessage,
  ProtobufSchema,
  ScalarKind,
} from "./protobuf-schema.js";

const SCALARS: ReadonlySet<string> = new Set([
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
]);

/** What the file that a type stands in says of its types: the library resolves it, and keeps it under this name. */
interface Featured {
  readonly _features: {
    readonly enum_type?: string;
    readonly field_presence?: string;
    readonly utf8_validation?: string;
    readonly message_encoding?: string;
  };
}

/** A message type of the library, with all that it refers to, as plain data. */
export function schemaOf(type: protobuf.Type): ProtobufSchema {
  const collector = new TypeCollector();
  const root = collector.message(type);
  return { messages: collector.messages as ProtobufMessage[], enums: collector.enums, root };
}

class TypeCollector {
  readonly messages: (ProtobufMessage | undefined)[] = [];
  readonly enums: ProtobufEnum[] = [];
  private readonly places = new Map<object, number>();

  message(type: protobuf.Type): number {
    const known = this.places.get(type);
    if (known !== undefined) return known;
    const place = this.messages.push(undefined) - 1;
    this.places.set(type, place);
    const oneofs = type.oneofsArray;
    const fields = type.fieldsArray.map((field) => this.field(field.resolve(), oneofs));
    const isMapEntry = type.getOption("map_entry") === true;
    this.messages[place] = { name: nameOf(type), fields, isMapEntry };
    return place;
  }

  private field(field: protobuf.Field, oneofs: readonly protobuf.OneOf[]): ProtobufField {
    if (field instanceof protobuf.MapField) return this.map(field);
    const features = (field as unknown as Featured)._features;
    if (features.message_encoding === "DELIMITED") {
      throw new ProtobufFault(
        "PROTOBUF_TYPE_NOT_SUPPORT",
        "42K0G",
        "Protobuf type not yet supported: GROUP.",
        {
          protobufType: "GROUP",
        },
      );
    }
    const { kind, type } = this.typeOf(field.resolvedType, field.type);
    const isSynthetic = field.getOption("proto3_optional") === true;
    const isExplicit = features.field_presence !== "IMPLICIT" || field.partOf !== null;
    return {
      name: (field as unknown as { readonly protoName?: string }).protoName ?? field.name,
      number: field.id,
      kind,
      type,
      repeated: field.repeated,
      packed: field.packed,
      required: field.required,
      hasPresence: !field.repeated && (kind === "message" || isExplicit),
      oneof: field.partOf && !isSynthetic ? oneofs.indexOf(field.partOf) : -1,
      defaultText: defaultOf(field),
      checksUtf8: features.utf8_validation !== "NONE",
    };
  }

  private map(field: protobuf.MapField): ProtobufField {
    const part = (
      name: string,
      number: number,
      kind: ProtobufField["kind"],
      type: number,
    ): ProtobufField => ({
      name,
      number,
      kind,
      type,
      repeated: false,
      packed: false,
      required: false,
      hasPresence: true,
      oneof: -1,
      defaultText: null,
      checksUtf8: (field as unknown as Featured)._features.utf8_validation !== "NONE",
    });
    const value = this.typeOf(field.resolvedType, field.type);
    const entry: ProtobufMessage = {
      name: `${nameOf(field.parent!)}.${field.name}Entry`,
      fields: [part("key", 1, field.keyType as ScalarKind, -1), part("value", 2, value.kind, value.type)],
      isMapEntry: true,
    };
    const place = this.messages.push(entry) - 1;
    const name = (field as unknown as { readonly protoName?: string }).protoName ?? field.name;
    return { ...part(name, field.id, "message", place), repeated: true, hasPresence: false };
  }

  private typeOf(
    resolved: protobuf.ReflectionObject | null,
    name: string,
  ): { readonly kind: ProtobufField["kind"]; readonly type: number } {
    if (resolved instanceof protobuf.Type) return { kind: "message", type: this.message(resolved) };
    if (resolved instanceof protobuf.Enum) return { kind: "enum", type: this.enumeration(resolved) };
    if (SCALARS.has(name)) return { kind: name as ScalarKind, type: -1 };
    throw new ProtobufFault(
      "PROTOBUF_TYPE_NOT_SUPPORT",
      "42K0G",
      `Protobuf type not yet supported: ${name}.`,
      {
        protobufType: name,
      },
    );
  }

  private enumeration(type: protobuf.Enum): number {
    const known = this.places.get(type);
    if (known !== undefined) return known;
    const place =
      this.enums.push({
        name: nameOf(type),
        values: Object.entries(type.values).map(([name, number]) => ({ name, number })),
        isClosed: (type as unknown as Featured)._features.enum_type === "CLOSED",
      }) - 1;
    this.places.set(type, place);
    return place;
  }
}

function nameOf(type: protobuf.ReflectionObject): string {
  return type.fullName.replace(/^\./, "");
}

function defaultOf(field: protobuf.Field): string | null {
  const value = field.getOption("default") as unknown;
  return value === undefined || value === null ? null : String(value);
}
