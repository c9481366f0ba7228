import { type FormatContext, type Options, StreamError } from "@ss/core";
import {
  ByteArena,
  CsvTokenizer,
  decodeUtf8,
  FieldTable,
  KIND_PLAIN,
  KIND_QUOTED,
  skipByteOrderMark,
} from "@ss/kernels";
import type { ChunkReader } from "../reading/chunk-reader.js";
import { csvGrammar } from "./csv-options.js";

/** The texts of the first `count` values of the first record of a file; null where it has no record. */
export async function readFirstRecord(
  chunk: ChunkReader,
  options: Options,
  count: number,
): Promise<(string | null)[] | null> {
  const positions = Array.from({ length: count }, (_, i) => i);
  const tokenizer = new CsvTokenizer(positions, csvGrammar(options, true));
  const table = new FieldTable(count, 1);
  let consumed = chunk.end;
  let isFirst = true;
  while (await chunk.advance(consumed)) {
    const start = isFirst ? skipByteOrderMark(chunk.bytes, chunk.start, chunk.end) : chunk.start;
    isFirst = false;
    consumed = tokenizer.tokenize(chunk.bytes, start, chunk.end, chunk.isLast, table, 1);
    if (table.rowCount > 0) return recordTexts(chunk.bytes, table, 0, tokenizer);
  }
  return null;
}

/** The values of a row as texts: as many as the record has tokens, at most as many as the table has columns. */
export function recordTexts(
  bytes: Uint8Array,
  table: FieldTable,
  row: number,
  tokenizer: CsvTokenizer,
): (string | null)[] {
  const count = Math.min(table.tokenCounts[row]!, table.columns.length);
  const arena = new ByteArena(256);
  return table.columns.slice(0, count).map(({ starts, lengths, kinds }) => {
    const length = lengths[row]!;
    if (length < 0) return null;
    const kind = kinds[row]!;
    if (kind === KIND_PLAIN || kind === KIND_QUOTED) return decodeUtf8(bytes, starts[row]!, length);
    arena.clear();
    return decodeUtf8(arena.bytes, 0, tokenizer.unescape(bytes, starts[row]!, length, kind, arena));
  });
}

/**
 * Compares the headers of files with the schema, by which the values go in any case: where `enforceSchema` is false a header that does not
 * fit is an error, else a warning.
 */
export class CsvHeaderCheck {
  private readonly schema: readonly string[];
  private readonly positions: readonly number[] | undefined;
  private readonly options: Options;
  private readonly context: FormatContext;
  private readonly tokenizer: CsvTokenizer;
  private readonly table: FieldTable;

  /** `positions` are those of the columns that count; undefined: all of them do, and no others may be there. */
  constructor(
    schema: readonly string[],
    positions: readonly number[] | undefined,
    options: Options,
    context: FormatContext,
  ) {
    this.schema = schema;
    this.positions = positions;
    this.options = options;
    this.context = context;
    // one more than there should be
    const places = Array.from({ length: schema.length + 1 }, (_, i) => i);
    this.tokenizer = new CsvTokenizer(places, csvGrammar(options, true));
    this.table = new FieldTable(places.length, 1);
  }

  /** Checks the header that stands at `bytes[start .. end)` of a file. */
  check(bytes: Uint8Array, start: number, end: number, path: string): void {
    const { schema, positions, tokenizer, table } = this;
    tokenizer.reset();
    tokenizer.tokenize(bytes, start, end, true, table, 1);
    const texts = table.rowCount === 0 ? [] : recordTexts(bytes, table, 0, tokenizer);
    const header = positions === undefined ? texts : positions.map((at) => texts[at] ?? null);
    const wanted = positions === undefined ? schema : positions.map((at) => schema[at]!);
    if (!this.isSame(header, wanted)) this.tell(header.join(", "), wanted.join(", "), path);
  }

  private isSame(header: readonly (string | null)[], wanted: readonly string[]): boolean {
    const ignoresCase = this.context.conf("spark.sql.caseSensitive") !== "true";
    const form = (name: string): string => (ignoresCase ? name.toLowerCase() : name);
    return (
      header.length === wanted.length && header.every((name, i) => form(name ?? "") === form(wanted[i]!))
    );
  }

  private tell(header: string, schema: string, path: string): void {
    const found = `CSV header does not conform to the schema. Header: ${header}. Schema: ${schema}. CSV file: ${path}.`;
    if (this.options.boolean("enforceSchema", true)) {
      this.context.warn?.(
        `${found} Values go by position: correct the schema, or set enforceSchema to false to have such files refused.`,
      );
      return;
    }
    throw new StreamError({
      condition: "SS_CSV_HEADER_MISMATCH",
      parameters: { path, header, schema },
      message: `${found} Correct the schema, or set enforceSchema to true to go by position.`,
    });
  }
}
