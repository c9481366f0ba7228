import { type FileEntry, type FormatContext, type Options, StreamError } from "@ss/core";
import { type FieldTable, skipByteOrderMark } from "@ss/kernels";
import { Breath } from "./breath.js";
import { BufferPool } from "./chunk-reader.js";
import { openChunks } from "./open-chunks.js";
import type { Tokenizer } from "./record-reader.js";
import { lineSeparatorOf, samplingRatio } from "./text-options.js";

const SAMPLE_ROWS = 4096;

/** Where a record of a sample stands. The object is used again for the next one. */
export interface SamplePlace {
  readonly path: string;
  /** Which record of the file it is, from 0. */
  readonly index: number;
  /** The line, from 1, to which the table's line offsets are to be added. */
  readonly line: number;
}

/** Looks at one record of a sample; false when nothing more can be learned. */
export type SampleVisitor = (
  bytes: Uint8Array,
  table: FieldTable,
  row: number,
  place: SamplePlace,
) => boolean;

/** Shows every record of the files, or as many of them as `samplingRatio` wants, evenly spread. */
export async function sampleRecords(
  files: readonly FileEntry[],
  tokenizerOf: () => Tokenizer,
  table: FieldTable,
  encoding: string,
  options: Options,
  context: FormatContext,
  visit: SampleVisitor,
): Promise<void> {
  const ratio = samplingRatio(options);
  const pool = new BufferPool();
  const breath = new Breath();
  let credit = 1;
  for (const file of files) {
    const tokenizer = tokenizerOf();
    const split = { path: file.path, start: 0, end: file.size, fileSize: file.size };
    const chunk = await openChunks(context.fileSystem, split, encoding, lineSeparatorOf(options), pool);
    const place = { path: file.path, index: 0, line: 1 };
    let consumed = chunk.end;
    let isFirst = true;
    try {
      while (await chunk.advance(consumed)) {
        consumed = isFirst ? skipByteOrderMark(chunk.bytes, chunk.start, chunk.end) : chunk.start;
        isFirst = false;
        for (;;) {
          const next = tokenizer.tokenize(chunk.bytes, consumed, chunk.end, chunk.isLast, table, SAMPLE_ROWS);
          const progressed = next > consumed;
          consumed = next;
          for (let row = 0; row < table.rowCount; row++, place.index++, credit += ratio) {
            if (credit < 1) continue;
            credit -= 1;
            if (!visit(chunk.bytes, table, row, place)) return;
          }
          place.line += table.lineCount;
          if (breath.isDue) await breath.take();
          if (!progressed || consumed >= chunk.end) break;
        }
      }
    } catch (error) {
      if (!passesOver(error, options, context)) throw error;
    } finally {
      await chunk.close();
    }
  }
}

/** Whether the schema is found without the rest of a file that cannot be read. */
export function passesOver(error: unknown, options: Options, context: FormatContext): boolean {
  const standard = context.conf("spark.sql.files.ignoreCorruptFiles") === "true";
  return options.boolean("ignoreCorruptFiles", standard) && StreamError.is(error, "FAILED_READ_FILE");
}
