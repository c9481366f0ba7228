import type { StructType } from "@ss/core";
import { invalidOption, unknownKey } from "../errors.js";

const NAME = /\s*(?:"((?:[^"]|"")+)"|([^",]+?))\s*(?:,|$)/y;

/** Reads `id, "a, b"`: names with commas or double quotes in them stand in double quotes, as in SQL. */
export function parseKeyColumns(text: string, schema: StructType): string[] {
  const names: string[] = [];
  NAME.lastIndex = 0;
  while (NAME.lastIndex < text.trimEnd().length) {
    const match = NAME.exec(text);
    if (match === null) throw invalidOption("keyColumns", text, 'names of columns, such as id, "a, b"');
    const name = match[1]?.replaceAll('""', '"') ?? match[2]!;
    if (schema.indexOf(name) < 0) throw unknownKey(name, schema.fieldNames());
    names.push(name);
  }
  return names;
}

/** The text that {@link parseKeyColumns} reads. */
export function keyColumnsText(names: readonly string[]): string {
  return names
    .map((name) => (/[",]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
    .join(", ");
}
