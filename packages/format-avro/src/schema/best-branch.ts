import { type AvroSchema, type AvroUnion, simpleName } from "./avro-schema.js";
import { isPromoted } from "./promotions.js";

/** The type of a reader's union that takes what was written by a schema: the same type if there is one, else the first that it may be read as. */
export function bestBranch(writer: AvroSchema, { types }: AvroUnion): AvroSchema | undefined {
  return (
    types.find((type) => type === writer) ??
    types.find((type) => isSame(writer, type)) ??
    types.find((type) => writer.type === "record" && type.type === "record") ??
    types.find((type) => isPromoted(writer.type, type.type))
  );
}

function isSame(writer: AvroSchema, reader: AvroSchema): boolean {
  if (writer.type !== reader.type) return false;
  if (!("name" in writer) || !("name" in reader)) return true;
  return (
    writer.name === reader.name ||
    reader.aliases.includes(writer.name) ||
    simpleName(writer.name) === simpleName(reader.name)
  );
}
