import type { DataType } from "./data-type.js";
import { parseTypeText } from "./ddl.js";
import { StructField, StructType } from "./struct-type.js";

/** Type names that TypeScript maps to the value a person sees. */
export interface ValueOf {
  boolean: boolean;
  tinyint: number;
  byte: number;
  smallint: number;
  short: number;
  int: number;
  integer: number;
  bigint: number;
  long: number;
  float: number;
  double: number;
  string: string;
  binary: Uint8Array;
  date: Date;
  timestamp: Date;
  timestamp_ntz: Date;
}

/** A schema literal that TypeScript understands: `{ id: "long", at: "timestamp" }`, in column order. */
export type SchemaLiteral = { readonly [column: string]: string };

/** The row type of a schema literal; every column may be null, and a type text unknown to TypeScript gives `unknown`. */
export type RowOf<S extends SchemaLiteral> = {
  -readonly [C in keyof S]:
    | (S[C] extends keyof ValueOf ? ValueOf[S[C]] : S[C] extends `decimal${string}` ? string : unknown)
    | null;
};

/** A schema that carries the type of its rows. */
export class TypedStructType<out Row> extends StructType {
  /** Present for the type checker only. */
  declare readonly row: Row;
}

/**
 * A schema from a literal, so that `DataFrame<Row>` knows its columns.
 *
 * @example
 * ```ts
 * const sales = schemaOf({ item: "string", quantity: "int", at: "timestamp" });
 * ```
 */
export function schemaOf<const S extends SchemaLiteral>(literal: S): TypedStructType<RowOf<S>> {
  const fields = Object.entries(literal).map(([name, text]) =>
    StructField(name, parseTypeText(text) as DataType),
  );
  return new TypedStructType<RowOf<S>>(fields);
}

// biome-ignore lint/suspicious/noExplicitAny: the columns of an untyped row can be anything
type UntypedRow = Record<string, any>;

/**
 * The type of a value as a program writes it: the text of a type (`"bigint"`, `"array<string>"`), a schema literal (`{ from: "timestamp" }`) or a
 * schema, of which the last two mean an object.
 */
export type TypeSpec = string | SchemaLiteral | StructType;

/** The JavaScript type of a {@link TypeSpec}'s values; what TypeScript does not understand is `unknown`, or an untyped object. */
export type TypedValue<T extends TypeSpec> = T extends keyof ValueOf
  ? ValueOf[T]
  : T extends `decimal${string}`
    ? string
    : T extends string
      ? unknown
      : T extends TypedStructType<infer R>
        ? R
        : T extends StructType
          ? UntypedRow
          : T extends SchemaLiteral
            ? RowOf<T>
            : never;

/** The data type that a {@link TypeSpec} means. */
export function typeFrom(spec: TypeSpec): DataType {
  if (typeof spec === "string") return parseTypeText(spec);
  return spec instanceof StructType ? spec : schemaOf(spec);
}

/** What the columns of a table are given as: DDL, a schema literal or a schema. */
export type RowSpec = string | SchemaLiteral | StructType;

/** The row type of a {@link RowSpec}. */
export type RowFrom<T extends RowSpec> = T extends string
  ? UntypedRow
  : T extends TypedStructType<infer R>
    ? R & object
    : T extends StructType
      ? UntypedRow
      : T extends SchemaLiteral
        ? RowOf<T>
        : never;

/** The schema that a {@link RowSpec} means. */
export function schemaFrom(spec: RowSpec): StructType {
  if (typeof spec === "string") return StructType.fromDDL(spec);
  return spec instanceof StructType ? spec : schemaOf(spec);
}
