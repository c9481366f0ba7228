import type {
  ArrayType,
  BytesColumn,
  Column,
  DataType,
  Float64Column,
  ListColumn,
  MapColumn,
  MapType,
  StructColumn,
  StructType,
} from "@ss/core";
import {
  ByteArena,
  type TimeZone,
  type VariantJsonStyle,
  VariantReader,
  writeJsonString,
  writeVariantJson,
} from "@ss/kernels";
import { unsupportedType } from "../errors.js";
import { type CellText, type CellWriter, cellWriter } from "../writing/cell-writer.js";

/** How JSON is written. */
export interface JsonStyle {
  readonly text: CellText;
  readonly ignoreNullFields: boolean;
  readonly pretty: boolean;
  readonly sortKeys: boolean;
  readonly asciiOnly: boolean;
}

const COMMA = 44;
const QUOTE = 34;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const SPACE = 32;
const NEWLINE = 10;

/** Appends the values of a column as JSON; the caller writes nulls. */
abstract class JsonValueWriter {
  protected column!: Column;
  private codes: Int32Array | null = null;

  bind(column: Column): void {
    this.codes = column.layout === "dictionary" ? column.codes : null;
    this.column = column.layout === "dictionary" ? column.dictionary : column;
    this.bound();
  }

  write(i: number, arena: ByteArena): void {
    this.put(this.codes === null ? i : this.codes[i]!, arena);
  }

  protected abstract bound(): void;
  protected abstract put(i: number, arena: ByteArena): void;
}

/** Numbers and booleans: the text itself. */
class BareWriter extends JsonValueWriter {
  private readonly cells: CellWriter;
  constructor(cells: CellWriter) {
    super();
    this.cells = cells;
  }
  protected bound(): void {
    this.cells.bind(this.column);
  }
  protected put(i: number, arena: ByteArena): void {
    this.cells.write(i, arena);
  }
}

/** Floating-point numbers: those that JSON cannot write stand in quotes. */
class FloatingWriter extends JsonValueWriter {
  private readonly cells: CellWriter;
  constructor(cells: CellWriter) {
    super();
    this.cells = cells;
  }
  protected bound(): void {
    this.cells.bind(this.column);
  }
  protected put(i: number, arena: ByteArena): void {
    const isFinite = Number.isFinite((this.column as Float64Column).values[i]!);
    if (!isFinite) arena.appendByte(QUOTE);
    this.cells.write(i, arena);
    if (!isFinite) arena.appendByte(QUOTE);
  }
}

class StringWriter extends JsonValueWriter {
  private readonly asciiOnly: boolean;
  constructor(asciiOnly: boolean) {
    super();
    this.asciiOnly = asciiOnly;
  }
  protected bound(): void {}
  protected put(i: number, arena: ByteArena): void {
    const { data, starts, lengths } = this.column as BytesColumn;
    writeJsonString(data, starts[i]!, lengths[i]!, arena, this.asciiOnly);
  }
}

/** Other simple values: their text as a string. */
class QuotedWriter extends JsonValueWriter {
  private readonly cells: CellWriter;
  private readonly scratch = new ByteArena(64);
  constructor(cells: CellWriter) {
    super();
    this.cells = cells;
  }
  protected bound(): void {
    this.cells.bind(this.column);
  }
  protected put(i: number, arena: ByteArena): void {
    this.scratch.clear();
    this.cells.write(i, this.scratch);
    writeJsonString(this.scratch.bytes, 0, this.scratch.length, arena);
  }
}

class ArrayWriter extends JsonValueWriter {
  private readonly elements: JsonValueWriter;
  private readonly pretty: boolean;
  constructor(type: ArrayType, style: JsonStyle, depth: number) {
    super();
    this.elements = jsonValueWriter(type.elementType, style, depth);
    this.pretty = style.pretty;
  }
  protected bound(): void {
    this.elements.bind((this.column as ListColumn).elements);
  }
  protected put(i: number, arena: ByteArena): void {
    const { starts, lengths, elements } = this.column as ListColumn;
    const end = starts[i]! + lengths[i]!;
    arena.appendByte(OPEN_BRACKET);
    if (this.pretty) arena.appendByte(SPACE);
    for (let k = starts[i]!; k < end; k++) {
      if (k > starts[i]!) arena.appendString(this.pretty ? ", " : ",");
      if (elements.isNull(k)) arena.appendString("null");
      else this.elements.write(k, arena);
    }
    if (this.pretty && lengths[i]! > 0) arena.appendByte(SPACE);
    arena.appendByte(CLOSE_BRACKET);
  }
}

/** What objects and maps share: members with their separators, on lines of their own if pretty. */
abstract class MembersWriter extends JsonValueWriter {
  private readonly pretty: boolean;
  private readonly depth: number;
  constructor(style: JsonStyle, depth: number) {
    super();
    this.pretty = style.pretty;
    this.depth = depth;
  }
  protected begin(first: boolean, arena: ByteArena): void {
    if (!first) arena.appendByte(COMMA);
    if (this.pretty) this.newLine(this.depth + 1, arena);
  }
  protected colon(arena: ByteArena): void {
    arena.appendString(this.pretty ? " : " : ":");
  }
  protected end(isEmpty: boolean, arena: ByteArena): void {
    if (this.pretty && isEmpty) arena.appendByte(SPACE);
    else if (this.pretty) this.newLine(this.depth, arena);
    arena.appendByte(CLOSE_BRACE);
  }
  private newLine(depth: number, arena: ByteArena): void {
    arena.appendByte(NEWLINE);
    for (let i = 0; i < depth; i++) arena.appendString("  ");
  }
}

class MapWriter extends MembersWriter {
  private readonly keys: CellWriter | JsonValueWriter;
  private readonly keysAreText: boolean;
  private readonly values: JsonValueWriter;
  private readonly sortKeys: boolean;
  private readonly scratch = new ByteArena(64);
  constructor(type: MapType, style: JsonStyle, depth: number) {
    super(style, depth);
    this.keysAreText = type.keyType.kind === "string";
    this.keys = this.keysAreText ? new StringWriter(style.asciiOnly) : cellWriter(type.keyType, style.text);
    this.values = jsonValueWriter(type.valueType, style, depth + 1);
    this.sortKeys = style.sortKeys;
  }
  protected bound(): void {
    const { keys, mapValues } = this.column as MapColumn;
    this.keys.bind(keys);
    this.values.bind(mapValues);
  }
  protected put(i: number, arena: ByteArena): void {
    const { starts, lengths, mapValues } = this.column as MapColumn;
    const positions = Array.from({ length: lengths[i]! }, (_, k) => starts[i]! + k);
    if (this.sortKeys) positions.sort((a, b) => Buffer.compare(this.keyBytes(a), this.keyBytes(b)));
    arena.appendByte(OPEN_BRACE);
    positions.forEach((k, index) => {
      this.begin(index === 0, arena);
      if (this.keysAreText) this.keys.write(k, arena);
      else {
        const key = this.keyBytes(k);
        writeJsonString(key, 0, key.length, arena);
      }
      this.colon(arena);
      if (mapValues.isNull(k)) arena.appendString("null");
      else this.values.write(k, arena);
    });
    this.end(positions.length === 0, arena);
  }
  private keyBytes(k: number): Uint8Array {
    this.scratch.clear();
    this.keys.write(k, this.scratch);
    return this.scratch.bytes.slice(0, this.scratch.length);
  }
}

/** Objects, of a struct or of a whole row. */
export class JsonObjectWriter extends MembersWriter {
  private readonly names: readonly Uint8Array[];
  private readonly writers: readonly JsonValueWriter[];
  private readonly order: readonly number[];
  private readonly ignoresNulls: boolean;
  private children: readonly Column[] = [];

  constructor(type: StructType, style: JsonStyle, depth: number) {
    super(style, depth);
    this.names = type.fields.map(({ name }) => jsonName(name, style.asciiOnly));
    this.writers = type.fields.map((field) => jsonValueWriter(field.type, style, depth + 1));
    const order = type.fields.map((_, k) => k);
    const names = type.fieldNames();
    this.order = style.sortKeys ? order.sort((a, b) => (names[a]! < names[b]! ? -1 : 1)) : order;
    this.ignoresNulls = style.ignoreNullFields;
  }
  protected bound(): void {
    this.bindChildren((this.column as StructColumn).children);
  }
  /** Fetches the fields' columns; the columns of a batch are those of its row. */
  bindChildren(columns: readonly Column[]): void {
    this.children = columns;
    for (let k = 0; k < this.writers.length; k++) this.writers[k]!.bind(columns[k]!);
  }
  protected put(i: number, arena: ByteArena): void {
    let isFirst = true;
    arena.appendByte(OPEN_BRACE);
    for (const k of this.order) {
      const isNull = this.children[k]!.isNull(i);
      if (isNull && this.ignoresNulls) continue;
      this.begin(isFirst, arena);
      isFirst = false;
      const name = this.names[k]!;
      arena.appendBytes(name, 0, name.length);
      this.colon(arena);
      if (isNull) arena.appendString("null");
      else this.writers[k]!.write(i, arena);
    }
    this.end(isFirst, arena);
  }
}

function jsonName(name: string, asciiOnly: boolean): Uint8Array {
  const text = new TextEncoder().encode(name);
  const arena = new ByteArena(text.length + 2);
  writeJsonString(text, 0, text.length, arena, asciiOnly);
  return arena.bytes.slice(0, arena.length);
}

function jsonValueWriter(type: DataType, style: JsonStyle, depth: number): JsonValueWriter {
  switch (type.kind) {
    case "struct":
      return new JsonObjectWriter(type, style, depth);
    case "array":
      return new ArrayWriter(type, style, depth);
    case "map":
      return new MapWriter(type, style, depth);
    case "string":
    case "char":
    case "varchar":
      return new StringWriter(style.asciiOnly);
    case "float":
    case "double":
      return new FloatingWriter(cellWriter(type, style.text));
    case "boolean":
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "decimal":
      return new BareWriter(cellWriter(type, style.text));
    case "variant":
      return new VariantWriter(style.text.zone);
    case "void":
      return new NothingWriter();
    default:
      return new QuotedWriter(cellWriter(type, style.text));
  }
}

/** Variants, as the JSON that they are, whatever the options say of how JSON is laid out. */
class VariantWriter extends JsonValueWriter {
  private readonly reader = new VariantReader();
  private readonly style: VariantJsonStyle;
  private metadata!: BytesColumn;
  private values!: BytesColumn;
  constructor(zone: TimeZone) {
    super();
    this.style = { zone };
  }
  protected bound(): void {
    [this.metadata, this.values] = (this.column as StructColumn).children as [BytesColumn, BytesColumn];
  }
  protected put(i: number, arena: ByteArena): void {
    const { reader, metadata, values } = this;
    const valueStart = values.starts[i]!;
    const metadataStart = metadata.starts[i]!;
    reader.open(
      metadata.data,
      metadataStart,
      metadata.lengths[i]!,
      values.data,
      valueStart,
      values.lengths[i]!,
    );
    writeVariantJson(reader, reader.root, this.style, arena);
  }
}

/** Columns without any value: their nulls are written by whoever holds them. */
class NothingWriter extends JsonValueWriter {
  protected bound(): void {}
  protected put(): void {}
}

/** Refuses the types that JSON cannot hold. */
export function checkJsonType(column: string, type: DataType): void {
  switch (type.kind) {
    case "struct":
      for (const field of type.fields) checkJsonType(column, field.type);
      return;
    case "array":
      return checkJsonType(column, type.elementType);
    case "map":
      if (["array", "map", "struct", "variant"].includes(type.keyType.kind))
        throw unsupportedType(column, type, "JSON");
      return checkJsonType(column, type.valueType);
    default:
  }
}
