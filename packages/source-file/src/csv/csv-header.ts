import { type FileSplit, type FormatContext, type Options, StreamError, type StructType } from "@ss/core";
import {
  ByteArena,
  CsvTokenizer,
  decodeUtf8,
  FieldTable,
  KIND_PLAIN,
  KIND_QUOTED,
  skipByteOrderMark,
} from "@ss/kernels";
import type { BufferPool, ChunkReader } from "../reading/chunk-reader.js";
import { openChunks } from "../reading/open-chunks.js";
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

/** Compares the headers of files with the schema, where `enforceSchema` is false. */
export class CsvHeaderCheck {
  readonly isStrict: boolean;
  private readonly schema: StructType;
  private readonly options: Options;
  private readonly context: FormatContext;

  constructor(schema: StructType, options: Options, context: FormatContext) {
    this.isStrict = !options.boolean("enforceSchema", true);
    this.schema = schema;
    this.options = options;
    this.context = context;
  }

  async check(
    split: FileSplit,
    encoding: string,
    separator: Uint8Array | undefined,
    pool: BufferPool,
  ): Promise<void> {
    const chunk = await openChunks(this.context.fileSystem, split, encoding, separator, pool);
    try {
      const names = await readFirstRecord(chunk, this.options, this.schema.length + 1);
      if (names !== null) this.compare(names, split.path);
    } finally {
      await chunk.close();
    }
  }

  private compare(names: readonly (string | null)[], path: string): void {
    const wanted = this.schema.fieldNames();
    const ignoresCase = this.context.conf("spark.sql.caseSensitive") !== "true";
    const form = (name: string | null): string => (ignoresCase ? (name ?? "").toLowerCase() : (name ?? ""));
    if (names.length === wanted.length && names.every((name, i) => form(name) === form(wanted[i]!))) return;
    throw new StreamError({
      condition: "SS_CSV_HEADER_MISMATCH",
      parameters: { path, header: names.join(", "), schema: wanted.join(", ") },
      message: `CSV header does not conform to the schema. Header: ${names.join(", ")}. Schema: ${wanted.join(", ")}. CSV file: ${path}. Correct the schema, or set enforceSchema to true to go by position.`,
    });
  }
}
