/** The types of fields without parts, by their names in .proto files. */
export type ScalarKind =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** A field of a message. */
export interface ProtobufField {
  readonly name: string;
  readonly number: number;
  readonly kind: ScalarKind | "enum" | "message";
  /** The place of its type among the schema's messages or enums; -1 for scalars. */
  readonly type: number;
  readonly repeated: boolean;
  /** Written in one piece, if it is repeated. */
  readonly packed: boolean;
  readonly required: boolean;
  /** Whether an absent field differs from one with its default. */
  readonly hasPresence: boolean;
  /** The number of the oneof that it belongs to, in its message; -1 for none. */
  readonly oneof: number;
  /** The default that the schema gives, as its text; null for none. */
  readonly defaultText: string | null;
  /** Whether texts have to be UTF-8. */
  readonly checksUtf8: boolean;
}

/** A message type. */
export interface ProtobufMessage {
  /** With its package, without a dot in front. */
  readonly name: string;
  readonly fields: readonly ProtobufField[];
  /** Stands for an entry of a map: a key and a value. */
  readonly isMapEntry: boolean;
}

/** An enum type. */
export interface ProtobufEnum {
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly number: number }[];
  /** Numbers without a name are as good as absent. */
  readonly isClosed: boolean;
}

/** Message types with all that they refer to. Plain data: types refer to each other by their places, so they may be cyclic. */
export interface ProtobufSchema {
  readonly messages: readonly ProtobufMessage[];
  readonly enums: readonly ProtobufEnum[];
  /** The place of the message that is meant. */
  readonly root: number;
}
