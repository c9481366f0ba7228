import type { AvroSchema } from "../schema/avro-schema.js";
import { type ByteReader, MalformedValue } from "./byte-reader.js";

/** Passes over a value. */
export type Skip = (reader: ByteReader) => void;

/** Items without bytes, such as nulls, that the lists and maps of a value may have. Their number alone would else keep a reader busy for ever. */
export const EMPTY_ITEMS_MAX: number = 1 << 17;

/** The function that passes over values of a schema; `made` keeps those of records, which may contain themselves. */
export function skipper(schema: AvroSchema, made: Map<AvroSchema, Skip> = new Map()): Skip {
  const known = made.get(schema);
  if (known) return known;
  switch (schema.type) {
    case "null":
      return () => {};
    case "boolean":
      return (reader) => void reader.boolean();
    case "int":
    case "enum":
      return (reader) => void reader.int();
    case "long":
      return (reader) => reader.long();
    case "float":
      return (reader) => void reader.take(4);
    case "double":
      return (reader) => void reader.take(8);
    case "bytes":
    case "string":
      return (reader) => void reader.take(reader.length());
    case "fixed":
      return (reader) => void reader.take(schema.size);
    case "record":
      return skipRecord(schema, made);
    case "array": {
      const item = skipper(schema.items, made);
      return (reader) => skipBlocks(reader, item);
    }
    case "map": {
      const value = skipper(schema.values, made);
      return (reader) =>
        skipBlocks(reader, (inner) => {
          inner.take(inner.length());
          value(inner);
        });
    }
    case "union": {
      const branches = schema.types.map((one) => skipper(one, made));
      return (reader) => branchOf(branches, reader)(reader);
    }
  }
}

function skipRecord(schema: AvroSchema & { readonly type: "record" }, made: Map<AvroSchema, Skip>): Skip {
  const fields: Skip[] = [];
  const skip: Skip = (reader) => {
    for (let k = 0; k < fields.length; k++) fields[k]!(reader);
  };
  made.set(schema, skip);
  for (const field of schema.fields) fields.push(skipper(field.schema, made));
  return skip;
}

function skipBlocks(reader: ByteReader, item: Skip): void {
  eachBlock(reader, (count) => {
    for (let k = 0; k < count; k++) item(reader);
  });
}

/** Calls `block` with the number of items in each block of a list or map. */
export function eachBlock(reader: ByteReader, block: (count: number) => void): void {
  for (;;) {
    let count = reader.count();
    if (count === 0) return;
    if (count < 0) {
      count = -count;
      // the size of the block in bytes, for readers that pass over it
      reader.count();
    }
    const { at } = reader;
    // an item has at least a byte, or there are few
    if (count > Math.max(reader.end - at, EMPTY_ITEMS_MAX - reader.emptyItems)) {
      throw new MalformedValue(`a list of ${count} items is longer than its bytes`);
    }
    block(count);
    if (reader.at === at) reader.emptyItems += count;
  }
}

/** The branch of a union that comes next. */
export function branchOf<T>(branches: readonly T[], reader: ByteReader): T {
  const index = reader.int();
  const branch = branches[index];
  if (branch === undefined)
    throw new MalformedValue(`a union of ${branches.length} types has no type ${index}`);
  return branch;
}
