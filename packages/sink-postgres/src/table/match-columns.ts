import type { DataType, StructField, StructType } from "@ss/core";
import { tableMismatch } from "../errors.js";
import type { TableColumn } from "./table-columns.js";
import type { TableName } from "./table-name.js";

/** A column of the rows and the table's column that takes it. */
export interface MatchedColumn {
  readonly field: StructField;
  readonly column: TableColumn;
}

/** Finds the table's column for each of the rows' columns, in their order, and refuses a table that cannot take them. */
export function matchColumns(
  schema: StructType,
  columns: readonly TableColumn[],
  table: TableName,
  caseSensitive: boolean,
): MatchedColumn[] {
  const problems: string[] = [];
  const matched: MatchedColumn[] = [];
  for (const field of schema.fields) {
    const column = columnOf(field.name, columns, caseSensitive);
    if (column === undefined) {
      const names = columns.map(({ name }) => name).join(", ");
      problems.push(`it has no column '${field.name}', only ${names || "none at all"}`);
    } else if (column.isGenerated) problems.push(`its column '${column.name}' is computed`);
    else if (!takes(column, field.type))
      problems.push(`its column '${column.name}' is ${column.type}, the rows have ${field.type.kind}`);
    else if (matched.some((other) => other.column === column))
      problems.push(`two columns of the rows are meant for its column '${column.name}'`);
    else matched.push({ field, column });
  }
  for (const column of columns) {
    if (column.isRequired && columnOf(column.name, fieldsOf(schema), caseSensitive) === undefined)
      problems.push(`its column '${column.name}' takes no null and has no default, and the rows lack it`);
  }
  if (problems.length > 0) throw tableMismatch(table.text, problems);
  return matched;
}

const fieldsOf = (schema: StructType): { readonly name: string }[] =>
  schema.fields.map(({ name }) => ({ name }));

/** The column of exactly this name, or else, where case does not count, the only one that differs in case. */
function columnOf<C extends { readonly name: string }>(
  name: string,
  columns: readonly C[],
  caseSensitive: boolean,
): C | undefined {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined || caseSensitive) return exact;
  const alike = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  return alike.length === 1 ? alike[0] : undefined;
}

const NUMBERS = new Set(["int2", "int4", "int8", "numeric", "float4", "float8"]);
const FRACTIONS = new Set(["numeric", "float4", "float8"]);
const JSON_TYPES = new Set(["json", "jsonb"]);
/** Kinds of types whose texts are not for a STRING: it would be read as a number or a date, or not at all. */
const TYPED_CATEGORIES = new Set(["N", "B", "D", "T", "A"]);

/** Whether a column takes the texts that are written for a type. Texts take everything. */
function takes({ baseType, category, isArray }: TableColumn, type: DataType): boolean {
  if (category === "S") return true;
  switch (type.kind) {
    case "boolean":
      return baseType === "bool";
    case "byte":
    case "short":
    case "integer":
    case "long":
      return NUMBERS.has(baseType) || JSON_TYPES.has(baseType);
    case "float":
    case "double":
    case "decimal":
      return FRACTIONS.has(baseType);
    case "string":
    case "char":
    case "varchar":
      return baseType !== "bytea" && !TYPED_CATEGORIES.has(category);
    case "binary":
      return baseType === "bytea";
    case "date":
      return baseType === "date" || baseType === "timestamp";
    case "timestamp":
      return baseType === "timestamptz" || baseType === "timestamp";
    case "timestamp_ntz":
      return baseType === "timestamp";
    case "time":
      return baseType === "time";
    case "interval":
    case "yearMonthInterval":
    case "dayTimeInterval":
      return baseType === "interval";
    case "array":
      return isArray ? takesElements(baseType, type.elementType) : JSON_TYPES.has(baseType);
    case "struct":
    case "map":
    case "variant":
      return JSON_TYPES.has(baseType);
    case "void":
      return true;
  }
}

/** PostgreSQL calls the type of an array like that of its elements, with a line before it, however deep it is. */
function takesElements(arrayType: string, element: DataType): boolean {
  if (element.kind === "array") return takesElements(arrayType, element.elementType);
  const baseType = arrayType.replace(/^_/, "");
  const isText = ["text", "varchar", "bpchar", "name", "citext"].includes(baseType);
  const known = NUMBERS.has(baseType) || TIMES.has(baseType) || baseType === "bool";
  const category = isText ? "S" : known ? "N" : "U";
  return takes({ baseType, category, isArray: false } as TableColumn, element);
}

const TIMES = new Set(["date", "time", "timetz", "timestamp", "timestamptz", "interval"]);
