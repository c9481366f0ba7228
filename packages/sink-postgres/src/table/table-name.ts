import { invalidOption } from "../errors.js";

/** The name of a table, with its schema where it was given one. */
export interface TableName {
  /** Ready for SQL: each part in quotes. */
  readonly sql: string;
  /** As people write it. */
  readonly text: string;
}

/** A name as SQL quotes it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL quotes it. A backslash makes it a text with escapes, whatever the server's settings are. */
export function quoteText(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return doubled.includes("\\") ? ` E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

const PART = /^\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*(\.|$)/u;

/** Reads `table` or `schema.table`. As in SQL, a part without quotes is in lower case. */
export function parseTableName(text: string, option: string): TableName {
  const parts: string[] = [];
  let rest = text;
  for (let ended = false; !ended; ) {
    const match = PART.exec(rest);
    if (match === null || parts.length === 2)
      throw invalidOption(
        option,
        text,
        'the name of a table, such as orders, sales.orders or "Sales"."Orders"',
      );
    const [whole, quoted, bare, dot] = match;
    parts.push(quoted === undefined ? bare!.toLowerCase() : quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    ended = dot === "";
  }
  return { sql: parts.map(quoteName).join("."), text: parts.join(".") };
}
