import type { AvroField, AvroSchema, LogicalType, PrimitiveName } from "./avro-schema.js";
import { SchemaFault } from "./schema-fault.js";

const PRIMITIVES: ReadonlySet<string> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
]);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** Types by full name: what a schema defines, and what other schemas defined before it. */
export type KnownTypes = Map<string, AvroSchema>;

/** Reads a schema from its JSON text; `known` are types that it may refer to, and gets those that it defines. */
export function parseSchema(text: string, known: KnownTypes = new Map()): AvroSchema {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // registries and programs also write a primitive type without quotes
    if (PRIMITIVES.has(text.trim())) return { type: text.trim() as PrimitiveName };
    throw new SchemaFault(`it is no JSON: ${(error as Error).message}`);
  }
  return new SchemaReader(known).read(json, "");
}

type JsonObject = Readonly<Record<string, unknown>>;

class SchemaReader {
  private readonly known: KnownTypes;

  constructor(known: KnownTypes) {
    this.known = known;
  }

  read(json: unknown, namespace: string): AvroSchema {
    if (typeof json === "string") return this.byName(json, namespace);
    if (Array.isArray(json)) return this.union(json, namespace);
    if (json === null || typeof json !== "object")
      throw new SchemaFault(`${JSON.stringify(json)} is no type`);
    const object = json as JsonObject;
    const { type } = object;
    if (typeof type !== "string") return this.read(type, namespace);
    switch (type) {
      case "record":
      case "error":
        return this.record(object, namespace);
      case "enum":
        return this.enumeration(object, namespace);
      case "fixed":
        return this.fixed(object, namespace);
      case "array":
        return { type, items: this.read(object["items"], namespace) };
      case "map":
        return { type, values: this.read(object["values"], namespace) };
      default:
        return this.annotated(type, object, namespace);
    }
  }

  private byName(name: string, namespace: string): AvroSchema {
    if (PRIMITIVES.has(name)) return { type: name as PrimitiveName };
    const known = this.known.get(fullName(name, namespace)) ?? this.known.get(name);
    if (known) return known;
    throw new SchemaFault(`the type ${JSON.stringify(name)} is not defined`);
  }

  private annotated(type: string, object: JsonObject, namespace: string): AvroSchema {
    if (!PRIMITIVES.has(type)) return this.byName(type, namespace);
    const sqlType = object["spark.sql.catalyst.type"];
    return {
      type: type as PrimitiveName,
      logical: logicalOf(object, Number.POSITIVE_INFINITY),
      sqlType: typeof sqlType === "string" ? sqlType : undefined,
    };
  }

  private union(list: readonly unknown[], namespace: string): AvroSchema {
    const types = list.map((one) => this.read(one, namespace));
    const seen = new Set<string>();
    for (const one of types) {
      if (one.type === "union") throw new SchemaFault("a union stands directly in a union");
      const key = "name" in one ? one.name : one.type;
      if (seen.has(key)) throw new SchemaFault(`a union has the type ${key} twice`);
      seen.add(key);
    }
    return { type: "union", types };
  }

  private record(object: JsonObject, namespace: string): AvroSchema {
    const named = this.named(object, namespace);
    const fields: AvroField[] = [];
    const record: AvroSchema = { type: "record", ...named.names, fields };
    this.define(record.name, record);
    if (!Array.isArray(object["fields"]))
      throw new SchemaFault(`the record ${record.name} has no list of fields`);
    const seen = new Set<string>();
    for (const field of object["fields"] as readonly JsonObject[]) {
      const name = field?.["name"];
      if (typeof name !== "string" || !NAME.test(name))
        throw new SchemaFault(`a field of ${record.name} has no name`);
      if (seen.has(name)) throw new SchemaFault(`the record ${record.name} has the field ${name} twice`);
      seen.add(name);
      fields.push({
        name,
        aliases: texts(field["aliases"]),
        schema: this.read(field["type"], named.namespace),
        defaultValue: field["default"],
      });
    }
    return record;
  }

  private enumeration(object: JsonObject, namespace: string): AvroSchema {
    const { names } = this.named(object, namespace);
    const symbols = texts(object["symbols"]);
    const defaultSymbol = object["default"];
    if (new Set(symbols).size < symbols.length)
      throw new SchemaFault(`the enum ${names.name} has a symbol twice`);
    const made: AvroSchema = {
      type: "enum",
      ...names,
      symbols,
      defaultSymbol: typeof defaultSymbol === "string" ? defaultSymbol : undefined,
    };
    this.define(names.name, made);
    return made;
  }

  private fixed(object: JsonObject, namespace: string): AvroSchema {
    const { names } = this.named(object, namespace);
    const size = object["size"];
    if (!Number.isInteger(size) || (size as number) < 0)
      throw new SchemaFault(`the fixed ${names.name} has no size`);
    const made: AvroSchema = {
      type: "fixed",
      ...names,
      size: size as number,
      logical: logicalOf(object, digitsIn(size as number)),
    };
    this.define(names.name, made);
    return made;
  }

  private define(name: string, schema: AvroSchema): void {
    if (this.known.has(name)) throw new SchemaFault(`the type ${name} is defined twice`);
    this.known.set(name, schema);
  }

  /** The names of a named type, and the namespace for what stands in it. */
  private named(
    object: JsonObject,
    around: string,
  ): { names: { name: string; aliases: string[] }; namespace: string } {
    const { name, namespace: own } = object;
    if (typeof name !== "string" || !NAME.test(name))
      throw new SchemaFault(`${JSON.stringify(name)} is no name of a type`);
    const full = fullName(name, typeof own === "string" ? own : around);
    const namespace = full.includes(".") ? full.slice(0, full.lastIndexOf(".")) : "";
    const aliases = texts(object["aliases"]).map((alias) => fullName(alias, namespace));
    return { names: { name: full, aliases }, namespace };
  }
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

function texts(json: unknown): string[] {
  return Array.isArray(json) ? json.filter((one): one is string => typeof one === "string") : [];
}

/** The digits that a signed number of so many bytes surely holds. */
function digitsIn(size: number): number {
  return Math.floor(Math.log10(2) * (8 * size - 1));
}

/** A logical type that is not valid is passed over, as the specification says. */
function logicalOf(object: JsonObject, digits: number): LogicalType | undefined {
  const { logicalType: name, precision, scale } = object;
  if (typeof name !== "string") return undefined;
  if (name !== "decimal") return { name };
  const whole = (n: unknown): n is number => Number.isInteger(n);
  if (!whole(precision) || precision < 1 || precision > digits) return undefined;
  if (scale !== undefined && (!whole(scale) || scale < 0 || scale > precision)) return undefined;
  return { name, precision, scale: (scale as number | undefined) ?? 0 };
}
