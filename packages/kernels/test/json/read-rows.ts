import {
  ByteArena,
  decodeUtf8,
  FieldTable,
  type JsonOptions,
  JsonTokenizer,
  KIND_MISSING,
  KIND_NULL,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  RECORD_OK,
  unescapeJson,
} from "../../src/index.js";

const encoder = new TextEncoder();
const arena = new ByteArena();

/** A field as its text: strings decoded and in quotes as JSON, other values as they stand, undefined when missing. */
export type FieldText = string | undefined;

/** The fields of a row, or the status of a malformed one. */
export type RowText = FieldText[] | number;

export function rowText(bytes: Uint8Array, table: FieldTable, row: number): RowText {
  const status = table.statuses[row] as number;
  const fields = table.columns.map((column): FieldText => {
    const kind = column.kinds[row] as number;
    const start = column.starts[row] as number;
    const length = column.lengths[row] as number;
    if ((kind === KIND_MISSING || kind === KIND_NULL) !== length < 0)
      throw new Error("only nulls have length -1");
    if (kind === KIND_MISSING) return undefined;
    if (kind === KIND_NULL) return "null";
    if (kind === KIND_STRING) return JSON.stringify(decodeUtf8(bytes, start, length));
    if (kind !== KIND_STRING_ESCAPED) return decodeUtf8(bytes, start, length);
    arena.clear();
    const size = unescapeJson(bytes, start, length, arena);
    return JSON.stringify(decodeUtf8(arena.bytes, 0, size));
  });
  if (status === RECORD_OK) return fields;
  if (fields.some((field) => field !== undefined)) throw new Error("a malformed row has fields");
  return status;
}

export function tokenizerOf(keys: readonly string[], options: JsonOptions = {}): JsonTokenizer {
  return new JsonTokenizer(
    keys.map((key) => encoder.encode(key)),
    options,
  );
}

/** Reads JSON lines that arrive in two chunks, split at `split`, and takes `rowLimit` rows a call. */
export function readLines(
  text: string,
  keys: readonly string[],
  tokenizer: JsonTokenizer = tokenizerOf(keys),
  split: number = 0,
  rowLimit: number = 1000,
): RowText[] {
  const bytes = encoder.encode(text);
  const table = new FieldTable(keys.length, 2);
  const rows: RowText[] = [];
  let position = 0;
  for (const end of [split, bytes.length]) {
    // What lies behind the end must not matter.
    const memory = new Uint8Array(bytes.length + 16).fill(0x22);
    memory.set(bytes.subarray(0, end));
    for (;;) {
      const before = position;
      position = tokenizer.tokenize(memory, position, end, end === bytes.length, table, rowLimit);
      for (let row = 0; row < table.rowCount; row++) rows.push(rowText(memory, table, row));
      if (position === before) break;
    }
  }
  if (position !== bytes.length) throw new Error(`${bytes.length - position} bytes are left`);
  return rows;
}
