import type { DataType } from "./data-type.js";

const SIMPLE: Readonly<Record<string, string>> = {
  byte: "tinyint",
  short: "smallint",
  integer: "int",
  long: "bigint",
};

function quoteIfNeeded(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

function intervalText(family: { start: string; end: string }): string {
  return family.start === family.end
    ? `interval ${family.start}`
    : `interval ${family.start} to ${family.end}`;
}

/** Spark's `simpleString` (catalog string): `int`, `bigint`, `struct<a:int>`. */
export function simpleString(type: DataType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "char":
    case "varchar":
      return `${type.kind}(${type.length})`;
    case "time":
      return `time(${type.precision})`;
    case "string":
      return type.collation ? `string collate ${type.collation}` : "string";
    case "yearMonthInterval":
    case "dayTimeInterval":
      return intervalText(type);
    case "array":
      return `array<${simpleString(type.elementType)}>`;
    case "map":
      return `map<${simpleString(type.keyType)},${simpleString(type.valueType)}>`;
    case "struct":
      return `struct<${type.fields.map((f) => `${f.name}:${simpleString(f.type)}`).join(",")}>`;
    default:
      return SIMPLE[type.kind] ?? type.kind;
  }
}

/** Spark's SQL text of a type, as error messages and casts show it: `INT`, `STRUCT<a: INT NOT NULL>`. */
export function sqlText(type: DataType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY<${sqlText(type.elementType)}>`;
    case "map":
      return `MAP<${sqlText(type.keyType)}, ${sqlText(type.valueType)}>`;
    case "struct":
      return `STRUCT<${type.fields
        .map((f) => `${quoteIfNeeded(f.name)}: ${sqlText(f.type)}${f.nullable ? "" : " NOT NULL"}`)
        .join(", ")}>`;
    case "string":
      return type.collation ? `STRING COLLATE ${type.collation}` : "STRING";
    default:
      return simpleString(type).toUpperCase();
  }
}

/** The name that trees and JSON use: `integer`, `long`, `decimal(10,2)`, `array`. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case "array":
    case "map":
    case "struct":
      return type.kind;
    case "byte":
    case "short":
    case "integer":
    case "long":
      return type.kind;
    default:
      return simpleString(type);
  }
}

/** The tree that `printSchema` prints, with a line `root` on top and a line feed at its end. */
export function treeString(schema: Extract<DataType, { kind: "struct" }>): string {
  const lines = ["root"];
  appendFields(schema, " |", lines);
  return `${lines.join("\n")}\n`;
}

function appendFields(type: Extract<DataType, { kind: "struct" }>, prefix: string, lines: string[]): void {
  for (const field of type.fields) {
    lines.push(`${prefix}-- ${field.name}: ${typeName(field.type)} (nullable = ${field.nullable})`);
    appendNested(field.type, `${prefix}    |`, lines);
  }
}

function appendNested(type: DataType, prefix: string, lines: string[]): void {
  if (type.kind === "struct") appendFields(type, prefix, lines);
  else if (type.kind === "array") {
    lines.push(`${prefix}-- element: ${typeName(type.elementType)} (containsNull = ${type.containsNull})`);
    appendNested(type.elementType, `${prefix}    |`, lines);
  } else if (type.kind === "map") {
    lines.push(`${prefix}-- key: ${typeName(type.keyType)}`);
    appendNested(type.keyType, `${prefix}    |`, lines);
    lines.push(
      `${prefix}-- value: ${typeName(type.valueType)} (valueContainsNull = ${type.valueContainsNull})`,
    );
    appendNested(type.valueType, `${prefix}    |`, lines);
  }
}
