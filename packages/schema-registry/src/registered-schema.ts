/** The kinds of schemas that a registry keeps. */
export type SchemaKind = "AVRO" | "PROTOBUF" | "JSON";

/** A schema as a registry knows it, with all that it refers to. Plain data. */
export interface RegisteredSchema {
  /** What messages name it by. */
  readonly id: number;
  readonly kind: SchemaKind;
  readonly text: string;
  /** Schemas that the text refers to under these names: full names of Avro, paths of Protobuf imports. */
  readonly references: readonly { readonly name: string; readonly schema: RegisteredSchema }[];
}
