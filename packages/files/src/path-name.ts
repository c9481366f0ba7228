/** The folder name that stands for a null partition value. */
export const DEFAULT_PARTITION_NAME = "__HIVE_DEFAULT_PARTITION__";

// The characters that Hive, and Spark after it, escape in the names of partition folders.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among those that are escaped
const ESCAPED = /[\u0001-\u001f"#%'*/:=?\\\u007f{[\]^]/g;

/** A column name or value as a part of a folder name: `a/b` becomes `a%2Fb`. */
export function escapePathName(text: string): string {
  return text.replace(
    ESCAPED,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The text behind {@link escapePathName}; a `%` without two hexadecimal digits stands for itself. */
export function unescapePathName(name: string): string {
  return name.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The folder of a partition value: `column=value`, with null and the empty text as the default partition. */
export function partitionFolder(column: string, value: string | null): string {
  const text = value === null || value === "" ? DEFAULT_PARTITION_NAME : escapePathName(value);
  return `${escapePathName(column)}=${text}`;
}
