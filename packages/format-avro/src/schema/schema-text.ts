import type { RegisteredSchema } from "@ss/schema-registry";
import type { AvroSchema } from "./avro-schema.js";
import { type KnownTypes, parseSchema } from "./parse-schema.js";
import { SchemaFault } from "./schema-fault.js";

/** A schema as text, with the texts that define what it refers to before it. Plain data. */
export interface SchemaText {
  readonly text: string;
  readonly before: readonly string[];
}

/** A schema from its text. */
export function schemaOfText({ text, before }: SchemaText): AvroSchema {
  const known: KnownTypes = new Map();
  for (const one of before) parseSchema(one, known);
  return parseSchema(text, known);
}

/** The text of a registered schema. */
export function textOfRegistered(schema: RegisteredSchema): SchemaText {
  if (schema.kind !== "AVRO")
    throw new SchemaFault(`the schema of id ${schema.id} is ${schema.kind}, not AVRO`);
  const before = new Map<number, string>();
  collect(schema, before);
  return { text: schema.text, before: [...before.values()] };
}

function collect({ references }: RegisteredSchema, into: Map<number, string>): void {
  for (const { schema } of references) {
    if (into.has(schema.id)) continue;
    collect(schema, into);
    into.set(schema.id, schema.text);
  }
}
